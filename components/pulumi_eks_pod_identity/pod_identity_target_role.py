"""`PodIdentityTargetRole`: the second role alone, made with the provider of its own account."""

import pulumi

from pulumi_eks_pod_identity.errors import subject_of
from pulumi_eks_pod_identity.properties import PACKAGE, inputs_of, outputs_of
from pulumi_eks_pod_identity.target_role_args import PodIdentityTargetRoleArgs


class PodIdentityTargetRole(pulumi.ComponentResource):
    """Makes a target role: one that EKS assumes through the role of an association, in the same or another account.

    Constructed with the provider of its own account. It trusts exactly that role with exactly those external ids.
    """

    role_arn: pulumi.Output[str]
    """ARN of the target role. Resolves when its policies are attached."""

    role_name: pulumi.Output[str]
    """Name of the target role, without its path."""

    trust_policy: pulumi.Output[str]
    """The trust policy of the target role, as JSON text."""

    def __init__(self, name: str, args: PodIdentityTargetRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the target role.

        Args:
            name: Name in the program, which the names of all children begin with.
            args: What is wanted.
            opts: Options as of any component, with the provider of the account of the target role.

        Raises:
            PodIdentityInputError: With everything that is wrong, before anything is registered.
        """
        subject = subject_of("PodIdentityTargetRole", name)
        from pulumi_eks_pod_identity import target_role  # noqa: PLC0415 - heavy, so loaded when something is made
        from pulumi_eks_pod_identity.deployment import watched  # noqa: PLC0415

        settings = target_role.settle_target_role(subject, args)
        opts = watched(opts, settings.managed_policy_arns)
        super().__init__(f"{PACKAGE}:index:PodIdentityTargetRole", name, inputs_of(args), opts)
        self.register_outputs(outputs_of(self, target_role.make_target_role(name, subject, self, settings)))
