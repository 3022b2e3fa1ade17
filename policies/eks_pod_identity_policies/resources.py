"""From the SDK's arguments to the resources that the rules judge."""

from collections.abc import Iterable
from typing import Any

from pulumi_policy import PolicyProviderResource, PolicyResource, ResourceValidationArgs

from eks_pod_identity.rules import Resource
from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    COMPONENT_PREFIX,
    FARGATE_PROFILE,
    NODE_GROUP,
    POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS_EXCLUSIVE,
    SERVICE_ACCOUNT,
)
from eks_pod_identity_policies.plain import plain

_LINKED = frozenset(
    {
        ADDON,
        ASSOCIATION,
        CLUSTER,
        FARGATE_PROFILE,
        NODE_GROUP,
        POLICY,
        POLICY_ATTACHMENT,
        ROLE,
        ROLE_POLICY,
        ROLE_POLICY_ATTACHMENT,
        ROLE_POLICY_ATTACHMENTS_EXCLUSIVE,
        SERVICE_ACCOUNT,
    }
)
_COMPUTED_INPUTS = ("managedPolicyArns", "inlinePolicies")

_inputs_of_roles: dict[str, dict[str, Any]] = {}
"""What programs gave for the properties that AWS fills in too, by URN.

A stack policy sees outputs, where these list what *other* resources attached. The engine analyzes every resource
before the stack, in the same process, so the inputs are remembered from there.
"""


def resource_of(args: ResourceValidationArgs) -> Resource:
    """Read the resource of a resource policy: its inputs."""
    properties = plain(args.props)
    if args.resource_type == ROLE:
        _inputs_of_roles[args.urn] = {key: properties.get(key) for key in _COMPUTED_INPUTS}
    return Resource(
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        properties=properties,
        provider=args.provider.urn if args.provider else "",
        provider_properties=_provider(args.provider),
    )


def resources_of(resources: Iterable[PolicyResource]) -> list[Resource]:
    """Read the resources of a stack policy that any rule links, and nothing of the others."""
    providers: dict[str, Any] = {}
    return [
        Resource(
            urn=one.urn,
            type=one.resource_type,
            name=one.name,
            properties=plain(one.props),
            dependencies={
                key: tuple(each.urn for each in resources) for key, resources in one.property_dependencies.items()
            },
            provider=one.provider.urn if one.provider else "",
            provider_properties=_remembered(providers, one.provider),
            inputs=_inputs_of_roles.get(one.urn),
        )
        for one in resources
        if one.resource_type in _LINKED or one.resource_type.startswith(COMPONENT_PREFIX)
    ]


def _remembered(providers: dict[str, Any], provider: PolicyProviderResource | None) -> Any:
    if provider is None:
        return {}
    if provider.urn not in providers:
        providers[provider.urn] = _provider(provider)
    return providers[provider.urn]


def _provider(provider: PolicyProviderResource | None) -> Any:
    return plain(provider.props) if provider else {}
