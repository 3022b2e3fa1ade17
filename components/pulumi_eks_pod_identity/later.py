"""Values that may be known now or later, and how to keep what is known known.

A document is text in an IAM resource. If it were always made inside an `apply` with everything else, one unknown part
would hide all of it from previews and from policies. So a value is computed at once when its parts are plain, and from
its unknown parts alone otherwise.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import pulumi

T = TypeVar("T")
MaybeLater = T | pulumi.Output[T]


def is_later(value: object) -> bool:
    """Tell whether *value* itself has to be waited for."""
    return isinstance(value, pulumi.Output | Awaitable | pulumi.output.Unknown)


def has_later(value: object) -> bool:
    """Tell whether *value*, or anything inside it, has to be waited for."""
    if isinstance(value, Mapping):
        return any(has_later(item) for item in cast("Mapping[object, object]", value).values())
    if isinstance(value, list | tuple):
        return any(has_later(item) for item in cast("Sequence[object]", value))
    return is_later(value)


def combine(function: Callable[..., T], *parts: Any) -> T | pulumi.Output[T]:
    """Call *function* with *parts*: now if all of them are known, else when the last of them is."""
    waiting = [index for index, part in enumerate(parts) if has_later(part)]
    if not waiting:
        return function(*parts)

    def call(arrived: Sequence[Any]) -> T:
        settled = list(parts)
        for index, value in zip(waiting, arrived, strict=True):
            settled[index] = value
        return function(*settled)

    return pulumi.Output.all(*(parts[index] for index in waiting)).apply(call)


def after(value: pulumi.Input[T], resources: Sequence[pulumi.Resource]) -> pulumi.Output[T]:
    """Return *value* as an output that resolves once all of *resources* exist, and that depends on them.

    A URN is known at preview and arrives when its resource is finished, hooks included. So the value stays known at
    preview, and whoever uses it is created after the resources and deleted before them.
    """

    def first(parts: Sequence[Any]) -> T:
        return cast("T", parts[0])

    return pulumi.Output.all(value, *(resource.urn for resource in resources)).apply(first)
