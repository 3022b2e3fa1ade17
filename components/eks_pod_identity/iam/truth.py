"""Three-valued logic: True, False, and None for what depends on an unknown value (Kleene's strong logic)."""

from collections.abc import Iterable


def negate(value: bool | None) -> bool | None:
    """Return the opposite; None stays None."""
    return None if value is None else not value


def any_of(values: Iterable[bool | None], *, otherwise: bool | None = False) -> bool | None:
    """Return True if any is True; otherwise None if any, or *otherwise*, is None; otherwise False."""
    answer = otherwise
    for value in values:
        if value:
            return True
        if value is None:
            answer = None
    return answer


def all_of(values: Iterable[bool | None]) -> bool | None:
    """Return False if any is False; otherwise None if any is None; otherwise True."""
    answer: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is None:
            answer = None
    return answer
