"""PI205: several workloads with one role, and no session policy to tell them apart."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from eks_pod_identity.errors import listed
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.graph.chains import Chain
from eks_pod_identity.rules.graph.located import Located, finding
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_ROLE = samples.role(samples.trust(Condition=samples.SCOPED_BY_CLUSTER))
_SESSION_POLICY = {"policy": samples.READ_INVOICES, "disableSessionTags": True}

RULE = Rule(
    code="PI205",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="Associations that share a role each have a session policy",
    cause="Several associations share a role, and not each of them has a session policy.",
    why="Each of the workloads has the permissions of all of them.",
    fix="Give each of `bindings` its `session_policy`, or each workload its own role.",
    raw_fix="Give each association its policy, or each workload its own role.",
    compliant=Example(
        {
            "role": _ROLE,
            "api": samples.association(**_SESSION_POLICY),
            "worker": samples.association(serviceAccount="worker", **_SESSION_POLICY),
        }
    ),
    violating=Example(
        {"role": _ROLE, "api": samples.association(), "worker": samples.association(serviceAccount="worker")}
    ),
)


def sharing_verdicts(chains: Sequence[Chain]) -> Iterator[Located]:
    """Judge each role that more than one association uses, once."""
    users = defaultdict[str, list[Resource]](list)
    for chain in chains:
        role, text = chain.source.role, chain.association.text("roleArn")
        key = role.urn if role is not None and chain.source.link.is_certain else text
        if key:
            users[key].append(chain.association)
    for associations in users.values():
        bare = [each for each in associations if each.get("policy") in (None, "")]
        if len(associations) > 1 and bare:
            names = listed([each.name for each in bare])
            yield finding(
                RULE,
                bare[0],
                f"shares its role with {len(associations) - 1} more; these have no session policy: {names}.",
            )
