"""Policy variables: `${aws:PrincipalTag/team, 'none'}` expands to the request's value of that key.

Source: IAM User Guide, "IAM policy elements: Variables and tags". A `*` in a value
is not a wildcard. If a variable has neither a value nor a default, its text matches nothing.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from eks_pod_identity.iam.possible import ABSENT, Open, Value
from eks_pod_identity.iam.wildcards import has_wildcard, literal

_MARK = "${"
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_INNER = re.compile(r"\s*([^\s,']+|[^\s,']+tag/[^,']*[^\s,'])\s*(?:,\s*'([^']*)'\s*)?", re.IGNORECASE)
"""A condition key, in which the key of a tag may have spaces, and the default."""

_CHARACTERS = ("*", "?", "$")


@dataclass(frozen=True, slots=True)
class Expansion:
    """A text with its variables replaced.

    Attributes:
        text: The text; open parts are `*`.
        has_value: False if a variable has no value, so that the text matches nothing.
        is_open: Whether a part is unknown.
    """

    text: str
    has_value: bool = True
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of text, or a variable with its default."""

    text: str = ""
    key: str = ""
    default: str | None = None
    is_malformed: bool = False


def has_variables(text: str) -> bool:
    """Return whether *text* contains something that IAM may read as a variable."""
    return _MARK in text


def has_unfinished_variable(text: str) -> bool:
    """Return whether a variable in *text* has no end."""
    return _MARK in _VARIABLE.sub("", text)


def variable_keys(text: str) -> tuple[str, ...]:
    """Return the condition keys that the variables of *text* name, in lower case."""
    return tuple(key.lower() for key in keys_as_written(text))


def keys_as_written(text: str) -> tuple[str, ...]:
    """Return the condition keys that the variables of *text* name, as written."""
    return tuple(part.key for part in _parts(text) if part.key) if _MARK in text else ()


def keys_without_default(text: str) -> tuple[str, ...]:
    """Return the condition keys, as written, of variables without a default."""
    if _MARK not in text:
        return ()
    return tuple(part.key for part in _parts(text) if part.key and part.default is None)


def with_defaults(text: str) -> str:
    """Return *text* as it expands if the request lacks the keys; a variable without default becomes `*`."""
    return "".join(_without_value(part) for part in _parts(text))


def _without_value(part: _Part) -> str:
    if not part.key:
        return "*" if part.is_malformed else part.text
    return "*" if part.default is None else part.default


def expand(text: str, value_of: Callable[[str], Value], *, in_pattern: bool) -> Expansion:
    """Replace the variables of *text*; with *in_pattern*, wildcards in their values are literal."""
    if _MARK not in text:
        return Expansion(text)
    done = ""
    has_value, is_open = True, False
    for part in _parts(text):
        if part.is_malformed:
            done, is_open = done + "*", True
            continue
        key = part.key.lower()
        value: Value = value_of(key) if key else part.text
        if isinstance(value, Open):
            done, is_open = done + "*", True
        elif key and not isinstance(value, str):
            # Absent, or a key with several values, which does not expand.
            if value is ABSENT and part.default is not None:
                # AWS does not document whether a star in a default is a wildcard.
                is_open |= in_pattern and has_wildcard(part.default)
                done += part.default
            else:
                has_value = False
        elif isinstance(value, str):
            done += literal(value) if in_pattern and key else value
    return Expansion(done, has_value=has_value, is_open=is_open)


@functools.lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    end = 0
    for match in _VARIABLE.finditer(text):
        parts.append(_Part(text[end : match.start()]))
        parts.append(_variable(match.group(1)))
        end = match.end()
    parts.append(_Part(text[end:]))
    return tuple(part for part in parts if part != _Part())


def _variable(inner: str) -> _Part:
    if inner.strip() in _CHARACTERS:
        return _Part(literal(inner.strip()))
    match = _INNER.fullmatch(inner)
    if match is None:
        return _Part(is_malformed=True)
    return _Part(key=match.group(1), default=match.group(2))
