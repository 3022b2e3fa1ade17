"""`PodIdentityAgent`: the agent of one cluster."""

from typing import Annotated, Any

import pulumi
from pydantic import Field

from eks_pod_identity import addon, names, tags, values
from pulumi_eks_pod_identity.agent import counted, make_agent
from pulumi_eks_pod_identity.agent_args import PodIdentityAgentArgs
from pulumi_eks_pod_identity.choices import AgentMode, ResolveConflicts
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater, combine, has_later
from pulumi_eks_pod_identity.place import provider_of
from pulumi_eks_pod_identity.properties import PACKAGE, inputs_of, outputs_of
from pulumi_eks_pod_identity.settings import TagMap
from pulumi_eks_pod_identity.settled import Check, Known, Map, Settled, settle


class _AgentSettings(Settled):
    cluster_name: Annotated[MaybeLater[str], Check(names.cluster_name)]
    mode: Annotated[AgentMode, Known(values.one_of(AgentMode))] = AgentMode.MANAGED
    addon_version: Annotated[MaybeLater[str] | None, Check(values.text)] = None
    configuration: Annotated[dict[str, Any], Map(values.anything)] = Field(default={})
    tolerate_all: Annotated[bool, Known(values.truth)] = False
    disable_ipv6: Annotated[bool, Known(values.truth)] = False
    resources: Annotated[dict[str, Any], Map(values.anything)] = Field(default={})
    resolve_conflicts: Annotated[ResolveConflicts | None, Known(values.one_of(ResolveConflicts))] = None
    preserve: Annotated[bool | None, Known(values.truth)] = None
    tags: TagMap = Field(default={})


class PodIdentityAgent(pulumi.ComponentResource):
    """Installs the agent that hands credentials to pods on a cluster, as the EKS add-on. Once per cluster."""

    addon_arn: pulumi.Output[str | None]
    """ARN of the add-on, where it is managed here."""

    addon_version: pulumi.Output[str | None]
    """Version of the add-on, where it is managed here."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster. Resolves when the agent is installed."""

    def __init__(self, name: str, args: PodIdentityAgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Install the agent on a cluster.

        Args:
            name: Name in the program, which the name of the add-on begins with.
            args: What is wanted.
            opts: Options as of any component.

        Raises:
            PodIdentityInputError: With everything that is wrong, before anything is registered.
        """
        subject = f'PodIdentityAgent "{name}"'
        settings = _settle(subject, args)
        managed = settings.mode is AgentMode.MANAGED
        super().__init__(f"{PACKAGE}:index:PodIdentityAgent", name, inputs_of(args), opts)
        cluster = counted(subject, settings.cluster_name, provider_of(self)) if managed else settings.cluster_name
        agent = make_agent(name, self, cluster, **_addon(settings)) if managed else None
        self.register_outputs(
            outputs_of(
                self,
                {
                    "addon_arn": agent.arn if agent else pulumi.Output.from_input(None),
                    "addon_version": agent.addon_version if agent else pulumi.Output.from_input(None),
                    "cluster_name": agent.cluster_name if agent else pulumi.Output.from_input(cluster),
                },
            )
        )


def _settle(subject: str, args: PodIdentityAgentArgs) -> _AgentSettings:
    settings, problems = settle(_AgentSettings, subject, args)
    bad = {problem.path[0] for problem in problems}
    further = tags.problems(settings.tags)
    if not has_later(settings.configuration):
        further += addon.said_twice(settings.configuration, **_options(settings))
    problems += [problem for problem in further if problem.path[0] not in bad]
    if problems:
        raise PodIdentityInputError(subject, problems)
    return settings


def _options(settings: _AgentSettings) -> dict[str, Any]:
    return {
        "tolerate_all": settings.tolerate_all,
        "disable_ipv6": settings.disable_ipv6,
        "resources": settings.resources,
    }


def _addon(settings: _AgentSettings) -> dict[str, Any]:
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
