"""`PodIdentityRole`: a role that pods can become, without an association."""

import pulumi

from eks_pod_identity.trust import TrustScope
from pulumi_eks_pod_identity import checks
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import after
from pulumi_eks_pod_identity.place import provider_of, whereabouts
from pulumi_eks_pod_identity.pods import known_bindings, pods_of
from pulumi_eks_pod_identity.properties import PACKAGE, inputs_of, outputs_of
from pulumi_eks_pod_identity.role_args import PodIdentityRoleArgs
from pulumi_eks_pod_identity.roles import real_arn
from pulumi_eks_pod_identity.settings import SourceRoleSettings
from pulumi_eks_pod_identity.settled import settle
from pulumi_eks_pod_identity.source import make_source_role, source_trust_text

_BESIDE = "It belongs to the association; PodIdentity makes both."
_HINTS: dict[str, str] = {
    "session_policy": _BESIDE,
    "target_role_arn": _BESIDE,
    "create_target_role": _BESIDE,
    "agent": _BESIDE,
}
_ANY_SERVICE_ACCOUNT = (TrustScope.CLUSTER, TrustScope.ACCOUNT)


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
        subject = f'PodIdentityRole "{name}"'
        settings = _settle(subject, args)
        super().__init__(f"{PACKAGE}:index:PodIdentityRole", name, inputs_of(args), opts)
        where = whereabouts(subject, provider_of(self), settings.account_id, settings.partition, settings.region)
        trust = source_trust_text(subject, settings, pods_of(settings), where)
        made = make_source_role(name, self, settings, trust, where)
        self.register_outputs(
            outputs_of(
                self,
                {
                    "role_arn": after(real_arn(made), made.attachments),
                    "role_name": made.role.name,
                    "trust_policy": pulumi.Output.from_input(trust),
                },
            )
        )


def _settle(subject: str, args: PodIdentityRoleArgs) -> SourceRoleSettings:
    settings, problems = settle(SourceRoleSettings, subject, args, _HINTS)
    bad = {problem.path[0] for problem in problems}
    further = [
        *checks.of_bindings(settings, required=settings.trust_scope not in _ANY_SERVICE_ACCOUNT),
        *checks.of_role(settings),
        *checks.of_place(settings, ("permissions_boundary_arn", "irsa_provider_arn")),
    ]
    if settings.irsa_provider_arn is not None and settings.bindings is None and settings.namespace is None:
        further += checks.refused(
            ["irsa_provider_arn"],
            "The provider is trusted for the same ServiceAccounts, but none is named.",
            "Give 'namespace' and 'service_account', or 'bindings'.",
        )
    problems += [problem for problem in further if problem.path[0] not in bad]
    if not problems:
        problems += checks.of_trust(settings, known_bindings(settings, pods_of(settings)))
    if problems:
        raise PodIdentityInputError(subject, problems)
    return settings
