"""Logic with three values: True, False, and None for what depends on something not known (Kleene's strong logic)."""

from collections.abc import Iterable


def negate(value: bool | None) -> bool | None:
    """Return the opposite; what is open stays open."""
    return None if value is None else not value


def any_of(values: Iterable[bool | None], *, otherwise: bool | None = False) -> bool | None:
    """Return True if one is; else None if one, or *otherwise*, is; else False."""
    answer = otherwise
    for value in values:
        if value:
            return True
        if value is None:
            answer = None
    return answer


def all_of(values: Iterable[bool | None]) -> bool | None:
    """Return False if one is; else None if one is; else True."""
    answer: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is None:
            answer = None
    return answer
