"""How arguments and outputs are spelled in state, in policies and in every language but Python."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

import pulumi

from eks_pod_identity.errors import camel_case

PACKAGE = "eks-pod-identity"


def inputs_of(args: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a component as its inputs in state, where policies read them."""
    return {camel_case(key): _spelled(key, value) for key, value in args.items() if value is not None}


def outputs_of(component: object, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Set *keys* on a component as its outputs, and return them as they are kept in state."""
    for key, value in keys.items():
        setattr(component, key, value if isinstance(value, pulumi.Output) else pulumi.Output.from_input(value))
    return {camel_case(key): value for key, value in keys.items()}


def _spelled(key: str, value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if key == "bindings" and isinstance(value, list | tuple):
        return [
            inputs_of(cast("Mapping[str, Any]", item)) if isinstance(item, Mapping) else item
            for item in cast("list[object]", value)
        ]
    return value
