"""The association that an EKS add-on creates for its own ServiceAccount."""

from typing import Annotated, TypedDict

import pulumi
from pulumi_aws.eks import AddonPodIdentityAssociationArgsDict

from eks_pod_identity.values import arns, names
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput
from pulumi_eks_pod_identity._validation.fields import Check, ValidatedModel
from pulumi_eks_pod_identity._validation.validate import Scopes, Validator

_UNSUPPORTED = (
    "The association of an add-on has only a ServiceAccount and a role. Create it with PodIdentity instead, and "
    "remove it from the add-on."
)


class AddonAssociationArgs(TypedDict):
    """Arguments of addon_association."""

    service_account: pulumi.Input[str]
    """Name of the add-on's ServiceAccount, such as ebs-csi-controller-sa."""

    role_arn: pulumi.Input[str]
    """ARN of a role that trusts the ServiceAccount, such as that of a PodIdentityRole."""


def addon_association(args: AddonAssociationArgs) -> AddonPodIdentityAssociationArgsDict:
    """Return one item for `pod_identity_associations` of `pulumi_aws.eks.Addon`.

    The add-on owns the association and deletes it with itself. There must not be another association for the same
    ServiceAccount.

    Raises:
        PodIdentityInputError: With every problem, including arguments that such an association does not support.
    """
    validated = _VALIDATOR.validate("addon_association", args)
    model, _, _ = validated.validate_in_scope(Scopes(AwsScope()))
    return {"service_account": model.service_account, "role_arn": model.role_arn}


class AddonAssociationModel(ValidatedModel):
    """The arguments of `addon_association`."""

    service_account: Annotated[ValueOrOutput[str], Check(names.service_account)]
    role_arn: Annotated[ValueOrOutput[str], Check(arns.role_arn)]


_HINTS = {
    "namespace": "The add-on knows its namespace; remove the argument.",
    "cluster_name": "The add-on knows its cluster; remove the argument.",
    "target_role_arn": _UNSUPPORTED,
    "session_policy": _UNSUPPORTED,
    "disable_session_tags": _UNSUPPORTED,
    "tags": "The association of an add-on has no tags; tag the add-on.",
}
_VALIDATOR = Validator(AddonAssociationModel, hints=_HINTS)
