"""How arguments and outputs are spelled in state, in policies and in every language but Python."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

import pulumi

from eks_pod_identity.errors import camel_case

PACKAGE = "eks-pod-identity"


def inputs_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a component as its inputs in state, where policies read them."""
    return {camel_case(key): _spell(key, value) for key, value in arguments.items()}


def set_outputs(component: pulumi.ComponentResource, outputs: Mapping[str, Any]) -> None:
    """Set *outputs* on a component and register them; state spells them in camelCase."""
    for key, value in outputs.items():
        setattr(component, key, value if isinstance(value, pulumi.Output) else pulumi.Output.from_input(value))
    component.register_outputs({camel_case(key): value for key, value in outputs.items()})


def _spell(key: str, value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if key == "bindings" and isinstance(value, list):
        return [
            inputs_of(cast("Mapping[str, Any]", item)) if isinstance(item, Mapping) else item
            for item in cast("list[object]", value)
        ]
    return value
