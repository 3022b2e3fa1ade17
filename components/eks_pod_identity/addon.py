"""Add-ons: the configuration of the agent, and where other add-ons run."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from eks_pod_identity.errors import Problem
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown

IPV4_ADDRESS = "169.254.170.23"
"""Where the agent listens on every node. It listens on an IPv6 address, too, and cannot start if IPv6 is off."""

_NAMESPACES: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "vpc-cni",
            "aws-ebs-csi-driver",
            "aws-efs-csi-driver",
            "aws-fsx-csi-driver",
            "aws-mountpoint-s3-csi-driver",
            "snapshot-controller",
            "coredns",
            "kube-proxy",
        ),
        "kube-system",
    ),
    "amazon-cloudwatch-observability": "amazon-cloudwatch",
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-NetworkFlowMonitor-agents-kubernetes-permissions.html
    "aws-network-flow-monitoring-agent": "amazon-network-flow-monitor",
    "adot": "opentelemetry-operator-system",
    "external-dns": "external-dns",
    "cert-manager": "cert-manager",
    "aws-privateca-connector-for-kubernetes": "aws-privateca-issuer",
}
"""Where add-ons run; `namespaceConfig` of the add-on comes first."""

_SET_BY = {"tolerations": "tolerate_all", "agent": "disable_ipv6", "resources": "resources"}


def configuration(
    base: Mapping[str, Any], *, tolerate_all: bool, disable_ipv6: bool, resources: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the configuration of the add-on."""
    configuration: dict[str, Any] = dict(base)
    if tolerate_all:
        configuration["tolerations"] = [{"operator": "Exists"}]
    if disable_ipv6:
        # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-config-ipv6.html
        configuration["agent"] = {"additionalArgs": {"-b": IPV4_ADDRESS}}
    if resources:
        configuration["resources"] = dict(resources)
    return configuration


def configuration_text(value: Mapping[str, Any]) -> str | None:
    """Return the text the add-on takes, with its keys in one order; nothing to say is None."""
    return json.dumps(_whole(value), separators=(",", ":"), sort_keys=True) if value else None


def said_twice(
    base: Mapping[str, Any], *, tolerate_all: bool, disable_ipv6: bool, resources: Mapping[str, Any]
) -> list[Problem]:
    """Return which keys of the configuration are set by an option as well."""
    asked = {"tolerate_all": tolerate_all, "disable_ipv6": disable_ipv6, "resources": bool(resources)}
    return [
        Problem(
            ("configuration", key),
            f"The key is set by '{option}' as well.",
            f"Remove it here, or '{option}'.",
        )
        for key, option in _SET_BY.items()
        if key in base and asked[option]
    ]


def _whole(value: object) -> object:
    """Turn whole numbers that travelled as fractions into whole numbers again."""
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in cast("Sequence[object]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def namespace_of_addon(name: object, config: object) -> str | Unknown | None:
    """Return the namespace that an add-on runs in: that of its `namespaceConfig`, else its usual one.

    None means that the add-on is not listed here and names no namespace.
    """
    named = cast("Mapping[str, object]", config).get("namespace") if isinstance(config, Mapping) else config
    if named is not None:
        return named if isinstance(named, str) else UNKNOWN
    return _NAMESPACES.get(name) if isinstance(name, str) else None
