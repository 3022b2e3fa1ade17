"""Finds condition values that their operator cannot compare, and variables that no request has."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Condition, Statement
from eks_pod_identity.iam.operators import Family, is_address_range, is_date, is_number, operator_of
from eks_pod_identity.iam.variables import has_unfinished_variable, keys_as_written

_IS_TRUE_OR_FALSE = re.compile("true|false", re.IGNORECASE)
_FORMS: dict[Family, tuple[Callable[[str], object], str, str]] = {
    Family.ADDRESS: (is_address_range, "no IP address", 'Write an address range, such as "203.0.113.0/24".'),
    Family.BOOL: (_IS_TRUE_OR_FALSE.fullmatch, 'neither "true" nor "false"', 'Write "true" or "false".'),
    Family.DATE: (is_date, "no date", 'Write a date, such as "2030-01-31T00:00:00Z".'),
    Family.NULL: (_IS_TRUE_OR_FALSE.fullmatch, 'neither "true" nor "false"', 'Write "true" or "false".'),
    Family.NUMBER: (is_number, "no number", "Write a number."),
}
"""For the operators that do not compare text: the check, what a malformed value is, and the fix."""

_CONDITION_KEY = re.compile(r"[^:]+:[^:].*")


class MalformedValue(NamedTuple):
    """A part of a document that matches nothing: its location, a sentence about it, and the fix."""

    location: str
    text: str
    fix: str
    key: str = ""


def malformed_values(statement: Statement) -> list[MalformedValue]:
    """Return the values of conditions that their operator cannot compare; IAM expands no variables there."""
    return [value for condition in statement.conditions for value in _malformed_values_of(condition)]


def _malformed_values_of(condition: Condition) -> Iterator[MalformedValue]:
    operator = operator_of(condition.operator)
    if operator is None or operator.family not in _FORMS:
        return
    is_well_formed, noun, fix = _FORMS[operator.family]
    for value in condition.values:
        if not is_well_formed(value):
            text = f"compares {quote(condition.key)} {condition.operator} with {quote(value)}, which is {noun}."
            yield MalformedValue(condition.location, text, fix, condition.key)


def is_condition_key(key: str) -> bool:
    """Return whether *key* has the form of a condition key."""
    return _CONDITION_KEY.fullmatch(key) is not None


def expandable_texts(statement: Statement) -> Iterator[tuple[str, str]]:
    """Return the resources and condition values in which IAM may expand variables, each with its location."""
    element = "NotResource" if statement.resources.negated else "Resource"
    for pattern in statement.resources.patterns:
        yield f"{statement.location}.{element}", pattern
    for condition in statement.conditions:
        operator = operator_of(condition.operator)
        if operator is not None and operator.takes_variables:
            for value in condition.values:
                yield condition.location, value


def placeholders(statement: Statement) -> Iterator[MalformedValue]:
    """Return variables that are no condition keys, such as those of CloudFormation, Terraform or a shell."""
    for location, text in expandable_texts(statement):
        if has_unfinished_variable(text):
            yield MalformedValue(location, f"has an unfinished variable in {quote(text)}.", 'Close it with "}".')
        foreign = next((key for key in keys_as_written(text) if not is_condition_key(key)), None)
        if foreign is not None:
            variable = quote(f"${{{foreign}}}")
            yield MalformedValue(
                location,
                f"has the variable {variable}, which is no condition key: IAM does not replace it.",
                "Write the value itself; IAM expands only condition keys, such as ${aws:PrincipalAccount}.",
            )
