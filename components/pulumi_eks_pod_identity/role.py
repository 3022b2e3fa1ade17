"""The role of a `PodIdentityRole`."""

from collections.abc import Mapping
from typing import Any

import pulumi

from eks_pod_identity.documents.source_trust import TrustScope
from pulumi_eks_pod_identity import checks
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater, after, ready
from pulumi_eks_pod_identity.place import provider_of, whereabouts
from pulumi_eks_pod_identity.pods import known_bindings, pods_of
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
_OF_THE_CLUSTER = ("permissions_boundary_arn", "irsa_provider_arn")
_ANY_SERVICE_ACCOUNT = (TrustScope.CLUSTER, TrustScope.ACCOUNT)


def make_role(
    name: str, subject: str, parent: pulumi.Resource, settings: SourceRoleSettings
) -> dict[str, MaybeLater[Any]]:
    """Make the children of the component *parent* and return its outputs."""
    where = whereabouts(subject, provider_of(parent), settings.account_id, settings.partition, settings.region)
    where.refuse_strangers(settings, _OF_THE_CLUSTER)
    trust = source_trust_text(subject, settings, pods_of(settings), where)
    made = make_source_role(name, parent, settings, trust, where)
    return {
        "role_arn": after(real_arn(made), ready(made.attachments)),
        "role_name": made.role.name,
        "trust_policy": trust,
    }


def settle_role(subject: str, args: Mapping[str, Any]) -> SourceRoleSettings:
    """Check the arguments of `PodIdentityRole`.

    Raises:
        PodIdentityInputError: With everything that is wrong.
    """
    settings, problems = settle(SourceRoleSettings, subject, args, _HINTS)
    bad = {problem.path[0] for problem in problems}
    further = [
        *checks.of_bindings(settings, required=settings.trust_scope not in _ANY_SERVICE_ACCOUNT),
        *checks.of_role(settings),
        *checks.of_session_tags(settings, tags_on=[pod.session_tags for pod in pods_of(settings)]),
        *checks.of_place(settings, _OF_THE_CLUSTER, settings.partition, settings.account_id),
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
