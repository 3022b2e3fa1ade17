"""PI503: a tag uses a name that AWS reserves, or that of a session tag."""

from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.iam.eks import is_session_tag
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import ASSOCIATION, ROLE, Resource
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.tags.effective import EffectiveTags

RULE = Rule(
    code="PI503",
    level=Level.MANDATORY,
    policy="pod-identity-tags",
    title="Tags do not use reserved names",
    cause="A key begins with `aws:`, or a tag of a role is named like one of the six session tags.",
    why="AWS rejects `aws:`; a role tag named like a session tag replaces it in policies when session tags are "
    "disabled, with a value that nobody verified.",
    fix="Rename the key in `tags`.",
    raw_fix="Rename the key in tags.",
    compliant=Example({"role": samples.role(samples.trust(), tags={"team": "payments"})}),
    violating=Example({"role": samples.role(samples.trust(), tags={"kubernetes-namespace": "payments"})}),
)


def reserved_verdicts(resource: Resource, effective: EffectiveTags) -> Iterator[Verdict]:
    """Judge the keys of tags and, for an association, their values."""
    if "tags" in effective.unknown:
        yield Unjudged((RULE.code,), resource.label, "tags is not known yet.")
    for key, value in effective.tags.items():
        if str(key).lower().startswith("aws:"):
            yield Finding(RULE, resource.label, f"has the key {quote(key)}, which AWS reserves.", "tags")
        elif isinstance(value, str) and value.lower().startswith("aws:") and resource.type == ASSOCIATION:
            # The EKS API model reserves the prefix in values too.
            yield Finding(
                RULE,
                resource.label,
                f"has the value {quote(value)} in {quote(key)}; EKS reserves values that begin with aws:.",
                "tags",
                "Change the value in `tags`.",
                "Change the value.",
            )
        elif resource.type == ROLE and is_session_tag(str(key)):
            yield Finding(RULE, resource.label, f"has a tag named like the session tag {quote(key)}.", "tags")
