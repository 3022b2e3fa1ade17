"""PI404 to PI406: where the pods of a cluster run, and whether the agent is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from eks_pod_identity.rules.iam import matches
from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    COMPONENT_PREFIX,
    FARGATE_PROFILE,
    NODE_GROUP,
    Resource,
)
from eks_pod_identity.rules.stack.located import Located, found, unjudged
from eks_pod_identity.rules.text import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eks_pod_identity.rules.stack.graph import Place, Stack

AGENT: Final = "eks-pod-identity-agent"
_DECLARED: Final = frozenset({"existing", "auto_mode"})
_AUTO: Final = "auto_mode"


def fargate_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge the namespace of each association against the Fargate profiles of its cluster."""
    selectors: dict[Place, list[tuple[Resource, Mapping[str, Any]]]] = defaultdict(list)
    for profile in stack.of(FARGATE_PROFILE):
        place, entries = stack.place(profile), profile.get("selectors")
        for entry in cast("list[object]", entries) if isinstance(entries, list) else []:
            if place is not None and isinstance(entry, Mapping):
                selectors[place].append((profile, cast("Mapping[str, Any]", entry)))
    for association in stack.of(ASSOCIATION) if selectors else ():
        place, namespace = stack.place(association), association.text("namespace")
        if place is None or not namespace:
            continue
        for profile, selector in selectors.get(place, []):
            pattern = selector.get("namespace")
            if not isinstance(pattern, str) or not matches(pattern, namespace):
                continue
            if selector.get("labels"):
                yield unjudged(
                    "PI404",
                    association,
                    f"{profile.mention} selects pods of {namespace} by labels, which no stack shows.",
                )
            else:
                yield found("PI404", association, f"is in {quoted(namespace)}, which {profile.mention} selects.")
            break


def agent_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge the number of agents of each cluster."""
    agents: dict[Place, list[Resource]] = defaultdict(list)
    open_agents = False
    for addon in stack.of(ADDON):
        if addon.text("addonName") == AGENT:
            place = stack.place(addon)
            open_agents = open_agents or place is None
            if place is not None:
                agents[place].append(addon)
    auto = _auto_mode(stack)
    for place, members in agents.items():
        for one in members[1:]:
            yield found("PI406", one, f"is a second agent on {quoted(place.cluster)}, beside {members[0].mention}.")
        if place.cluster in auto:
            yield found("PI406", members[0], f"is an agent on {quoted(place.cluster)}, which runs in Auto Mode.")
    declared = _declared(stack) | auto
    lacking: dict[Place, list[Resource]] = defaultdict(list)
    for association in stack.of(ASSOCIATION):
        place = stack.place(association)
        if place is not None and place not in agents and place.cluster not in declared and not open_agents:
            lacking[place].append(association)
    for place, associations in lacking.items():
        names = listed([one.name for one in associations])
        yield found(
            "PI405",
            associations[0],
            f"needs an agent on {quoted(place.cluster)}, and the stack shows none (for {names}).",
        )


def _declared(stack: Stack) -> set[str]:
    """The clusters whose agent a component says to be elsewhere; EXISTING is what it says unasked."""
    clusters: set[str] = set()
    for component in stack.of_components(f"{COMPONENT_PREFIX}PodIdentity"):
        if component.type == f"{COMPONENT_PREFIX}PodIdentity" and _mode(component, "existing") in _DECLARED:
            clusters |= _clusters(component)
    return clusters


def _auto_mode(stack: Stack) -> set[str]:
    """The clusters that run in Auto Mode alone: with node groups beside it the agent is needed there."""
    mixed = {place.cluster for one in stack.of(NODE_GROUP) if (place := stack.place(one))}
    clusters: set[str] = set()
    for cluster in stack.of(CLUSTER):
        config = cluster.get("computeConfig")
        if isinstance(config, Mapping) and cast("Mapping[str, object]", config).get("enabled") is True:
            clusters |= {cluster.text("name"), cluster.urn} - {""}
    for component in stack.of_components(f"{COMPONENT_PREFIX}PodIdentity"):
        if _mode(component, "") == _AUTO:
            clusters |= _clusters(component)
    return clusters - mixed


def _mode(component: Resource, default: str) -> str:
    value = component.get("agent")
    return value.lower() if isinstance(value, str) else default


def _clusters(component: Resource) -> set[str]:
    names = {component.text("clusterName")}
    bindings = component.get("bindings")
    for one in cast("list[object]", bindings) if isinstance(bindings, list) else []:
        name = cast("Mapping[str, object]", one).get("clusterName") if isinstance(one, Mapping) else None
        names.add(name if isinstance(name, str) else "")
    return names - {""}
