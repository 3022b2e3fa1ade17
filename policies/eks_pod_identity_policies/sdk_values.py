"""Converts the SDK's proxies to plain data: unknown values become UNKNOWN, and nothing raises."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

from eks_pod_identity.iam.unknown import UNKNOWN

_TARGET = "__target"
_DEEPEST = 64


def to_plain(value: Any, depth: int = 0) -> Any:
    """Return a copy of *value* without proxies. Values nested too deeply for a property of AWS are unknown.

    The proxies are neither `dict` nor `list`, raise on an unknown value, and return their internals for the key
    `__target`, which may also be the key of a tag.
    """
    if isinstance(value, str):
        return value
    if depth > _DEEPEST and isinstance(value, Mapping | Sequence):
        return UNKNOWN
    if isinstance(value, Mapping):
        return _mapping(cast("Mapping[str, Any]", value), depth)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [
            _item(cast("Sequence[Any]", value), index, depth) for index in range(len(cast("Sequence[Any]", value)))
        ]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # the protocol sends every number as a float
    return value


def _mapping(value: Mapping[str, Any], depth: int) -> dict[str, Any]:
    items = {key: _item(value, key, depth) for key in value if key != _TARGET}
    if len(items) < len(value):
        inside = value if isinstance(value, dict) else value[_TARGET]
        items[_TARGET] = _item(unknown_checking_proxy({_TARGET[2:]: inside[_TARGET]}), _TARGET[2:], depth)
    return items


def _item(container: Any, key: Any, depth: int) -> Any:
    try:
        return to_plain(container[key], depth + 1)
    except UnknownValueError:
        return UNKNOWN
