"""The agents of a stack, and those that components declare outside the stack."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from eks_pod_identity.addon import AGENT
from eks_pod_identity.rules.graph.stack import ClusterId, Stack
from eks_pod_identity.rules.resource import ADDON, CLUSTER, COMPONENT_PREFIX, NODE_GROUP, Resource

_COMPONENT = f"{COMPONENT_PREFIX}PodIdentity"
_ELSEWHERE = frozenset({"existing", "auto_mode"})
_AUTO = "auto_mode"


@dataclass(slots=True)
class Agents:
    """The agent add-ons of a stack by cluster; *unplaced* are those whose cluster is not known yet."""

    by_cluster: dict[ClusterId, list[Resource]] = field(
        default_factory=lambda: defaultdict[ClusterId, list[Resource]](list)
    )
    unplaced: list[Resource] = field(default_factory=list[Resource])


def agents_of(stack: Stack) -> Agents:
    """Return the agents of *stack*."""
    agents = Agents()
    for addon in stack.of(ADDON):
        if addon.text("addonName") == AGENT:
            cluster_id = stack.cluster_id(addon)
            if cluster_id is None:
                agents.unplaced.append(addon)
            else:
                agents.by_cluster[cluster_id].append(addon)
    return agents


def declared_clusters(stack: Stack) -> set[str]:
    """Return the clusters whose agent a component declares to exist elsewhere; EXISTING is the default."""
    clusters: set[str] = set()
    for component in stack.of_components(_COMPONENT):
        if component.type == _COMPONENT and _mode(component, "existing") in _ELSEWHERE:
            clusters.update(_clusters(component))
    return clusters


def auto_mode_clusters(stack: Stack) -> set[str]:
    """Return the clusters that run only in Auto Mode; node groups next to it need the agent."""
    mixed = {cluster_id.cluster for group in stack.of(NODE_GROUP) if (cluster_id := stack.cluster_id(group))}
    clusters: set[str] = set()
    for cluster in stack.of(CLUSTER):
        config = cluster.get("computeConfig")
        if isinstance(config, Mapping) and cast("Mapping[str, object]", config).get("enabled") is True:
            clusters |= {cluster.text("name"), cluster.urn} - {""}
    for component in stack.of_components(_COMPONENT):
        if _mode(component, "") == _AUTO:
            clusters.update(_clusters(component))
    return clusters - mixed


def _mode(component: Resource, default: str) -> str:
    value = component.get("agent") or component.get("mode")
    return value.lower() if isinstance(value, str) else default


def _clusters(component: Resource) -> Iterator[str]:
    if component.text("clusterName"):
        yield component.text("clusterName")
    bindings = component.get("bindings")
    for binding in cast("list[object]", bindings) if isinstance(bindings, list) else []:
        name = cast("Mapping[str, object]", binding).get("clusterName") if isinstance(binding, Mapping) else None
        if isinstance(name, str) and name:
            yield name
