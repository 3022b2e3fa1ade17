"""PI501 to PI503: tags, judged on what the cloud will hold in the end."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from eks_pod_identity.errors import listed, quoted
from eks_pod_identity.iam.eks import is_session_tag
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    FARGATE_PROFILE,
    NODE_GROUP,
    POLICY,
    ROLE,
    Resource,
    decoded,
)

TAGGABLE = frozenset({ROLE, POLICY, ASSOCIATION, ADDON, CLUSTER, NODE_GROUP, FARGATE_PROFILE})
"""The resources of EKS Pod Identity, and beside it, that take tags."""

__all__ = ["TAGGABLE", "Required", "effective_tags", "tag_verdicts"]


@dataclass(frozen=True, slots=True)
class Required:
    """What is asked of one key: any value, one of *values*, or one that *pattern* describes completely."""

    key: str
    values: tuple[str, ...] = ()
    pattern: str = ""

    def takes(self, value: str) -> bool:
        """Tell whether *value* is allowed."""
        if self.values and value not in self.values:
            return False
        return not self.pattern or _compiled(self.pattern).fullmatch(value) is not None


@functools.lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def effective_tags(resource: Resource) -> tuple[dict[str, Any], list[str]]:
    """Merge default tags, `tags` and `tagsAll`; the second part names those of them that are not known yet."""
    merged: dict[str, Any] = {}
    unknown: list[str] = []
    defaults = decoded(resource.provider_properties.get("defaultTags"))
    if isinstance(defaults, Mapping):
        defaults = cast("Mapping[str, object]", defaults).get("tags")
    sources = {
        "the provider's defaultTags": defaults,
        "tags": resource.get("tags"),
        "tagsAll": resource.get("tagsAll"),
    }
    for name, source in sources.items():
        if source is UNKNOWN:
            unknown.append(name)
        elif isinstance(source, Mapping):
            for key, value in cast("Mapping[str, object]", source).items():
                if value is not UNKNOWN or key not in merged:
                    merged[key] = value
    return merged, unknown


def tag_verdicts(resource: Resource, required: tuple[Required, ...]) -> Iterator[Verdict]:
    """Judge the tags of a resource that takes them."""
    if resource.type not in TAGGABLE:
        return
    tags, unknown = effective_tags(resource)
    # tagsAll is computed from the other two: alone it hides nothing that a program could have written.
    hiding = [name for name in unknown if name != "tagsAll"]
    missing = [one.key for one in required if one.key not in tags]
    if missing and hiding:
        yield Unjudged(("PI501",), resource.label, f"{listed(hiding)} is not known yet.")
    elif missing:
        yield Finding(
            "PI501", resource.label, f"lacks {listed([quoted(key) for key in missing])}{_near(missing, tags)}.", "tags"
        )
    if "tags" in hiding:
        yield Unjudged(("PI503",), resource.label, "tags is not known yet.")
    yield from _values(resource, required, tags)
    yield from _reserved(resource, tags)


def _near(missing: list[str], tags: Mapping[str, object]) -> str:
    spelt = {str(key).lower(): str(key) for key in tags}
    near = [spelt[key.lower()] for key in missing if key.lower() in spelt]
    return f" (it has {listed([quoted(key) for key in near])}; case counts)" if near else ""


def _values(resource: Resource, required: tuple[Required, ...], tags: Mapping[str, object]) -> Iterator[Verdict]:
    for one in required:
        if one.key not in tags or not (one.values or one.pattern):
            continue
        value = tags[one.key]
        if value is UNKNOWN:
            yield Unjudged(("PI502",), resource.label, f"the value of {quoted(one.key)} is not known yet.", "tags")
        elif not isinstance(value, str) or not one.takes(value):
            allowed = (
                listed([quoted(each) for each in one.values]) if one.values else f"what matches {quoted(one.pattern)}"
            )
            yield Finding(
                "PI502", resource.label, f"has {quoted(value)} in {quoted(one.key)}; allowed is {allowed}.", "tags"
            )


def _reserved(resource: Resource, tags: Mapping[str, object]) -> Iterator[Verdict]:
    for key, value in tags.items():
        if str(key).lower().startswith("aws:"):
            yield Finding("PI503", resource.label, f"has the key {quoted(key)}, which AWS reserves.", "tags")
        elif isinstance(value, str) and value.lower().startswith("aws:") and resource.type == ASSOCIATION:
            # The EKS model reserves the prefix in values too.
            yield Finding("PI503", resource.label, f"has a value in {quoted(key)} that begins with aws:.", "tags")
        elif resource.type == ROLE and is_session_tag(str(key)):
            yield Finding("PI503", resource.label, f"has a tag named like the session tag {quoted(key)}.", "tags")
