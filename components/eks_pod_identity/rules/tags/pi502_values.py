"""PI502: the value of a tag is not allowed."""

from collections.abc import Iterator, Sequence

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.tags.effective import EffectiveTags
from eks_pod_identity.rules.tags.required import Required

_ALLOWED = {"requiredTags": {"Environment": ["dev", "staging", "prod"], "CostCenter": {"pattern": "[0-9]{4}"}}}

RULE = Rule(
    code="PI502",
    level=Level.MANDATORY,
    policy="pod-identity-tags",
    title="Tags have allowed values",
    cause="The value of a tag is not among the values in `requiredTags`, or does not match its pattern.",
    why="Reports and budgets that group by the tag miss the resource.",
    fix="Correct the value in `tags`.",
    raw_fix="Correct the value in tags.",
    compliant=Example(
        {"role": samples.role(samples.trust(), tags={"Environment": "dev", "CostCenter": "4711"})}, config=_ALLOWED
    ),
    violating=Example(
        {"role": samples.role(samples.trust(), tags={"Environment": "test", "CostCenter": "4711"})}, config=_ALLOWED
    ),
)


def value_verdicts(resource: Resource, effective: EffectiveTags, required: Sequence[Required]) -> Iterator[Verdict]:
    """Judge the values of the keys that have allowed values or a pattern."""
    for item in required:
        if item.key not in effective.tags or not (item.values or item.pattern):
            continue
        value = effective.tags[item.key]
        if value is UNKNOWN:
            yield Unjudged((RULE.code,), resource.label, f"the value of {quote(item.key)} is not known yet.", "tags")
        elif not isinstance(value, str) or not item.accepts(value):
            requirement = (
                f"allows {join_values([quote(each) for each in item.values])}"
                if item.values
                else f"must match {quote(item.pattern)}"
            )
            problem = f"has {quote(value)} in {quote(item.key)}, which {requirement}."
            yield Finding(RULE, resource.label, problem, "tags")
