"""The arguments of `PodIdentityRole`, in the order in which a reader meets them."""

from collections.abc import Sequence
from typing import NotRequired

import pulumi

from pulumi_eks_pod_identity.args.shared import (
    PodIdentityBinding,
    PolicyKeys,
    RegionKeys,
    RoleKeys,
    ScopeKeys,
    ServiceAccountKeys,
    TagKeys,
    TrustKeys,
)


class PodIdentityRoleArgs(ServiceAccountKeys, RoleKeys, PolicyKeys, TrustKeys, ScopeKeys, RegionKeys, TagKeys):
    """Arguments of PodIdentityRole."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster.

    1 to 100 letters, digits, hyphens and underscores; not an ARN.

    Required.
    """

    bindings: NotRequired[Sequence[PodIdentityBinding]]
    """Several ServiceAccounts for the role, instead of namespace and ServiceAccount.

    Their order does not matter, and duplicates are refused. A session policy here means only that the binding has no
    session tags.

    Default: none; not needed where the trust scope is the cluster or the account.
    """

    disable_session_tags: NotRequired[bool]
    """Whether the associations of the role disable session tags, so that the trust policy is scoped without them.

    EKS disables them if an association has a session policy. Without session tags no condition on them can match.

    Default: false.
    """
