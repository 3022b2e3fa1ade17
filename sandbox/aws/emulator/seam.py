"""Where our code meets MiniStack's: one function of it is replaced by one of ours that may call it.

A correction must never be lost silently. So the place is named with the parameters that the pinned MiniStack has
there, and anything else found in it stops the start.
"""

import importlib
import inspect
from collections.abc import Callable
from typing import Any


class CorrectionError(Exception):
    """The pinned MiniStack is not what a correction was written for; the message names the place."""


def replace(place: str, parameters: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put what *make* returns in *place*; *make* is given the function that stands there.

    Args:
        place: `module.function` below the package `ministack`, as in `services.eks._create_addon`.
        parameters: The names of that function's parameters, separated by spaces.
        make: Takes the original and returns the replacement.

    Raises:
        CorrectionError: If there is no such function or it takes other parameters.
    """
    module_name, _, name = place.rpartition(".")
    module = lookup(module_name)
    original = getattr(module, name, None)
    if not inspect.isfunction(original):
        raise CorrectionError(f"MiniStack has no function {place}, which a correction of ours replaces. {_REMEDY}")
    found = " ".join(inspect.signature(original).parameters)
    if found != parameters:
        raise CorrectionError(f"MiniStack's {place} takes ({found}), not ({parameters}) as expected. {_REMEDY}")
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


_REMEDY = "Install the version of locks/ministack.txt, or write the correction anew for this one."
