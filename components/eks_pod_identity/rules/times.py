"""Conditions on the time of a call. Time only moves forward, so one that requires a past time never holds again."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace

from eks_pod_identity.iam import Condition, Document, Statement
from eks_pod_identity.iam.condition_match import condition_holds
from eks_pod_identity.iam.operators import Family, operator_of
from eks_pod_identity.iam.request import any_source_request

_NOW = "aws:currenttime"
_NOW_IN_SECONDS = "aws:epochtime"
_EQUALS = re.compile(r"^(date|numeric)equals", re.IGNORECASE)


def expired_conditions(document: Document, statement: Statement) -> Iterator[Condition]:
    """Yield the conditions that require a time in the past."""
    for condition in statement.conditions:
        if _is_before(condition.operator) and _holds_now(document, _ignore_start(condition)) is False:
            yield condition


def without_past_start(document: Document, statement: Statement) -> Statement:
    """Return *statement* without the conditions on a start time that has passed: they always hold."""
    lasting = [
        condition
        for condition in statement.conditions
        if not ("greaterthan" in condition.operator.lower() and _holds_now(document, condition))
    ]
    return replace(statement, conditions=tuple(lasting))


def _is_before(operator: str) -> bool:
    name = operator.lower()
    return "lessthan" in name or name.removesuffix("ifexists") in ("dateequals", "numericequals")


def _ignore_start(condition: Condition) -> Condition:
    """Return *condition* as an upper limit: a call can still be made at a time in the future."""
    return replace(condition, operator=_EQUALS.sub(r"\1LessThanEquals", condition.operator))


def _holds_now(document: Document, condition: Condition) -> bool | None:
    """Return whether a condition on the current time holds now, or None for any other condition."""
    operator = operator_of(condition.operator)
    is_time = operator is not None and operator.family in (Family.DATE, Family.NUMBER)
    if not is_time or condition.name not in (_NOW, _NOW_IN_SECONDS) or condition.open_values:
        return None
    now = dt.datetime.now(dt.UTC)
    request = any_source_request(session_tags=True).with_keys(
        {_NOW: now.isoformat(), _NOW_IN_SECONDS: str(int(now.timestamp()))}
    )
    return condition_holds(condition, request, expands=document.expands_variables)
