"""PI105: a condition that EKS can never meet; the association is created and every pod is denied."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import listed, quoted
from eks_pod_identity.iam import Condition, Document, has_wildcard, intersect, with_variables_open, without_variables
from eks_pod_identity.iam.eks import (
    CLUSTER_ARN_KEYS,
    PRINCIPAL_TAG,
    REQUEST_TAG,
    SCOPING_KEYS,
    is_session_tag,
    session_tag_of,
)
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.trust.statements import pod_statements
from eks_pod_identity.values.tags import SESSION_TAGS

_SENT_BY_STS = ("aws:", "sts:")
_NO_IDENTITY = "but the caller is a service and no identity of an account"
_NO_MEMBER = f"{_NO_IDENTITY}; aws:SourceOrgID tells the organization of the cluster"
_NEVER_SENT = {
    "sts:externalid": "which EKS sends to target roles only",
    "aws:multifactorauthage": _NO_IDENTITY,
    "aws:multifactorauthpresent": _NO_IDENTITY,
    "aws:principalarn": _NO_IDENTITY,
    "aws:principalorgid": _NO_MEMBER,
    "aws:principalorgpaths": _NO_MEMBER,
    "aws:username": _NO_IDENTITY,
}
"""Keys that describe an identity of an account (IAM User Guide, global condition keys), and the second hop's own."""

_ARN_PARTS = 6
_DIGITS = re.compile(r"[0-9*?]+")


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
    if name in _NEVER_SENT:
        return f"asks for {quoted(condition.key)}, {_NEVER_SENT[name]}."
    if name.startswith(PRINCIPAL_TAG):
        return f"asks for {quoted(condition.key)}, but the caller is a service and has no tags."
    tag = session_tag_of(condition.key, REQUEST_TAG)
    if tag and not is_session_tag(tag):
        return f"asks for {quoted(condition.key)}; the only tags EKS sends are {listed(SESSION_TAGS)}."
    if not name.startswith(_SENT_BY_STS):
        return f"asks for {quoted(condition.key)}, which is no part of the call that EKS makes."
    return ""


def _never_equal(condition: Condition) -> str:
    is_tag = is_session_tag(session_tag_of(condition.key, REQUEST_TAG)) and condition.needs_the_key
    if not condition.restricts or not (is_tag or condition.name in SCOPING_KEYS):
        return ""
    if condition.open_values or not condition.values:
        return ""
    faults = [_fault(condition, value) for value in condition.values]
    return f"compares {quoted(condition.key)} with {faults[0]}." if all(faults) else ""


def _fault(condition: Condition, value: str) -> str:
    """Say why what EKS sends for the key can never equal *value*."""
    name = condition.name
    if not condition.takes_wildcards and has_wildcard(without_variables(value)):
        return f"a wildcard, which {condition.operator} takes literally"
    pattern = with_variables_open(value)
    if name in CLUSTER_ARN_KEYS:
        return "" if _may_be_cluster(pattern) else "something that is not a cluster: EKS sends the ARN of the cluster"
    if condition.base.startswith("arn"):
        return f"{condition.operator}, which takes ARNs only, and EKS sends none there"
    if name == "aws:sourceaccount" and not (_DIGITS.fullmatch(pattern) and intersect(pattern, "?" * 12)):
        return "something that is not the twelve digits of an account"
    if name == f"{REQUEST_TAG}eks-cluster-name" and pattern.startswith("arn:"):
        return "an ARN: EKS sends the name of the cluster"
    return ""


def _may_be_cluster(pattern: str) -> bool:
    """Tell whether *pattern* can stand for the ARN of a cluster."""
    parts = pattern.split(":", 5)
    if len(parts) < _ARN_PARTS:
        return has_wildcard(pattern)
    wanted = ("arn", "*", "eks", "*", "*", "cluster/?*")
    return all(intersect(part, want) for part, want in zip(parts, wanted, strict=True))
