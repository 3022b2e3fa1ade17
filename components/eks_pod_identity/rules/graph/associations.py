"""The associations of a stack, including those inside add-ons."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from eks_pod_identity.addon import namespace_of_addon
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import ADDON, ASSOCIATION, Resource

_DEFAULT_NAMESPACE = "kube-system"
"""The default namespace of add-ons that are not listed.

An assumption, good enough to compare names but not to judge a trust policy.
"""


def associations_of(stack: Stack) -> Iterator[Resource]:
    """Return every association of the stack: standalone ones first, then those of add-ons."""
    yield from stack.of(ASSOCIATION)
    for addon in stack.of(ADDON):
        yield from addon_associations(addon)


def addon_associations(addon: Resource) -> Iterator[Resource]:
    """Return the associations inside an add-on, each as a resource whose findings are reported on the add-on."""
    entries = addon.get("podIdentityAssociations")
    if entries is UNKNOWN:
        entries = [UNKNOWN]  # most likely there is one
    namespace = namespace_of_addon(addon.get("addonName"), addon.input_value("namespaceConfig"))
    for index, entry in enumerate(cast("list[object]", entries) if isinstance(entries, list) else []):
        declared = cast("Mapping[str, Any]", entry if isinstance(entry, Mapping) else {})
        properties: dict[str, Any] = {
            "clusterName": addon.get("clusterName"),
            "region": addon.get("region"),
            "namespace": _DEFAULT_NAMESPACE if namespace is None else namespace,
            "namespaceIsAssumed": namespace is None,
            "serviceAccount": declared.get("serviceAccount", UNKNOWN if entry is UNKNOWN else None),
            "roleArn": declared.get("roleArn", UNKNOWN if entry is UNKNOWN else None),
        }
        yield Resource(
            urn=addon.urn,
            type=ASSOCIATION,
            name=addon.name,
            properties={key: value for key, value in properties.items() if value is not None},
            dependencies={
                "clusterName": addon.dependencies.get("clusterName", ()),
                "roleArn": addon.dependencies.get(f"podIdentityAssociations[{index}].roleArn")
                or addon.dependencies.get("podIdentityAssociations", ()),
            },
            provider=addon.provider,
            provider_properties=addon.provider_properties,
            addon=addon.name,
        )


def namespace_is_assumed(association: Resource) -> bool:
    """Return whether the namespace of an add-on's association is only the default."""
    return association.get("namespaceIsAssumed") is True
