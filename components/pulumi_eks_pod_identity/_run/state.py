"""Spells arguments and outputs as in state, in policies and in languages other than Python."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, cast

import pulumi

from eks_pod_identity.errors import camel_case
from eks_pod_identity.values import plain_data
from pulumi_eks_pod_identity._run.outputs import has_outputs, is_output

PACKAGE = "eks-pod-identity"


def inputs_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a component as its inputs in state, where policies read them."""
    return {camel_case(key): _spell(key, value) for key, value in arguments.items()}


def set_outputs(component: pulumi.ComponentResource, outputs: Mapping[str, Any]) -> None:
    """Set *outputs* on a component, and register them in camelCase."""
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
    return _sendable(value)


def _sendable(value: object) -> object:
    """Return a value without what the protocol cannot send, such as an Output of an object or of bytes.

    Validation refuses it with every other problem. The SDK would raise earlier, and for one value only.
    """
    if not has_outputs(value):
        return value
    if isinstance(value, pulumi.Output):
        return cast("pulumi.Output[object]", value).apply(_sendable_or_nothing)
    if isinstance(value, Mapping):
        return {key: _sendable(item) for key, item in cast("Mapping[str, object]", value).items()}
    return [_sendable(item) for item in cast("Sequence[object]", value)]


def _sendable_or_nothing(value: object) -> object:
    if plain_data.problems(value, (), is_output):
        return None
    return _sendable(_with_dates_as_text(value))


def _with_dates_as_text(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _with_dates_as_text(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_with_dates_as_text(item) for item in cast("Sequence[object]", value)]
    return value.isoformat() if isinstance(value, dt.date) else value
