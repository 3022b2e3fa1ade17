"""The program of the saved state in `state.json`.

It has every component, with default and with explicit names.
"""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from pulumi_eks_pod_identity import (
    PodIdentity,
    PodIdentityAgent,
    PodIdentityRole,
    PodIdentityTargetRole,
    PolicyKind,
    TrustScope,
)


def reads(bucket: str) -> dict[str, Any]:
    """Return a policy document."""
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::{bucket}/*"]}
    return {"Version": "2012-10-17", "Statement": [statement]}


CLUSTER: Any = {"cluster_name": "main", "propagation_seconds": 0, "tags": {"Owner": "payments"}}
DATA = aws.Provider("data", profile="data", region="eu-west-1")
SECRET = pulumi.Output.secret("arn:aws:s3:::ledger/*")

api = PodIdentity(
    "api",
    CLUSTER
    | {
        "namespace": "payments",
        "service_account": "api",
        "policies": {"invoices": reads("invoices"), "text": json.dumps(reads("texts"))},
        "managed_policy_arns": {"logs": "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"},
    },
)
named = PodIdentity(
    "named",
    CLUSTER
    | {
        "namespace": "payments",
        "service_account": "named",
        "role_name": "named",
        "role_path": "/workloads/",
        "role_description": "Reads the ledger",
        "max_session_duration_seconds": 7200,
        "policy_kind": PolicyKind.MANAGED,
        "policies": {
            "ledger": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": SECRET}],
            }
        },
        "create_service_account": True,
        "create_namespace": True,
        "service_account_labels": {"team": "payments"},
    },
)
narrow = PodIdentity(
    "narrow",
    CLUSTER
    | {
        "namespace": "reports",
        "service_account": "narrow",
        "role_name": "narrow",
        "policies": {"reports": reads("reports")},
        "session_policy": reads("reports"),
    },
)
chain = PodIdentity(
    "chain",
    CLUSTER
    | {
        "namespace": "reports",
        "service_account": "chain",
        "role_name": "chain",
        "create_target_role": True,
        "target_role_name": "chain-target",
        "target_policies": {"warehouse": reads("warehouse")},
    },
    target_provider=DATA,
)
many = PodIdentity(
    "many",
    CLUSTER
    | {
        "bindings": [
            {"namespace": "reports", "service_account": "exporter"},
            {"namespace": "reports", "service_account": "importer", "session_policy": reads("imports")},
            {"namespace": "reports", "service_account": "exporter", "cluster_name": "green"},
        ],
        "role_name": "many",
        "trust_scope": TrustScope.NAMESPACE,
    },
)
existing = PodIdentity(
    "existing",
    CLUSTER | {"namespace": "reports", "service_account": "existing", "role_arn": many.role_arn},
)
add_on = PodIdentityRole(
    "add-on",
    {
        "cluster_name": "main",
        "namespace": "kube-system",
        "service_account": "ebs-csi-controller-sa",
        "role_name": "add-on",
        "managed_policy_arns": {"ebs": "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"},
        "irsa_provider_arn": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/"
        "0123456789ABCDEF0123456789ABCDEF",
    },
)
reader = PodIdentityTargetRole(
    "reader",
    {
        "source_role_arn": "arn:aws:iam::111122223333:role/chain",
        "cluster_name": "main",
        "cluster_region": "eu-west-1",
        "namespace": "reports",
        "service_account": "chain",
        "role_name": "reader",
        "policies": {"warehouse": reads("warehouse")},
    },
    pulumi.ResourceOptions(providers=[DATA]),
)
agent = PodIdentityAgent("agent", {"cluster_name": "main", "tolerate_all": True})

for identity in (api, named, narrow, chain, many, existing):
    pulumi.export(identity.pulumi_resource_name, identity.role_arn)
