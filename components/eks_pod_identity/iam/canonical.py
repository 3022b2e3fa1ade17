"""The canonical form of policy documents, as plain data and as text: equal documents are equal text.

The plugin protocol reorders the keys of a document and turns integers into floats. Both would show as a change of an
IAM document in every plan, so only this module turns documents into text.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from eks_pod_identity.errors import RuleError, quoted, type_name
from eks_pod_identity.iam import elements
from eks_pod_identity.values import plain_data
from eks_pod_identity.values.limits import Limit

Statement = dict[str, Any]
Document = dict[str, Any]

VERSION = "2012-10-17"

_NAMED = 5
_DOCUMENT_KEYS = ("Version", "Id", "Statement")
_STATEMENT_KEYS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_FILE_NAME = re.compile(r"[\w./~-]+\.json")
_CHARACTERS = re.compile(r"[\t\n\r\x20-\xff]+")


def document(statements: Sequence[Statement]) -> Document:
    """Return a document of these statements."""
    return {"Version": VERSION, "Statement": list(statements)}


def parse(value: object) -> Document:
    """Return a policy document, given as a map or JSON text, in canonical form.

    Raises:
        RuleError: If it is neither, or has no statement. The error never contains the text.
    """
    data = _loaded(value) if isinstance(value, str) else value
    plain_data.check(data)
    if not isinstance(data, Mapping):
        raise RuleError(
            f"A policy document is a map or JSON text of one, not {type_name(data)}.",
            'Write {"Version": "2012-10-17", "Statement": [...]}.',
        )
    around = {key: item for key, item in cast("Mapping[str, Any]", data).items() if key != "Statement"}
    document = Canonical(_ordered(around, _DOCUMENT_KEYS))
    if "Effect" in document:
        raise RuleError(
            "This is a statement, not a policy document.", f'Write {{"Version": "{VERSION}", "Statement": [...]}}.'
        )
    if unknown := sorted(set(document) - set(_DOCUMENT_KEYS)):
        raise RuleError(
            f"A policy document has no key {_quoted(unknown)}.", "Its keys are Version, Id and Statement, as written."
        )
    if document.get("Version", VERSION) not in (VERSION, "2008-10-17"):
        raise RuleError("The Version of a policy document is a fixed date.", f'Write "Version": "{VERSION}".')
    document["Statement"] = [statement(item) for item in _statements(cast("Mapping[str, Any]", data).get("Statement"))]
    sids = [item["Sid"] for item in document["Statement"] if item.get("Sid")]
    if len(set(sids)) != len(sids):
        raise RuleError("Two statements have the same Sid.", "Rename or remove one of them.")
    return document


def statement(value: object) -> Statement:
    """Return one statement in canonical form.

    Raises:
        RuleError: If it is not a map, has a key that statements do not have, or neither allows nor denies.
    """
    if not isinstance(value, Mapping):
        raise RuleError(f"A statement is a map, not {type_name(value)}.", 'Write {"Effect": "Allow", ...}.')
    parts = canonical(cast("Mapping[str, Any]", value))
    if "Statement" in parts:
        raise RuleError("This is a policy document, not a statement.", "Give each item of its Statement by itself.")
    if unknown := sorted(set(parts) - set(_STATEMENT_KEYS)):
        raise RuleError(
            f"A statement has no key {_quoted(unknown)}.", f"Its keys are {', '.join(_STATEMENT_KEYS)}, as written."
        )
    if parts.get("Effect") not in ("Allow", "Deny"):
        raise RuleError("A statement has the Effect Allow or Deny.", 'Write "Effect": "Allow".')
    if "Action" not in parts and "NotAction" not in parts:
        raise RuleError("A statement has no Action.", 'Write for example "Action": ["s3:GetObject"].')
    elements.check(parts)
    return parts


def identity_policy(value: object) -> Document:
    """Check a policy of a role, or a session policy, neither of which names principals.

    Raises:
        RuleError: If it is not a document, names a principal, or has a statement without resources.
    """
    document = parse(value)
    for item in document["Statement"]:
        if "Principal" in item or "NotPrincipal" in item:
            raise RuleError(
                "A policy of a role or session has no Principal: the role is the principal.",
                "Remove Principal. 'trust_scope' and 'extra_trust_statements' determine who may assume the role.",
            )
        if "Resource" not in item and "NotResource" not in item:
            raise RuleError("A statement has no Resource.", 'Write for example "Resource": "arn:aws:s3:::bucket/*".')
    return document


def trust_statement(value: object) -> Statement:
    """Check a statement of a trust policy, which names principals and no resources.

    Raises:
        RuleError: If it is not a statement, names a resource, or names no principal.
    """
    parts = statement(value)
    if "Resource" in parts or "NotResource" in parts:
        raise RuleError(
            "A trust statement has no Resource: the role is the resource. IAM refuses it.", "Remove Resource."
        )
    if "Principal" not in parts and "NotPrincipal" not in parts:
        raise RuleError(
            "A trust statement has no Principal.", 'Write for example "Principal": {"Service": "ec2.amazonaws.com"}.'
        )
    return parts


class Canonical(dict[str, Any]):
    """A document or statement that is already in canonical form."""


def canonical(value: Mapping[str, Any]) -> Canonical:
    """Return the data of a document or statement with its keys in canonical order and integers as integers."""
    if isinstance(value, Canonical):
        return value
    return Canonical(_ordered(value, (*_DOCUMENT_KEYS, *_STATEMENT_KEYS)))


def text(value: Mapping[str, Any]) -> str:
    """Return the compact JSON text of a document in canonical form.

    Raises:
        RuleError: If it has a character that IAM does not accept.
    """
    compact = json.dumps(canonical(value), separators=(",", ":"), ensure_ascii=False)
    if not _CHARACTERS.fullmatch(compact):
        raise RuleError(
            "The document has a character outside Latin-1, which IAM does not accept.",
            "Replace typographic quotes, dashes and other scripts.",
        )
    return compact


def size(value: Mapping[str, Any]) -> int:
    """Count the characters of the compact text."""
    return len(text(value))


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


def one_or_list(values: Sequence[str]) -> str | list[str]:
    """Return a single value by itself, as IAM's own documents do, or a list."""
    return values[0] if len(values) == 1 else list(values)


def _ordered(value: Mapping[str, Any], first: Sequence[str] = ()) -> dict[str, Any]:
    keys = [key for key in first if key in value]
    keys += sorted(str(key) for key in value if key not in keys)
    return {key: _plain(value[key], statement_list=key == "Statement") for key in keys}


def _plain(value: object, *, statement_list: bool = False) -> object:
    if isinstance(value, str | Canonical):  # by far the most common, and statements that are already checked
        return value
    if isinstance(value, Mapping):
        order = _STATEMENT_KEYS if statement_list else ()
        return _ordered(cast("Mapping[str, Any]", value), order)
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return [_plain(item, statement_list=statement_list) for item in items]
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


def _statements(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [cast("object", value)]
    if isinstance(value, list | tuple) and value:
        return list(cast("Sequence[object]", value))
    raise RuleError("A policy document has at least one statement.", 'Write "Statement": [{"Effect": "Allow", ...}].')


def _loaded(value: str) -> object:
    fix = "Pass the document as a map, or create the text with a JSON library."
    try:
        return json.loads(value, object_pairs_hook=_without_duplicates)
    except json.JSONDecodeError as error:
        if value.startswith("arn:"):
            fix = "Give the document itself; 'managed_policy_arns' attaches managed policies."
            raise RuleError("This is an ARN, not a policy document.", fix) from None
        if _FILE_NAME.fullmatch(value):
            raise RuleError(
                "This is the name of a file, not a policy document.", "Give what the file contains."
            ) from None
        rule = f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise RuleError(rule, fix) from None
    except RecursionError:
        raise RuleError("The text is nested too deeply.", fix) from None
    except RuleError:
        raise
    except ValueError:
        raise RuleError("The text has a number with thousands of digits.", fix) from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise RuleError(
            f"The JSON text has the key {_quoted(twice)} twice in one map; all but the last would be lost.",
            "Merge them into one.",
        )
    return data


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names[:_NAMED])
