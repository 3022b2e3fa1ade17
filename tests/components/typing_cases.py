# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
"""Calls for the type checker. They never run.

The type checker reports an unnecessary ignore, so each line that ignores an error has that error.
"""

from typing import assert_type

import pulumi
import pulumi_aws as aws

from pulumi_eks_pod_identity import (
    AgentMode,
    PodIdentity,
    PodIdentityAgent,
    PodIdentityRole,
    PodIdentityTargetRole,
    TrustScope,
    addon_association,
)

cluster = aws.eks.Cluster("dev", role_arn="", vpc_config={"subnet_ids": []})

identity = PodIdentity(
    "api",
    {
        "cluster_name": cluster.name,
        "namespace": "payments",
        "service_account": "api",
        "policies": {"x": {"Version": "2012-10-17", "Statement": []}, "y": "{}", "z": cluster.name},
        "trust_scope": TrustScope.NAMESPACE,
        "agent": AgentMode.MANAGED,
        "bindings": [{"namespace": "a", "service_account": "b", "session_policy": "{}"}],
        "tags": {"a": cluster.name},
    },
    pulumi.ResourceOptions(protect=True),
    target_provider=aws.Provider("data"),
)
assert_type(identity.role_arn, pulumi.Output[str])
assert_type(identity.service_account_name, pulumi.Output[str | None])

PodIdentity("api", {"namespace": "payments", "service_account": "api"})  # pyright: ignore[reportArgumentType]
PodIdentity("api", {"cluster_name": "dev", "service_acount": "api"})  # pyright: ignore[reportArgumentType]
PodIdentity("api", {"cluster_name": 3})  # pyright: ignore[reportArgumentType]
PodIdentity("api", {"cluster_name": "dev", "trust_scope": "pod"})  # pyright: ignore[reportArgumentType]
PodIdentity("api", {"cluster_name": "dev", "tags": {"a": 1}})  # pyright: ignore[reportArgumentType]
PodIdentity("api", {"cluster_name": "dev", "bindings": [{"namespace": "a"}]})  # pyright: ignore[reportArgumentType]
PodIdentity("api", {"cluster_name": "dev", "create_service_account": "yes"})  # pyright: ignore[reportArgumentType]
PodIdentity("api", {"cluster_name": "dev"}, target_provider="data")  # pyright: ignore[reportArgumentType]
PodIdentityAgent("dev", {"cluster_name": "dev", "tolerate_all": True, "resources": {"limits": {"cpu": "1"}}})
PodIdentityAgent("dev", {"cluster_name": "dev", "mode": "managed"})  # pyright: ignore[reportArgumentType]
PodIdentityTargetRole("reader", {"external_ids": []})  # pyright: ignore[reportArgumentType]
PodIdentityTargetRole("reader", {"source_role_arn": identity.role_arn, "external_ids": []})
role = PodIdentityRole("csi", {"cluster_name": "dev", "session_policy": "{}"})  # pyright: ignore[reportArgumentType]

aws.eks.Addon(
    "csi",
    addon_name="aws-ebs-csi-driver",
    cluster_name=cluster.name,
    pod_identity_associations=[addon_association({"service_account": "sa", "role_arn": role.role_arn})],
)
addon_association({"service_account": "sa", "role_arn": role.role_arn, "target_role_arn": "x"})  # pyright: ignore[reportArgumentType]
