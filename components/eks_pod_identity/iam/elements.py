"""Checks the elements of a statement as IAM does, because IAM would refuse them only in the middle of an update."""

import re
from collections.abc import Mapping
from typing import Any, cast

from eks_pod_identity.errors import RuleError, type_name

_LISTS = {
    "Action": '"s3:GetObject"',
    "NotAction": '"s3:GetObject"',
    "Resource": '"arn:aws:s3:::bucket/*"',
    "NotResource": '"arn:aws:s3:::bucket/*"',
}
_SID = re.compile(r"[A-Za-z0-9]*")
_ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:\S+")


def check(statement: Mapping[str, Any]) -> None:
    """Check the elements of a statement.

    Raises:
        RuleError: If IAM would refuse one. The error does not repeat its value.
    """
    for element, example in _LISTS.items():
        if element in statement:
            _texts(element, statement[element], example)
    for element in ("Action", "Resource"):
        if element in statement and f"Not{element}" in statement:
            raise RuleError(f"A statement has both {element} and Not{element}.", "Split it into two statements.")
    for element in ("Action", "NotAction"):
        if element in statement:
            _actions(element, statement[element])
    if "Sid" in statement and not (isinstance(statement["Sid"], str) and _SID.fullmatch(statement["Sid"])):
        raise RuleError("The Sid of a statement is letters and digits only.", "Remove it, or write it in camel case.")
    if "Condition" in statement:
        _condition(statement["Condition"])


def _texts(element: str, value: object, example: str) -> None:
    items = cast("list[object]", value) if isinstance(value, list | tuple) else [value]
    if not items:
        raise RuleError(f"The {element} of a statement is an empty list.", f"Write for example [{example}].")
    for item in items:
        if not isinstance(item, str) or not item:
            actual = "empty text" if item == "" else type_name(item)
            raise RuleError(
                f"The {element} of a statement is text or a list of texts, not {actual}.",
                f"Write for example {example}.",
            )


def _actions(element: str, value: str | list[str]) -> None:
    for item in [value] if isinstance(value, str) else value:
        if not _ACTION.fullmatch(item):
            raise RuleError(
                f"The {element} of a statement has the form service:Action.",
                'Write for example "s3:GetObject", "s3:Get*" or "*".',
            )


def _condition(value: object) -> None:
    if not isinstance(value, Mapping):
        raise RuleError(
            f"The Condition of a statement is a map of operators, not {type_name(value)}.",
            'Write for example {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}.',
        )
    for keys in cast("Mapping[str, object]", value).values():
        if not isinstance(keys, Mapping):
            raise RuleError(
                f"Each operator of a Condition has a map of keys, not {type_name(keys)}.",
                'Write for example {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}.',
            )
        for compared in cast("Mapping[str, object]", keys).values():
            items = cast("list[object]", compared) if isinstance(compared, list | tuple) else [compared]
            if not all(isinstance(item, str | int | float) for item in items):
                raise RuleError(
                    "A key of a Condition is compared with text, a number, or true or false, or a list of them.",
                    "Write the values as text.",
                )
