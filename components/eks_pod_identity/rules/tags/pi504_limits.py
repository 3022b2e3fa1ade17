"""PI504: tags that AWS rejects for their characters, lengths or number."""

import unicodedata
from collections.abc import Iterator, Mapping

from eks_pod_identity.errors import quote
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import POLICY, ROLE, Resource
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.tags.effective import EffectiveTags
from eks_pod_identity.values import limits

RULE = Rule(
    code="PI504",
    level=Level.MANDATORY,
    policy="pod-identity-tags",
    title="AWS accepts the tags",
    cause="A resource has more than 50 tags or one that is too long, or a role or policy has a tag with characters "
    "that IAM rejects, or two keys that differ only in case.",
    why="AWS rejects the tags in the middle of the update.",
    fix="Correct `tags`: IAM accepts letters, digits, spaces and _ . : / = + - @.",
    raw_fix="Correct tags: IAM accepts letters, digits, spaces and _ . : / = + - @.",
    compliant=Example({"role": samples.role(samples.trust(), tags={"Owner": "Payments - EU"})}),
    violating=Example({"role": samples.role(samples.trust(), tags={"Owner": "Payments (EU)"})}),
)

_IAM = frozenset({ROLE, POLICY})
_CHARACTERS = frozenset("_.:/=+-@")
_CLASSES = frozenset("LZN")
"""The classes of Unicode that IAM's pattern accepts: letters, separators and numbers (IAM API reference, Tag)."""


def limit_verdicts(resource: Resource, effective: EffectiveTags) -> Iterator[Verdict]:
    """Judge the tags of *resource* against what AWS accepts."""
    if "tags" in effective.unknown:
        yield Unjudged((RULE.code,), resource.label, "tags is not known yet.")
    tags = {str(key): value for key, value in effective.tags.items() if not str(key).lower().startswith("aws:")}
    if len(tags) > limits.TAGS.value:
        yield Finding(
            RULE,
            resource.label,
            f"has {len(tags)} tags; AWS accepts {limits.TAGS.value}.",
            "tags",
            "Remove some of `tags`.",
            "Remove some of them.",
        )
    for key, value in tags.items():
        yield from _lengths(resource, key, value)
        if resource.type in _IAM:
            yield from _characters(resource, key, value)
    if resource.type in _IAM:
        yield from _keys_that_differ_in_case(resource, tags)


def _lengths(resource: Resource, key: str, value: object) -> Iterator[Verdict]:
    for what, text, limit in (("key", key, limits.TAG_KEY.value), ("value", value, limits.TAG_VALUE.value)):
        if isinstance(text, str) and len(text) > limit:
            problem = f"has the {what} {quote(text)} of {len(text)} characters; AWS accepts {limit}."
            yield Finding(
                RULE, resource.label, problem, "tags", f"Shorten the {what} in `tags`.", f"Shorten the {what}."
            )
    if not key:
        yield Finding(RULE, resource.label, "has a tag with an empty key.", "tags", "Name the key.")


def _characters(resource: Resource, key: str, value: object) -> Iterator[Verdict]:
    for what, text in (("key", key), ("value", value)):
        rejected = _first_invalid_character(text) if isinstance(text, str) else ""
        if rejected:
            of_key = "" if what == "key" else f" in {quote(key)}"
            problem = f"has the {what} {quote(text)}{of_key}; IAM rejects the character {quote(rejected)}."
            yield Finding(RULE, resource.label, problem, "tags")


def _first_invalid_character(text: str) -> str:
    return next(
        (
            character
            for character in text
            if character not in _CHARACTERS and unicodedata.category(character)[0] not in _CLASSES
        ),
        "",
    )


def _keys_that_differ_in_case(resource: Resource, tags: Mapping[str, object]) -> Iterator[Verdict]:
    seen: dict[str, str] = {}
    for key in tags:
        first = seen.setdefault(key.lower(), key)
        if first != key:
            yield Finding(
                RULE,
                resource.label,
                f"has the keys {quote(first)} and {quote(key)}, which are the same key to IAM, which ignores case.",
                "tags",
                "Remove one of the two from `tags` or from the provider's default tags.",
                "Remove one of the two from tags or from the provider's defaultTags.",
            )
