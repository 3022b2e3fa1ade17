"""Encoding and decoding of the protocol's values."""

from google.protobuf import json_format, struct_pb2

from sandbox.aws_plugin.wire import UNKNOWN, decode, encode

SIGNATURE = "4dabf18193072939515e22adb298388d"


def message(properties: dict[str, object]) -> struct_pb2.Struct:
    return json_format.ParseDict(properties, struct_pb2.Struct())


def test_values_survive_encoding_and_decoding() -> None:
    values = {"s": "x", "n": 1, "f": 1.5, "b": True, "list": [1, {"k": []}], "map": {}, "unknown": UNKNOWN}

    assert decode(encode(values)) == values


def test_none_is_omitted() -> None:
    assert decode(encode({"gone": None, "kept": 1})) == {"kept": 1}


def test_whole_numbers_are_integers() -> None:
    assert isinstance(decode(message({"n": 3600.0}))["n"], int)


def test_a_secret_is_decoded_to_its_value() -> None:
    secret = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": ["x"]}

    assert decode(message({"s": secret})) == {"s": ["x"]}


def test_an_output_is_decoded_to_its_value_or_unknown() -> None:
    output = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "dependencies": ["urn"]}

    assert decode(message({"known": {**output, "value": 1}, "not": output})) == {"known": 1, "not": UNKNOWN}


def test_a_resource_reference_is_decoded_to_its_id() -> None:
    reference = {SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "urn:x", "id": "r"}

    assert decode(message({"r": reference})) == {"r": "r"}
