"""Bindings: the ServiceAccounts that a role is associated with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from eks_pod_identity.errors import Problem, RuleError, quote
from eks_pod_identity.values import limits, names

_EXTERNAL_ID_PARTS = 5
_STS_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]+", re.ASCII)
_SHORTEST_EXTERNAL_ID = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """One ServiceAccount, as an association names it.

    Attributes:
        cluster: Name of the cluster.
        namespace: Name of the namespace.
        service_account: Name of the ServiceAccount.
        session_tags: Whether EKS sends session tags.
        own_cluster: Whether the binding names its own cluster; its key then starts with the cluster.
    """

    cluster: str
    namespace: str
    service_account: str
    session_tags: bool = True
    own_cluster: bool = False

    @property
    def pair(self) -> tuple[str, str, str]:
        """Return what identifies an association to EKS: cluster, namespace and ServiceAccount."""
        return (self.cluster, self.namespace, self.service_account)

    def external_id(self, region: str, account: str) -> str:
        """Return the external id that EKS sends for the binding, in the region and account of its cluster."""
        return external_id(region, account, *self.pair)


def key(namespace: str, service_account: str, cluster: str | None = None) -> str:
    """Return the key of a binding in output maps: `namespace/service-account`, after its own cluster if it has one."""
    # An Output may resolve to another type. Validation rejects it, so it must not fail here first.
    return "/".join(str(part) for part in (cluster, namespace, service_account) if part)


def child_suffix(namespace: str, service_account: str, cluster: str | None = None) -> str:
    """Return the suffix of the association's resource name for a binding."""
    return key(namespace, service_account, cluster).replace("/", ".")


def duplicates(bindings: Sequence[Binding]) -> list[Problem]:
    """Return a problem for each binding that repeats an earlier one."""
    seen: dict[tuple[str, str, str], int] = {}
    suffixes: dict[str, int] = {}
    problems: list[Problem] = []
    for index, binding in enumerate(bindings):
        name = key(binding.namespace, binding.service_account, binding.cluster)
        suffix = child_suffix(
            binding.namespace, binding.service_account, binding.cluster if binding.own_cluster else None
        )
        first = seen.setdefault(binding.pair, index)
        if first != index:
            problems.append(
                Problem(
                    ("bindings", index),
                    f'"{name}" repeats bindings[{first}]; EKS allows one association per ServiceAccount.',
                    "Remove one of them.",
                )
            )
        elif suffixes.setdefault(suffix, index) != index:
            problems.append(
                Problem(
                    ("bindings", index),
                    f'"{name}" and bindings[{suffixes[suffix]}] would get the same resource name suffix "{suffix}".',
                    "Move one of them to a separate component.",
                )
            )
    return problems


def external_id(region: str, account: str, cluster: str, namespace: str, service_account: str) -> str:
    """Return the external id that EKS sends when it assumes a target role.

    EKS generates it and does not accept one, but the form is documented
    (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html), so it is known in advance.
    """
    return f"{region}/{account}/{cluster}/{namespace}/{service_account}"


def external_id_text(value: object) -> str:
    """Check an external id in the form that EKS generates: region, account, cluster, namespace and ServiceAccount.

    Raises:
        RuleError: If a part is missing or invalid.
    """
    text = names.plain_text(value, "an external id")
    parts = text.split("/")
    if len(parts) != _EXTERNAL_ID_PARTS or len(text) > limits.EXTERNAL_ID.value:
        raise RuleError(
            f"{quote(text)} is not an external id that EKS sends: region/account/cluster/namespace/service-account.",
            "EKS generates the external id; use the one that the association shows.",
        )
    region, account, cluster, namespace, service_account = parts
    return external_id(
        names.region(region),
        names.account_id(account),
        names.cluster_name(cluster),
        names.namespace(namespace),
        names.service_account(service_account),
    )


def any_external_id(value: object) -> str:
    """Check an external id against the form that STS accepts, whoever chose it.

    Raises:
        RuleError: If STS would refuse it.
    """
    text = names.plain_text(value, "an external id")
    if not _STS_EXTERNAL_ID.fullmatch(text) or not _SHORTEST_EXTERNAL_ID <= len(text) <= limits.EXTERNAL_ID.value:
        raise RuleError(
            f"{quote(text)} is not an external id: {_SHORTEST_EXTERNAL_ID} to {limits.EXTERNAL_ID.value:,} letters, "
            "digits and + = , . @ : / - _.",
            "Use the one that the association shows, or the one that the workload's code sends.",
        )
    return text
