"""The ServiceAccounts of a stack by namespace and name."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import SERVICE_ACCOUNT, Resource


@dataclass(slots=True)
class ServiceAccounts:
    """The ServiceAccounts of a stack.

    Attributes:
        by_namespace: Those with a known name, by namespace.
        open_namespaces: Namespaces with a ServiceAccount whose name is not known yet.
        unnamed: The ServiceAccounts whose name or namespace is not known yet.
    """

    by_namespace: dict[str, dict[str, Resource]] = field(
        default_factory=lambda: defaultdict[str, dict[str, Resource]](dict)
    )
    open_namespaces: set[str] = field(default_factory=set[str])
    unnamed: list[Resource] = field(default_factory=list[Resource])


def service_accounts_of(stack: Stack) -> ServiceAccounts:
    """Return the ServiceAccounts of *stack*."""
    accounts = ServiceAccounts()
    for account in stack.of(SERVICE_ACCOUNT):
        metadata = metadata_of(account)
        if UNKNOWN in (metadata.get("namespace"), metadata.get("name"), account.get("metadata")):
            accounts.unnamed.append(account)
        namespace, name = metadata.get("namespace") or "default", metadata.get("name")
        if not isinstance(namespace, str):
            continue
        if isinstance(name, str):
            accounts.by_namespace[namespace][name] = account
        else:
            accounts.open_namespaces.add(namespace)
    return accounts


def metadata_of(account: Resource) -> Mapping[str, Any]:
    """Return the metadata of a Kubernetes object as far as it is known."""
    metadata = account.get("metadata")
    return cast("Mapping[str, Any]", metadata) if isinstance(metadata, Mapping) else {}
