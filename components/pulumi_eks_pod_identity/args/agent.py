"""The arguments of `PodIdentityAgent`."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi

from pulumi_eks_pod_identity.args.enums import AgentMode, ResolveConflicts


class PodIdentityAgentArgs(TypedDict):
    """Arguments of PodIdentityAgent."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster.

    1 to 100 letters, digits, hyphens and underscores; not an ARN.

    Required.
    """

    mode: NotRequired[AgentMode]
    """Who runs the agent. Only `managed` installs the add-on; otherwise nothing is created, and the arguments that
    configure the add-on are refused.

    Default: managed.
    """

    addon_version: NotRequired[pulumi.Input[str]]
    """Version to pin the add-on to, such as v1.3.10-eksbuild.2.

    EKS updates an add-on one minor version at a time. It has no name for the latest version; look that up with
    aws.eks.getAddonVersion.

    Default: chosen by EKS for the version of the cluster.
    """

    configuration: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Any]]]]
    """Configuration values of the add-on.

    `aws eks describe-addon-configuration` prints their schema. Must not contain what the arguments below set.

    Default: none.
    """

    tolerate_all: NotRequired[bool]
    """Whether the agent runs on nodes with any taint, so that pods there get credentials too.

    Default: false.
    """

    disable_ipv6: NotRequired[bool]
    """Whether the agent listens on its IPv4 address only. Set it if IPv6 is disabled on nodes: the agent cannot start
    there otherwise.

    Default: false.
    """

    resources: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Any]]]]
    """Resource requests and limits of the agent's container, as in a Kubernetes manifest.

    Default: set by the add-on.
    """

    resolve_conflicts: NotRequired[ResolveConflicts]
    """What EKS does when the agent was installed or changed by hand.

    Default: NONE.
    """

    preserve: NotRequired[bool]
    """Whether the agent keeps running in the cluster when the add-on is deleted.

    Default: false.
    """

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags of the add-on.

    At most 50; keys of 1 to 128 and values of up to 256 characters; aws: is reserved.

    Default: none.
    """
