"""Judges the tags of a resource."""

from collections.abc import Iterator, Sequence

from eks_pod_identity.rules.finding import Verdict
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.tags.effective import TAGGABLE, effective_tags
from eks_pod_identity.rules.tags.pi501_required import required_verdicts
from eks_pod_identity.rules.tags.pi502_values import value_verdicts
from eks_pod_identity.rules.tags.pi503_reserved import reserved_verdicts
from eks_pod_identity.rules.tags.pi504_limits import limit_verdicts
from eks_pod_identity.rules.tags.required import Required


def tag_verdicts(resource: Resource, required: Sequence[Required]) -> Iterator[Verdict]:
    """Judge the effective tags of a taggable resource."""
    if resource.type not in TAGGABLE:
        return
    effective = effective_tags(resource)
    yield from required_verdicts(resource, effective, required)
    yield from value_verdicts(resource, effective, required)
    yield from reserved_verdicts(resource, effective)
    yield from limit_verdicts(resource, effective)
