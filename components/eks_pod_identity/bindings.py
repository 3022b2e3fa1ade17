"""The pairs that a role is bound to: a ServiceAccount of a namespace of a cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

from eks_pod_identity.errors import Problem, RuleError, quoted
from eks_pod_identity.values import limits, names

_EXTERNAL_ID_PARTS = 5


@dataclass(frozen=True)
class Binding:
    """One ServiceAccount, as an association names it.

    Attributes:
        cluster: Name of the cluster.
        namespace: Name of the namespace.
        service_account: Name of the ServiceAccount.
        session_tags: Whether EKS sends session tags for it.
        own_cluster: Whether the binding names its cluster itself, so that its key does too.
    """

    cluster: str
    namespace: str
    service_account: str
    session_tags: bool = True
    own_cluster: bool = False

    @property
    def pair(self) -> tuple[str, str, str]:
        """What EKS keeps unique: one association for each cluster, namespace and ServiceAccount."""
        return (self.cluster, self.namespace, self.service_account)


def key(namespace: str, service_account: str, cluster: str | None = None) -> str:
    """Return the key of a binding in maps of outputs: `namespace/service-account`, or with its own cluster in front."""
    return "/".join(part for part in (cluster, namespace, service_account) if part)


def child_suffix(namespace: str, service_account: str, cluster: str | None = None) -> str:
    """Return what a binding adds to the name of its association in the program."""
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
                    f'"{name}" is the same ServiceAccount as bindings[{first}]; EKS allows one association for each.',
                    "Remove one of them.",
                )
            )
        elif suffixes.setdefault(suffix, index) != index:
            problems.append(
                Problem(
                    ("bindings", index),
                    f'"{name}" and bindings[{suffixes[suffix]}] would both be called "{suffix}" in the program.',
                    "Put one of them into a component of its own.",
                )
            )
    return problems


def external_id(region: str, account: str, cluster: str, namespace: str, service_account: str) -> str:
    """Return the external id that EKS sends when it assumes a target role.

    EKS makes it up itself and takes no argument for it, but always in this form
    (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html), so it is known beforehand.
    """
    return f"{region}/{account}/{cluster}/{namespace}/{service_account}"


def external_id_text(value: object) -> str:
    """Check an external id as EKS makes it up: region, account, cluster, namespace and ServiceAccount.

    Raises:
        RuleError: If a part is missing or cannot be one.
    """
    text = names.plain_text(value, "an external id")
    parts = text.split("/")
    if len(parts) != _EXTERNAL_ID_PARTS or len(text) > limits.EXTERNAL_ID.value:
        raise RuleError(
            f"{quoted(text)} is not an external id of EKS: region/account/cluster/namespace/service-account.",
            "EKS makes it up itself and takes no other; use the one that the association shows.",
        )
    region, account, cluster, namespace, service_account = parts
    return external_id(
        names.region(region),
        names.account_id(account),
        names.cluster_name(cluster),
        names.namespace(namespace),
        names.service_account(service_account),
    )
