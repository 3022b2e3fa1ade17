"""The agent of a `PodIdentityAgent`."""

from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
from pydantic import Field

from eks_pod_identity import addon
from eks_pod_identity.values import names, scalars, tags
from pulumi_eks_pod_identity.agent import counted, make_agent
from pulumi_eks_pod_identity.choices import AgentMode, ResolveConflicts
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater, combine, has_later
from pulumi_eks_pod_identity.place import provider_of
from pulumi_eks_pod_identity.settings import TagMap
from pulumi_eks_pod_identity.settled import Check, Known, Map, Settled, settle


class AgentSettings(Settled):
    """What is said of an agent."""

    cluster_name: Annotated[MaybeLater[str], Check(names.cluster_name)]
    mode: Annotated[AgentMode, Known(scalars.one_of(AgentMode))] = AgentMode.MANAGED
    addon_version: Annotated[MaybeLater[str] | None, Check(scalars.text)] = None
    configuration: Annotated[dict[str, Any], Map(scalars.anything)] = Field(default={})
    tolerate_all: Annotated[bool, Known(scalars.truth)] = False
    disable_ipv6: Annotated[bool, Known(scalars.truth)] = False
    resources: Annotated[dict[str, Any], Map(scalars.anything)] = Field(default={})
    resolve_conflicts: Annotated[ResolveConflicts | None, Known(scalars.one_of(ResolveConflicts))] = None
    preserve: Annotated[bool | None, Known(scalars.truth)] = None
    tags: TagMap = Field(default={})


def make_cluster_agent(
    name: str, subject: str, parent: pulumi.Resource, settings: AgentSettings
) -> dict[str, MaybeLater[Any]]:
    """Make the add-on, if it is managed here, and return the outputs of the component *parent*."""
    if settings.mode is not AgentMode.MANAGED:
        return {
            "addon_arn": None,
            "addon_version": None,
            "cluster_name": settings.cluster_name,
        }
    cluster = counted(subject, settings.cluster_name, provider_of(parent))
    agent = make_agent(name, parent, cluster, **_addon(settings))
    return {"addon_arn": agent.arn, "addon_version": agent.addon_version, "cluster_name": agent.cluster_name}


def settle_agent(subject: str, args: Mapping[str, Any]) -> AgentSettings:
    """Check the arguments of `PodIdentityAgent`.

    Raises:
        PodIdentityInputError: With everything that is wrong.
    """
    settings, problems = settle(AgentSettings, subject, args)
    bad = {problem.path[0] for problem in problems}
    further = tags.problems(settings.tags)
    if not has_later(settings.configuration):
        further += addon.said_twice(settings.configuration, **_options(settings))
    problems += [problem for problem in further if problem.path[0] not in bad]
    if problems:
        raise PodIdentityInputError(subject, problems)
    return settings


def _options(settings: AgentSettings) -> dict[str, Any]:
    return {
        "tolerate_all": settings.tolerate_all,
        "disable_ipv6": settings.disable_ipv6,
        "resources": settings.resources,
    }


def _addon(settings: AgentSettings) -> dict[str, Any]:
    conflicts = settings.resolve_conflicts
    return {
        "addon_version": settings.addon_version,
        "configuration_values": combine(
            addon.configuration_text, addon.configuration(settings.configuration, **_options(settings))
        ),
        # EKS has no PRESERVE for a first installation: there is nothing to preserve yet.
        "resolve_conflicts_on_create": "NONE" if conflicts is ResolveConflicts.PRESERVE else conflicts,
        "resolve_conflicts_on_update": conflicts,
        "preserve": settings.preserve,
        "tags": settings.tags or None,
    }
