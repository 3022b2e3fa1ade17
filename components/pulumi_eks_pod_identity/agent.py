"""`PodIdentityAgent`: the agent of one cluster."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

import pulumi
from pydantic import Field

from eks_pod_identity import addon
from eks_pod_identity.errors import Problem
from eks_pod_identity.values import names, scalars
from pulumi_eks_pod_identity._resources.agent_addon import create_agent
from pulumi_eks_pod_identity._run.aws_scope import AwsScope, aws_provider_of, region_of
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all, depend_on, has_outputs
from pulumi_eks_pod_identity._run.state import PACKAGE, inputs_of, set_outputs
from pulumi_eks_pod_identity._validation import claims, cross_field
from pulumi_eks_pod_identity._validation.fields import Check, MapOf, MustBeKnown, ValidatedModel
from pulumi_eks_pod_identity._validation.models import Tags, keys_set
from pulumi_eks_pod_identity._validation.validate import Scopes, Validated, Validator
from pulumi_eks_pod_identity.args.agent import PodIdentityAgentArgs
from pulumi_eks_pod_identity.args.enums import AgentMode, ResolveConflicts
from pulumi_eks_pod_identity.errors import subject_of
from pulumi_eks_pod_identity.outputs import AgentOutputs


class PodIdentityAgent(AgentOutputs):
    """Installs the EKS add-on with the agent that hands credentials to pods. Use it once per cluster."""

    def __init__(self, name: str, args: PodIdentityAgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Install the agent on a cluster.

        Args:
            name: Name in the program; the name of the add-on begins with it.
            args: The arguments.
            opts: Resource options.

        Raises:
            PodIdentityInputError: With every problem, before anything is created.
        """
        validated = _VALIDATOR.validate(subject_of("PodIdentityAgent", name), args)
        super().__init__(f"{PACKAGE}:index:PodIdentityAgent", name, inputs_of(validated.arguments), opts)
        set_outputs(self, _create(self, name, validated))

    @staticmethod
    def validate(args: Mapping[str, Any]) -> Sequence[Problem]:
        """Return every problem with arguments, as far as they are known, without creating anything."""
        return _VALIDATOR.problems("PodIdentityAgent", args)


_ADDON_KEYS = (
    "addon_version",
    "configuration",
    "tolerate_all",
    "disable_ipv6",
    "resources",
    "resolve_conflicts",
    "preserve",
)
"""Arguments that configure the add-on. Tags are not among them: programs give the same tags to everything."""


class AgentModel(ValidatedModel):
    """The arguments of `PodIdentityAgent`."""

    cluster_name: Annotated[ValueOrOutput[str], Check(names.cluster_name)]
    mode: Annotated[AgentMode, MustBeKnown(scalars.one_of(AgentMode))] = AgentMode.MANAGED
    addon_version: Annotated[ValueOrOutput[str] | None, Check(addon.version)] = None
    configuration: Annotated[ValueOrOutput[dict[str, Any]], MapOf(scalars.anything)] = Field(default={})
    tolerate_all: Annotated[bool, MustBeKnown(scalars.boolean)] = False
    disable_ipv6: Annotated[bool, MustBeKnown(scalars.boolean)] = False
    resources: Annotated[ValueOrOutput[dict[str, Any]], MapOf(scalars.anything)] = Field(default={})
    resolve_conflicts: Annotated[ResolveConflicts | None, MustBeKnown(scalars.one_of(ResolveConflicts))] = None
    preserve: Annotated[bool | None, MustBeKnown(scalars.boolean)] = None
    tags: Tags = Field(default={})


def _create(component: PodIdentityAgent, name: str, validated: Validated[AgentModel]) -> dict[str, Any]:
    """Install the add-on, if it is managed here, and return the outputs."""
    if validated.model.mode is not AgentMode.MANAGED:
        model, _, _ = validated.validate_in_scope(Scopes(AwsScope()))
        return {"addon_arn": None, "addon_version": None, "cluster_name": model.cluster_name}
    provider = aws_provider_of(component)

    def claim(model: AgentModel, scopes: Scopes) -> list[claims.Claim]:
        return [claims.agent_claim("mode", model.cluster_name, claims.provider_identity(provider), scopes.own.region)]

    model, _, gate = validated.validate_in_scope(Scopes(AwsScope(region=region_of(provider))), claim)
    agent = create_agent(
        name,
        model.cluster_name,
        pulumi.ResourceOptions(parent=component, depends_on=depend_on(gate)),
        addon_version=model.addon_version,
        configuration_values=apply_all(_configuration_text, model.configuration, model.resources, model),
        # EKS has no PRESERVE for a first installation: there is nothing to preserve yet.
        resolve_conflicts_on_create="NONE"
        if model.resolve_conflicts is ResolveConflicts.PRESERVE
        else model.resolve_conflicts,
        resolve_conflicts_on_update=model.resolve_conflicts,
        preserve=model.preserve,
        tags=model.tags or None,
    )
    return {"addon_arn": agent.arn, "addon_version": agent.addon_version, "cluster_name": agent.cluster_name}


def _configuration_text(
    configuration: Mapping[str, Any] | None, resources: Mapping[str, Any] | None, model: AgentModel
) -> str | None:
    return addon.configuration_text(
        addon.configuration(
            configuration or {},
            resources=resources or {},
            tolerate_all=model.tolerate_all,
            disable_ipv6=model.disable_ipv6,
        )
    )


def _problems_in(model: AgentModel, _: frozenset[str]) -> list[Problem]:
    """Return what is wrong with several arguments together."""
    problems = cross_field.check_tags(model.tags)
    if model.mode is not AgentMode.MANAGED:
        problems += cross_field.reject(
            keys_set(model, *_ADDON_KEYS),
            f"No add-on is installed with 'mode' \"{model.mode}\", so this has no effect.",
            "Set 'mode' to \"managed\", or remove this argument.",
        )
    if not has_outputs(model.configuration):
        options = keys_set(model, "tolerate_all", "disable_ipv6", "resources")
        problems += addon.keys_set_twice(cast("Mapping[str, Any]", model.configuration), options)
    return problems


_VALIDATOR = Validator(AgentModel, _problems_in)
