"""PI404: an association is for pods on Fargate, where no agent runs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, cast

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import matches
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.associations import associations_of
from eks_pod_identity.rules.graph.stack import ClusterId, Stack
from eks_pod_identity.rules.resource import FARGATE_PROFILE, Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_GOOD = {"role": samples.role(samples.trust()), "association": samples.association(), "agent": samples.agent()}

RULE = Rule(
    code="PI404",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="Associated pods do not run on Fargate",
    cause="A Fargate profile of the cluster selects the namespace of an association.",
    why="No agent runs on Fargate, so the pods get no credentials.",
    fix="Use IRSA for workloads on Fargate (`irsa_provider_arn` trusts both), or another namespace.",
    raw_fix="Use IRSA for workloads on Fargate, or another namespace.",
    compliant=Example({**_GOOD, "profile": samples.fargate_profile("batch-*")}),
    violating=Example({**_GOOD, "profile": samples.fargate_profile("pay*")}),
)


_Selector = tuple[ClusterId, Resource, Mapping[str, Any]]


def fargate_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge the namespace of each association against the Fargate profiles of its cluster."""
    selectors: dict[str, list[_Selector]] = defaultdict(list)
    for profile in stack.of(FARGATE_PROFILE):
        cluster_id, entries = stack.cluster_id(profile), profile.get("selectors")
        if cluster_id is None or entries is UNKNOWN:
            yield unjudged(RULE, profile, "its cluster or its selectors are not known yet.")
            continue
        for entry in cast("list[object]", entries) if isinstance(entries, list) else []:
            if isinstance(entry, Mapping):
                selectors[cluster_id.cluster].append((cluster_id, profile, cast("Mapping[str, Any]", entry)))
    for association in associations_of(stack) if selectors else ():
        cluster_id, namespace = stack.cluster_id(association), association.text("namespace")
        if cluster_id is not None and namespace:
            yield from _selection_verdicts(association, cluster_id, namespace, selectors.get(cluster_id.cluster, []))


def _selection_verdicts(
    association: Resource, cluster_id: ClusterId, namespace: str, selectors: list[_Selector]
) -> Iterator[Located]:
    """Report one selector that selects the pods; one is enough."""
    for where, profile, selector in selectors:
        pattern, same = selector.get("namespace"), cluster_id.is_same(where)
        if same is False:
            continue
        if pattern is UNKNOWN:
            yield unjudged(RULE, association, f"the namespaces of {profile.mention} are not known yet.")
        elif isinstance(pattern, str) and matches(pattern, namespace):
            if same is None:
                yield unjudged(
                    RULE, association, f"whether its cluster is that of {profile.mention} is not known yet."
                )
            elif selector.get("labels"):
                reason = f"{profile.mention} selects pods of {namespace} by labels, which the stack does not show."
                yield unjudged(RULE, association, reason)
            else:
                yield finding(RULE, association, f"is in {quote(namespace)}, which {profile.mention} selects.")
            return
