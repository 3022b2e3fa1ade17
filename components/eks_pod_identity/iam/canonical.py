"""The canonical form of policy documents, as plain data and as text: equal documents are equal text.

The plugin protocol reorders the keys of a document and turns integers into floats. Both would show as a change of an
IAM document in every plan, so only this module turns documents into text.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from eks_pod_identity.errors import RuleError, type_name
from eks_pod_identity.iam.document import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS, parse
from eks_pod_identity.values import plain_data
from eks_pod_identity.values.limits import Limit

Statement = dict[str, Any]
Document = dict[str, Any]

VERSION = "2012-10-17"

_CHARACTERS = re.compile(r"[\t\n\r\x20-\xff]+")


def document(statements: Sequence[Statement]) -> Document:
    """Return a document of these statements."""
    return {"Version": VERSION, "Statement": list(statements)}


def normalize(value: object) -> object:
    """Return a document from a user in canonical form. JSON text stays text.

    Raises:
        RuleError: If *value* is not plain data.
    """
    plain_data.check(value)
    return sort_keys(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value


def document_of(valid: object) -> Document:
    """Return a document, given as text or data, in canonical form with a list of statements.

    The caller has checked it: a malformed document raises an arbitrary exception here.
    """
    source = cast("Mapping[str, Any]", valid if isinstance(valid, Mapping) else parse(valid).source)
    statements = source["Statement"]
    return sort_keys({**source, "Statement": [statements] if isinstance(statements, Mapping) else list(statements)})


class Canonical(dict[str, Any]):
    """A document or statement that is already in canonical form."""


def sort_keys(value: Mapping[str, Any]) -> Canonical:
    """Return the data of a document or statement with its keys in canonical order and integers as integers."""
    if isinstance(value, Canonical):
        return value
    return Canonical(_sort_mapping(value, (*DOCUMENT_ELEMENTS, *STATEMENT_ELEMENTS)))


def text(value: Mapping[str, Any]) -> str:
    """Return the compact JSON text of a document in canonical form.

    Raises:
        RuleError: If it has a character that IAM does not accept.
    """
    compact = json.dumps(sort_keys(value), separators=(",", ":"), ensure_ascii=False)
    if not _CHARACTERS.fullmatch(compact):
        raise RuleError(
            "The document has a character outside Latin-1, which IAM does not accept.",
            "Replace typographic quotes, dashes and other scripts.",
        )
    return compact


def size_without_space(value: Mapping[str, Any]) -> int:
    """Count the characters that count towards IAM's quotas: all except white space."""
    return len("".join(text(value).split()))


def check_size(used: int, limit: Limit, what: str, fix: str) -> None:
    """Check a size against its limit.

    Raises:
        RuleError: If it exceeds the limit.
    """
    if used > limit.value:
        raise RuleError(f"{what} has {used:,} {limit.unit}; the limit is {limit.value:,}.", fix)


def unwrap_single(values: Sequence[str]) -> str | list[str]:
    """Return a single value by itself, as IAM's own documents do, or a list."""
    return values[0] if len(values) == 1 else list(values)


def _sort_mapping(value: Mapping[str, Any], first: Sequence[str] = ()) -> dict[str, Any]:
    keys = [key for key in first if key in value]
    keys += sorted(str(key) for key in value if key not in keys)
    return {key: _sort_value(value[key], statement_list=key == "Statement") for key in keys}


def _sort_value(value: object, *, statement_list: bool = False) -> object:
    if isinstance(value, str | Canonical):  # by far the most common, and statements that are already checked
        return value
    if isinstance(value, Mapping):
        order = STATEMENT_ELEMENTS if statement_list else ()
        return _sort_mapping(cast("Mapping[str, Any]", value), order)
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return [_sort_value(item, statement_list=statement_list) for item in items]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dt.date):
        # YAML reads an unquoted 2012-10-17 as a date; it can mean only one thing.
        return value.isoformat()
    if value is None or isinstance(value, int | float):
        return value
    raise RuleError(
        f"A policy document holds text, numbers, lists and maps, not {type_name(value)}.", "Write it as text."
    )
