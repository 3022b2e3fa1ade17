"""Trust policies of source roles, as exact documents."""

from typing import Any

import pytest

from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.source_trust import TrustScope, source_trust
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import text
from eks_pod_identity.values import limits

WHERE: dict[str, Any] = {"partition": "aws", "region": "eu-west-1", "account": "111122223333"}
DEV = "arn:aws:eks:eu-west-1:111122223333:cluster/dev"
API = Binding("dev", "payments", "api")


def pods(condition):
    return {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": condition,
    }


def statements(scope, *bindings, **more):
    return source_trust(scope, **WHERE, bindings=bindings, **more)["Statement"]


def test_one_service_account_is_scoped_to_account_cluster_namespace_and_name():
    expected = pods(
        {
            "StringEquals": {
                "aws:SourceAccount": "111122223333",
                "aws:RequestTag/eks-cluster-arn": DEV,
                "aws:RequestTag/kubernetes-namespace": "payments",
                "aws:RequestTag/kubernetes-service-account": "api",
            }
        }
    )

    assert [expected] == statements(TrustScope.SERVICE_ACCOUNT, API)


def test_namespace_scope_leaves_the_service_account_out():
    [statement] = statements(TrustScope.NAMESPACE, API)

    assert set(statement["Condition"]["StringEquals"]) == {
        "aws:SourceAccount",
        "aws:RequestTag/eks-cluster-arn",
        "aws:RequestTag/kubernetes-namespace",
    }


def test_cluster_scope_names_every_cluster_in_one_statement():
    expected = pods(
        {
            "StringEquals": {
                "aws:SourceAccount": "111122223333",
                "aws:RequestTag/eks-cluster-arn": [f"{DEV}-blue", f"{DEV}-green"],
            }
        }
    )

    trust = statements(
        TrustScope.CLUSTER, Binding("dev-green", "payments", "api"), Binding("dev-blue", "payments", "api")
    )

    assert [expected] == trust


def test_account_scope_names_the_account_only():
    assert [pods({"StringEquals": {"aws:SourceAccount": "111122223333"}})] == statements(TrustScope.ACCOUNT, API)


@pytest.mark.parametrize("scope", [TrustScope.SERVICE_ACCOUNT, TrustScope.NAMESPACE, TrustScope.CLUSTER])
def test_without_session_tags_every_narrower_scope_is_the_cluster_as_source(scope):
    expected = pods(
        {
            "ArnEquals": {"aws:SourceArn": DEV},
            "Null": {"aws:RequestTag/kubernetes-service-account": "true"},
            "StringEquals": {"aws:SourceAccount": "111122223333"},
        },
    )

    assert [expected] == statements(scope, Binding("dev", "payments", "api", session_tags=False))


def test_without_session_tags_account_scope_stays_as_it_is():
    trust = statements(TrustScope.ACCOUNT, Binding("dev", "payments", "api", session_tags=False))

    assert [pods({"StringEquals": {"aws:SourceAccount": "111122223333"}})] == trust


def test_several_bindings_are_exact_and_never_the_cross_product():
    trust = statements(
        TrustScope.SERVICE_ACCOUNT,
        Binding("dev", "reports", "exporter"),
        Binding("dev", "payments", "worker"),
        API,
    )

    pairs = [
        (
            item["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-namespace"],
            item["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"],
        )
        for item in trust
    ]
    assert pairs == [("payments", ["api", "worker"]), ("reports", "exporter")]


def test_the_same_pair_in_two_clusters_is_two_statements():
    trust = statements(
        TrustScope.SERVICE_ACCOUNT, Binding("green", "payments", "api"), Binding("blue", "payments", "api")
    )

    arns = [item["Condition"]["StringEquals"]["aws:RequestTag/eks-cluster-arn"] for item in trust]
    assert [name.rsplit("/", 1)[1] for name in arns] == ["blue", "green"]


def test_bindings_with_and_without_session_tags_each_get_their_own_scope():
    trust = statements(TrustScope.SERVICE_ACCOUNT, API, Binding("dev", "payments", "narrowed", session_tags=False))

    assert [
        item["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"]
        for item in trust
        if "ArnEquals" not in item["Condition"]
    ] == ["api"]
    assert [item["Condition"]["ArnEquals"]["aws:SourceArn"] for item in trust if "ArnEquals" in item["Condition"]] == [
        DEV
    ]


def test_the_order_of_bindings_changes_nothing():
    other = Binding("dev", "reports", "exporter")

    trust = source_trust(TrustScope.SERVICE_ACCOUNT, **WHERE, bindings=[API, other])
    reordered = source_trust(TrustScope.SERVICE_ACCOUNT, **WHERE, bindings=[other, API])

    assert text(trust) == text(reordered)


def test_an_oidc_provider_is_trusted_for_the_same_service_accounts():
    provider = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"
    issuer = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"

    _, irsa = statements(TrustScope.SERVICE_ACCOUNT, API, irsa_provider_arn=provider)

    assert {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                f"{issuer}:aud": "sts.amazonaws.com",
                f"{issuer}:sub": "system:serviceaccount:payments:api",
            }
        },
    } == irsa


def test_arns_are_of_the_partition_and_the_service_principal_is_the_same_everywhere():
    [statement] = source_trust(
        TrustScope.CLUSTER, partition="aws-cn", region="cn-north-1", account="111122223333", bindings=[API]
    )["Statement"]

    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert (
        statement["Condition"]["StringEquals"]["aws:RequestTag/eks-cluster-arn"]
        == "arn:aws-cn:eks:cn-north-1:111122223333:cluster/dev"
    )


def test_extra_statements_come_last_and_unchanged():
    extra = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}

    assert extra == statements(TrustScope.ACCOUNT, API, extra=[extra])[-1]


@pytest.mark.parametrize("scope", TrustScope)
@pytest.mark.parametrize("session_tags", [True, False])
def test_one_binding_with_the_longest_names_there_are_fits_the_quota(scope, session_tags):
    """A component need not check the size of a trust policy for one binding."""
    longest = Binding("c" * 100, "n" * 63, "s" * 253, session_tags)

    trust = source_trust(scope, partition="aws-us-gov", region="us-gov-east-1", account="1" * 12, bindings=[longest])

    assert canonical.size_without_space(trust) <= limits.TRUST_POLICY.value
