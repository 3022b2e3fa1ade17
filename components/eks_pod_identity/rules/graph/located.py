"""A verdict and the resource that it is reported on."""

from typing import NamedTuple

from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Rule


class Located(NamedTuple):
    """*verdict* about *resource*."""

    resource: Resource
    verdict: Verdict


def finding(
    rule: Rule, resource: Resource, problem: str, location: str = "", *, hint: str = "", raw_hint: str = ""
) -> Located:
    """Return a finding on *resource*."""
    return Located(resource, Finding(rule, resource.label, problem, location, hint, raw_hint))


def unjudged(rule: Rule, resource: Resource, reason: str, location: str = "") -> Located:
    """Return what could not be judged on *resource*."""
    return Located(resource, Unjudged((rule.code,), resource.label, reason, location))
