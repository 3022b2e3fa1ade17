"""PI501: a required tag is missing or empty."""

from collections.abc import Iterator, Mapping, Sequence

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.tags.effective import EffectiveTags
from eks_pod_identity.rules.tags.required import Required

_REQUIRED = {"requiredTags": ["Owner", "Environment"]}
_TAGS = {"Owner": "payments", "Environment": "dev"}

RULE = Rule(
    code="PI501",
    level=Level.MANDATORY,
    policy="pod-identity-tags",
    title="Required tags are present",
    cause="A tag that `requiredTags` names is missing or empty, judged on `tags`, known `tagsAll` and the provider's "
    "default tags together.",
    why="The costs and the owner of the resource cannot be determined.",
    fix="Add it to `tags` of the component, which passes them to every child, or to the provider's default tags.",
    raw_fix="Add it to tags, or to the provider's defaultTags.",
    compliant=Example(
        {"role": samples.role(samples.trust(), tags=_TAGS), "association": samples.association(tags=_TAGS)},
        config=_REQUIRED,
    ),
    violating=Example(
        {
            "role": samples.role(samples.trust(), tags=_TAGS),
            "association": samples.association(tags={"Owner": "payments"}),
        },
        config=_REQUIRED,
    ),
)


def required_verdicts(resource: Resource, effective: EffectiveTags, required: Sequence[Required]) -> Iterator[Verdict]:
    """Judge whether every required key has a value."""
    tags = effective.tags
    missing = [item.key for item in required if item.key not in tags]
    if missing and effective.hiding:
        yield Unjudged((RULE.code,), resource.label, f"{join_values(effective.hiding)} is not known yet.")
    elif missing:
        names = join_values([quote(key) for key in missing])
        yield Finding(RULE, resource.label, f"lacks {names}{_describe_similar_keys(missing, tags)}.", "tags")
    blank = [item.key for item in required if _is_blank(tags.get(item.key))]
    if blank:
        names = join_values([quote(key) for key in blank])
        fixes = ("Give the tag a value in `tags`.", "Give the tag a value.")
        yield Finding(RULE, resource.label, f"has no value in {names}.", "tags", *fixes)


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _describe_similar_keys(missing: list[str], tags: Mapping[str, object]) -> str:
    spelled = {str(key).lower(): str(key) for key in tags}
    near = [spelled[key.lower()] for key in missing if key.lower() in spelled]
    return f" (it has {join_values([quote(key) for key in near])}; keys are case-sensitive)" if near else ""
