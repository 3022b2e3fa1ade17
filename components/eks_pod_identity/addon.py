"""Add-ons: version and configuration of the agent, and where other add-ons run."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from eks_pod_identity.errors import Problem, RuleError, quote
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown
from eks_pod_identity.values import names

AGENT = "eks-pod-identity-agent"
"""The name of the agent's add-on."""

IPV4_ADDRESS = "169.254.170.23"
"""The address of the agent on every node. It also listens on an IPv6 address, and cannot start without IPv6."""

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
"""Default namespaces of add-ons; the add-on's `namespaceConfig` takes precedence."""

_VERSION = re.compile(r"v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+")
_SET_BY = {"tolerations": "tolerate_all", "agent": "disable_ipv6", "resources": "resources"}


def version(value: object) -> str:
    """Check the version of an add-on that EKS builds, such as `v1.3.10-eksbuild.2`.

    Raises:
        RuleError: If it cannot be one. EKS has no name for its default or latest version.
    """
    text = names.plain_text(value, "the version of an add-on")
    if not _VERSION.fullmatch(text):
        raise RuleError(
            f"{quote(text)} is not a version of an EKS add-on.",
            f"Use one that `aws eks describe-addon-versions --addon-name {AGENT}` prints, such as "
            '"v1.3.10-eksbuild.2", or remove the argument: EKS then installs its default version.',
        )
    return text


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
    """Return the configuration as text with ordered keys, or None if it is empty."""
    return json.dumps(_restore_integers(value), separators=(",", ":"), sort_keys=True) if value else None


def keys_set_twice(base: Mapping[str, Any], options: Collection[str]) -> list[Problem]:
    """Return a problem for each configuration key that one of *options* also sets."""
    return [
        Problem(
            ("configuration", key),
            f"'{option}' also sets this key.",
            f"Remove it here, or '{option}'.",
        )
        for key, option in _SET_BY.items()
        if key in base and option in options
    ]


def _restore_integers(value: object) -> object:
    """Return integers for whole numbers that arrived as floats."""
    if isinstance(value, Mapping):
        return {key: _restore_integers(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_restore_integers(item) for item in cast("Sequence[object]", value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def namespace_of_addon(name: object, config: object) -> str | Unknown | None:
    """Return the namespace of an add-on: that of its `namespaceConfig`, otherwise its default.

    None means that the add-on is not listed here and sets no namespace.
    """
    named = cast("Mapping[str, object]", config).get("namespace") if isinstance(config, Mapping) else config
    if named is not None:
        return named if isinstance(named, str) else UNKNOWN
    return _NAMESPACES.get(name) if isinstance(name, str) else None
