"""Whether a value can be an argument at all, whatever its meaning: text, numbers, lists and maps, and an end to them.

Looked at before any rule is, so that rules can walk through what they are given without a thought for values that
contain themselves, for keys that are no text, or for text that no encoding takes.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from eks_pod_identity.errors import Path, Problem, RuleError, type_name

DEEPEST = 32
"""Levels that the rules of policies look into (`iam.document`); no argument needs a third of them."""

MOST = 250_000
"""Values in one argument. The 5,000 bindings that a cluster takes, each with a session policy as long as can be, have fewer."""

_LARGEST = 2**53
"""Numbers travel as double-precision fractions, which hold whole numbers up to this one."""


def _never(_value: object) -> bool:
    return False


def check(value: object) -> None:
    """Check one value.

    Raises:
        RuleError: If it cannot be an argument.
    """
    for problem in problems(value, ()):
        raise RuleError(problem.rule, problem.fix)


def problems(value: object, path: Path, passes: Callable[[object], bool] = _never) -> list[Problem]:
    """Return what makes a value impossible, each at its place below *path*.

    Values that *passes* is true of are not looked into.
    """
    walk = _Walk(passes)
    walk.visit(value, path, DEEPEST)
    return walk.found


@dataclass
class _Walk:
    passes: Callable[[object], bool]
    found: list[Problem] = field(default_factory=list[Problem])
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
                self._wrong(path, "The number cannot be sent as it is: it is too large or none.", "Write it as text.")
        elif not (value is None or isinstance(value, dt.date) or self.passes(value)):
            self._wrong(
                path,
                f"This is {type_name(value)}; arguments are text, numbers, lists and maps, or outputs of them.",
                "Give the text or the output that you mean, such as the name or the ARN.",
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
                self._wrong(path, f"A key of this map is {type_name(key)}; keys are text.", "Put every key in quotes.")

    def _text(self, value: str, path: Path) -> bool:
        try:
            value.encode()
        except UnicodeEncodeError:
            self._wrong(
                path,
                "The text has half of a character (a lone surrogate), which cannot be sent.",
                "Read it again from where it comes, with the right encoding.",
            )
            return False
        return True

    def _has_room(self, further: int, path: Path, levels: int) -> bool:
        self.seen += further
        if self.seen > MOST:
            if self.seen - further <= MOST:
                self._wrong(path, f"The argument has more than {MOST:,} values.", "Divide it.")
            return False
        if levels <= 0:
            # Said of the argument: where it ends is no place that anybody typed.
            self._wrong(
                path[: len(path) - DEEPEST],
                f"The value is nested deeper than {DEEPEST} levels, or contains itself.",
                "Write it out flat.",
            )
            return False
        return True

    def _wrong(self, path: Path, rule: str, fix: str) -> None:
        problem = Problem(path, rule, fix)
        if problem not in self.found:
            self.found.append(problem)
