"""Resources for the examples of the rules."""

from typing import Any

ACCOUNT = "111122223333"
TARGET_ACCOUNT = "444455556666"
CLUSTER_ARN = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/dev"
EXTERNAL_ID = f"eu-west-1/{ACCOUNT}/dev/payments/api"
SOURCE_ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/payments-api"
TARGET_ROLE_ARN = f"arn:aws:iam::{TARGET_ACCOUNT}:role/invoices-reader"
EBS_ACCOUNT = "ebs-csi-controller-sa"

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
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(**changes: Any) -> dict[str, Any]:
    """Return a trust policy for pods, scoped, with *changes* to its statement; None removes an element."""
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
    """Return a trust policy for a target role: the account, narrowed to the source role, with the external id."""
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
    """Return a role."""
    return {
        "type": "aws:iam/role:Role",
        "properties": {"name": "payments-api", "assumeRolePolicy": trust_policy, **properties},
    }


def target_role(trust_policy: object) -> dict[str, Any]:
    """Return a role in the other account."""
    return role(trust_policy, name="invoices-reader", _account=TARGET_ACCOUNT)


def role_policy(policy: object, to: str = "${role.name}") -> dict[str, Any]:
    """Return an inline policy of a role."""
    return {"type": "aws:iam/rolePolicy:RolePolicy", "properties": {"role": to, "policy": policy}}


def attachment(policy_arn: object, to: str = "${role.name}") -> dict[str, Any]:
    """Return a managed policy attached to a role."""
    return {
        "type": "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "properties": {"role": to, "policyArn": policy_arn},
    }


def association(**properties: Any) -> dict[str, Any]:
    """Return an association of payments/api on the cluster dev."""
    merged: dict[str, Any] = {
        "clusterName": "dev",
        "namespace": "payments",
        "serviceAccount": "api",
        "roleArn": "${role.arn}",
        **properties,
    }
    return {"type": "aws:eks/podIdentityAssociation:PodIdentityAssociation", "properties": merged}


def agent(**properties: Any) -> dict[str, Any]:
    """Return the agent add-on of the cluster dev."""
    merged: dict[str, Any] = {"clusterName": "dev", "addonName": "eks-pod-identity-agent", **properties}
    return {"type": "aws:eks/addon:Addon", "properties": merged}


def with_policy(policy: object) -> dict[str, Any]:
    """Return an association and its role, which has one inline policy."""
    return {"role": role(trust()), "association": association(), "policy": role_policy(policy)}


def with_session_policy(policy: object) -> dict[str, Any]:
    """Return a role, and an association with a session policy and without session tags."""
    return {
        "role": role(trust(Condition=SCOPED_BY_CLUSTER)),
        "association": association(policy=policy, disableSessionTags=True),
    }


def target_chain(target: dict[str, Any], *actions: str) -> dict[str, Any]:
    """Return an association with a target role, and a source role that may do *actions* on it (default: both)."""
    statement = {
        "Effect": "Allow",
        "Action": list(actions) or ["sts:AssumeRole", "sts:TagSession"],
        "Resource": TARGET_ROLE_ARN,
    }
    return {
        "role": role(trust()),
        "assume": role_policy(document(statement)),
        "target": target,
        "association": association(targetRoleArn="${target.arn}"),
    }


def fargate_profile(namespace: str) -> dict[str, Any]:
    """Return a Fargate profile of the cluster dev."""
    return {
        "type": "aws:eks/fargateProfile:FargateProfile",
        "properties": {"clusterName": "dev", "selectors": [{"namespace": namespace}]},
    }


def node_group(**properties: Any) -> dict[str, Any]:
    """Return a node group of the cluster dev."""
    merged: dict[str, Any] = {"clusterName": "dev", "nodeRoleArn": "${nodeRole.arn}", **properties}
    return {"type": "aws:eks/nodeGroup:NodeGroup", "properties": merged}


def ebs_addon(**properties: Any) -> dict[str, Any]:
    """Return the EBS CSI driver on the cluster dev, with its own association."""
    merged: dict[str, Any] = {
        "clusterName": "dev",
        "addonName": "aws-ebs-csi-driver",
        "podIdentityAssociations": [{"serviceAccount": EBS_ACCOUNT, "roleArn": "${role.arn}"}],
        **properties,
    }
    return {"type": "aws:eks/addon:Addon", "properties": merged}


def trust_for(namespace: str, service_account: str) -> dict[str, Any]:
    """Return a trust policy for the pods of one ServiceAccount of the cluster dev."""
    tags = {
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": service_account,
    }
    return trust(Condition={"StringEquals": {**SCOPED["StringEquals"], **tags}})


def service_trust(service: str) -> dict[str, Any]:
    """Return a trust policy for another service."""
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def service_account(name: str, **metadata: Any) -> dict[str, Any]:
    """Return a ServiceAccount in the namespace payments."""
    return {
        "type": "kubernetes:core/v1:ServiceAccount",
        "properties": {"metadata": {"namespace": "payments", "name": name, **metadata}},
    }
