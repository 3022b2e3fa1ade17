"""The add-on that runs the Pod Identity agent."""

from typing import Any

import pulumi
import pulumi_aws as aws

from pulumi_eks_pod_identity.deployment import count_agent, identity_of
from pulumi_eks_pod_identity.later import MaybeLater, combine
from pulumi_eks_pod_identity.registration import register

ADDON = "eks-pod-identity-agent"


def make_agent(name: str, parent: pulumi.Resource, cluster_name: MaybeLater[str], **addon: Any) -> aws.eks.Addon:
    """Install the agent on a cluster."""
    return register(
        aws.eks.Addon,
        f"{name}-agent",
        aws.eks.AddonArgs(cluster_name=cluster_name, addon_name=ADDON, **addon),
        # A cluster has one add-on of a name, so the new one cannot be made beside the old one.
        pulumi.ResourceOptions(parent=parent, delete_before_replace=True),
        outputs=("arn", "addon_version"),
    )


def counted(
    subject: str,
    cluster_name: MaybeLater[str],
    provider: pulumi.ProviderResource | None,
    region: MaybeLater[str] | None = None,
) -> MaybeLater[str]:
    """Return the cluster, noted to have its agent from *subject*.

    Raises:
        PodIdentityInputError: If somebody else in the program installs it.
    """

    def count(cluster: str, provider: str, region: str) -> str:
        return count_agent(subject, cluster, provider, region)

    return combine(count, cluster_name, identity_of(provider), region or "")
