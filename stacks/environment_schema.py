"""The JSON Schema of a stack's file, for editors: `python stacks/environment_schema.py` writes it next to this file.

The arguments of an identity come from the component's schema, so the two cannot differ.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

HERE = Path(__file__).resolve().parent
FILE = HERE / "environment.schema.json"
_TYPE_REFERENCE = "#/types/eks-pod-identity:index:"
_COMPONENT = "eks-pod-identity:index:PodIdentity"

Schema = dict[str, Any]


def stack_file_schema() -> Schema:
    """Return the schema of `Pulumi.<stack>.yaml`."""
    from eks_pod_identity.errors import camel_case  # noqa: PLC0415 - when run as a program, the path is set first
    from environment import SHARED_ARGUMENTS, Environment  # noqa: PLC0415 - likewise
    from pulumi_eks_pod_identity.provider import PodIdentityProvider  # noqa: PLC0415 - likewise
    from stack_file import CONFIG_KEY  # noqa: PLC0415 - likewise

    component = cast("Schema", json.loads(PodIdentityProvider().schema or "{}"))
    environment = Environment.model_json_schema(by_alias=True)
    definitions = cast("Schema", environment.pop("$defs"))
    shared = {camel_case(name) for name in SHARED_ARGUMENTS}
    arguments = cast("Schema", component["resources"][_COMPONENT]["inputProperties"])
    identity = cast("Schema", definitions["Identity"])
    identity["properties"] |= {name: _property(item) for name, item in arguments.items() if name not in shared}
    identity["additionalProperties"] = False
    for name, item in cast("Schema", component["types"]).items():
        definitions[name.rsplit(":", 1)[1]] = _type(item)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack of eks-pod-identity",
        "type": "object",
        "properties": {
            "config": {"type": "object", "properties": {CONFIG_KEY: environment}, "required": [CONFIG_KEY]}
        },
        "$defs": definitions,
    }


def _property(item: Mapping[str, Any]) -> Schema:
    schema: Schema = {}
    if "description" in item:
        schema["description"] = item["description"]
    reference = str(item.get("$ref", ""))
    if reference.startswith(_TYPE_REFERENCE):
        return schema | {"$ref": f"#/$defs/{reference.removeprefix(_TYPE_REFERENCE)}"}
    if "type" in item:
        schema["type"] = item["type"]
    for key in ("items", "additionalProperties"):
        if key in item:
            nested = _property(item[key])
            nested.pop("description", None)  # the plugin's schema repeats the description of the whole
            schema[key] = nested
    return schema


def _type(item: Mapping[str, Any]) -> Schema:
    if "enum" in item:
        return {"description": item.get("description", ""), "enum": [choice["value"] for choice in item["enum"]]}
    return {
        "description": item.get("description", ""),
        "type": "object",
        "properties": {name: _property(part) for name, part in item["properties"].items()},
        "required": item.get("required", []),
        "additionalProperties": False,
    }


def text() -> str:
    """Return the schema as it is committed."""
    return json.dumps(stack_file_schema(), indent=2) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent / "components"))
    FILE.write_text(text())
