"""PI401: a ServiceAccount of a cluster has more than one association."""

from collections import defaultdict
from collections.abc import Iterator

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.associations import associations_of
from eks_pod_identity.rules.graph.stack import ClusterId, Stack
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_ROLE = samples.role(samples.trust())
_GOOD = {"role": _ROLE, "association": samples.association(), "agent": samples.agent()}

RULE = Rule(
    code="PI401",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="A ServiceAccount has one association",
    cause="The same cluster, namespace and ServiceAccount is associated twice, or both separately and by an add-on.",
    why='EKS rejects the second with "Association already exists", in the middle of the update.',
    fix="Keep one PodIdentity for the ServiceAccount; for an add-on, use PodIdentityRole and the add-on's own block.",
    raw_fix="Keep one association for the ServiceAccount.",
    compliant=Example(_GOOD),
    violating=Example({"role": _ROLE, "first": samples.association(), "second": samples.association()}),
)


_NAMES = ("clusterName", "namespace", "serviceAccount")


def uniqueness_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge each association against earlier ones, add-ons' first, because theirs cannot be moved."""
    seen: dict[tuple[str, str, str], list[tuple[ClusterId, Resource]]] = defaultdict(list)
    associations = sorted(associations_of(stack), key=lambda each: not each.addon)
    for association in associations:
        cluster_id = stack.cluster_id(association)
        namespace, account = association.text("namespace"), association.text("serviceAccount")
        if cluster_id is None or not account or not namespace:
            if any(association.get(key) is UNKNOWN for key in _NAMES):
                yield unjudged(RULE, association, "its cluster, namespace or ServiceAccount is not known yet.")
            continue
        others = seen[cluster_id.cluster, namespace, account]
        yield from _conflict(association, cluster_id, others)
        others.append((cluster_id, association))


def _conflict(
    association: Resource, cluster_id: ClusterId, others: list[tuple[ClusterId, Resource]]
) -> Iterator[Located]:
    pair = f"{association.text('namespace')}/{association.text('serviceAccount')}"
    answers = [(cluster_id.is_same(other_id), other) for other_id, other in others]
    for answer, other in answers:
        if answer:
            yield finding(RULE, association, f"associates {pair}, and so does {other.mention}.")
            return
    for answer, other in answers:
        if answer is None:
            reason = f"whether its cluster is that of {other.mention} is not known yet: both associate {pair}."
            yield unjudged(RULE, association, reason)
            return
