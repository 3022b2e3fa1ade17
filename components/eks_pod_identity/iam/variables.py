"""Policy variables: `${aws:PrincipalTag/team, 'none'}` stands for the value that the request has under that key.

Source: IAM User Guide, "IAM policy elements: Variables and tags". A value is compared as it is, even where it holds a
`*`. A variable without a value, and without a default, makes the text it stands in equal nothing.
"""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass

from eks_pod_identity.iam.possible import ABSENT, Open, Value
from eks_pod_identity.iam.wildcards import has_wildcard, literal

_MARK = "${"
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_INNER = re.compile(r"\s*([^\s,']+)\s*(?:,\s*'([^']*)'\s*)?")
_CHARACTERS = ("*", "?", "$")


@dataclass(frozen=True, slots=True)
class Expansion:
    """A text with its variables replaced.

    Attributes:
        text: The text; open parts are `*`.
        has_value: False when a variable has no value, so that the text equals nothing.
        is_open: Whether a part is not known.
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
    """Tell whether *text* has something that IAM may take for a variable."""
    return _MARK in text


def variable_keys(text: str) -> tuple[str, ...]:
    """Return the condition keys that the variables of *text* name, in lower case."""
    return tuple(part.key.lower() for part in _parts(text) if part.key) if _MARK in text else ()


def keys_without_default(text: str) -> tuple[str, ...]:
    """Return the condition keys, as written, of the variables that have no value when the request lacks the key."""
    if _MARK not in text:
        return ()
    return tuple(part.key for part in _parts(text) if part.key and part.default is None)


def with_defaults(text: str) -> str:
    """Return *text* as it is for a request without the keys of its variables; one without a default stays `*`."""
    return "".join(_without_value(part) for part in _parts(text))


def _without_value(part: _Part) -> str:
    if not part.key:
        return "*" if part.is_malformed else part.text
    return "*" if part.default is None else part.default


def expand(text: str, value_of: Callable[[str], Value], *, in_pattern: bool) -> Expansion:
    """Replace the variables of *text*; *in_pattern* keeps wildcards of their values from being wildcards."""
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
            # Absent, or a key with several values, which has none as a variable.
            if value is ABSENT and part.default is not None:
                # Whether a star in a default is a wildcard, AWS does not say.
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
