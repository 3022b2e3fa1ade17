"""Pulumi components for EKS Pod Identity: a ServiceAccount gets exactly the AWS permissions meant."""

from eks_pod_identity._version import __version__
from eks_pod_identity.trust import TrustScope
from pulumi_eks_pod_identity.agent_args import PodIdentityAgentArgs
from pulumi_eks_pod_identity.binding_args import PodIdentityBindingArgs
from pulumi_eks_pod_identity.choices import AgentMode, PolicyKind, ResolveConflicts
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.pod_identity import PodIdentity
from pulumi_eks_pod_identity.pod_identity_agent import PodIdentityAgent
from pulumi_eks_pod_identity.pod_identity_args import PodIdentityArgs

__all__ = [
    "AgentMode",
    "PodIdentity",
    "PodIdentityAgent",
    "PodIdentityAgentArgs",
    "PodIdentityArgs",
    "PodIdentityBindingArgs",
    "PodIdentityInputError",
    "PolicyKind",
    "ResolveConflicts",
    "TrustScope",
    "__version__",
]
