"""Keeps secret values out of errors, both about the secret itself and about other arguments.

Rules quote values in double quotes: whole values, parts of them, or values derived from them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from eks_pod_identity.errors import Path, Problem, escape_unprintable, shorten
from pulumi_eks_pod_identity.errors import DOCUMENT_ARGUMENTS, NOT_SHOWN

_QUOTED = re.compile(r'"[^"]*"')
_WORDS_OF_DOCUMENTS = frozenset(
    {"Action", "Allow", "Condition", "Deny", "Effect", "Principal", "Resource", "Statement", "Version", "2012-10-17"}
)
"""Words that a fix may quote even if a secret document contains them."""


def without_secrets(problems: Iterable[Problem], arguments: Any, secrets: Iterable[Path]) -> list[Problem]:
    """Return *problems* without the values of *secrets*, which are paths into *arguments*."""
    values = {path: value_at(arguments, path) for path in secrets}
    return hide_quoted_secrets([_without_own_value(problem, values) for problem in problems], arguments, values)


def hide_quoted_secrets(problems: Iterable[Problem], arguments: Any, secrets: Iterable[Path]) -> list[Problem]:
    """Return *problems* about other arguments without the values of *secrets*."""
    # Only a problem with a document quotes that document.
    values = [value_at(arguments, path) for path in secrets if path[0] not in DOCUMENT_ARGUMENTS]
    texts = {text for value in values for text in _texts(value)}
    if not texts:
        return list(problems)
    # Names join several values with slashes and hyphens.
    either = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])", re.IGNORECASE)

    def hide(text: str) -> str:
        return _QUOTED.sub(lambda quoted: pattern.sub(NOT_SHOWN, quoted.group()), text)

    return [replace(problem, rule=hide(problem.rule), fix=hide(problem.fix)) for problem in problems]


def value_at(arguments: Any, path: Path) -> Any:
    """Return the value at *path*, or None."""
    for part in path:
        try:
            arguments = arguments[part]
        except (KeyError, IndexError, TypeError):
            return None
    return arguments


def _without_own_value(problem: Problem, values: Mapping[Path, Any]) -> Problem:
    """Return *problem* without quoted values if it is about a secret or a value that contains one."""
    concerned = [path for path in values if path[: len(problem.path)] == problem.path[: len(path)]]
    if not concerned:
        return problem
    rule, quote, rest = problem.rule.partition('"')
    rule = f"{rule}{NOT_SHOWN}" + rest.rpartition('"')[2] if quote else f"{rule} The value is {NOT_SHOWN}."
    texts = {text for path in concerned for text in _texts(values[path])} - _WORDS_OF_DOCUMENTS
    fix = _QUOTED.sub(
        lambda quoted: f'"{NOT_SHOWN}"' if quoted.group()[1:-1] in texts else quoted.group(), problem.fix
    )
    written = f"{rule} {fix}".replace(",", "")  # numbers are written with commas
    if any(text and text in written for text in (str(values[path]) for path in concerned)):
        rule, fix = f"The value {NOT_SHOWN} breaks a rule of this argument.", "Correct it."
    return replace(problem, path=_without_keys(problem.path, concerned), rule=rule, fix=fix)


def _without_keys(path: Path, secrets: Iterable[Path]) -> Path:
    """Return *path* without the keys that are inside a secret, and so are secret as well."""
    known = min(len(secret) for secret in secrets)
    while known < len(path) and isinstance(path[known], int):
        known += 1
    return path[:known]


def _texts(value: object) -> Iterator[str]:
    """Return everything in *value* that could be quoted, in its quoted form: long text is cut."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[object, object]", value).items():
            yield from _texts(key)
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[object]", value):
            yield from _texts(item)
    elif isinstance(value, str) and value.strip():
        yield from {value, escape_unprintable(value), shorten(value).rstrip("…")}
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
