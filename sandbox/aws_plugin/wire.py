"""Property values of the engine's protocol as plain Python values, and back.

A value is a string, a number, a boolean, None, a list, a dict, or `UNKNOWN`. Secrets, outputs and resource references
are decoded to the value inside: this plugin tells the engine that it does not support them, and the engine marks the
outputs.
"""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import struct_pb2

UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's marker for secrets, not a secret
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"


class Unknown:
    """The value of a property that is not known at preview."""

    def __repr__(self) -> str:
        """Return the text shown in messages."""
        return "<unknown>"


UNKNOWN: Final = Unknown()


def has_unknown(value: Any) -> bool:
    """Return whether *value* is unknown or contains an unknown value at any depth."""
    if isinstance(value, dict):
        return any(has_unknown(part) for part in value.values())
    if isinstance(value, list):
        return any(has_unknown(part) for part in value)
    return value is UNKNOWN


def decode(properties: struct_pb2.Struct) -> dict[str, Any]:
    """Decode a message's properties; a property that is present and null becomes None."""
    return {key: _decode(value) for key, value in properties.fields.items()}


def encode(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Encode properties as a message; like the official provider, omit those that are None."""
    message = struct_pb2.Struct()
    for key, value in properties.items():
        if value is not None:
            _encode(value, message.fields[key])
    return message


def _decode(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value == UNKNOWN_TEXT else value.string_value
    if kind == "struct_value":
        return _decode_struct(value.struct_value)
    if kind == "list_value":
        return [_decode(part) for part in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None


def _decode_struct(struct: struct_pb2.Struct) -> Any:
    fields = struct.fields
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else None
    if signature in (_SECRET, _OUTPUT):
        return _decode(fields["value"]) if "value" in fields else UNKNOWN
    if signature == _RESOURCE:
        return _decode(fields["id"] if "id" in fields else fields["urn"])
    return {key: _decode(value) for key, value in fields.items()}


def _encode(value: Any, into: struct_pb2.Value) -> None:
    if value is None:
        into.null_value = struct_pb2.NULL_VALUE
    elif value is UNKNOWN:
        into.string_value = UNKNOWN_TEXT
    elif isinstance(value, bool):
        into.bool_value = value
    elif isinstance(value, (int, float)):
        into.number_value = value
    elif isinstance(value, str):
        into.string_value = value
    elif isinstance(value, Mapping):
        into.struct_value.SetInParent()
        for key, part in value.items():
            _encode(part, into.struct_value.fields[key])
    else:
        into.list_value.SetInParent()
        for part in value:
            _encode(part, into.list_value.values.add())
