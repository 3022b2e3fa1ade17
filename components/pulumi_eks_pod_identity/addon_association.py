"""The association that an EKS add-on makes for its own ServiceAccount."""

from typing import TYPE_CHECKING, TypedDict

import pulumi

from pulumi_eks_pod_identity.errors import PodIdentityInputError

if TYPE_CHECKING:
    from pulumi_aws.eks import AddonPodIdentityAssociationArgsDict

_NOT_THERE = "An add-on's association has a ServiceAccount and a role only. Make it with PodIdentity instead, without the add-on's own."
_HINTS = {
    "namespace": "The add-on knows its namespace; remove the key.",
    "cluster_name": "The add-on knows its cluster; remove the key.",
    "target_role_arn": _NOT_THERE,
    "session_policy": _NOT_THERE,
    "disable_session_tags": _NOT_THERE,
    "tags": "An add-on's association has no tags of its own; tag the add-on.",
}


class AddonAssociationArgs(TypedDict):
    """Arguments of addon_association."""

    service_account: pulumi.Input[str]
    """Name of the add-on's ServiceAccount, such as ebs-csi-controller-sa."""

    role_arn: pulumi.Input[str]
    """ARN of a role that trusts it, such as the one of a PodIdentityRole."""


def addon_association(args: AddonAssociationArgs) -> "AddonPodIdentityAssociationArgsDict":
    """Return one item for `pod_identity_associations` of `pulumi_aws.eks.Addon`.

    The add-on owns the association: it is changed and deleted with it, and there must not be another one for the same
    ServiceAccount.

    Raises:
        PodIdentityInputError: With everything that is wrong, what such an association cannot hold included.
    """
    from pulumi_eks_pod_identity.settings import AddonAssociationSettings  # noqa: PLC0415 - heavy, loaded when needed
    from pulumi_eks_pod_identity.settled import settle  # noqa: PLC0415

    subject = "addon_association"
    settings, problems = settle(AddonAssociationSettings, subject, args, _HINTS)
    if problems:
        raise PodIdentityInputError(subject, problems)
    return {"service_account": settings.service_account, "role_arn": settings.role_arn}
