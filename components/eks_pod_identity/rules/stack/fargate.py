"""PI404: pods on Fargate have no agent beside them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, cast

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam import matches
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.resource import ASSOCIATION, FARGATE_PROFILE, Resource
from eks_pod_identity.rules.stack.graph import Place, Stack
from eks_pod_identity.rules.stack.located import Located, found, unjudged

_Selector = tuple[Resource, Mapping[str, Any]]


def fargate_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge the namespace of each association against the Fargate profiles of its cluster."""
    selectors: dict[Place, list[_Selector]] = defaultdict(list)
    for profile in stack.of(FARGATE_PROFILE):
        place, entries = stack.place(profile), profile.get("selectors")
        if place is None or entries is UNKNOWN:
            yield unjudged("PI404", profile, "its cluster or its selectors are not known yet.")
            continue
        for entry in cast("list[object]", entries) if isinstance(entries, list) else []:
            if isinstance(entry, Mapping):
                selectors[place].append((profile, cast("Mapping[str, Any]", entry)))
    for association in stack.of(ASSOCIATION) if selectors else ():
        place, namespace = stack.place(association), association.text("namespace")
        if place is not None and namespace:
            yield from _first(association, namespace, selectors.get(place, []))


def _first(association: Resource, namespace: str, selectors: list[_Selector]) -> Iterator[Located]:
    """One selector that takes the pods is enough to say."""
    for profile, selector in selectors:
        pattern = selector.get("namespace")
        if pattern is UNKNOWN:
            yield unjudged("PI404", association, f"the namespaces of {profile.mention} are not known yet.")
        elif isinstance(pattern, str) and matches(pattern, namespace):
            if selector.get("labels"):
                reason = f"{profile.mention} selects pods of {namespace} by labels, which no stack shows."
                yield unjudged("PI404", association, reason)
            else:
                yield found("PI404", association, f"is in {quoted(namespace)}, which {profile.mention} selects.")
            return
