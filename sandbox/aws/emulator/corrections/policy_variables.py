"""`${…}` in `Resource` and in the values of `Condition` stands for the value of that key in the request.

AWS: IAM User Guide, "IAM policy elements: variables and tags". Works in documents of version 2012-10-17; a default
follows a comma: `${aws:PrincipalTag/team, 'none'}`; a key that the request does not have makes the statement match
nothing. `${$}` is a dollar sign.

MiniStack compares the text as written. Simplified here: a key with several values counts as absent, and so does a value
that holds a wildcard, which AWS would take literally; `${*}` and `${?}` are left as they are.
"""

import json
import re
from dataclasses import replace as changed
from typing import Any

from sandbox.aws.emulator.seam import lookup, replace

_VARIABLE = re.compile(r"\$\{\s*([^{},\s]+)\s*(?:,\s*'([^']*)'\s*)?\}")
_VERSION = "2012-10-17"


class _Absent(Exception):  # noqa: N818 - leaves the expansion, not an error
    """A variable has no value in this request."""


def apply() -> None:
    """Expand variables before a statement or a condition is compared."""
    replace("core.iam_evaluator.parse_policy_document", "doc", _marked)
    replace("core.iam_evaluator._first_match", "ctx stmts effect", _expanded)
    replace("core.iam_evaluator.evaluate_trust_policy", "trust_doc caller_arn ctx", _expanded_trust)


def _marked(original: Any) -> Any:
    def parse_policy_document(doc: Any) -> Any:
        statements = original(doc)
        expands = _version(doc) == _VERSION
        for statement in statements:
            statement.expands = expands
        return statements

    return parse_policy_document


def _version(document: Any) -> Any:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return None
    return document.get("Version") if isinstance(document, dict) else None


def _expanded(original: Any) -> Any:
    def first_match(ctx: Any, stmts: Any, effect: str) -> Any:
        for statement in stmts:
            if statement.effect != effect:
                continue
            try:
                candidate = _expand_statement(statement, ctx)
            except _Absent:
                continue
            if original(ctx, [candidate], effect):
                return statement
        return None

    return first_match


def _expand_statement(statement: Any, ctx: Any) -> Any:
    if not getattr(statement, "expands", False):
        return statement
    texts = json.dumps([statement.resources, statement.not_resources, statement.conditions])
    if "${" not in texts:
        return statement
    return changed(
        statement,
        resources=_expand(statement.resources, ctx),
        not_resources=_expand(statement.not_resources, ctx),
        conditions=_expand(statement.conditions, ctx),
    )


def _expanded_trust(original: Any) -> Any:
    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        document = json.loads(trust_doc) if isinstance(trust_doc, str) else trust_doc
        if ctx is not None and _version(document) == _VERSION and "${" in json.dumps(document):
            statements = document.get("Statement", [])
            kept = []
            for statement in [statements] if isinstance(statements, dict) else statements:
                try:
                    kept.append(statement | {"Condition": _expand(statement.get("Condition", {}), ctx)})
                except _Absent:
                    continue
            document = document | {"Statement": kept}
        return original(document, caller_arn, ctx)

    return evaluate_trust_policy


def _expand(value: Any, ctx: Any) -> Any:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: _value(found, ctx), value)
    if isinstance(value, list):
        return [_expand(one, ctx) for one in value]
    if isinstance(value, dict):
        return {key: _expand(one, ctx) for key, one in value.items()}
    return value


def _value(found: re.Match[str], ctx: Any) -> str:
    key, default = found.groups()
    if key == "$":
        return "$"
    if key in ("*", "?"):
        return found.group(0)
    value = lookup("core.iam_evaluator")._resolve_condition_key(key, ctx)
    if value is None:
        value = default
    if not isinstance(value, str) or "*" in value or "?" in value:
        raise _Absent
    return value
