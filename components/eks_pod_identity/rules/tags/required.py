"""The tags that the policy configuration requires."""

import functools
from dataclasses import dataclass
from typing import Any, Protocol, cast


class Expression(Protocol):
    """A compiled regular expression."""

    def fullmatch(self, text: str) -> object | None:
        """Return a match if the expression matches all of *text*."""
        ...


@dataclass(frozen=True, slots=True)
class Required:
    """The requirement for one key: any value, one of *values*, or one that matches *pattern* completely."""

    key: str
    values: tuple[str, ...] = ()
    pattern: str = ""

    def accepts(self, value: str) -> bool:
        """Return whether *value* is allowed."""
        if self.values and value not in self.values:
            return False
        return not self.pattern or _describes(self.pattern, value)


def _describes(pattern: str, value: str) -> bool:
    try:
        return expression(pattern).fullmatch(value) is not None
    except UnicodeEncodeError:  # a lone surrogate, which AWS accepts in no tag
        return False


@functools.lru_cache(maxsize=64)
def expression(pattern: str) -> Expression:
    """Compile a pattern in the syntax of RE2, with which Pulumi also checks the configuration.

    RE2 takes linear time for every pattern and text. Python's `re` takes minutes for some, and anybody may write the
    text, a tag.

    Raises:
        ValueError: If it is not a regular expression of RE2.
    """
    import re2 as untyped  # noqa: PLC0415 - only a pattern pays for it  # pyright: ignore[reportMissingTypeStubs]

    re2 = cast("Any", untyped)
    options = re2.Options()
    options.log_errors = False
    try:
        return cast("Expression", re2.compile(pattern, options))
    except re2.error as error:
        raise ValueError(str(error)) from None
