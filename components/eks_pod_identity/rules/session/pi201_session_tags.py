"""PI201: an association has a session policy and leaves session tags on."""

from collections.abc import Iterator

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_ROLE = samples.role(samples.trust(Condition=samples.SCOPED_BY_CLUSTER))

RULE = Rule(
    code="PI201",
    level=Level.MANDATORY,
    policy="pod-identity-session-policy",
    title="A session policy comes with session tags disabled",
    cause="An association has `policy` but not `disableSessionTags: true`.",
    why="EKS rejects the association: a session policy cannot be combined with session tags.",
    fix="Leave `disable_session_tags` unset or set it to true.",
    raw_fix="Set disableSessionTags to true.",
    compliant=Example(
        {"role": _ROLE, "association": samples.association(policy=samples.READ_INVOICES, disableSessionTags=True)}
    ),
    violating=Example({"role": _ROLE, "association": samples.association(policy=samples.READ_INVOICES)}),
)


def session_tags_verdicts(association: Resource) -> Iterator[Verdict]:
    """Judge `disableSessionTags` of an association with a session policy."""
    disabled = association.get("disableSessionTags")
    if disabled is UNKNOWN:
        yield Unjudged((RULE.code,), association.label, "disableSessionTags is not known yet.")
    elif disabled is not True:
        yield Finding(
            RULE, association.label, "has a session policy while session tags are enabled.", "disableSessionTags"
        )
