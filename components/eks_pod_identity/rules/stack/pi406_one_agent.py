"""PI406: two agents for one cluster, or one where it is built in."""

from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.agents import agents_of, auto_mode_clusters
from eks_pod_identity.rules.graph.stack import ClusterId, Stack
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_GOOD = {"role": samples.role(samples.trust()), "association": samples.association(), "agent": samples.agent()}

RULE = Rule(
    code="PI406",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="A cluster has one agent",
    cause="There are two agents for one cluster, or one on an Auto Mode cluster without node groups.",
    why="EKS rejects the second add-on; Auto Mode nodes have the agent built in.",
    fix="Create one PodIdentityAgent per cluster and use EXISTING elsewhere; on Auto Mode, set `agent` to AUTO_MODE.",
    raw_fix="Keep one add-on per cluster, and none on Auto Mode.",
    compliant=Example(_GOOD),
    violating=Example({**_GOOD, "second": samples.agent()}),
)


def several_agents_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge the number of agents of each cluster."""
    agents = agents_of(stack)
    for addon in agents.unplaced:
        yield unjudged(RULE, addon, "its cluster is not known yet.")
    auto = auto_mode_clusters(stack)
    before = list[tuple[ClusterId, Resource]]()
    for cluster_id, members in agents.by_cluster.items():
        for other_id, other in before:
            if cluster_id.is_same(other_id) is not False:
                yield unjudged(RULE, members[0], f"whether its cluster is that of {other.mention} is not known yet.")
        before.append((cluster_id, members[0]))
        for agent in members[1:]:
            yield finding(RULE, agent, f"is an agent on {quote(cluster_id.name)}, and so is {members[0].mention}.")
        if cluster_id.cluster in auto:
            yield finding(RULE, members[0], f"is an agent on {quote(cluster_id.name)}, which runs in Auto Mode.")
