"""The values of request keys: one text, several, none, or an unknown value with a known form.

At preview, and for "any request that EKS could make", parts of a request are open. An open value still rules things
out: no namespace contains an upper-case letter, and no cluster ARN is an association ARN.
"""

import enum
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from eks_pod_identity.iam.automaton import Automaton, Letters
from eks_pod_identity.iam.wildcards import has_wildcard, matches

_PLACEHOLDER = "\ue002"


class _Absence(enum.Enum):
    """One member, so that a type checker narrows `value is ABSENT`."""

    ABSENT = "absent"


ABSENT = _Absence.ABSENT
"""The request has no such key."""

Absent = Literal[_Absence.ABSENT]


@dataclass(frozen=True, slots=True)
class Variable:
    """A part of a request that is not known. Keys that name the same variable share its value.

    Attributes:
        name: Variables of the same name have the same value.
        form: A regular expression, without groups, that every value matches.
        letters: The characters allowed in a value; empty for any.
        example: A value that no document contains.
        second_example: Another, as different as possible.
        length: The number of characters, if all values have the same.
    """

    name: str
    form: str = r"(?s:.+)"
    letters: str = ""
    example: str = "any-other-value"
    second_example: str = "x"
    length: int = 0


@dataclass(frozen=True, slots=True)
class Open:
    """An unknown value: a sequence of texts and variables."""

    pieces: tuple[str | Variable, ...]
    may_be_absent: bool = False
    many: bool = False

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Return the variables of the value, each once."""
        return tuple(dict.fromkeys(piece for piece in self.pieces if isinstance(piece, Variable)))

    @property
    def example(self) -> str:
        """Return a possible text of the value."""
        return "".join(piece if isinstance(piece, str) else piece.example for piece in self.pieces)

    def fill_in(self, values: Mapping[str, str]) -> "Text":
        """Return the value with the variables in *values* replaced; a text if none is left."""
        for piece in self.pieces:
            if isinstance(piece, Variable) and piece.name in values:
                break
        else:
            return self  # as most do: the search puts in one variable after the other
        pieces = [values.get(piece.name, piece) if isinstance(piece, Variable) else piece for piece in self.pieces]
        return _value(pieces, may_be_absent=self.may_be_absent, many=self.many)

    def __str__(self) -> str:
        """Return the value as people read it, each variable in angle brackets."""
        return "".join(piece if isinstance(piece, str) else f"<{piece.name}>" for piece in self.pieces)


Text = str | Open
Value = str | tuple[str, ...] | Open | Absent


def text_of(*pieces: str | Variable) -> Text:
    """Return the pieces as one text, which is open if it contains a variable."""
    texts = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(texts) if len(texts) == len(pieces) else _value(pieces)


@functools.lru_cache(maxsize=1024)
def unknown_value(name: str, *, may_be_absent: bool = True, many: bool = False) -> Open:
    """Return a value about which nothing is known."""
    return Open((Variable(name),), may_be_absent=may_be_absent, many=many)


def may_equal(value: Open, text: str, *, ignore_case: bool = False) -> bool | None:
    """Return whether *value* equals *text*: never (False) or perhaps (None)."""
    return None if _expression(value.pieces, ignore_case=ignore_case).fullmatch(text) else False


@functools.lru_cache(maxsize=4096)
def may_match(value: Open, pattern: str) -> bool | None:
    """Return whether *value* matches a pattern with `*` and `?`: always, never, or perhaps (None)."""
    if not has_wildcard(pattern):
        return may_equal(value, pattern)
    if "?" not in pattern and matches(pattern, _with_placeholders(value)):
        return True
    return None if automaton(value.pieces).intersects(pattern) else False


@functools.lru_cache(maxsize=4096)
def variable_values(value: Open, pattern: str, *, wildcards: bool) -> Mapping[str, str] | None:
    """Return values of the variables for which *value* matches *pattern*, or None."""
    text = pattern if not (wildcards and has_wildcard(pattern)) else common_text(value, pattern)
    if text is None:
        return None
    match = _expression(value.pieces, ignore_case=False).fullmatch(text)
    if match is None:
        return None
    return {variable.name: match.group(f"v{index}") for index, variable in enumerate(value.variables)}


def common_text(value: Open, pattern: str) -> str | None:
    """Return a text that matches *pattern* and has the form of *value*, or None."""
    return automaton(value.pieces).common_text(pattern)


def _value(pieces: Sequence[str | Variable], *, may_be_absent: bool = False, many: bool = False) -> Text:
    """Join neighbouring texts. A single text that cannot be absent is not open."""
    joined: list[str | Variable] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece != "":
            joined.append(piece)
    if not may_be_absent and all(isinstance(piece, str) for piece in joined):
        return "".join(cast("list[str]", joined))
    return Open(tuple(joined), may_be_absent, many)


def _with_placeholders(value: Open) -> str:
    return "".join(piece if isinstance(piece, str) else _PLACEHOLDER for piece in value.pieces)


@functools.lru_cache(maxsize=4096)
def _expression(pieces: tuple[str | Variable, ...], *, ignore_case: bool) -> re.Pattern[str]:
    groups: dict[Variable, str] = {}
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += re.escape(piece)
        elif piece in groups:
            text += f"(?P={groups[piece]})"
        else:
            groups[piece] = f"v{len(groups)}"
            text += f"(?P<{groups[piece]}>{piece.form})"
    return re.compile(text, re.IGNORECASE if ignore_case else 0)


@functools.lru_cache(maxsize=512)
def automaton(pieces: tuple[str | Variable, ...]) -> Automaton:
    """Return the automaton that finds texts common to a value and a pattern."""
    return Automaton(tuple(_letters(pieces)))


def _letters(pieces: tuple[str | Variable, ...]) -> Iterator[Letters]:
    for piece in pieces:
        if isinstance(piece, str):
            yield from (Letters(letter, letter) for letter in piece)
        elif piece.length:
            yield from (Letters(piece.letters, letter) for letter in piece.example)
        else:
            yield Letters(piece.letters, piece.example)
            yield Letters(piece.letters, "", repeats=True)
