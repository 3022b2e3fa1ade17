"""PI207: a session policy with a target role restricts only the target role."""

from collections.abc import Iterator

from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Verdict
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_ROLE = samples.role(samples.trust(Condition=samples.SCOPED_BY_CLUSTER))

_SESSION_POLICY = {"policy": samples.READ_INVOICES, "disableSessionTags": True}

RULE = Rule(
    code="PI207",
    level=Level.ADVISORY,
    policy="pod-identity-session-policy",
    title="A session policy with a target role restricts only the target role",
    cause="An association has both a session policy and a target role.",
    why="The session policy applies when the target role is assumed; the source role keeps all its permissions.",
    fix="Limit the source role's `policies` to assuming `target_role_arn`.",
    raw_fix="Limit the policies of the source role to sts:AssumeRole and sts:TagSession on the target role.",
    compliant=Example({"role": _ROLE, "association": samples.association(**_SESSION_POLICY)}),
    violating=Example(
        {"role": _ROLE, "association": samples.association(targetRoleArn=samples.TARGET_ROLE_ARN, **_SESSION_POLICY)}
    ),
)


def target_role_verdicts(association: Resource) -> Iterator[Verdict]:
    """Judge an association that has a session policy."""
    if association.get("targetRoleArn") not in (None, ""):
        yield Finding(RULE, association.label, "has a session policy and a target role.", "policy")
