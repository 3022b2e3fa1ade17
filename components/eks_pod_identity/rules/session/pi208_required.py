"""PI208: an association has no session policy although the environment requires one."""

from collections.abc import Iterator

from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Verdict
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_ROLE = samples.role(samples.trust(Condition=samples.SCOPED_BY_CLUSTER))

RULE = Rule(
    code="PI208",
    level=Level.OFF,
    policy="pod-identity-session-policy",
    title="Every association has a session policy",
    cause="The environment requires a session policy on every association (`levels`), and one has none.",
    why="The workload has every permission of its role.",
    fix="Set `session_policy`.",
    raw_fix="Set policy, and disableSessionTags to true.",
    compliant=Example(
        {"role": _ROLE, "association": samples.association(policy=samples.READ_INVOICES, disableSessionTags=True)},
        config={"levels": {"PI208": "mandatory"}},
    ),
    violating=Example(
        {"role": samples.role(samples.trust()), "association": samples.association()},
        config={"levels": {"PI208": "mandatory"}},
    ),
)


def missing_policy_verdicts(association: Resource) -> Iterator[Verdict]:
    """Report an association without a session policy."""
    yield Finding(RULE, association.label, "has no session policy.", "policy")
