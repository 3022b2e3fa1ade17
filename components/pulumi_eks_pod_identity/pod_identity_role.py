"""`PodIdentityRole`: a role that pods can become, without an association."""

import pulumi

from pulumi_eks_pod_identity.errors import subject_of
from pulumi_eks_pod_identity.properties import PACKAGE, inputs_of, outputs_of
from pulumi_eks_pod_identity.role_args import PodIdentityRoleArgs


class PodIdentityRole(pulumi.ComponentResource):
    """Makes a role that pods can become, with its scoped trust policy and its permissions, and no association.

    For the association that an EKS add-on makes itself, or for a role that is shared by hand.
    """

    role_arn: pulumi.Output[str]
    """ARN of the role. Resolves when its policies are attached."""

    role_name: pulumi.Output[str]
    """Name of the role, without its path."""

    trust_policy: pulumi.Output[str]
    """The trust policy of the role, as JSON text."""

    def __init__(self, name: str, args: PodIdentityRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the role.

        Args:
            name: Name in the program, which the names of all children begin with.
            args: What is wanted.
            opts: Options as of any component.

        Raises:
            PodIdentityInputError: With everything that is wrong, before anything is registered.
        """
        subject = subject_of("PodIdentityRole", name)
        from pulumi_eks_pod_identity import role  # noqa: PLC0415 - heavy, so loaded when something is made
        from pulumi_eks_pod_identity.deployment import watched  # noqa: PLC0415

        settings = role.settle_role(subject, args)
        opts = watched(opts, settings.managed_policy_arns)
        super().__init__(f"{PACKAGE}:index:PodIdentityRole", name, inputs_of(args), opts)
        self.register_outputs(outputs_of(self, role.make_role(name, subject, self, settings)))
