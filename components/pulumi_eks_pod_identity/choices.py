"""Choices that arguments offer."""

from enum import StrEnum


class AgentMode(StrEnum):
    """Who runs the agent that hands credentials to pods.

    Not to be mistaken for the webhook that prepares the pods: that one is part of every EKS cluster.
    """

    EXISTING = "existing"
    """The agent runs already, or is installed elsewhere."""

    MANAGED = "managed"
    """The component installs the add-on `eks-pod-identity-agent`. Once per cluster."""

    AUTO_MODE = "auto_mode"
    """The cluster is an EKS Auto Mode cluster, where the agent is built in and must not be installed."""


class PolicyKind(StrEnum):
    """How the policies of a role are kept in AWS. Not to be mistaken for the managed policies attached by ARN."""

    INLINE = "inline"
    """Inside the role: gone with it, and at most 10,240 characters together."""

    MANAGED = "managed"
    """Policies of their own, attached to the role: at most 6,144 characters each."""


class ResolveConflicts(StrEnum):
    """What EKS does when the agent was installed by hand before, or was changed by hand."""

    NONE = "NONE"
    """Leave what was changed; installing over an agent that was installed by hand fails."""

    OVERWRITE = "OVERWRITE"
    """Set everything to what is said here."""

    PRESERVE = "PRESERVE"
    """On updates keep what was changed by hand; when installing the same as NONE."""
