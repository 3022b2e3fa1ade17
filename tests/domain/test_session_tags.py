"""Session tags as names and variables, and one role whose workloads keep to their own prefix."""

import pytest

from eks_pod_identity.access import Identity, Role
from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.source_trust import TrustScope, source_trust
from eks_pod_identity.errors import RuleError
from eks_pod_identity.session_tags import SessionTag, own_prefix_statements
from eks_pod_identity.testing import assert_allowed, assert_denied
from eks_pod_identity.values.tags import SESSION_TAGS

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
def test_what_is_no_bucket_is_refused(arn: str):
    with pytest.raises(RuleError, match="ARN of a bucket"):
        own_prefix_statements(arn)


def test_a_prefix_without_a_tag_is_refused():
    with pytest.raises(RuleError, match="session tag"):
        own_prefix_statements(BUCKET, [])
