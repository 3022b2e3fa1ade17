"""The add-on that runs the Pod Identity agent."""

from typing import Any

import pulumi
import pulumi_aws as aws

from eks_pod_identity.addon import AGENT
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput


def create_agent(
    component: str, cluster_name: ValueOrOutput[str], opts: pulumi.ResourceOptions, **addon: Any
) -> aws.eks.Addon:
    """Install the agent on a cluster."""
    # Add-on names are unique in a cluster, so the new one cannot be created before the old one is deleted.
    opts.delete_before_replace = True
    return aws.eks.Addon(f"{component}-agent", cluster_name=cluster_name, addon_name=AGENT, opts=opts, **addon)
