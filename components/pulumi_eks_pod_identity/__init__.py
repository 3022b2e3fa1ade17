"""Pulumi components for EKS Pod Identity: grant a ServiceAccount exactly the AWS permissions you intend."""

from eks_pod_identity._version import __version__
from eks_pod_identity.documents.source_trust import TrustScope
from eks_pod_identity.session_size import SessionSize, estimate_session_size
from eks_pod_identity.session_tags import SessionTag, own_prefix_statements
from pulumi_eks_pod_identity.addon_association import AddonAssociationArgs, addon_association
from pulumi_eks_pod_identity.agent import PodIdentityAgent
from pulumi_eks_pod_identity.args.agent import PodIdentityAgentArgs
from pulumi_eks_pod_identity.args.enums import AgentMode, AssumedBy, PolicyKind, ResolveConflicts
from pulumi_eks_pod_identity.args.pod_identity import PodIdentityArgs
from pulumi_eks_pod_identity.args.role import PodIdentityRoleArgs
from pulumi_eks_pod_identity.args.shared import PodIdentityBinding
from pulumi_eks_pod_identity.args.target_role import PodIdentityTargetRoleArgs
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.pod_identity import PodIdentity
from pulumi_eks_pod_identity.role import PodIdentityRole
from pulumi_eks_pod_identity.target_role import PodIdentityTargetRole

__all__ = [
    "AddonAssociationArgs",
    "AgentMode",
    "AssumedBy",
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
    "SessionSize",
    "SessionTag",
    "TrustScope",
    "__version__",
    "addon_association",
    "estimate_session_size",
    "own_prefix_statements",
]
