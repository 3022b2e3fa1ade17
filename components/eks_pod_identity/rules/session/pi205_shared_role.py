"""PI205: several workloads share a role, without session policies of their own."""

from collections.abc import Iterator, Mapping, Sequence

from eks_pod_identity.errors import join_values
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding
from eks_pod_identity.rules.graph.chains import Chain
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_ROLE = samples.role(samples.trust(Condition=samples.SCOPED_BY_CLUSTER))
_SESSION_POLICY = {"policy": samples.READ_INVOICES, "disableSessionTags": True}

RULE = Rule(
    code="PI205",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="Associations that share a role each have a session policy",
    cause="Several associations share a role, and at least one of them has no session policy.",
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


def role_key(chain: Chain) -> str:
    """Return what identifies the role of an association: its URN or its ARN, or nothing if it is not known."""
    role = chain.source.role
    return role.urn if role is not None and chain.source.link.is_certain else chain.association.text("roleArn")


def sharing_verdicts(users: Mapping[str, Sequence[Resource]]) -> Iterator[Located]:
    """Judge each role that more than one association uses; *users* has the associations of each role."""
    for key, associations in users.items():
        bare = [each for each in associations if each.get("policy") in (None, "")]
        if key and bare and len(associations) > 1:
            names = join_values([each.name for each in bare])
            yield finding(
                RULE,
                bare[0],
                f"shares its role with {len(associations) - 1} more; these have no session policy: {names}.",
            )
