"""Policy documents compared by meaning, as the official provider does before it reports a change."""

import json
import re
from typing import Any

_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_ROOT = re.compile(r"arn:[^:]+:iam::(\d{12}):root")


def equivalent(left: Any, right: Any) -> bool:
    """Tell whether two JSON documents mean the same policy: order, spacing and single values in lists do not matter."""
    if left == right:
        return True
    try:
        return _canonical(json.loads(left)) == _canonical(json.loads(right))
    except (TypeError, ValueError):
        return False


def equal_json(left: Any, right: Any) -> bool:
    """Tell whether two texts are the same JSON value."""
    if left == right:
        return True
    try:
        return json.loads(left) == json.loads(right)
    except (TypeError, ValueError):
        return False


def as_text(value: Any) -> Any:
    """Return a document given as an object as JSON text; a text is left as it is."""
    return json.dumps(value, separators=(",", ":")) if isinstance(value, (dict, list)) else value


def _canonical(document: Any) -> Any:
    if not isinstance(document, dict) or "Statement" not in document:
        return document
    statements = document["Statement"]
    if not isinstance(statements, list):
        statements = [statements]
    return {
        **document,
        "Statement": sorted(
            (_statement(part) for part in statements), key=lambda part: json.dumps(part, sort_keys=True)
        ),
    }


def _statement(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return statement
    canonical = dict(statement)
    for key in _LISTS:
        if key in canonical:
            canonical[key] = _set_of(canonical[key])
    for key in ("Principal", "NotPrincipal"):
        if key in canonical:
            canonical[key] = _principal(canonical[key])
    if isinstance(canonical.get("Condition"), dict):
        canonical["Condition"] = {
            operator: {key: _set_of(values) for key, values in keys.items()} if isinstance(keys, dict) else keys
            for operator, keys in canonical["Condition"].items()
        }
        if not canonical["Condition"]:
            del canonical["Condition"]
    return canonical


def _principal(principal: Any) -> Any:
    if principal == "*":
        return {"AWS": ["*"]}
    if not isinstance(principal, dict):
        return principal
    return {kind: sorted({_account(name) for name in _set_of(names)}) for kind, names in principal.items()}


def _account(name: str) -> str:
    # IAM answers an account id with the ARN of its root: both name the account.
    root = _ROOT.fullmatch(name)
    return root[1] if root else name


def _set_of(values: Any) -> list[str]:
    listed = values if isinstance(values, list) else [values]
    return sorted({str(value).lower() if isinstance(value, bool) else str(value) for value in listed})
