"""The assertions: when they pass, when they fail, and the text of a failure."""

from pathlib import Path
from typing import Any

import pytest

from eks_pod_identity import testing
from eks_pod_identity.access import Identity, QuestionError, Role
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.testing import assert_allowed, assert_denied, assert_not_trusted, assert_trusted
from workload import (
    ACCOUNT,
    BUCKET,
    CLUSTER_ARN,
    OBJECT,
    ROLE_ARN,
    TRUST,
    allow,
    deny,
    document,
    trust_of_pods,
    workload,
)

READ = "s3:GetObject"
API: dict[str, Any] = {"cluster": "prod", "namespace": "payments", "service_account": "api"}
FROM_OFFICE = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}


def test_what_is_allowed_passes_and_what_is_denied_passes() -> None:
    assert_allowed(workload(), READ, OBJECT)
    assert_denied(workload(), "s3:DeleteObject", OBJECT)


def test_a_failed_assertion_shows_the_decision() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_allowed(workload(), "s3:ListBucket", BUCKET)

    assert str(caught.value) == str(workload().decide("s3:ListBucket", BUCKET))


def test_what_is_allowed_is_not_denied() -> None:
    with pytest.raises(AssertionError, match="ALLOW: payments/api in cluster prod may s3:GetObject"):
        assert_denied(workload(), READ, OBJECT)


@pytest.mark.parametrize("assertion", [assert_allowed, assert_denied])
def test_an_open_answer_fails_both_ways_and_names_the_value_to_give(assertion: object) -> None:
    assert callable(assertion)
    with pytest.raises(AssertionError, match=r'Pass the values that decide: context=\{"aws:SourceIp": ...\}'):
        assertion(workload(allow(READ, "*", FROM_OFFICE)), READ, OBJECT)


def test_keys_are_given_by_name_or_as_a_whole() -> None:
    identity = workload(allow(READ, "*", FROM_OFFICE))

    keys: dict[str, Any] = {"aws:SourceIp": "10.0.0.1"}
    assert_allowed(identity, READ, OBJECT, **keys)
    assert_allowed(identity, READ, OBJECT, context={"aws:SourceIp": "10.0.0.1"})
    assert_denied(identity, READ, OBJECT, context={"aws:SourceIp": None})


@pytest.mark.parametrize("assertion", [assert_allowed, assert_denied])
@pytest.mark.parametrize(("action", "resource"), [("s3:GetObjekt", OBJECT), (READ, BUCKET), (READ, "*")])
def test_a_question_that_makes_no_sense_is_an_error_and_not_a_failure(
    assertion: object, action: str, resource: str
) -> None:
    assert callable(assertion)
    with pytest.raises(QuestionError):
        assertion(workload(), action, resource)


def test_a_denial_may_have_to_be_explicit() -> None:
    denied = workload(allow(READ), deny(READ))

    assert_denied(denied, READ, OBJECT, explicit=True)
    assert_denied(workload(), "s3:DeleteObject", OBJECT, explicit=False)
    with pytest.raises(AssertionError, match="an explicit Deny was expected"):
        assert_denied(workload(), "s3:DeleteObject", OBJECT, explicit=True)
    with pytest.raises(AssertionError, match="no explicit Deny was expected"):
        assert_denied(denied, READ, OBJECT, explicit=False)


def test_strict_fails_on_what_was_not_checked() -> None:
    with pytest.raises(AssertionError, match="SERVICE_CONTROL_POLICY"):
        assert_allowed(workload(), READ, OBJECT, strict=True)
    known = workload(service_control_policies=[], resource_control_policies=[])
    with pytest.raises(AssertionError, match="VPC_ENDPOINT"):
        assert_allowed(known, READ, OBJECT, strict=True, resource_policy="")
    # A request that comes through no endpoint meets no endpoint policy.
    context = {"aws:SourceVpce": None, "aws:ResourceAccount": ACCOUNT}
    assert_allowed(known, READ, OBJECT, strict=True, resource_policy="", context=context)


def test_a_role_trusts_the_service_account_of_its_trust_and_no_other() -> None:
    for role in (workload(), workload().role):
        assert_trusted(role, **API)
        assert_not_trusted(role, **{**API, "service_account": "worker"})
        assert_not_trusted(role, **{**API, "namespace": "default"})
        assert_not_trusted(role, **{**API, "cluster": "staging"})
        assert_not_trusted(role, **API, account="444455556666")
        assert_not_trusted(role, **API, region="us-east-1")
        assert_not_trusted(role, **API, session_tags=False)


def test_the_failure_of_a_trust_quotes_both_values() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_trusted(workload().role, **{**API, "service_account": "worker"})

    assert str(caught.value) == (
        "role api does not trust payments/worker in cluster prod\n"
        "  the trust policy does not allow sts:AssumeRole\n"
        "  nearest: statement 1 of the trust policy: StringEquals aws:RequestTag/kubernetes-service-account "
        'wants "api", the request has "worker"'
    )


def test_a_role_that_trusts_more_than_it_should_is_found() -> None:
    role = workload(role={"trust": trust_of_pods({"StringEquals": {"aws:SourceAccount": ACCOUNT}})}).role

    with pytest.raises(AssertionError, match="role api trusts payments/worker in cluster prod"):
        assert_not_trusted(role, **{**API, "service_account": "worker"})


@pytest.mark.parametrize("assertion", [assert_trusted, assert_not_trusted])
def test_a_trust_that_cannot_be_read_fails_both_ways(assertion: object) -> None:
    assert callable(assertion)
    with pytest.raises(AssertionError, match="depends on the text of the trust policy"):
        assertion(workload(role={"trust": UNKNOWN}), **API)


def test_an_explicit_denial_in_a_trust_is_named() -> None:
    closed = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    identity: Identity = workload(role={"trust": document(*TRUST["Statement"], closed)})

    with pytest.raises(AssertionError, match=r"denied by statement 2"):
        assert_trusted(identity, **API)


@pytest.mark.parametrize("assertion", [assert_trusted, assert_not_trusted])
def test_a_trust_that_asks_for_the_time_fails_both_ways_and_names_it(assertion: object) -> None:
    assert callable(assertion)
    closing = trust_of_pods({"DateLessThan": {"aws:CurrentTime": "2026-12-31T00:00:00Z"}})

    with pytest.raises(AssertionError) as caught:
        assertion(workload(role={"trust": closing}), **API)

    assert str(caught.value).splitlines()[:2] == [
        "role api may or may not trust payments/api in cluster prod",
        "  depends on aws:CurrentTime (DateLessThan 2026-12-31T00:00:00Z)",
    ]


@pytest.mark.parametrize("assertion", [assert_allowed, assert_denied, assert_trusted, assert_not_trusted])
def test_pytest_shows_the_line_of_the_test_and_not_the_assertion(assertion: Any) -> None:
    asks_trust = assertion in (assert_trusted, assert_not_trusted)
    subject = Role(ROLE_ARN, UNKNOWN) if asks_trust else workload(allow(READ, "*", FROM_OFFICE))
    with pytest.raises(AssertionError) as caught:
        assertion(subject, *([] if asks_trust else [READ, OBJECT]), **(API if asks_trust else {}))

    shown = [entry.path for entry in caught.traceback.filter(caught)]
    assert shown
    assert Path(testing.__file__) not in shown


def test_the_policy_of_the_resource_counts_for_both() -> None:
    lifts = document(
        {"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, "Action": "s3:*", "Resource": f"{BUCKET}/*"},
    )
    denies = document({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{BUCKET}/*"})

    assert_allowed(workload(), "s3:DeleteObject", OBJECT, resource_policy=lifts)
    assert_denied(workload(), READ, OBJECT, resource_policy=denies, explicit=True)


def test_several_values_to_pass_are_listed_once() -> None:
    conditions = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:RequestedRegion": "eu-west-1"}}

    with pytest.raises(AssertionError) as caught:
        assert_allowed(workload(allow(READ, "*", conditions), allow("s3:*", "*", conditions)), READ, OBJECT)

    assert str(caught.value).splitlines()[-1] == (
        '  Pass the values that decide: context={"aws:SourceIp": ..., "aws:RequestedRegion": ...}'
    )


def test_a_missing_policy_text_is_not_a_value_to_pass() -> None:
    with pytest.raises(AssertionError) as caught:
        assert_allowed(workload(role={"policies": {"arn:aws:iam::aws:policy/X": UNKNOWN}}), READ, OBJECT)

    assert "Pass the values" not in str(caught.value)


ANYWHERE = trust_of_pods({"StringEquals": {"aws:RequestTag/eks-cluster-arn": CLUSTER_ARN}})
UNTAGGED = trust_of_pods({"Null": {"aws:RequestTag/kubernetes-namespace": "true"}})


@pytest.mark.parametrize(
    ("trust", "where", "is_trusted"),
    [
        (ANYWHERE, {"region": "eu-west-1"}, True),
        (ANYWHERE, {"region": "eu-north-1"}, False),
        (ANYWHERE, {"region": "eu-west-1", "account": ACCOUNT}, True),
        (ANYWHERE, {"region": "eu-west-1", "account": "444455556666"}, False),
        (ANYWHERE, {"region": "eu-west-1", "session_tags": False}, False),
        # An unknown region may be any: the role trusts the ServiceAccount in one region.
        (ANYWHERE, {}, True),
        (ANYWHERE, {"cluster": "dev"}, False),
        (UNTAGGED, {"session_tags": False}, True),
        (UNTAGGED, {"session_tags": True}, False),
        (UNTAGGED, {}, False),
    ],
)
@pytest.mark.parametrize("is_identity", [True, False])
def test_a_trust_is_asked_about_a_cluster_somewhere(
    trust: dict[str, Any], where: dict[str, Any], is_trusted: bool, is_identity: bool
) -> None:
    role = Role(ROLE_ARN, trust)
    subject = Identity("other", "other", "other", role) if is_identity else role
    passing, failing = (assert_trusted, assert_not_trusted) if is_trusted else (assert_not_trusted, assert_trusted)

    passing(subject, **{**API, **where})
    with pytest.raises(AssertionError):
        failing(subject, **{**API, **where})


def test_an_identity_brings_its_region_account_and_partition() -> None:
    role = Role(
        ROLE_ARN, trust_of_pods({"StringEquals": {"aws:SourceArn": "arn:aws-cn:eks:cn-north-1:1:cluster/prod"}})
    )

    assert_trusted(Identity("x", "x", "x", role, region="cn-north-1", account="1", partition="aws-cn"), **API)
    assert_not_trusted(Identity("x", "x", "x", role, region="cn-north-1", account="1"), **API)
    assert_not_trusted(role, **API)


def test_tags_of_the_role_count_in_its_trust() -> None:
    trust = trust_of_pods({"StringEquals": {"aws:ResourceTag/team": "payments"}})

    assert_trusted(Role(ROLE_ARN, trust, tags={"team": "payments"}), **API)
    assert_not_trusted(Role(ROLE_ARN, trust, tags={"team": "orders"}), **API)
    assert_not_trusted(Role(ROLE_ARN, trust), **API)


@pytest.mark.parametrize(
    ("keys", "hint"),
    [
        ({"stict": True}, "Did you mean 'strict'"),
        ({"resourcepolicy": {}}, "Did you mean 'resource_policy'"),
        ({"context": {"SourceIp": "10.0.0.1"}}, 'Condition keys look like "aws:SourceIp"'),
        ({"context": {"aws:SourceIp": "10.0.1"}}, "is not an IP address"),
    ],
)
@pytest.mark.parametrize("assertion", [assert_allowed, assert_denied])
def test_a_misspelled_argument_or_address_is_an_error(assertion: Any, keys: dict[str, Any], hint: str) -> None:
    """It would count as a condition key that no policy uses, and the test would prove nothing."""
    with pytest.raises(QuestionError, match=hint):
        assertion(workload(allow(READ, "*", FROM_OFFICE)), READ, OBJECT, **keys)


@pytest.mark.parametrize(
    ("names", "hint"),
    [
        ({"cluster": "arn:aws:eks:eu-west-1:111122223333:cluster/prod"}, "not the ARN"),
        ({"namespace": "Payments"}, "lower-case letters"),
        ({"service_account": "payments/api"}, "service_account: "),
        ({"namespace": "*"}, "is a pattern. Ask about one ServiceAccount"),
        ({"region": "eu-west1"}, "not a valid AWS region"),
        ({"account": "1111"}, "twelve digits"),
        ({"namespace": "Payments", "cluster": "a b"}, "cluster: .* namespace: "),
    ],
)
@pytest.mark.parametrize("assertion", [assert_trusted, assert_not_trusted])
def test_a_service_account_that_cannot_exist_is_an_error(assertion: Any, names: dict[str, Any], hint: str) -> None:
    """Otherwise `assert_not_trusted` would pass for it."""
    asked = {"cluster": "prod", "namespace": "payments", "service_account": "api", **names}

    with pytest.raises(QuestionError, match=hint):
        assertion(workload(), **asked)


def test_a_role_is_not_an_identity_and_a_document_is_not_a_map_of_documents() -> None:
    role: Any = workload().role

    with pytest.raises(TypeError, match="Expected an Identity, got Role"):
        assert_allowed(role, READ, OBJECT)
    with pytest.raises(TypeError, match=r"Role.policies maps names to documents"):
        Role(role.arn, policies=document(allow(READ)))


@pytest.mark.parametrize("assertion", [assert_trusted, assert_not_trusted])
@pytest.mark.parametrize("role", ["arn:aws:iam::111122223333:role/api", None, TRUST])
def test_a_trust_is_asked_of_a_role(assertion: Any, role: Any) -> None:
    with pytest.raises(TypeError, match="Expected a Role or an Identity, got "):
        assertion(role, cluster="prod", namespace="payments", service_account="api")


def test_a_trust_that_cannot_be_read_says_why() -> None:
    with pytest.raises(AssertionError, match="means: the document is not JSON"):
        assert_trusted(
            Role(workload().role.arn, trust="{"), cluster="prod", namespace="payments", service_account="api"
        )


@pytest.mark.parametrize("question", [(OBJECT, READ), ([READ], OBJECT), (READ, None)])
def test_what_is_not_an_action_or_a_resource_is_an_error(question: tuple[Any, Any]) -> None:
    with pytest.raises(QuestionError, match=r"is a resource|each a string"):
        assert_denied(workload(), *question)


def test_a_missing_region_is_asked_for() -> None:
    nowhere = workload(region=UNKNOWN)

    with pytest.raises(AssertionError) as caught:
        assert_allowed(nowhere, READ, OBJECT)

    text = str(caught.value)
    assert "depends on the region in aws:RequestTag/eks-cluster-arn (StringEquals arn:aws:eks:eu-west-1:" in text
    assert text.endswith("Pass the unknown parts of the cluster: Identity(region=...)")
