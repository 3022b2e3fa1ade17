"""The role of a `PodIdentityTargetRole`."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, cast

import pulumi
from pydantic import Field

from eks_pod_identity import bindings
from eks_pod_identity.errors import Problem
from eks_pod_identity.judgement import judge_target_statement
from eks_pod_identity.values import arns, names
from pulumi_eks_pod_identity import checks
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater, after, combine, has_later, ready
from pulumi_eks_pod_identity.place import provider_of, whereabouts
from pulumi_eks_pod_identity.roles import make_role, plan_of, real_arn
from pulumi_eks_pod_identity.settings import BindingSettings, RoleSettings, given
from pulumi_eks_pod_identity.settled import Check, Items, settle
from pulumi_eks_pod_identity.target import target_trust_text

_HINTS = {
    "external_id": "Write 'external_ids' with a list of one.",
    "region": "The region of the cluster is 'cluster_region'; roles have none.",
    "trust_scope": "A target role trusts exactly the source role and the external ids.",
}
_OF_THE_ACCOUNT = ("permissions_boundary_arn",)
_PARTS = ("cluster_name", "cluster_region", "namespace", "service_account", "bindings")


class TargetRoleSettings(RoleSettings):
    """What is said of a target role."""

    source_role_arn: Annotated[MaybeLater[str], Check(arns.role_arn)]
    external_ids: Annotated[list[MaybeLater[str]], Items(bindings.external_id_text)] = Field(default=[])
    cluster_name: Annotated[MaybeLater[str] | None, Check(names.cluster_name)] = None
    cluster_region: Annotated[MaybeLater[str] | None, Check(names.region)] = None
    cluster_account_id: Annotated[MaybeLater[str] | None, Check(names.account_id)] = None
    namespace: Annotated[MaybeLater[str] | None, Check(names.namespace)] = None
    service_account: Annotated[MaybeLater[str] | None, Check(names.service_account)] = None
    bindings: list[BindingSettings] | None = None


def make_target_role(
    name: str, subject: str, parent: pulumi.Resource, settings: TargetRoleSettings
) -> dict[str, MaybeLater[Any]]:
    """Make the children of the component *parent* and return its outputs."""
    # A role has no region; saying one leaves out a look-up of what is not needed.
    where = whereabouts(subject, provider_of(parent), settings.account_id, settings.partition, "")
    where.refuse_strangers(settings, _OF_THE_ACCOUNT, of_any_account=("source_role_arn",))
    source = where.checked_arn("source_role_arn", settings.source_role_arn, any_account=True) or ""
    trust = target_trust_text(
        subject, ("external_ids",), source, _external_ids(settings), settings.extra_trust_statements
    )
    plan = plan_of(
        settings,
        child=f"{name}-target-role",
        prefix=f"{name}-target",
        name=settings.role_name if settings.role_name is not None else _default_name(name, settings),
        trust=trust,
    )
    made = make_role(plan, where, pulumi.ResourceOptions(parent=parent))
    return {
        "role_arn": after(real_arn(made), ready(made.attachments)),
        "role_name": made.role.name,
        "trust_policy": trust,
    }


def settle_target_role(subject: str, args: Mapping[str, Any]) -> TargetRoleSettings:
    """Check the arguments of `PodIdentityTargetRole`.

    Raises:
        PodIdentityInputError: With everything that is wrong.
    """
    settings, problems = settle(TargetRoleSettings, subject, args, _HINTS)
    bad = {problem.path[0] for problem in problems}
    further = [
        *_of_external_ids(settings),
        *_of_extra_statements(settings),
        *checks.of_role(settings),
        *checks.of_place(settings, _OF_THE_ACCOUNT, settings.partition, settings.account_id),
        *_of_cluster_account(settings),
    ]
    problems += [problem for problem in further if problem.path[0] not in bad]
    if problems:
        raise PodIdentityInputError(subject, problems)
    return settings


def _of_external_ids(settings: TargetRoleSettings) -> list[Problem]:
    if settings.external_ids:
        return checks.refused(
            given(settings, *_PARTS),
            "'external_ids' says already which associations may reach the role.",
            "Remove this key, or 'external_ids'.",
        )
    return [
        *checks.refused(
            [key for key in ("cluster_name", "cluster_region") if getattr(settings, key) is None],
            "The key is required to compute the external ids.",
            "Give it a value, or give 'external_ids'.",
        ),
        *checks.of_bindings(settings),
    ]


def _of_extra_statements(settings: TargetRoleSettings) -> list[Problem]:
    problems: list[Problem] = []
    for index, item in enumerate(settings.extra_trust_statements):
        if not has_later(item):
            path = ("extra_trust_statements", index)
            problems += checks.found(path, partial(judge_target_statement, cast("dict[str, Any]", item)))
    return problems


def _of_cluster_account(settings: TargetRoleSettings) -> list[Problem]:
    account, source = settings.cluster_account_id, settings.source_role_arn
    if not isinstance(account, str) or not isinstance(source, str):
        return []
    return checks.found(("source_role_arn",), lambda: checks.same_place(source, None, account))


def _external_ids(settings: TargetRoleSettings) -> MaybeLater[list[str]]:
    if settings.external_ids:
        return combine(list[str], settings.external_ids)

    def build(region: str, account: str, cluster: str, pairs: list[tuple[str, str, str | None]]) -> list[str]:
        return [
            bindings.external_id(region, account, own or cluster, namespace, service_account)
            for namespace, service_account, own in pairs
        ]

    account = settings.cluster_account_id
    if account is None:
        account = combine(arns.account_of, settings.source_role_arn)
    pairs: list[Any] = (
        [[settings.namespace, settings.service_account, None]]
        if settings.bindings is None
        else [[item.namespace, item.service_account, item.cluster_name] for item in settings.bindings]
    )
    return combine(build, settings.cluster_region, account, settings.cluster_name, pairs)


def _default_name(name: str, settings: TargetRoleSettings) -> MaybeLater[str]:
    scope = [part for part in (settings.cluster_name, settings.cluster_region) if part is not None]
    return combine(names.default_role_name, name, *scope)
