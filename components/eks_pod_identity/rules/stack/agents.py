"""PI405 and PI406: whether the agent is there, once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import cast

from eks_pod_identity.errors import listed, quoted
from eks_pod_identity.rules.finding import Unjudged
from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    COMPONENT_PREFIX,
    NODE_GROUP,
    Resource,
)
from eks_pod_identity.rules.stack.graph import Place, Stack
from eks_pod_identity.rules.stack.located import Located, found

AGENT = "eks-pod-identity-agent"
_DECLARED = frozenset({"existing", "auto_mode"})
_AUTO = "auto_mode"


def agent_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge the number of agents of each cluster."""
    agents: dict[Place, list[Resource]] = defaultdict(list)
    unplaced: list[Resource] = []
    for addon in stack.of(ADDON):
        if addon.text("addonName") == AGENT:
            place = stack.place(addon)
            (unplaced if place is None else agents[place]).append(addon)
    for addon in unplaced:
        yield Located(addon, Unjudged(("PI405", "PI406"), addon.label, "its cluster is not known yet."))
    yield from _several(stack, agents)
    if not unplaced:
        yield from _none(stack, agents)


def _several(stack: Stack, agents: Mapping[Place, list[Resource]]) -> Iterator[Located]:
    auto = _auto_mode(stack)
    for place, members in agents.items():
        for one in members[1:]:
            yield found("PI406", one, f"is a second agent on {quoted(place.cluster)}, beside {members[0].mention}.")
        if place.cluster in auto:
            yield found("PI406", members[0], f"is an agent on {quoted(place.cluster)}, which runs in Auto Mode.")


def _none(stack: Stack, agents: Mapping[Place, list[Resource]]) -> Iterator[Located]:
    declared = _declared(stack) | _auto_mode(stack)
    lacking: dict[Place, list[Resource]] = defaultdict(list)
    for association in stack.of(ASSOCIATION):
        place = stack.place(association)
        if place is not None and place not in agents and place.cluster not in declared:
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
