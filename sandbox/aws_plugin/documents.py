"""Policy documents compared and written as the official provider does."""

import json
import re
from typing import Any

_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_ROOT = re.compile(r"arn:[^:]+:iam::(\d{12}):root")
_EMPTY = ("", "{}")
_GO_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def equivalent(left: Any, right: Any) -> bool:
    """Return whether the official provider treats two policy documents as equal.

    It uses https://github.com/hashicorp/awspolicyequivalence, which compares structure, not meaning: `"*"` as a
    principal differs from `{"AWS": "*"}`, an empty `Condition` from a missing one, and an action listed twice from one
    listed once.
    """
    if left == right or (_is_empty(left) and _is_empty(right)):
        return True
    try:
        return _comparable(json.loads(left)) == _comparable(json.loads(right))
    except (AttributeError, TypeError, ValueError):
        return False


def normalize(text: str) -> str:
    """Return a JSON text as the provider sends and stores it: compact, keys sorted, escaped as Go's encoder does."""
    return _go_json(json.loads(text), sort_keys=True)


def version_first(text: str) -> str:
    """Return the form of inline policies: like `normalized`, but with the current `Version` first."""
    document = json.loads(normalize(text))
    if isinstance(document, dict) and document.get("Version") == "2012-10-17":
        document = {"Version": document["Version"], **document}
    return _go_json(document, sort_keys=False)


def as_text(value: Any) -> Any:
    """Return a document as JSON text; a string is returned unchanged."""
    return json.dumps(value, separators=(",", ":")) if isinstance(value, (dict, list)) else value


def _go_json(value: Any, *, sort_keys: bool) -> str:
    text = json.dumps(value, separators=(",", ":"), sort_keys=sort_keys, ensure_ascii=False)
    return text.translate(_GO_ESCAPES)


def _is_empty(text: Any) -> bool:
    return isinstance(text, str) and text.strip() in _EMPTY


def _comparable(document: dict[str, Any]) -> Any:
    """Return a value that is equal for equivalent documents."""
    statements = document.get("Statement", [])
    if isinstance(statements, dict):
        statements = [statements]
    return (
        document.get("Version", ""),
        document.get("Id", ""),
        len(statements),
        {json.dumps(_comparable_statement(statement), sort_keys=True) for statement in statements},
    )


def _comparable_statement(statement: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a statement that are compared; elements unknown to IAM are ignored."""
    conditions = statement.get("Condition")
    return {
        "Sid": statement.get("Sid", ""),
        "Effect": statement.get("Effect", "").casefold(),
        **{key: sorted(_strings(statement.get(key))) for key in _LISTS},
        **{key: _principals(statement.get(key)) for key in ("Principal", "NotPrincipal")},
        "Condition": conditions
        and {
            operator: {key: _distinct(_strings(values)) for key, values in keys.items()}
            for operator, keys in conditions.items()
        },
    }


def _principals(principal: Any) -> dict[str, Any]:
    # The library compares principals as strings or else as maps, and treats anything that is not a map as an empty
    # one: a principal that is a string equals a missing principal, and differs from every map.
    if not isinstance(principal, dict):
        return {}
    listed = {key: [_account_of(name) for name in _strings(names)] for key, names in principal.items()}
    return {key: _distinct(names) for key, names in listed.items() if names}


def _account_of(name: str) -> str:
    # IAM returns an account id as the ARN of that account's root: both name the account.
    root = _ROOT.fullmatch(name)
    return root[1] if root else name


def _distinct(values: list[str]) -> list[Any]:
    """Return the values without their order, and how many there are."""
    return [len(values), *sorted(set(values))]


def _strings(values: Any) -> list[str]:
    """Return a value or a list of values as strings; booleans and numbers become their JSON text."""
    if values is None:
        return []
    listed = values if isinstance(values, list) else [values]
    return [value if isinstance(value, str) else json.dumps(value) for value in listed]
