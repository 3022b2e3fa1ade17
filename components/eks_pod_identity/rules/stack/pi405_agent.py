"""PI405: there are associations, but no agent in the stack or declared elsewhere."""

from collections import defaultdict
from collections.abc import Iterator

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.agents import agents_of, auto_mode_clusters, declared_clusters
from eks_pod_identity.rules.graph.associations import associations_of
from eks_pod_identity.rules.graph.stack import ClusterId, Stack
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_ROLE = samples.role(samples.trust())
_GOOD = {"role": _ROLE, "association": samples.association(), "agent": samples.agent()}

RULE = Rule(
    code="PI405",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="The cluster has an agent",
    cause="There are associations, but the stack neither has the agent nor declares it elsewhere.",
    why="Without the agent on its node, a pod gets no credentials.",
    fix="Set `agent` to MANAGED, EXISTING or AUTO_MODE, or create one PodIdentityAgent for the cluster.",
    raw_fix="Create the add-on eks-pod-identity-agent, or turn the rule off if another stack has it.",
    compliant=Example(_GOOD),
    violating=Example({"role": _ROLE, "association": samples.association()}),
)


def missing_agent_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge each cluster that associations of the stack are for."""
    agents = agents_of(stack)
    for addon in agents.unplaced:
        yield unjudged(RULE, addon, "its cluster is not known yet.")
    if agents.unplaced:
        return
    elsewhere = declared_clusters(stack) | auto_mode_clusters(stack)
    lacking, unsure = (defaultdict[ClusterId, list[Resource]](list) for _ in range(2))
    for association in associations_of(stack):
        cluster_id = stack.cluster_id(association)
        if cluster_id is None or cluster_id.cluster in elsewhere:
            continue
        if all(cluster_id.is_same(other) is False for other in agents.by_cluster):
            (unsure if _may_be_none(association) else lacking)[cluster_id].append(association)
    for cluster_id, associations in unsure.items():
        if cluster_id not in lacking:
            yield unjudged(RULE, associations[0], "whether the add-on has associations is not known yet.")
    for cluster_id, associations in lacking.items():
        names = join_values([each.name for each in associations])
        yield finding(
            RULE,
            associations[0],
            f"needs an agent on {quote(cluster_id.name)}, and the stack has none (for {names}).",
        )


def _may_be_none(association: Resource) -> bool:
    """Return whether an add-on's list of associations, or the entry in it, is not known yet."""
    return bool(association.addon) and association.is_open("serviceAccount") and association.is_open("roleArn")
