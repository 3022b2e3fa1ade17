"""The arguments and outputs of components, spelled as in state, in policies and in languages other than Python."""

import datetime as dt
import inspect
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, TypeVar, cast

import pulumi

from eks_pod_identity.errors import camel_case
from eks_pod_identity.values import plain_data
from pulumi_eks_pod_identity._run.outputs import Gated, has_outputs, is_output

C = TypeVar("C", bound=pulumi.ComponentResource)
PACKAGE = "eks-pod-identity"
_UNREAD = "_eks_pod_identity_unread_outputs"


def inputs_of(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a component as its inputs in state, where policies read them."""
    return {camel_case(key): _spell(key, value) for key, value in arguments.items()}


def outputs_when_read(component: type[C]) -> type[C]:
    """Create the outputs that a component class declares when a program first reads them.

    Each output costs a task and about twenty objects, and programs read few of them.
    """
    for name in inspect.get_annotations(component):
        setattr(component, name, _WhenRead(name))
    return component


def set_outputs(component: pulumi.ComponentResource, outputs: Mapping[str, Any]) -> None:
    """Set *outputs* on a component, and register them in camelCase."""
    values = {key: _without_gate(value) for key, value in outputs.items()}
    attributes = vars(component)
    # `pulumi.export` of a component sends its attributes. An argument may have the name of an output.
    attributes.update(values)
    attributes[_UNREAD] = dict(outputs)
    component.register_outputs({camel_case(key): value for key, value in values.items()})


def _without_gate(value: Any) -> Any:
    return cast("Gated[Any]", value).value if isinstance(value, Gated) else value


def _output_of(value: Any) -> pulumi.Output[Any]:
    return cast("Gated[Any]", value).output() if isinstance(value, Gated) else pulumi.Output.from_input(value)


class _WhenRead:
    """An attribute of a component that becomes an output when it is first read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, component: pulumi.ComponentResource | None, _: type | None = None) -> Any:
        if component is None:
            return self
        attributes = vars(component)
        unread: dict[str, Any] = attributes.get(_UNREAD, {})
        if self._name in unread:
            self.__set__(component, _output_of(unread[self._name]))
        if self._name not in attributes:
            raise AttributeError(f"{type(component).__name__} has no output '{self._name}' yet.")
        return attributes[self._name]

    def __set__(self, component: pulumi.ComponentResource, output: Any) -> None:
        attributes = vars(component)
        attributes.get(_UNREAD, {}).pop(self._name, None)
        attributes[self._name] = output


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
    if isinstance(value, list | tuple):
        return [_sendable(item) for item in cast("Sequence[object]", value)]
    return None


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
