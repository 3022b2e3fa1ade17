"""From the SDK's proxies to plain data: what is not known yet becomes UNKNOWN, and nothing raises."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pulumi_policy.proxy import UnknownValueError, unknown_checking_proxy

from eks_pod_identity.rules import UNKNOWN

_TARGET = "__target"
_DEEPEST = 64


def plain(value: Any, depth: int = 0) -> Any:
    """Return *value* copied out of the proxies. What is nested too deeply to be a property of AWS is not known.

    The proxies are no `dict` and no `list`, raise on an unknown value, and answer the key `__target` with their own
    inside; a tag may be called that.
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
        return int(value)  # every number travels as a fraction
    return value


def _mapping(value: Mapping[str, Any], depth: int) -> dict[str, Any]:
    items = {key: _item(value, key, depth) for key in value if key != _TARGET}
    if len(items) < len(value):
        inside = value if isinstance(value, dict) else value[_TARGET]
        items[_TARGET] = _item(unknown_checking_proxy({_TARGET[2:]: inside[_TARGET]}), _TARGET[2:], depth)
    return items


def _item(container: Any, key: Any, depth: int) -> Any:
    try:
        return plain(container[key], depth + 1)
    except UnknownValueError:
        return UNKNOWN
