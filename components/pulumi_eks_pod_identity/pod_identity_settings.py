"""The settled arguments of `PodIdentity`, and what must hold between them."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, cast

import pulumi
from pydantic import Field

from eks_pod_identity.errors import Problem
from eks_pod_identity.judgement import judged_session_policy
from eks_pod_identity.values import arns, names, scalars
from pulumi_eks_pod_identity import checks
from pulumi_eks_pod_identity.choices import AgentMode, PolicyKind
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater
from pulumi_eks_pod_identity.pods import Pod, known_bindings, pods_of
from pulumi_eks_pod_identity.settings import Documents, ManagedArns, SourceRoleSettings, TextMap, given
from pulumi_eks_pod_identity.settled import Check, Known, settle

ROLE_KEYS = (
    "role_name",
    "role_path",
    "role_description",
    "permissions_boundary_arn",
    "max_session_duration_seconds",
    "policies",
    "managed_policy_arns",
    "policy_kind",
    "extra_trust_statements",
    "irsa_provider_arn",
)
TARGET_KEYS = ("target_role_name", "target_policies", "target_managed_policy_arns")
OF_THE_CLUSTER = ("role_arn", "permissions_boundary_arn", "irsa_provider_arn")
"""Arguments that name something in the account and the partition of the cluster."""
SERVICE_ACCOUNT_KEYS = ("service_account_labels", "service_account_annotations", "create_namespace")
_MOST_PROPAGATION_SECONDS = 600


class PodIdentitySettings(SourceRoleSettings):
    """What `PodIdentity` makes."""

    role_arn: Annotated[MaybeLater[str] | None, Check(arns.role_arn)] = None
    session_policy: Annotated[MaybeLater[str] | None, Check(judged_session_policy)] = None
    target_role_arn: Annotated[MaybeLater[str] | None, Check(arns.role_arn)] = None
    create_target_role: Annotated[bool, Known(scalars.truth)] = False
    target_role_name: Annotated[MaybeLater[str] | None, Check(names.role_name)] = None
    target_policies: Documents = Field(default={})
    target_managed_policy_arns: ManagedArns = Field(default={})
    agent: Annotated[AgentMode, Known(scalars.one_of(AgentMode))] = AgentMode.EXISTING
    create_service_account: Annotated[bool, Known(scalars.truth)] = False
    service_account_labels: TextMap = Field(default={})
    service_account_annotations: TextMap = Field(default={})
    create_namespace: Annotated[bool, Known(scalars.truth)] = False
    propagation_seconds: Annotated[int, Known(scalars.whole_number(0, _MOST_PROPAGATION_SECONDS, "seconds"))] = 15

    @property
    def has_target(self) -> bool:
        """Whether there is a second role."""
        return self.create_target_role or self.target_role_arn is not None

    @cached_property
    def pods(self) -> list[Pod]:
        """Return whom the identity is for, each with its session policy."""
        return pods_of(self, default_session_policy=self.session_policy)


def settle_pod_identity(
    subject: str, args: Mapping[str, Any], target_provider: pulumi.ProviderResource | None
) -> PodIdentitySettings:
    """Check the arguments of `PodIdentity`.

    Raises:
        PodIdentityInputError: With everything that is wrong.
    """
    settings, problems = settle(PodIdentitySettings, subject, args)
    bad = {problem.path[0] for problem in problems}
    further = [
        *checks.of_bindings(settings),
        *checks.of_role(settings, room_for_target=settings.has_target),
        *_of_choice_of_role(settings),
        *_of_session(settings),
        *checks.of_session_tags(settings, tags_on=[pod.session_tags for pod in settings.pods]),
        *_of_target(settings, target_provider),
        *_of_service_account(settings),
        *checks.of_place(settings, OF_THE_CLUSTER, settings.partition, settings.account_id),
    ]
    problems += [problem for problem in further if problem.path[0] not in bad]
    if not problems and settings.role_arn is None:
        problems += checks.of_trust(settings, known_bindings(settings, settings.pods))
    if problems:
        raise PodIdentityInputError(subject, problems)
    return settings


def _of_choice_of_role(settings: PodIdentitySettings) -> list[Problem]:
    if settings.role_arn is None:
        return []
    return checks.refused(
        given(settings, *ROLE_KEYS),
        "The key says how a role is created, but 'role_arn' names one that exists.",
        "Remove this key, or 'role_arn'; whoever creates the role can use PodIdentityRole with it.",
    )


def _of_session(settings: PodIdentitySettings) -> list[Problem]:
    if settings.disable_session_tags is not False:
        return []
    narrowed = settings.session_policy is not None or any(
        item.session_policy is not None for item in settings.bindings or []
    )
    return checks.refused(
        ["disable_session_tags"] if narrowed else [],
        "EKS takes a session policy only where session tags are off.",
        "Remove 'disable_session_tags', which is then true by itself, or every 'session_policy'.",
    )


def _of_target(settings: PodIdentitySettings, target_provider: pulumi.ProviderResource | None) -> list[Problem]:
    problems: list[Problem] = []
    if settings.create_target_role:
        if settings.target_role_arn is not None:
            problems += checks.refused(
                ["target_role_arn"],
                "The key names a target role that exists, but 'create_target_role' asks for a new one.",
                "Remove one of the two.",
            )
        problems += checks.of_policies("target_policies", settings.target_policies, PolicyKind.INLINE)
        attached = settings.target_managed_policy_arns
        problems += checks.of_attachments("target_managed_policy_arns", len(attached))
        return problems + checks.same_arn_twice("target_managed_policy_arns", attached)
    problems += checks.refused(
        given(settings, *TARGET_KEYS),
        "The key says how a target role is created, but none is.",
        "Set 'create_target_role' to true, or remove this key.",
    )
    if target_provider is not None:
        problems += checks.refused(
            ["target_provider"],
            "The provider is for a target role that is created, but none is.",
            "Set 'create_target_role' to true, or remove 'target_provider'.",
        )
    return problems


def _of_service_account(settings: PodIdentitySettings) -> list[Problem]:
    if not settings.create_service_account:
        return checks.refused(
            given(settings, *SERVICE_ACCOUNT_KEYS),
            "The key says how a ServiceAccount is created, but none is.",
            "Set 'create_service_account' to true, or remove this key.",
        )
    return [
        Problem(
            ("bindings", index, "cluster_name"),
            "ServiceAccounts are created in one cluster, and this binding names its own.",
            "Put it into a component of its own with that cluster's Kubernetes provider.",
        )
        for index, item in enumerate(settings.bindings or [])
        if item.cluster_name is not None and item.cluster_name != cast("object", settings.cluster_name)
    ]
