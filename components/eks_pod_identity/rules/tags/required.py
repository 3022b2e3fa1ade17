"""What the policy configuration requires of tags."""

import functools
from dataclasses import dataclass
from typing import Any, Protocol, cast


class Expression(Protocol):
    """A compiled regular expression."""

    def fullmatch(self, text: str) -> object | None:
        """Return a match when the expression describes all of *text*."""
        ...


@dataclass(frozen=True, slots=True)
class Required:
    """What is required of one key: any value, one of *values*, or one that *pattern* describes completely."""

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
    except UnicodeEncodeError:  # a lone surrogate, which AWS takes in no tag
        return False


@functools.lru_cache(maxsize=64)
def expression(pattern: str) -> Expression:
    """Compile a pattern in the syntax of RE2, the one that Pulumi checks the configuration with.

    RE2 takes linear time for every pattern and text. Python's own `re` takes minutes for some of them, and the text is
    a tag that anybody may write.

    Raises:
        ValueError: If it is no regular expression of RE2.
    """
    import re2 as untyped  # noqa: PLC0415 - only a pattern pays for it  # pyright: ignore[reportMissingTypeStubs]

    re2 = cast("Any", untyped)
    options = re2.Options()
    options.log_errors = False
    try:
        return cast("Expression", re2.compile(pattern, options))
    except re2.error as error:
        raise ValueError(str(error)) from None
