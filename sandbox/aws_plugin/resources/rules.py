"""What the official provider checks of a value before it asks AWS."""

import json
import re
from collections.abc import Callable

Rule = Callable[[object], str | None]

_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|aws)?:.+", re.DOTALL)
_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)


def name(limit: int) -> Rule:
    """IAM's names: at most *limit* letters, digits and `+=,.@-_`."""

    def rule(value: object) -> str | None:
        text = str(value)
        if not 1 <= len(text) <= limit:
            return f"expected length to be in the range (1 - {limit}), got {text}"
        return None if _NAME.fullmatch(text) else "must match [\\w+=,.@-]"

    return rule


def arn(value: object) -> str | None:
    """An ARN; an empty text stands for none."""
    return None if value == "" or _ARN.fullmatch(str(value)) else f"({value}) is an invalid ARN"


def json_text(value: object) -> str | None:
    """Valid JSON."""
    try:
        json.loads(str(value))
    except ValueError as error:
        return f"contains an invalid JSON policy: {error}"
    return None


def between(low: int, high: int) -> Rule:
    """A number from *low* to *high*."""
    return lambda value: (
        None
        if isinstance(value, int) and low <= value <= high
        else f"expected to be in the range ({low} - {high}), got {value}"
    )


def one_of(*allowed: str) -> Rule:
    """One of the *allowed* texts."""
    return lambda value: None if value in allowed else f"expected to be one of {', '.join(allowed)}, got {value}"
