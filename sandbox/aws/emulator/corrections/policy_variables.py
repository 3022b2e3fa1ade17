"""`${...}` in `Resource`, `NotResource` and `Condition` stands for the value of that key in the request.

AWS: IAM User Guide, "IAM policy elements: variables and tags".

- Only documents of version 2012-10-17 have variables. In an older one the text is taken as it is.
- In `Resource` and `NotResource` they expand after the fifth colon of the ARN, in `Condition` in the values of String
  and Arn operators; everywhere else the text is taken as it is.
- The value is literal, even if it holds `*` or `?`. `${*}`, `${?}` and `${$}` are those characters themselves.
- A default follows a comma: `${aws:PrincipalTag/team, 'none'}`.
- A variable without a value is equal to nothing and like nothing: positive operators do not match, inverted ones
  (`StringNotEquals`, `StringNotLike`) do, `Resource` matches no resource, and `NotResource` therefore applies. The
  other entries of the same list are not affected.

MiniStack compares the text as written. Simplified here: a key with several values has no value as a variable.
"""

import json
import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import replace as changed
from typing import Any

from sandbox.aws.emulator.patching import lookup, replace

_VARIABLE = re.compile(r"\$\{\s*([^{},\s]+)\s*(?:,\s*'([^']*)'\s*)?\}")
_VERSION = "2012-10-17"
_FIELDS_BEFORE_RESOURCE = 5

# Patterns are matched by MiniStack, which has no way to write a literal `*`. These code points stand for one in an
# expanded pattern; no policy can hold them, because IAM accepts characters up to U+00FF only.
_LITERAL = {"*": "\ue000", "?": "\ue001"}
_NO_VALUE = "\ue002"
_TO_LITERAL = str.maketrans(_LITERAL)
_FROM_LITERAL = str.maketrans({mark: character for character, mark in _LITERAL.items()})

_version_of_resource_policy: ContextVar[Any] = ContextVar("version_of_resource_policy", default=None)


def apply() -> None:
    """Expand variables before a statement is compared with a request."""
    replace("core.iam_evaluator.parse_policy_document", "doc", _with_version)
    replace("core.iam_evaluator._first_match", "ctx stmts effect", _expanding)
    replace("core.iam_evaluator.evaluate_trust_policy", "trust_doc caller_arn ctx", _expanding_trust)
    replace(
        "core.iam_evaluator.evaluate_resource_policy",
        "doc ctx service named_only direct_only",
        _keeping_version,
    )
    replace("core.iam_evaluator.fnmatch_iam_cs", "value pattern", _matching_literals)
    replace("core.iam_evaluator._names_condition_key", "policies prefix", _naming_variables)


def _with_version(original: Any) -> Any:
    """Note on each statement whether its document has variables."""

    def parse_policy_document(doc: Any) -> Any:
        statements = original(doc)
        expands = _version(doc) == _VERSION
        for statement in statements:
            statement.expands = expands
        return statements

    return parse_policy_document


def _keeping_version(original: Any) -> Any:
    """MiniStack parses the statements that apply as a new document, and drops the version of the resource policy."""

    def evaluate_resource_policy(doc: Any, ctx: Any, *rest: Any, **options: Any) -> Any:
        token = _version_of_resource_policy.set(_version(doc))
        try:
            return original(doc, ctx, *rest, **options)
        finally:
            _version_of_resource_policy.reset(token)

    return evaluate_resource_policy


def _version(document: Any) -> Any:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return None
    if not isinstance(document, dict):
        return None
    return document.get("Version") or _version_of_resource_policy.get()


def _expanding(original: Any) -> Any:
    def first_match(ctx: Any, stmts: Any, effect: str) -> Any:
        for statement in stmts:
            if statement.effect == effect and original(ctx, [_expand_statement(statement, ctx)], effect):
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
        resources=[_expand_resource(arn, ctx) for arn in statement.resources],
        not_resources=[_expand_resource(arn, ctx) for arn in statement.not_resources],
        conditions=_expand_conditions(statement.conditions, ctx),
    )


def _expanding_trust(original: Any) -> Any:
    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        if ctx is None or _version(trust_doc) != _VERSION or "${" not in json.dumps(trust_doc):
            return original(trust_doc, caller_arn, ctx)
        document = json.loads(trust_doc) if isinstance(trust_doc, str) else trust_doc
        statements = document.get("Statement", [])
        expanded = [
            statement | {"Condition": _expand_conditions(statement.get("Condition", {}), ctx)}
            for statement in ([statements] if isinstance(statements, dict) else statements)
        ]
        return original(document | {"Statement": expanded}, caller_arn, ctx)

    return evaluate_trust_policy


def _expand_resource(arn: str, ctx: Any) -> str:
    """Return the pattern that *arn* stands for; one without a value matches nothing, but is still an entry."""

    def value(match: re.Match[str]) -> str:
        before = _VARIABLE.sub("", arn[: match.start()])
        if before.count(":") < _FIELDS_BEFORE_RESOURCE:
            return match.group(0)
        return _literal(_value(match, ctx))

    return _VARIABLE.sub(value, arn)


def _expand_conditions(conditions: Any, ctx: Any) -> Any:
    if not isinstance(conditions, dict):
        return conditions
    return {
        operator: {key: _expand_values(operator, values, ctx) for key, values in keys.items()}
        if isinstance(keys, dict) and _has_variables(operator)
        else keys
        for operator, keys in conditions.items()
    }


def _has_variables(operator: str) -> bool:
    return operator.lower().rpartition(":")[2].startswith(("string", "arn"))


def _is_pattern(operator: str) -> bool:
    name = operator.lower().rpartition(":")[2]
    return name.startswith("arn") or "like" in name


def _expand_values(operator: str, values: Any, ctx: Any) -> list[Any]:
    """Return the values to compare with. One without a value is left out: it is equal to nothing."""
    return list(_values(operator, values if isinstance(values, list) else [values], ctx))


def _values(operator: str, values: list[Any], ctx: Any) -> Iterator[Any]:
    for value in values:
        if not isinstance(value, str):
            yield value
            continue
        expanded = _VARIABLE.sub(lambda match: _literal(_value(match, ctx)), value)
        if _NO_VALUE not in expanded:
            yield expanded if _is_pattern(operator) else expanded.translate(_FROM_LITERAL)


def _literal(value: str | None) -> str:
    return _NO_VALUE if value is None else value.translate(_TO_LITERAL)


def _value(match: re.Match[str], ctx: Any) -> str | None:
    key, default = match.groups()
    if key in ("$", "*", "?"):
        return key
    value = lookup("core.iam_evaluator")._resolve_condition_key(key, ctx)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int) else default


def _matching_literals(original: Any) -> Any:
    marks = tuple(_LITERAL.values())

    def fnmatch_iam_cs(value: str, pattern: str) -> bool:
        if _NO_VALUE in pattern:
            return False
        if not any(mark in pattern for mark in marks):
            return original(value, pattern)
        wildcards = {"*": ".*", "?": "."}
        parts = (wildcards.get(character) or re.escape(character.translate(_FROM_LITERAL)) for character in pattern)
        return re.fullmatch("".join(parts), value) is not None

    return fnmatch_iam_cs


def _naming_variables(original: Any) -> Any:
    """MiniStack reads the tags of a resource only where a condition key names them; a variable can name them too."""

    def names_condition_key(policies: Any, prefix: str) -> bool:
        variable = f"${{{prefix}"
        return original(policies, prefix) or any(
            variable in json.dumps([statement.resources, statement.not_resources, statement.conditions]).lower()
            for statements in policies
            for statement in statements
        )

    return names_condition_key
