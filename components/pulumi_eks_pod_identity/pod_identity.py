"""`PodIdentity`: everything that gives the pods of one workload exactly the AWS permissions meant."""

from collections.abc import Mapping

import pulumi

from pulumi_eks_pod_identity.errors import subject_of
from pulumi_eks_pod_identity.pod_identity_args import PodIdentityArgs
from pulumi_eks_pod_identity.properties import PACKAGE, inputs_of, outputs_of


class PodIdentity(pulumi.ComponentResource):
    """Gives the pods of a workload the AWS permissions meant, through EKS Pod Identity.

    Makes the role with its scoped trust policy and its permissions, and the association of each ServiceAccount; on
    request the target role in the same or another account, the ServiceAccount, and the agent.
    """

    role_arn: pulumi.Output[str]
    """ARN of the role. Resolves when the policies are attached and the associations have taken effect."""

    role_name: pulumi.Output[str]
    """Name of the role, without its path."""

    association_id: pulumi.Output[str | None]
    """Id of the association, where there is one binding."""

    association_arn: pulumi.Output[str | None]
    """ARN of the association, where there is one binding."""

    external_id: pulumi.Output[str | None]
    """External id that EKS sends to the target role, where there is one binding. Computed, and compared with EKS."""

    association_ids: pulumi.Output[Mapping[str, str]]
    """Ids of the associations by namespace/service-account, with cluster/ in front where a binding names its own."""

    external_ids: pulumi.Output[Mapping[str, str]]
    """External ids by namespace/service-account, with cluster/ in front where a binding names its own."""

    target_role_arn: pulumi.Output[str | None]
    """ARN of the target role, where there is one."""

    namespace: pulumi.Output[str | None]
    """Namespace of the ServiceAccount, where there is one binding."""

    service_account_name: pulumi.Output[str | None]
    """Name of the ServiceAccount, where there is one binding. Resolves when its pods will get credentials."""

    restart_token: pulumi.Output[str]
    """Changes exactly when running pods must be recreated to get what was changed. For a pod-template annotation."""

    trust_policy: pulumi.Output[str]
    """The trust policy that the role has, or that an existing role needs, as JSON text."""

    target_trust_policy: pulumi.Output[str | None]
    """The trust policy that the target role has, or that an existing one needs, as JSON text."""

    def __init__(
        self,
        name: str,
        args: PodIdentityArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        target_provider: pulumi.ProviderResource | None = None,
    ) -> None:
        """Make the identity of a workload.

        Args:
            name: Name in the program, which the names of all children begin with.
            args: What is wanted.
            opts: Options as of any component. Providers given here are those of the children.
            target_provider: Provider of the account in which *create_target_role* makes the target role.

        Raises:
            PodIdentityInputError: With everything that is wrong, before anything is registered.
        """
        subject = subject_of("PodIdentity", name)
        # The models and the SDKs are heavy: a program that imports this package pays for them when it makes something.
        from pulumi_eks_pod_identity.deployment import watched  # noqa: PLC0415
        from pulumi_eks_pod_identity.identity import make_identity  # noqa: PLC0415
        from pulumi_eks_pod_identity.pod_identity_settings import settle_pod_identity  # noqa: PLC0415

        settings = settle_pod_identity(subject, args, target_provider)
        opts = watched(opts, settings.managed_policy_arns, settings.target_managed_policy_arns)
        super().__init__(f"{PACKAGE}:index:PodIdentity", name, inputs_of(args), opts)
        made = make_identity(name, subject, self, settings, target_provider)
        self.register_outputs(outputs_of(self, made))
