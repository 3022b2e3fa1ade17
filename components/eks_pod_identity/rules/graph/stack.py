"""The resources of a stack and the links between them, by ARN, name or dependency.

At preview an ARN is often not known yet, and in applied state dependencies may be missing (imports, other programs).
So a known value decides; without one, the only resource of the wanted type that the property depends on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.resource import (
    ASSOCIATION,
    CLUSTER,
    POLICY,
    ROLE,
    Resource,
    account_of,
    provider_account,
    text_of,
)
from eks_pod_identity.values.arns import partition_of

_ARN_PARTS = 6
_ARNS_OF_AWS = {ASSOCIATION: "associationArn", CLUSTER: "arn"}
"""Properties that only AWS sets, never a program."""


class Link(NamedTuple):
    """The target of a property: a resource of the stack, one outside it, or not known yet.

    An uncertain link is by a name in an unknown account, where another resource may have the same name.
    """

    resource: Resource | None
    is_open: bool
    is_certain: bool = True


class ClusterId(NamedTuple):
    """Identifies a cluster: two of the same name in two regions or accounts are two clusters.

    An unknown region is None, and one that is not set is empty: that of the environment. An unknown account is empty,
    and then the provider distinguishes clusters.
    """

    account: str
    provider: str
    region: str | None
    cluster: str

    @property
    def name(self) -> str:
        """Return the name of the cluster for messages, or its name in the program before AWS has named it."""
        return self.cluster.rpartition("::")[2]

    def is_same(self, other: "ClusterId") -> bool | None:
        """Return whether it is the same cluster; None if an unknown part decides."""
        if self.cluster != other.cluster:
            return False
        accounts = _same_account(self, other)
        regions = _same_region(self.region, other.region)
        if False in (accounts, regions):
            return False
        return None if None in (accounts, regions) else True


def _same_region(left: str | None, right: str | None) -> bool | None:
    if left == right:
        return None if left is None else True
    return False if left and right else None


def _same_account(left: ClusterId, right: ClusterId) -> bool | None:
    if left.account and right.account:
        return left.account == right.account
    return True if left.provider == right.provider else None


class Stack:
    """The resources of a stack, indexed once."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Index *resources* in a fixed order; the engine passes them in a different order each time."""
        self._by_urn: dict[str, Resource] = {}
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._by_arn: dict[str, Resource] = {}
        self._by_name: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in sorted(resources, key=lambda each: each.urn):
            self._by_urn[resource.urn] = resource
            self._by_type[resource.type].append(resource)
            if resource.text("arn"):
                self._by_arn[resource.text("arn")] = resource
            if resource.type in (ROLE, POLICY, CLUSTER) and resource.text("name"):
                self._by_name[resource.type, resource.text("name")].append(resource)
        self._accounts = _accounts_of_providers(self._by_urn.values())

    def of(self, *types: str) -> Iterator[Resource]:
        """Return the resources of these types, in the order of the stack."""
        for each in types:
            yield from self._by_type.get(each, ())

    def all(self) -> Iterator[Resource]:
        """Return every resource, in the order of the stack."""
        yield from self._by_urn.values()

    def of_components(self, prefix: str) -> Iterator[Resource]:
        """Return the resources whose type begins with *prefix*."""
        for resource_type, members in self._by_type.items():
            if resource_type.startswith(prefix):
                yield from members

    def account(self, resource: Resource) -> str:
        """Return the account of *resource*, from its ARN, its provider or another resource of the provider."""
        return account_of(resource.get("arn")) or self._accounts.get(resource.provider, "")

    def role(self, resource: Resource, key: str) -> Link:
        """Return the role that a property names by ARN or name.

        The role of an association is in the cluster's account, so with the same provider its name is enough. A target
        role may be in any account.
        """
        link = self.link(resource, key, resource.get(key), ROLE)
        is_own = key == "roleArn" and link.resource is not None and link.resource.provider == resource.provider
        return Link(link.resource, link.is_open, link.is_certain or (is_own and not self.account(resource)))

    def link(self, resource: Resource, key: str, value: Any, resource_type: str) -> Link:
        """Return the resource of *resource_type* that *value*, an ARN or a name at *key*, leads to."""
        if isinstance(value, str) and value.startswith("arn:"):
            return self._link_by_arn(value, resource_type)
        if isinstance(value, str):
            return self._link_by_name(resource, key, value, resource_type)
        if value is not UNKNOWN:
            return Link(None, is_open=False)
        candidates = self._dependencies(resource, key, resource_type)
        if len(candidates) == 1:
            return Link(candidates[0], is_open=False)
        return Link(None, is_open=True)

    def cluster_id(self, resource: Resource) -> ClusterId | None:
        """Return the cluster that *resource* names, or None if it is not known yet."""
        name = resource.text("clusterName")
        if not name:
            clusters = self._dependencies(resource, "clusterName", CLUSTER)
            if len(clusters) != 1:
                return None
            name = clusters[0].text("name") or clusters[0].urn
        return ClusterId(self.account(resource), resource.provider, region_of(resource), name)

    def cluster(self, resource: Resource) -> Resource | None:
        """Return the cluster of the stack that *resource* names."""
        return self.link(resource, "clusterName", resource.get("clusterName"), CLUSTER).resource

    def _link_by_arn(self, value: str, resource_type: str) -> Link:
        target = self._by_arn.get(value)
        if target is not None:
            return Link(target if target.type == resource_type else None, is_open=False)
        parts = value.split(":", 5)
        if len(parts) < _ARN_PARTS:
            return Link(None, is_open=False)
        account, path = parts[4], parts[5].partition("/")[2]
        matches = [
            candidate
            for candidate in self._by_name.get((resource_type, path.rpartition("/")[2]), [])
            if not candidate.text("arn") and account.isdigit() and _has_path(candidate, path)
            if self.account(candidate) in ("", account) and _may_be_in(candidate, parts[1])
        ]
        if len(matches) != 1:
            return Link(None, is_open=False)
        return Link(matches[0], is_open=False, is_certain=self.account(matches[0]) == account)

    def _link_by_name(self, resource: Resource, key: str, value: str, resource_type: str) -> Link:
        """Link to the resource called *value*.

        Among several, prefer the one that the property depends on, then the one in the same account.
        """
        same = {
            candidate.urn: self._is_same_account(resource, candidate)
            for candidate in self._by_name.get((resource_type, value), [])
        }
        depended = {each.urn for each in self._dependencies(resource, key, resource_type)}
        urns = [urn for urn, answer in same.items() if answer is not False]
        if len(urns) > 1:
            urns = [urn for urn in urns if urn in depended] or [urn for urn in urns if same[urn]]
        if len(urns) != 1:
            return Link(None, is_open=False)
        return Link(self._by_urn[urns[0]], is_open=False, is_certain=bool(same[urns[0]]) or urns[0] in depended)

    def _is_same_account(self, resource: Resource, other: Resource) -> bool | None:
        accounts = self.account(resource), self.account(other)
        if all(accounts):
            return accounts[0] == accounts[1]
        return True if resource.provider == other.provider else None

    def _dependencies(self, resource: Resource, key: str, resource_type: str) -> list[Resource]:
        urns = dict.fromkeys(resource.dependencies.get(key, ()))
        resources = (self._by_urn.get(urn) for urn in urns)
        return [each for each in resources if each is not None and each.type == resource_type]


def region_of(resource: Resource) -> str | None:
    """Return the region of *resource*: empty if it is not set, None if it is not known yet."""
    own = resource.get("region")
    if own is None or own == "":
        own = resource.provider_properties.get("region")
    return None if own is UNKNOWN else text_of(own)


def _may_be_in(resource: Resource, partition: str) -> bool:
    return partition_of(region_of(resource)) in ("", partition)


def _has_path(role: Resource, path: str) -> bool:
    own = role.get("path")
    folder = path.rpartition("/")[0]
    return own is UNKNOWN or (text_of(own) or "/").strip("/") == folder


def _accounts_of_providers(resources: Iterable[Resource]) -> dict[str, str]:
    """Return the account of each provider in the stack.

    It comes from the provider's configuration or the ARNs of its clusters and associations. If these name several
    accounts, it is not known. ARNs that a program wrote, such as that of a role, do not count: they may be the
    mistake.
    """
    configured: dict[str, str] = {}
    shown: dict[str, set[str]] = defaultdict(set)
    for resource in resources:
        provider = resource.provider
        if provider not in configured:
            configured[provider] = provider_account(resource.provider_properties)
        if resource.type in _ARNS_OF_AWS:
            shown[provider].add(account_of(resource.get(_ARNS_OF_AWS[resource.type])))
    return {provider: account or _only_account(shown[provider] - {""}) for provider, account in configured.items()}


def _only_account(accounts: set[str]) -> str:
    return next(iter(accounts)) if len(accounts) == 1 else ""
