"""A verdict and the resource that it is reported on."""

from typing import NamedTuple

from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import Resource


class Located(NamedTuple):
    """*verdict* about *resource*."""

    resource: Resource
    verdict: Verdict


def found(code: str, resource: Resource, problem: str, location: str = "") -> Located:
    """A finding on *resource*."""
    return Located(resource, Finding(code, resource.label, problem, location))


def unjudged(code: str, resource: Resource, reason: str, location: str = "") -> Located:
    """What could not be judged on *resource*."""
    return Located(resource, Unjudged((code,), resource.label, reason, location))
