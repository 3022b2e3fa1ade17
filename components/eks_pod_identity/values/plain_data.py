"""Checks that a value is plain data: strings, numbers, booleans, lists and maps, of limited depth and size.

This check comes first, so that rules need not handle values that contain themselves, keys that are not strings, or
strings that cannot be encoded.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import cast

from eks_pod_identity.errors import Path, Problem, RuleError, type_name

DEEPEST = 32
"""The deepest nesting of a document or an argument. None needs even a third of that."""

MOST = 250_000
"""The most values in one argument: more than 5,000 bindings (a cluster's quota), each with a long session policy."""

_LARGEST = 2**53
"""The largest whole number that a double holds exactly. Pulumi sends numbers as doubles."""


def _pass_nothing(_value: object) -> bool:
    return False


def check(value: object) -> None:
    """Check one value.

    Raises:
        RuleError: If it is not plain data.
    """
    if broken := problems(value, ()):
        raise RuleError(broken[0].rule, broken[0].fix, broken)


def problems(value: object, path: Path, passes: Callable[[object], bool] = _pass_nothing) -> list[Problem]:
    """Return why a value is not plain data, each problem with its path below *path*.

    Values for which *passes* returns true are not inspected.
    """
    walk = _Walk(passes)
    walk.visit(value, path, DEEPEST)
    return walk.problems


@dataclass
class _Walk:
    passes: Callable[[object], bool]
    problems: list[Problem] = field(default_factory=list[Problem])
    seen: int = 0

    def visit(self, value: object, path: Path, levels: int) -> None:
        if isinstance(value, str):
            if not value.isascii():
                self._text(value, path)
        elif isinstance(value, Mapping):
            self._map(cast("Mapping[object, object]", value), path, levels)
        elif isinstance(value, list | tuple):
            self._list(cast("list[object]", value), path, levels)
        elif isinstance(value, int | float):
            if not abs(value) <= _LARGEST:
                self._add_problem(path, "The number is too large, or is not a number.", "Write it as a string.")
        elif not (value is None or isinstance(value, dt.date) or self.passes(value)):
            self._add_problem(
                path,
                f"Expected a string, number, boolean, list, map or Output, got {type_name(value)}.",
                _what_to_pass(value),
            )

    def _list(self, items: list[object], path: Path, levels: int) -> None:
        if self._has_room(len(items), path, levels):
            for index, item in enumerate(items):
                self.visit(item, (*path, index), levels - 1)

    def _map(self, items: Mapping[object, object], path: Path, levels: int) -> None:
        if not self._has_room(len(items), path, levels):
            return
        for key, item in items.items():
            if isinstance(key, str) and (key.isascii() or self._text(key, path)):
                self.visit(item, (*path, key), levels - 1)
            elif not isinstance(key, str):
                self._add_problem(
                    path, f"A key of this map is {type_name(key)}, not a string.", "Put every key in quotes."
                )

    def _text(self, value: str, path: Path) -> bool:
        try:
            value.encode()
        except UnicodeEncodeError:
            self._add_problem(
                path,
                "The string contains a lone surrogate, which cannot be encoded.",
                "Read it from its source with the right encoding.",
            )
            return False
        return True

    def _has_room(self, further: int, path: Path, levels: int) -> bool:
        self.seen += further
        if self.seen > MOST:
            if self.seen - further <= MOST:
                self._add_problem(path, f"The argument has more than {MOST:,} values.", "Split it.")
            return False
        if levels <= 0:
            # Reported for the argument as a whole, because nobody typed a path this deep.
            self._add_problem(
                path[: len(path) - DEEPEST],
                f"The value is nested deeper than {DEEPEST} levels, or contains itself.",
                "Flatten it.",
            )
            return False
        return True

    def _add_problem(self, path: Path, rule: str, fix: str) -> None:
        problem = Problem(path, rule, fix)
        if problem not in self.problems:
            self.problems.append(problem)


def _what_to_pass(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return "Decode it to a string."
    if isinstance(value, AbstractSet | range | Iterator):
        return "Make a list of it."
    return "Pass the string or Output you need, such as the name or the ARN."
