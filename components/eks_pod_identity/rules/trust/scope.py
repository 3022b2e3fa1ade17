"""PI104: a Pod Identity statement that any cluster of the account can use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from eks_pod_identity.rules.eks import REQUEST_TAG, SCOPING_KEYS, is_session_tag, session_tag_of
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.iam import is_everything
from eks_pod_identity.rules.trust.statements import pod_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eks_pod_identity.rules.iam import Condition, Document

_ANY_CLUSTER: Final = re.compile(r"arn:[^:]*:eks:[^:]*:\*+:(\*+|cluster/\*+)", re.IGNORECASE)


def scope_verdicts(document: Document, subject: str, *, tags_on: bool | None) -> Iterator[Verdict]:
    """Judge whether each Pod Identity statement has a condition that narrows it."""
    for statement in pod_statements(document):
        if any(narrows(one, tags_on=tags_on) for one in statement.conditions):
            continue
        location = f"{statement.location}.Condition" if statement.conditions else statement.location
        if statement.conditions_are_open:
            yield Unjudged(("PI104",), subject, NOT_KNOWN, location)
        else:
            yield Finding("PI104", subject, "lets every EKS cluster of the account use the role.", location)


def narrows(condition: Condition, *, tags_on: bool | None = None) -> bool:
    """Tell whether *condition* narrows who may use the role.

    A negated operator excludes somebody and admits the rest; `Null` asks only whether a key is there; `IfExists` and
    `ForAllValues` let a request pass that lacks the key, as every request lacks the tags when they are off.
    """
    if not condition.restricts or _admits_all(condition):
        return False
    if condition.name in SCOPING_KEYS:
        return True
    is_tag = is_session_tag(session_tag_of(condition.key, REQUEST_TAG))
    return is_tag and (condition.needs_the_key or tags_on is True)


def _admits_all(condition: Condition) -> bool:
    if condition.open_values:
        return False
    return condition.takes_wildcards and any(
        is_everything(value) or _ANY_CLUSTER.fullmatch(value) for value in condition.values
    )
