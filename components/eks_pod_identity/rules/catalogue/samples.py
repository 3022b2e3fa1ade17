"""Resources that the examples of the rules are made of."""

from typing import Any

ACCOUNT = "111122223333"
TARGET_ACCOUNT = "444455556666"
CLUSTER_ARN = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/dev"
EXTERNAL_ID = f"eu-west-1/{ACCOUNT}/dev/payments/api"
SOURCE_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/payments-api"
TARGET_ROLE_ARN = f"arn:aws:iam::{TARGET_ACCOUNT}:role/invoices-reader"

SCOPED: dict[str, Any] = {
    "StringEquals": {
        "aws:SourceAccount": ACCOUNT,
        "aws:RequestTag/eks-cluster-arn": CLUSTER_ARN,
        "aws:RequestTag/kubernetes-namespace": "payments",
        "aws:RequestTag/kubernetes-service-account": "api",
    }
}
SCOPED_BY_CLUSTER: dict[str, Any] = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnEquals": {"aws:SourceArn": CLUSTER_ARN},
}
READ_INVOICES: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"}],
}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(**changes: Any) -> dict[str, Any]:
    """A trust policy for pods, scoped, with *changes* to its one statement; None drops an element."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": SCOPED,
        **changes,
    }
    return document({key: value for key, value in statement.items() if value is not None})


def target_trust(
    *, external_id: object = EXTERNAL_ID, principal: str = f"arn:aws:iam::{ACCOUNT}:root"
) -> dict[str, Any]:
    """A trust policy for a target role: the account, narrowed to the source role, with the external id."""
    source = {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}}
    return document(
        {
            "Effect": "Allow",
            "Principal": {"AWS": principal},
            "Action": "sts:AssumeRole",
            "Condition": {**source, "StringEquals": {"sts:ExternalId": external_id}},
        },
        {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:TagSession", "Condition": source},
    )


def role(trust_policy: object, **properties: Any) -> dict[str, Any]:
    """A role."""
    return {
        "type": "aws:iam/role:Role",
        "properties": {"name": "payments-api", "assumeRolePolicy": trust_policy, **properties},
    }


def target_role(trust_policy: object) -> dict[str, Any]:
    """A role in the other account."""
    return role(trust_policy, name="invoices-reader", _account=TARGET_ACCOUNT)


def role_policy(policy: object, to: str = "${role.name}") -> dict[str, Any]:
    """An inline policy of a role."""
    return {"type": "aws:iam/rolePolicy:RolePolicy", "properties": {"role": to, "policy": policy}}


def attachment(policy_arn: str, to: str = "${role.name}") -> dict[str, Any]:
    """A managed policy attached to a role."""
    return {
        "type": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "properties": {"role": to, "policyArn": policy_arn},
    }


def association(**properties: Any) -> dict[str, Any]:
    """An association of payments/api on the cluster dev."""
    merged: dict[str, Any] = {
        "clusterName": "dev",
        "namespace": "payments",
        "serviceAccount": "api",
        "roleArn": "${role.arn}",
        **properties,
    }
    return {"type": "aws:eks/podIdentityAssociation:PodIdentityAssociation", "properties": merged}


def agent(**properties: Any) -> dict[str, Any]:
    """The agent add-on of the cluster dev."""
    merged: dict[str, Any] = {"clusterName": "dev", "addonName": "eks-pod-identity-agent", **properties}
    return {"type": "aws:eks/addon:Addon", "properties": merged}


def service_account(name: str, **metadata: Any) -> dict[str, Any]:
    """A ServiceAccount in the namespace payments."""
    return {
        "type": "kubernetes:core/v1:ServiceAccount",
        "properties": {"metadata": {"namespace": "payments", "name": name, **metadata}},
    }
