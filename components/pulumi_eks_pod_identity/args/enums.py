"""Enums of arguments."""

from enum import StrEnum


class AgentMode(StrEnum):
    """Who runs the agent that hands credentials to pods.

    Not to be confused with the webhook that prepares the pods, which is part of every EKS cluster.
    """

    EXISTING = "existing"
    """The agent is already running, or is installed elsewhere."""

    MANAGED = "managed"
    """The component installs the add-on `eks-pod-identity-agent`. Use it once per cluster."""

    AUTO_MODE = "auto_mode"
    """EKS Auto Mode: the agent is built in, and must not be installed."""


class AssumedBy(StrEnum):
    """Who assumes a target role."""

    EKS = "eks"
    """EKS, with the role of an association. It sends an external id."""

    WORKLOAD = "workload"
    """The workload's own code or SDK profile, with the credentials that it gets from EKS."""


class PolicyKind(StrEnum):
    """What the policies of a role become. Not to be confused with the managed policies that are attached by ARN."""

    INLINE = "inline"
    """Inline policies: deleted with the role, and at most 10,240 characters together."""

    MANAGED = "managed"
    """Customer managed policies, attached to the role: at most 6,144 characters each."""


class ResolveConflicts(StrEnum):
    """What EKS does when the agent was installed or changed by hand."""

    NONE = "NONE"
    """Keep manual changes. Installing over an agent that was installed by hand fails."""

    OVERWRITE = "OVERWRITE"
    """Overwrite manual changes with what the arguments say."""

    PRESERVE = "PRESERVE"
    """Keep manual changes on updates; when installing, the same as NONE."""
