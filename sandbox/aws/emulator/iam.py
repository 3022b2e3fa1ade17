"""Shared by the corrections of IAM: MiniStack's IAM module, and a way to run a check before an operation."""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from sandbox.aws.emulator.patching import lookup, replace

#: Code and message of an error, or None to go on.
Refusal = tuple[str, str] | None
_STATUS = {"NoSuchEntity": 404, "EntityAlreadyExists": 409, "DeleteConflict": 409, "LimitExceeded": 409}


def iam() -> Any:
    """Return MiniStack's module of IAM, whose stores and private helpers the corrections work with."""
    return lookup("services.iam")


def check_before(operation: str, check: Callable[[Callable[[str], str]], Refusal]) -> None:
    """Run *check* before the operation. It gets a function that returns a parameter of the request."""
    around(operation, lambda original: lambda p: _call_checked(original, check, p))


def around(operation: str, make: Callable[[Callable[[Any], Any]], Callable[[Any], Any]]) -> None:
    """Replace the function that answers an operation, in the module and in its table of operations."""
    original = getattr(iam(), operation, None)
    replace(f"services.iam.{operation}", "p", make)
    table = iam()._IAM_HANDLERS
    for action in [action for action, function in table.items() if function is original]:
        table[action] = getattr(iam(), operation)


def problem_at(member: str, value: str, constraint: str) -> Refusal:
    """Return the error for a value that violates the constraint of a member."""
    return (
        "ValidationError",
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}",
    )


def _call_checked(original: Callable[[Any], Any], check: Callable[[Callable[[str], str]], Refusal], p: Any) -> Any:
    if refusal := check(lambda name: iam()._p(p, name)):
        code, message = refusal
        return iam()._error(_STATUS.get(code, 400), code, escape(message), ns="iam")
    return original(p)
