"""The effective tags of a resource: its own, those of the provider, and what the provider computed from both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    FARGATE_PROFILE,
    NODE_GROUP,
    POLICY,
    ROLE,
    Resource,
    decode,
)

TAGGABLE = frozenset({ROLE, POLICY, ASSOCIATION, ADDON, CLUSTER, NODE_GROUP, FARGATE_PROFILE})
"""Taggable resources of EKS Pod Identity, and those it depends on."""


@dataclass(frozen=True, slots=True)
class EffectiveTags:
    """The merged tags of a resource; *unknown* names the sources that are not known yet."""

    tags: Mapping[str, Any]
    unknown: tuple[str, ...]

    @property
    def hiding(self) -> tuple[str, ...]:
        """Return the unknown sources that may hold tags that are not shown elsewhere.

        `tagsAll` is computed from the other two, so if it alone is unknown, it hides nothing that a program wrote.
        """
        return tuple(source for source in self.unknown if source != "tagsAll")


def effective_tags(resource: Resource) -> EffectiveTags:
    """Merge default tags, `tags` and `tagsAll` of *resource*."""
    merged: dict[str, Any] = {}
    unknown: list[str] = []
    defaults = decode(resource.provider_properties.get("defaultTags"))
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
    return EffectiveTags(merged, tuple(unknown))
