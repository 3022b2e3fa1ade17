"""The resources of a stack and the links between them, by ARN, name or dependency.

At preview an ARN is often not known yet, and in applied state dependencies may be missing (imports, other programs).
So a known value decides; where there is none, the one resource of the wanted type that the property depends on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.resource import CLUSTER, POLICY, ROLE, Resource, provider_account, text_of


class Link(NamedTuple):
    """Where a property leads: to a resource of the stack, out of it, or not known yet."""

    resource: Resource | None
    is_open: bool


class Place(NamedTuple):
    """Where a cluster is. Two of the same name in two regions or accounts are two clusters."""

    account: str
    region: str
    cluster: str


class Stack:
    """The resources of a stack, indexed once."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        """Index *resources*; the engine gives them in another order each time, the rules see one."""
        self._by_urn: dict[str, Resource] = {}
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._by_arn: dict[str, Resource] = {}
        self._by_name: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for one in sorted(resources, key=lambda one: one.urn):
            self._by_urn[one.urn] = one
            self._by_type[one.type].append(one)
            if one.text("arn"):
                self._by_arn[one.text("arn")] = one
            if one.type in (ROLE, POLICY, CLUSTER) and one.text("name"):
                self._by_name[one.type, one.text("name")].append(one)

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in the order of the stack."""
        for one in types:
            yield from self._by_type.get(one, ())

    def of_components(self, prefix: str) -> Iterator[Resource]:
        """The resources whose type begins with *prefix*."""
        for kind, members in self._by_type.items():
            if kind.startswith(prefix):
                yield from members

    def role(self, resource: Resource, key: str) -> Link:
        """The role that a property names by ARN or name."""
        return self.link(resource, key, resource.get(key), ROLE)

    def link(self, resource: Resource, key: str, value: Any, kind: str) -> Link:
        """The resource of type *kind* that *value*, an ARN or a name at *key*, leads to."""
        if isinstance(value, str):
            return Link(self._named(value, kind), is_open=False)
        if value is not UNKNOWN:
            return Link(None, is_open=False)
        candidates = self._depended_on(resource, key, kind)
        if len(candidates) == 1:
            return Link(candidates[0], is_open=False)
        return Link(None, is_open=True)

    def place(self, resource: Resource) -> Place | None:
        """The cluster that *resource* names, or None when it is not known yet."""
        account = provider_account(resource.provider_properties) or resource.provider
        region = resource.text("region") or text_of(resource.provider_properties.get("region"))
        name = resource.text("clusterName")
        if not name:
            clusters = self._depended_on(resource, "clusterName", CLUSTER)
            if len(clusters) != 1:
                return None
            name = clusters[0].text("name") or clusters[0].urn
        return Place(account, region, name)

    def _named(self, value: str, kind: str) -> Resource | None:
        if not value.startswith("arn:"):
            return self._sole(self._by_name.get((kind, value), []))
        if value in self._by_arn:
            found = self._by_arn[value]
            return found if found.type == kind else None
        name = value.rpartition("/")[2]
        return self._sole([one for one in self._by_name.get((kind, name), []) if not one.text("arn")])

    @staticmethod
    def _sole(candidates: list[Resource]) -> Resource | None:
        return candidates[0] if len(candidates) == 1 else None

    def _depended_on(self, resource: Resource, key: str, kind: str) -> list[Resource]:
        urns = dict.fromkeys(resource.dependencies.get(key, ()))
        found = (self._by_urn.get(urn) for urn in urns)
        return [one for one in found if one is not None and one.type == kind]
