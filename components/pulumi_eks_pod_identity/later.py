"""Values that may be known now or later, and how to keep what is known known.

A document is text in an IAM resource. If it were always made inside an `apply` with everything else, one unknown part
would hide all of it from previews and from policies. So a value is computed at once when its parts are plain, and from
its unknown parts alone otherwise.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import pulumi

T = TypeVar("T")
MaybeLater = T | pulumi.Output[T]

_PLAIN = (str, int, float, bool, bytes, type(None))


def is_later(value: object) -> bool:
    """Tell whether *value* itself has to be waited for."""
    return not isinstance(value, _PLAIN) and isinstance(value, pulumi.Output | Awaitable | pulumi.output.Unknown)


def has_later(value: object) -> bool:
    """Tell whether *value*, or anything inside it, has to be waited for."""
    if isinstance(value, _PLAIN):  # nearly all that is asked about: policy documents are made of it
        return False
    if isinstance(value, Mapping):
        return any(map(has_later, cast("Mapping[object, object]", value).values()))
    if isinstance(value, list | tuple):
        return any(map(has_later, cast("Sequence[object]", value)))
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

    if len(waiting) == 1 and isinstance(only := parts[waiting[0]], pulumi.Output):
        return cast("pulumi.Output[Any]", only).apply(lambda value: call([value]))
    return pulumi.Output.all(*(parts[index] for index in waiting)).apply(call)


def ready(resources: Sequence[pulumi.Resource]) -> pulumi.Output[Any]:
    """Return an output that resolves once all of *resources* exist, and that depends on them.

    A URN is known at preview and arrives when its resource is finished, hooks included.
    """
    if len(resources) == 1:
        return resources[0].urn

    async def urns() -> None:
        for resource in resources:
            await resource.urn.future()

    return pulumi.Output(set(resources), urns(), _known())


def after(value: pulumi.Input[T], until: pulumi.Output[Any]) -> pulumi.Output[T]:
    """Return *value* as an output that resolves after *until*, and that depends on what it depends on.

    So the value stays known at preview, and whoever uses it is created after the resources and deleted before them.
    """
    if isinstance(value, pulumi.Output):
        return cast("pulumi.Output[T]", value).apply(lambda settled: until.apply(lambda _: settled))
    return until.apply(lambda _: value)


def together(items: Sequence[pulumi.Output[T]]) -> pulumi.Output[list[T]]:
    """Return the values of *items* as one output, like `Output.all` with two outputs less for each of them.

    There may be thousands.
    """

    async def resources() -> set[pulumi.Resource]:
        return set[pulumi.Resource]().union(*[await item.resources() for item in items])

    async def values() -> list[T]:
        return [cast("T", await item.future(with_unknowns=True)) for item in items]

    async def known() -> bool:
        return all([await item.is_known() for item in items])

    async def secret() -> bool:
        return any([await item.is_secret() for item in items])

    return pulumi.Output(_Started(resources), _Started(values), _Started(known), _Started(secret))


class _Started(Awaitable[T], Generic[T]):
    """An awaitable that begins when it is awaited: a coroutine that never is, because another failed, warns of it."""

    def __init__(self, function: Callable[[], Awaitable[T]]) -> None:
        self._function = function

    def __await__(self) -> Generator[Any, Any, T]:
        return self._function().__await__()


def _known() -> asyncio.Future[bool]:
    known: asyncio.Future[bool] = asyncio.Future()
    known.set_result(True)
    return known
