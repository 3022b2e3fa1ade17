"""Converts the SDK's arguments to the resources that the rules judge."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pulumi_policy import PolicyResource, ResourceValidationArgs

from eks_pod_identity.rules.out_of_sight import may_be_out_of_sight
from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    COMPONENT_PREFIX,
    FARGATE_PROFILE,
    NODE_GROUP,
    POLICY,
    POLICY_ATTACHMENT,
    RESOURCE_POLICIES,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS_EXCLUSIVE,
    SERVICE_ACCOUNT,
    Resource,
)
from eks_pod_identity_policies.sdk_values import to_plain

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
        *RESOURCE_POLICIES,
    }
)
_COMPUTED_INPUTS = {ROLE: ("managedPolicyArns", "inlinePolicies"), ADDON: ("namespaceConfig",)}

_NOTHING: Mapping[str, Any] = MappingProxyType({})

_inputs_of: dict[str, dict[str, Any]] = {}
"""What programs gave for the properties that AWS fills in too, by URN.

A stack policy sees outputs, where these list what *other* resources attached, or are not known yet. The engine
analyzes every resource before the stack, in the same process, so the inputs are remembered from there.
"""


def resource_of(args: ResourceValidationArgs) -> Resource:
    """Return the resource of a resource policy: its inputs."""
    properties = to_plain(args.props)
    if args.resource_type in _COMPUTED_INPUTS:
        _inputs_of[args.urn] = {key: properties.get(key) for key in _COMPUTED_INPUTS[args.resource_type]}
    return Resource(
        urn=args.urn,
        type=args.resource_type,
        name=args.name,
        properties=properties,
        provider=args.provider.urn if args.provider else "",
        provider_properties=to_plain(args.provider.props) if args.provider else _NOTHING,
    )


def resources_of(resources: Iterable[PolicyResource]) -> list[Resource]:
    """Return the resources of a stack policy that a rule reads, and none of the others."""
    providers: dict[str, Mapping[str, Any]] = {}
    return [_stack_resource(resource, providers) for resource in resources if _is_read(resource.resource_type)]


def _stack_resource(resource: PolicyResource, providers: dict[str, Mapping[str, Any]]) -> Resource:
    # The SDK builds new resources for each policy, so no other policy reads these proxies. Without them a large stack
    # is in memory once and not twice, which saves 5 MB for 5,000 resources.
    resource.props = to_plain(resource.props)
    dependencies = {
        key: tuple(other.urn for other in others) for key, others in resource.property_dependencies.items()
    }
    provider = resource.provider
    if provider is not None and provider.urn not in providers:
        providers[provider.urn] = to_plain(provider.props)
    return Resource(
        urn=resource.urn,
        type=resource.resource_type,
        name=resource.name,
        properties=resource.props,
        dependencies=dependencies or _NOTHING,
        provider=provider.urn if provider else "",
        provider_properties=providers[provider.urn] if provider else _NOTHING,
        inputs=_inputs_of.get(resource.urn),
    )


def _is_read(resource_type: str) -> bool:
    return resource_type in _LINKED or resource_type.startswith(COMPONENT_PREFIX) or may_be_out_of_sight(resource_type)
