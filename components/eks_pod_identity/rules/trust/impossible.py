"""PI105: a condition that EKS can never meet; the association is created and every pod is denied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eks_pod_identity.rules.eks import PRINCIPAL_TAG, REQUEST_TAG, is_session_tag, session_tag_of
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.iam import has_wildcard, intersect, with_variables_open
from eks_pod_identity.rules.text import listed, quoted
from eks_pod_identity.rules.trust.statements import pod_statements
from eks_pod_identity.trust import SESSION_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eks_pod_identity.rules.iam import Condition, Document

_SENT_BY_STS: Final = ("aws:", "sts:")
_ARN_PARTS: Final = 6


def impossible_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge every operator, and the conditions of the Pod Identity statements."""
    for statement in document.statements:
        for condition in statement.conditions:
            if not condition.is_known_operator:
                yield Finding(
                    "PI105",
                    subject,
                    f"uses the operator {quoted(condition.operator)}, which IAM lacks.",
                    condition.location,
                )
    for statement in pod_statements(document):
        if statement.conditions_are_open:
            yield Unjudged(("PI105",), subject, NOT_KNOWN, f"{statement.location}.Condition")
        for condition in statement.conditions:
            fault = _never_sent(condition) or _never_equal(condition)
            if fault:
                yield Finding("PI105", subject, fault, condition.location)


def _never_sent(condition: Condition) -> str:
    if not condition.needs_the_key:
        return ""
    name = condition.name
    if name == "sts:externalid":
        return "asks for sts:ExternalId, which EKS sends to target roles only."
    if name.startswith(PRINCIPAL_TAG):
        return f"asks for {quoted(condition.key)}, but the caller is a service and has no tags."
    tag = session_tag_of(condition.key, REQUEST_TAG)
    if tag and not is_session_tag(tag):
        return f"asks for {quoted(condition.key)}; the only tags EKS sends are {listed(SESSION_TAGS)}."
    if not name.startswith(_SENT_BY_STS):
        return f"asks for {quoted(condition.key)}, which is no part of the call that EKS makes."
    return ""


def _never_equal(condition: Condition) -> str:
    if not condition.restricts or condition.open_values or not condition.values:
        return ""
    if condition.base == "stringequals" and all(has_wildcard(value) for value in condition.values):
        tag = session_tag_of(condition.key, REQUEST_TAG)
        if condition.name == "aws:sourcearn" or (is_session_tag(tag) and condition.needs_the_key):
            return f"compares {quoted(condition.key)} with a wildcard, which StringEquals takes literally."
    if condition.name == "aws:sourcearn" and not any(_may_be_cluster(value) for value in condition.values):
        return "compares aws:SourceArn with something that is not a cluster: EKS sends the ARN of the cluster."
    return ""


def _may_be_cluster(value: str) -> bool:
    """Tell whether *value*, wildcards included, can stand for the ARN of a cluster."""
    pattern = with_variables_open(value)
    parts = pattern.split(":", 5)
    if len(parts) < _ARN_PARTS:
        return has_wildcard(pattern)
    wanted = ("arn", "*", "eks", "*", "*", "cluster/?*")
    return all(intersect(part, want) for part, want in zip(parts, wanted, strict=True))
