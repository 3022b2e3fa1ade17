"""Checks of booleans, whole numbers, free text and enum values."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from eks_pod_identity.errors import RuleError, quote, type_name

_SHOWN = 10**12
Choice = TypeVar("Choice", bound=StrEnum)


def boolean(value: object) -> bool:
    """Check a boolean."""
    if not isinstance(value, bool):
        raise RuleError(
            f"Expected a boolean, got {type_name(value)}.",
            "Write true or false, in Python True or False, without quotes.",
        )
    return value


def text(value: object) -> str:
    """Check free text, which may be empty."""
    if not isinstance(value, str):
        raise RuleError(f"Expected a string, got {type_name(value)}.", "Put the value in quotes.")
    return value


def anything(value: object) -> object:
    """Return a value unchecked: AWS or another rule checks it."""
    return value


def whole_number(least: int, most: int, unit: str) -> Callable[[object], int]:
    """Return the check of a whole number in a range. The plugin protocol sends numbers as floats."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise RuleError(f"Expected a whole number of {unit}, got {type_name(value)}.", "Write it without quotes.")
        if value % 1 != 0:
            raise RuleError(f"Expected a whole number of {unit}, got {value}.", "Round it to a whole number.")
        if not least <= value <= most:
            count = f"{int(value):,}" if abs(value) <= _SHOWN else "This number of"
            raise RuleError(
                f"{count} {unit} is outside the range {least:,} to {most:,}.", "Choose a number in that range."
            )
        return int(value)

    return check


def one_of(choices: type[Choice]) -> Callable[[object], Choice]:
    """Return the check of an enum value."""

    def check(value: object) -> Choice:
        if isinstance(value, str) and value in set(choices):
            return choices(value)
        allowed = ", ".join(f'"{choice}"' for choice in choices)
        actual = quote(value) if isinstance(value, str) else type_name(value)
        raise RuleError(f"{actual} is not an allowed value.", f"Use one of {allowed}.")

    return check
