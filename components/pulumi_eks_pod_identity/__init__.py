"""Pulumi components for EKS Pod Identity: a ServiceAccount gets exactly the AWS permissions meant."""

from eks_pod_identity._version import __version__
from eks_pod_identity.documents.source_trust import TrustScope
from pulumi_eks_pod_identity.addon_association import AddonAssociationArgs, addon_association
from pulumi_eks_pod_identity.agent_args import PodIdentityAgentArgs
from pulumi_eks_pod_identity.binding_args import PodIdentityBinding
from pulumi_eks_pod_identity.choices import AgentMode, PolicyKind, ResolveConflicts
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.pod_identity import PodIdentity
from pulumi_eks_pod_identity.pod_identity_agent import PodIdentityAgent
from pulumi_eks_pod_identity.pod_identity_args import PodIdentityArgs
from pulumi_eks_pod_identity.pod_identity_role import PodIdentityRole
from pulumi_eks_pod_identity.pod_identity_target_role import PodIdentityTargetRole
from pulumi_eks_pod_identity.role_args import PodIdentityRoleArgs
from pulumi_eks_pod_identity.target_role_args import PodIdentityTargetRoleArgs

__all__ = [
    "AddonAssociationArgs",
    "AgentMode",
    "PodIdentity",
    "PodIdentityAgent",
    "PodIdentityAgentArgs",
    "PodIdentityArgs",
    "PodIdentityBinding",
    "PodIdentityInputError",
    "PodIdentityRole",
    "PodIdentityRoleArgs",
    "PodIdentityTargetRole",
    "PodIdentityTargetRoleArgs",
    "PolicyKind",
    "ResolveConflicts",
    "TrustScope",
    "__version__",
    "addon_association",
]
