"""Finds a text that matches both a pattern with `*` and `?` and a value of which only the form is known.

The value is a sequence of positions, each with the letters allowed there; a position may repeat. The pattern is read
once, and the set of positions that may come next is one integer, with a bit for each. The cost therefore grows with
the length of the pattern, not with the number of its stars.
"""

import functools
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letters:
    """A position of a value.

    Attributes:
        letters: The letters allowed there; empty for any.
        example: The letter to write if the pattern leaves it open.
        repeats: Whether any number of letters is allowed, including none. Two such positions never follow each other.
    """

    letters: str
    example: str
    repeats: bool = False

    def allows(self, letter: str) -> bool:
        """Return whether *letter* is allowed here."""
        return not self.letters or letter in self.letters


class Automaton:
    """The positions of one value, ready to be compared with patterns."""

    def __init__(self, positions: tuple[Letters, ...]) -> None:
        """Store the *positions*, in order."""
        self._positions = positions
        self._all = (1 << (len(positions) + 1)) - 1
        self._repeating = sum(1 << index for index, position in enumerate(positions) if position.repeats)
        self._single = self._all & ~self._repeating & ~(1 << len(positions))
        self._first = 1 | ((1 & self._repeating) << 1)
        self._taking = functools.lru_cache(maxsize=256)(self._positions_taking)

    def intersects(self, pattern: str) -> bool:
        """Return whether some text has the form of the value and matches *pattern*."""
        state = self._first
        for letter in pattern:
            state = self._next_positions(state, letter)
            if not state:
                return False
        return bool(state >> len(self._positions) & 1)

    def common_text(self, pattern: str) -> str | None:
        """Return such a text, or None."""
        states = [self._first]
        for letter in pattern:
            states.append(self._next_positions(states[-1], letter))
        position = len(self._positions)
        if not states[-1] >> position & 1:
            return None
        parts: list[str] = []
        for letter, state in zip(reversed(pattern), reversed(states[:-1]), strict=True):
            position, part = self._previous_position(state, letter, position)
            parts.append(part)
        return "".join(reversed(parts))

    def _next_positions(self, state: int, letter: str) -> int:
        """Return the positions that may come next, once *letter* of the pattern is read."""
        if letter == "*":
            return self._all & ~((state & -state) - 1) if state else 0
        single, repeating = (self._single, self._repeating) if letter == "?" else self._taking(letter)
        following = ((state & single) << 1) | (state & repeating)
        return following | ((following & self._repeating) << 1)

    def _positions_taking(self, letter: str) -> tuple[int, int]:
        taking = sum(1 << index for index, position in enumerate(self._positions) if position.allows(letter))
        return taking & self._single, taking & self._repeating

    def _previous_position(self, state: int, letter: str, position: int) -> tuple[int, str]:
        """Return a position from which *letter* of the pattern leads to *position*, and the text in between."""
        if letter == "*":
            first = (state & -state).bit_length() - 1
            return first, "".join(item.example for item in self._positions[first:position])
        # The position itself if it repeats; the one before; or the one before a position that repeats and is skipped.
        for start in (position, position - 1, position - 2):
            if start < 0 or start >= len(self._positions) or not state >> start & 1:
                continue
            entered = self._positions[start]
            skipped = range(start if entered.repeats else start + 1, position)
            leads = (entered.repeats or start < position) and all(self._positions[index].repeats for index in skipped)
            if leads and (letter == "?" or entered.allows(letter)):
                return start, (entered.letters[:1] or "x") if letter == "?" else letter
        raise AssertionError(letter)  # every position in a state was reached from one in the state before
