"""Values that are known now, and Outputs that are known later.

A document is text in an IAM resource. If one `apply` always built it, a single unknown part would hide the whole
document from previews and policies. So a value is computed at once if its parts are plain, and otherwise waits only
for its unknown parts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import pulumi

from eks_pod_identity.errors import Path

T = TypeVar("T")
ValueOrOutput = T | pulumi.Output[T]

_PLAIN = (str, int, float, bool, bytes, type(None))


def is_output(value: object) -> bool:
    """Return whether *value* itself is not known yet."""
    return not isinstance(value, _PLAIN) and isinstance(value, pulumi.Output | Awaitable | pulumi.output.Unknown)


def has_outputs(value: object) -> bool:
    """Return whether *value*, or anything inside it, is not known yet."""
    if isinstance(value, _PLAIN):  # by far the most common, as in policy documents
        return False
    if isinstance(value, Mapping):
        return any(map(has_outputs, cast("Mapping[object, object]", value).values()))
    if isinstance(value, list | tuple):
        return any(map(has_outputs, cast("Sequence[object]", value)))
    return is_output(value)


def apply_all(function: Callable[..., T], *parts: Any) -> ValueOrOutput[T]:
    """Call *function* with *parts*: now if all are known, otherwise once they are."""
    waiting = [index for index, part in enumerate(parts) if has_outputs(part)]
    if not waiting:
        return function(*parts)

    def call(values: Sequence[Any]) -> T:
        known = list(parts)
        for index, value in zip(waiting, values, strict=True):
            known[index] = value
        return function(*known)

    if len(waiting) == 1 and isinstance(only := parts[waiting[0]], pulumi.Output):
        return cast("pulumi.Output[Any]", only).apply(lambda value: call([value]))
    return pulumi.Output.all(*(parts[index] for index in waiting)).apply(call)


def when_created(resources: Sequence[pulumi.Resource]) -> pulumi.Output[Any]:
    """Return an output that resolves once all of *resources* exist, and that depends on them.

    A URN is known at preview, and resolves when its resource is created and its hooks have run.
    """
    if len(resources) == 1:
        return resources[0].urn

    async def urns() -> None:
        for resource in resources:
            await resource.urn.future()

    return pulumi.Output(set(resources), urns(), _resolved_future(value=True))


def gate_on(value: pulumi.Input[T], gate: pulumi.Output[Any]) -> pulumi.Output[T]:
    """Return *value* as an output that resolves after *gate*, and that depends on what *gate* depends on.

    The value stays known at preview, and resources that use it are created after the gated ones and deleted before.
    """
    return gate.apply(lambda _: value)


@dataclass(frozen=True, slots=True)
class Gated(Generic[T]):
    """A value of a component that others must not use before resources exist.

    Attributes:
        value: The value.
        after: The resources.
    """

    value: ValueOrOutput[T]
    after: Sequence[pulumi.Resource]

    def output(self) -> pulumi.Output[T]:
        """Return the value as an output that resolves once the resources exist."""
        # A value may be a map of outputs, and only `from_input` looks inside.
        return when_created(self.after).apply(lambda _: pulumi.Output.from_input(self.value))


def check_when_known(value: object, check: Callable[["Resolved"], object]) -> pulumi.Output[Any]:
    """Return a gate that opens once every output inside *value* has resolved and *check* has passed.

    At preview some outputs stay unknown: *check* gets them as unknown, and the gate opens anyway. Passing the gate
    adds no dependency on the resources behind the outputs, and makes nothing secret.
    """

    async def check_resolved() -> None:
        check(await resolve(value))

    return pulumi.Output(set(), check_resolved(), _resolved_future(value=True))


def depend_on(
    gate: pulumi.Output[Any] | None, resources: Sequence[pulumi.Resource] = ()
) -> pulumi.Input[Sequence[pulumi.Input[pulumi.Resource]]]:
    """Return the *depends_on* of a resource that needs *resources* and must wait for *gate*."""
    needed: list[pulumi.Input[pulumi.Resource]] = list(resources)
    return needed if gate is None else gate.apply(lambda _: needed)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A value whose outputs have resolved, and the paths of those that are secret."""

    value: Any
    secrets: frozenset[Path] = field(default_factory=frozenset[Path])


async def resolve(value: object) -> Resolved:
    """Return *value* with its outputs resolved; those that are unknown at preview stay unknown."""
    secrets: set[Path] = set()
    resolved = await _resolve(value, (), secrets)
    return Resolved(resolved, frozenset(secrets))


async def _resolve(value: object, path: Path, secrets: set[Path]) -> object:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, pulumi.Output):
        output = cast("pulumi.Output[object]", value)
        known = await output.future(with_unknowns=True)
        if await output.is_secret():
            secrets.add(path)
        if not await output.is_known() and not has_outputs(known):
            return pulumi.output.UNKNOWN
        return await _resolve(known, path, secrets)
    if isinstance(value, Mapping):
        items = cast("Mapping[Any, object]", value).items()
        return {key: await _resolve(item, (*path, key), secrets) for key, item in items}
    if isinstance(value, list | tuple):
        parts = cast("Sequence[object]", value)
        return [await _resolve(item, (*path, index), secrets) for index, item in enumerate(parts)]
    return value


def _resolved_future(*, value: bool) -> asyncio.Future[bool]:
    future: asyncio.Future[bool] = asyncio.Future()
    future.set_result(value)
    return future
