"""The associations of a stack, those inside add-ons included, and what is known of each when EKS acts for it."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import ADDON, ASSOCIATION, Resource

_NAMESPACES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "vpc-cni",
            "aws-ebs-csi-driver",
            "aws-efs-csi-driver",
            "aws-fsx-csi-driver",
            "aws-network-flow-monitoring-agent",
            "aws-mountpoint-s3-csi-driver",
            "snapshot-controller",
            "coredns",
            "kube-proxy",
        ),
        "kube-system",
    ),
    "amazon-cloudwatch-observability": "amazon-cloudwatch",
    "adot": "opentelemetry-operator-system",
    "external-dns": "external-dns",
    "cert-manager": "cert-manager",
    "aws-privateca-connector-for-kubernetes": "aws-privateca-issuer",
}
"""Where add-ons run; `namespaceConfig` of the add-on comes first."""

_USUAL = "kube-system"
"""Where add-ons run that are not listed.

An assumption, good enough to compare names and not to judge a trust policy.
"""


def associations_of(stack: Stack) -> Iterator[Resource]:
    """Return every association of the stack: standalone ones, and those of add-ons after them."""
    yield from stack.of(ASSOCIATION)
    for addon in stack.of(ADDON):
        yield from of_addon(addon)


def of_addon(addon: Resource) -> Iterator[Resource]:
    """Return the associations inside an add-on, each as a resource that is reported on the add-on."""
    entries = addon.get("podIdentityAssociations")
    for index, entry in enumerate(cast("list[object]", entries) if isinstance(entries, list) else []):
        declared = cast("Mapping[str, Any]", entry if isinstance(entry, Mapping) else {})
        properties: dict[str, Any] = {
            "clusterName": addon.get("clusterName"),
            "region": addon.get("region"),
            "addonName": addon.get("addonName"),
            "namespace": _namespace(addon),
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


def _namespace(addon: Resource) -> object:
    config = addon.input_value("namespaceConfig")
    named = cast("Mapping[str, object]", config).get("namespace") if isinstance(config, Mapping) else None
    if named is not None or config is UNKNOWN:
        return UNKNOWN if config is UNKNOWN else named
    return _NAMESPACES.get(addon.text("addonName"), _USUAL)


def namespace_is_assumed(association: Resource) -> bool:
    """Tell whether the namespace of an add-on's association is only what is usual."""
    return (
        bool(association.addon)
        and association.text("namespace") == _USUAL
        and association.text("addonName") not in _NAMESPACES
    )
