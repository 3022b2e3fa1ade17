"""What the rules report about one resource: the codes of its verdicts."""

from collections.abc import Iterable
from typing import Any

from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.resource import ASSOCIATION, Resource


def finding_codes(verdicts: Iterable[Verdict]) -> list[str]:
    return [verdict.code for verdict in verdicts if isinstance(verdict, Finding)]


def unjudged_codes(verdicts: Iterable[Verdict]) -> set[str]:
    return {code for verdict in verdicts if isinstance(verdict, Unjudged) for code in verdict.codes}


def resource(
    resource_type: str = ASSOCIATION, *, provider: dict[str, Any] | None = None, **properties: Any
) -> Resource:
    return Resource("urn", resource_type, "name", properties, provider_properties=provider or {})
