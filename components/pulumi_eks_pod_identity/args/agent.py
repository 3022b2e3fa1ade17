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
    """Who runs the agent. Only `managed` installs the add-on.

    Default: managed.
    """

    addon_version: NotRequired[pulumi.Input[str]]
    """Version of the add-on to stay at, such as v1.3.10-eksbuild.2.

    Updates go one minor version at a time.

    Default: chosen by EKS for the version of the cluster.
    """

    configuration: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Any]]]]
    """Configuration of the add-on, as its own schema has it.

    See aws eks describe-addon-configuration. Must not repeat what the arguments below set.

    Default: none.
    """

    tolerate_all: NotRequired[bool]
    """Whether the agent runs on nodes with any taint, so that pods there get credentials, too.

    Default: false.
    """

    disable_ipv6: NotRequired[bool]
    """Whether the agent listens on its IPv4 address only. Needed if nodes have IPv6 disabled: it cannot start there.

    Default: false.
    """

    resources: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Any]]]]
    """Requests and limits of the agent, as of a Kubernetes container.

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
    """Tags on the add-on.

    At most 50; keys of 1 to 128 and values of up to 256 characters; aws: is reserved.

    Default: none.
    """
