"""The estimate of the size of session tags and a session policy in a session token."""

import pulumi
import pytest

from eks_pod_identity.errors import RuleError
from eks_pod_identity.session_size import estimate_session_size
from eks_pod_identity.session_tags import SessionTag
from eks_pod_identity.values import limits

CLUSTER = "arn:aws:eks:eu-west-1:111122223333:cluster/prod"
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"}],
}


def test_the_six_tags_are_counted_with_their_values():
    size = estimate_session_size(cluster_arn=CLUSTER, namespace="payments", service_account="api", pod_name="api-0")

    uid = 36
    values = len(CLUSTER) + len("prod") + len("payments") + len("api") + len("api-0") + uid
    assert size.tag_bytes == sum(map(len, SessionTag)) + values
    assert size.policy_bytes == 0


def test_without_a_cluster_only_the_tags_of_the_workload_are_counted():
    assert estimate_session_size(tags={"team": "payments"}).tag_bytes == len("teampayments")


def test_a_pod_of_unknown_name_has_the_longest_name_that_kubernetes_generates():
    known = estimate_session_size(cluster_arn=CLUSTER, pod_name="")

    assert estimate_session_size(cluster_arn=CLUSTER).tag_bytes - known.tag_bytes == limits.GENERATED_POD_NAME.value


def test_the_tags_of_eks_fit_with_the_longest_names():
    size = estimate_session_size(
        cluster_arn=f"arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/{'c' * limits.CLUSTER_NAME.value}",
        namespace="n" * limits.NAMESPACE.value,
        service_account="s" * limits.SERVICE_ACCOUNT.value,
        pod_name="p" * limits.SERVICE_ACCOUNT.value,
    )

    assert size.percent < 35
    assert not size.may_not_fit


def test_a_policy_is_counted_compact_and_in_bytes():
    plain = estimate_session_size(session_policy=READ)
    spaced = estimate_session_size(
        session_policy='{"Version": "2012-10-17",\n "Statement": [{"Effect": "Allow", '
        '"Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"}]}'
    )
    accented = READ | {"Statement": [READ["Statement"][0] | {"Resource": "arn:aws:s3:::invoices/é"}]}

    assert plain.policy_bytes == spaced.policy_bytes
    assert estimate_session_size(session_policy=accented).policy_bytes == plain.policy_bytes + 1


@pytest.mark.parametrize(("tag_bytes", "percent"), [(3, 1), (2457, 80), (2460, 81), (3072, 100), (3073, 101)])
def test_the_share_counts_the_token_as_base64_and_rounds_up(tag_bytes: int, percent: int):
    size = estimate_session_size(tags={"k": "v" * (tag_bytes - 1)})

    assert size.tag_bytes == tag_bytes
    assert size.percent == percent
    assert size.may_not_fit == (percent > 80)


def test_it_reads_as_a_sentence():
    assert str(estimate_session_size(tags={"team": "payments"})) == (
        "Uncompressed, session tags (12 bytes) and session policy (0 bytes) take 1 % of a session token, which has at "
        "most 4,096 bytes."
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {"cluster_arn": pulumi.Output},
        {"cluster_arn": CLUSTER, "namespace": 5},
        {"tags": {"team": None}},
        {"session_policy": {"Statement": []}},
        {"session_policy": "{"},
    ],
)
def test_what_is_not_text_or_not_a_policy_is_refused(arguments: dict):
    with pytest.raises(RuleError):
        estimate_session_size(**arguments)
