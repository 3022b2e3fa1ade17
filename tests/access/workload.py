"""A workload for tests.

The ServiceAccount payments/api of cluster prod, with documents as the components write them.
"""

from typing import Any

from eks_pod_identity.access import Identity, Role

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/workloads/api"
TARGET_ARN = f"arn:aws:iam::{OTHER_ACCOUNT}:role/data"
CLUSTER_ARN = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/prod"
EXTERNAL_ID = f"eu-west-1/{ACCOUNT}/prod/payments/api"
BOTH = ["sts:AssumeRole", "sts:TagSession"]
BUCKET = "arn:aws:s3:::invoices"
OBJECT = f"{BUCKET}/2026/1.pdf"


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: object, resource: object = "*", condition: object = None, **elements: object) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **elements}
    return statement if condition is None else statement | {"Condition": condition}


def deny(action: object, resource: object = "*", condition: object = None) -> dict[str, Any]:
    return allow(action, resource, condition, Effect="Deny")


def trust_of_pods(condition: object = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": BOTH}
    return document(statement if condition is None else statement | {"Condition": condition})


TRUST = trust_of_pods(
    {
        "StringEquals": {
            "aws:SourceAccount": ACCOUNT,
            "aws:RequestTag/eks-cluster-arn": CLUSTER_ARN,
            "aws:RequestTag/kubernetes-namespace": "payments",
            "aws:RequestTag/kubernetes-service-account": "api",
        }
    }
)
TRUST_WITHOUT_TAGS = trust_of_pods(
    {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnEquals": {"aws:SourceArn": CLUSTER_ARN}}
)
_SAME_ROLE = {"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}}
_ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
TARGET_TRUST = document(
    {**_ROOT, "Action": BOTH[0], "Condition": {**_SAME_ROLE, "StringEquals": {"sts:ExternalId": EXTERNAL_ID}}},
    {**_ROOT, "Action": BOTH[1], "Condition": _SAME_ROLE},
)
INVOICES = document(allow("s3:GetObject", f"{BUCKET}/*"), allow("s3:List*", f"{BUCKET}/*"))


def workload(*statements: dict[str, Any], role: dict[str, Any] | None = None, **parts: Any) -> Identity:
    """Return an identity whose role has one policy of *statements*; *role* are other parts of the role."""
    policies = {"invoices": document(*statements) if statements else INVOICES}
    source = Role(**{"arn": ROLE_ARN, "trust": TRUST, "policies": policies, **(role or {})})
    return Identity(
        **{
            "cluster": "prod",
            "namespace": "payments",
            "service_account": "api",
            "role": source,
            "region": "eu-west-1",
            **parts,
        }
    )


def with_target_role(source: object = None, **parts: Any) -> Identity:
    """Return an identity with a target role that may read the bucket; *source* is the policy of the source role."""
    target = Role(**{"arn": TARGET_ARN, "trust": TARGET_TRUST, "policies": {"invoices": INVOICES}, **parts})
    assume = source or document(allow(BOTH, TARGET_ARN))
    return workload(role={"policies": {"assume": assume}}, target=target)
