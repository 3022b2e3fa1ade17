"""How a trust policy from AWS is displayed."""

from typing import Any

import pytest

from sandbox.readback import Row, scope

SOURCE = {"aws:SourceAccount": "111122223333"}
CLUSTER = {"aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-west-1:111122223333:cluster/dev"}
NAMESPACE = {"aws:RequestTag/kubernetes-namespace": "payments"}
ACCOUNT = {"aws:RequestTag/kubernetes-service-account": "api"}
ARN = {"ArnEquals": {"aws:SourceArn": "arn:aws:eks:eu-west-1:111122223333:cluster/dev"}}
UNTAGGED = {"Null": {"aws:RequestTag/kubernetes-service-account": "true"}}


def trust(*conditions: dict[str, Any]) -> dict[str, Any]:
    service = {"Service": "pods.eks.amazonaws.com"}
    return {"Statement": [{"Principal": service, "Condition": condition} for condition in conditions]}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": SOURCE}, "account"),
        ({"StringEquals": SOURCE | CLUSTER}, "cluster"),
        ({"StringEquals": SOURCE} | ARN, "cluster"),
        ({"StringEquals": SOURCE} | ARN | UNTAGGED, "untagged"),
        ({"StringEquals": SOURCE | CLUSTER | NAMESPACE}, "namespace"),
        ({"StringEquals": SOURCE | CLUSTER | NAMESPACE | ACCOUNT}, "service account"),
    ],
)
def test_the_scope_of_a_statement(condition: dict[str, Any], expected: str):
    assert scope(trust(condition)) == expected


def test_the_widest_statement_counts():
    assert scope(trust({"StringEquals": SOURCE | ACCOUNT}, {"StringEquals": SOURCE})) == "account"


def test_a_trust_without_pods_has_no_scope():
    assert scope({"Statement": [{"Principal": {"Federated": "arn"}}]}) == "-"


def test_the_source_role_is_shown_where_pods_have_another():
    row = Row("api", "payments/api", "dev", role="api-role", trust_scope="service account", target_role="none")
    assert list(row.lines(verbose=False)) == [
        ("trust", "only ServiceAccount payments/api of cluster dev"),
        ("target", "none"),
    ]

    row.target_role = "target in 444455556666"
    assert next(iter(row.lines(verbose=False))) == (
        "trust",
        "source role api-role: only ServiceAccount payments/api of cluster dev",
    )
