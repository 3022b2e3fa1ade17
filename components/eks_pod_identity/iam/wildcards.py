"""IAM wildcards: `*` is any run of characters, `?` is one. No other character is special."""

import functools
import re
from collections.abc import Callable

from eks_pod_identity.iam.automaton import Automaton, Letters

_LONGEST_KEPT = 2_048
"""Longer patterns are cached in a smaller cache, to limit memory."""

_LITERALS = {"*": "\ue000", "?": "\ue001"}
_FROM_LITERALS = {mark: character for character, mark in _LITERALS.items()}
_TO_MARKS = str.maketrans(_LITERALS)
_TO_CHARACTERS = str.maketrans(_FROM_LITERALS)

Match = Callable[[str], bool]


def literal(text: str) -> str:
    """Return a pattern that covers only *text*, with its wildcards escaped."""
    return text.translate(_TO_MARKS)


def as_text(pattern: str) -> str:
    """Return the text that a pattern made by `literal` covers."""
    return pattern.translate(_TO_CHARACTERS)


def matches(pattern: str, text: str) -> bool:
    """Return whether *pattern* covers *text*, case-sensitively."""
    return (_compiled(pattern) if len(pattern) <= _LONGEST_KEPT else _compiled_long(pattern))(text)


def _compile(pattern: str) -> Match:
    """Split the pattern at its stars, and look for the parts from left to right.

    The first match of each part is always good enough, so a hostile pattern of many stars costs no more than a
    harmless one.
    """
    prefix, star, rest = pattern.partition("*")
    if not rest and "?" not in prefix:
        # Most patterns: a whole text, or the beginning of one.
        begin = as_text(prefix)
        return (lambda text: text.startswith(begin)) if star else (lambda text: text == begin)
    first, *others = [_Segment(part) for part in pattern.split("*")]
    if not others:
        return first.covers
    middle, last = [part for part in others[:-1] if part.length], others[-1]

    def test(text: str) -> bool:
        end = len(text) - last.length
        if end < first.length or not first.stands_at(text, 0) or not last.stands_at(text, end):
            return False
        position = first.length
        for part in middle:
            position = part.end_of_first(text, position, end)
            if position < 0:
                return False
        return True

    return test


_compiled = functools.lru_cache(maxsize=16_384)(_compile)
_compiled_long = functools.lru_cache(maxsize=32)(_compile)


class _Segment:
    """A part of a pattern without stars."""

    __slots__ = ("_expression", "_text", "length")

    def __init__(self, text: str) -> None:
        self.length = len(text)
        self._text = text if text.isascii() else as_text(text)
        self._expression: re.Pattern[str] | None = None
        if "?" in text:
            parts = text.split("?")
            self._expression = re.compile(".".join(re.escape(as_text(part)) for part in parts), re.DOTALL)

    def covers(self, text: str) -> bool:
        """Return whether the part is the whole of *text*."""
        if self._expression is None:
            return text == self._text
        return self._expression.fullmatch(text) is not None

    def stands_at(self, text: str, position: int) -> bool:
        """Return whether the part matches at *position*."""
        if self._expression is None:
            return text.startswith(self._text, position)
        return self._expression.match(text, position) is not None

    def end_of_first(self, text: str, start: int, end: int) -> int:
        """Return where the first occurrence between *start* and *end* ends, or -1."""
        if self._expression is None:
            position = text.find(self._text, start, end)
            return position if position < 0 else position + self.length
        match = self._expression.search(text, start, end)
        return match.end() if match else -1


def is_everything(pattern: str) -> bool:
    """Return whether *pattern* covers every text."""
    return bool(pattern) and not pattern.strip("*")


def has_wildcard(pattern: str) -> bool:
    """Return whether *pattern* contains a wildcard."""
    return "*" in pattern or "?" in pattern


_VARIABLE = re.compile(r"\$\{[^{}]{0,256}\}")


def with_variables_open(pattern: str) -> str:
    """Replace policy variables by `*`: their values are known only for a request."""
    return _VARIABLE.sub("*", pattern) if "${" in pattern else pattern


def without_variables(pattern: str) -> str:
    """Remove policy variables from the pattern."""
    return _VARIABLE.sub("", pattern) if "${" in pattern else pattern


def intersect(left: str, right: str) -> bool:
    """Return whether some text is covered by both patterns."""
    return _automaton(left).intersects(right)


@functools.lru_cache(maxsize=1024)
def _automaton(pattern: str) -> Automaton:
    positions: list[Letters] = []
    for character in pattern:
        is_star = character == "*"
        if not (is_star and positions and positions[-1].repeats):
            positions.append(Letters("" if character in "*?" else character, "", repeats=is_star))
    return Automaton(tuple(positions))
