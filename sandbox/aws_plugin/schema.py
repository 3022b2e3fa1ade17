"""The plugin's schema, generated from its resource types and functions: enough for YAML programs."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.aws_plugin import VERSION
from sandbox.aws_plugin.functions import Function
from sandbox.aws_plugin.model import Property, ResourceType

_ANY = {"$ref": "pulumi.json#/Any"}
_TYPES: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "document": _ANY,
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "map": {"type": "object", "additionalProperties": {"type": "string"}},
    "object": _ANY,
    "list": {"type": "array", "items": _ANY},
    "set": {"type": "array", "items": _ANY},
    "asset": _ANY,
}


def schema(types: Iterable[ResourceType], functions: Iterable[Function]) -> str:
    """Return the schema as JSON text."""
    return json.dumps(
        {
            "name": "aws",
            "version": VERSION,
            "displayName": "AWS (the sandbox's stand-in)",
            "description": "A stand-in for the AWS plugin, with a few resource types, for development and tests only.",
            "provider": {"inputProperties": {"region": _TYPES["string"], "profile": _TYPES["string"]}},
            "resources": {resource_type.token: _resource(resource_type) for resource_type in types},
            "functions": {function.token: _function(function) for function in functions},
        }
    )


def _resource(resource_type: ResourceType) -> dict[str, Any]:
    inputs = {key: _property(prop) for key, prop in resource_type.inputs.items()}
    outputs = dict.fromkeys(resource_type.outputs, _ANY)
    if resource_type.tagged:
        outputs["tagsAll"] = _TYPES["map"]
    return {
        "inputProperties": inputs,
        "requiredInputs": [key for key, prop in resource_type.inputs.items() if prop.required],
        "properties": {**inputs, **outputs},
    }


def _property(prop: Property) -> dict[str, Any]:
    return {**_TYPES[prop.type], **({"willReplaceOnChanges": True} if prop.replaces else {})}


def _function(function: Function) -> dict[str, Any]:
    return {
        "inputs": {"properties": {name: _TYPES[resource_type] for name, resource_type in function.arguments.items()}},
        "outputs": {"properties": dict.fromkeys(function.results, _ANY), "type": "object"},
    }
