"""Session tags as names and variables, and one role whose workloads keep to their own prefix."""

from typing import Any

import pulumi
import pytest

from eks_pod_identity.access import Identity, Role
from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.source_trust import TrustScope, source_trust
from eks_pod_identity.errors import RuleError
from eks_pod_identity.session_tags import SessionTag, own_prefix_statements
from eks_pod_identity.testing import assert_allowed, assert_denied
from eks_pod_identity.values.tags import SESSION_TAGS
from pulumi_eks_pod_identity import PodIdentity
from pulumi_eks_pod_identity.testing import identities

BUCKET = "arn:aws:s3:::invoices"


def test_the_names_are_those_that_eks_sends():
    assert sorted(SessionTag) == sorted(SESSION_TAGS)


def test_a_tag_is_written_as_a_condition_key_and_as_a_variable():
    assert SessionTag.NAMESPACE.principal_tag == "aws:PrincipalTag/kubernetes-namespace"
    assert SessionTag.NAMESPACE.request_tag == "aws:RequestTag/kubernetes-namespace"
    assert SessionTag.NAMESPACE.variable == "${aws:PrincipalTag/kubernetes-namespace}"


def identity(namespace: str, *tags: SessionTag) -> Identity:
    statements = own_prefix_statements(BUCKET, tags) if tags else own_prefix_statements(BUCKET)
    trust = source_trust(
        TrustScope.CLUSTER,
        partition="aws",
        region="eu-west-1",
        account="111122223333",
        bindings=[Binding("dev", namespace, "api")],
    )
    role = Role(
        arn="arn:aws:iam::111122223333:role/shared",
        trust=trust,
        policies={"own": {"Version": "2012-10-17", "Statement": statements}},
    )
    return Identity("dev", namespace, "api", role, region="eu-west-1")


@pytest.mark.parametrize("namespace", ["payments", "reports"])
def test_a_workload_reads_below_its_own_namespace_and_not_below_another(namespace: str):
    pod = identity(namespace)

    assert_allowed(pod, "s3:GetObject", f"{BUCKET}/{namespace}/a")
    assert_denied(pod, "s3:GetObject", f"{BUCKET}/another/a")
    assert_denied(pod, "s3:GetObject", f"{BUCKET}/{namespace}-2/a")


def test_a_prefix_may_have_more_parts():
    pod = identity("payments", SessionTag.NAMESPACE, SessionTag.SERVICE_ACCOUNT)

    assert_allowed(pod, "s3:PutObject", f"{BUCKET}/payments/api/a")
    assert_denied(pod, "s3:PutObject", f"{BUCKET}/payments/other/a")


@pytest.mark.parametrize("arn", ["invoices", f"{BUCKET}/*", "arn:aws:s3:::*", ""])
def test_what_is_not_a_bucket_is_refused(arn: str):
    with pytest.raises(RuleError, match="ARN of a bucket"):
        own_prefix_statements(arn)


def test_a_prefix_without_a_tag_is_refused():
    with pytest.raises(RuleError, match="session tag"):
        own_prefix_statements(BUCKET, [])


@pytest.mark.parametrize("value", [None, 5, ["arn:aws:s3:::invoices"], object()])
def test_what_is_not_text_is_refused_with_the_way_to_pass_an_output(value: Any):
    with pytest.raises(RuleError) as refused:
        own_prefix_statements(value)

    assert "bucket.arn.apply(own_prefix_statements)" in refused.value.fix


@pytest.mark.parametrize(
    "arn", ["", "invoices", "arn:aws:s3:::", "arn:aws:s3:::a*", "arn:aws:s3:::a/b", "arn:aws:s3:::${x}"]
)
def test_what_is_not_the_arn_of_a_bucket_is_refused(arn: str):
    with pytest.raises(RuleError, match="not the ARN of a bucket"):
        own_prefix_statements(arn)


def test_tags_may_be_given_by_their_names():
    by_name: Any = ["kubernetes-namespace", "kubernetes-service-account"]

    assert own_prefix_statements("arn:aws:s3:::invoices", by_name) == own_prefix_statements(
        "arn:aws:s3:::invoices", [SessionTag.NAMESPACE, SessionTag.SERVICE_ACCOUNT]
    )


@pytest.mark.parametrize("tags", ["kubernetes-namespace", ["team"], []])
def test_other_tags_than_those_of_eks_are_refused(tags: Any):
    with pytest.raises(RuleError):
        own_prefix_statements("arn:aws:s3:::invoices", tags)


def test_the_arn_of_a_bucket_of_the_same_program_makes_a_policy():
    def program() -> None:
        statements = pulumi.Output.from_input("arn:aws:s3:::tenants").apply(own_prefix_statements)
        policy = {"Version": "2012-10-17", "Statement": statements}
        PodIdentity(
            "api",
            {"cluster_name": "prod", "namespace": "a", "service_account": "api", "policies": {"own": policy}},
        )

    identity = identities(program)["a/api"]

    assert_allowed(identity, "s3:GetObject", "arn:aws:s3:::tenants/a/x")
    assert_denied(identity, "s3:GetObject", "arn:aws:s3:::tenants/b/x")
