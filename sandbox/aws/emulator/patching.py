"""Replaces functions of MiniStack with ours, which may call the original.

A correction must never be lost silently. So each one names the function and the parameters it has in the pinned
MiniStack, and the emulator does not start if it finds anything else.
"""

import importlib
import inspect
from collections.abc import Callable
from typing import Any


class CorrectionError(Exception):
    """MiniStack is not the version that a correction was written for. The message names the path."""


def replace(path: str, parameters: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Replace the function at *path* with what *make* returns for it.

    Args:
        path: `module.function` below the package `ministack`, as in `services.eks._create_addon`.
        parameters: The names of that function's parameters, separated by spaces.
        make: Takes the original and returns the replacement.

    Raises:
        CorrectionError: If there is no such function or it takes other parameters.
    """
    module_name, _, name = path.rpartition(".")
    module = lookup(module_name)
    original = getattr(module, name, None)
    if not inspect.isfunction(original):
        raise CorrectionError(f"MiniStack has no function {path}, which a correction of ours replaces. {_REMEDY}")
    actual = " ".join(inspect.signature(original).parameters)
    if actual != parameters:
        raise CorrectionError(f"MiniStack's {path} takes ({actual}), not ({parameters}) as expected. {_REMEDY}")
    setattr(module, name, make(original))


def lookup(module_name: str) -> Any:
    """Return a module below `ministack`.

    Raises:
        CorrectionError: If it is not there.
    """
    try:
        return importlib.import_module(f"ministack.{module_name}")
    except ImportError as error:
        raise CorrectionError(f"MiniStack has no module {module_name}: {error}. {_REMEDY}") from error


_REMEDY = "Install the version of locks/ministack.txt, or adapt the correction to this one."
