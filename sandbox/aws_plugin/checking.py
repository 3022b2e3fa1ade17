"""Check: validate a program's inputs and fill in defaults, without calling AWS."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws_plugin import STAND_IN, documents, tags
from sandbox.aws_plugin.account import partition_of
from sandbox.aws_plugin.model import ABSENT, Property, ResourceType, Values
from sandbox.aws_plugin.settings import Settings
from sandbox.aws_plugin.wire import UNKNOWN, has_unknown

DEFAULTS = "__defaults"
_RANDOM = 7


@dataclass(frozen=True)
class Naming:
    """The input of the engine for automatic names: the logical name, a seed, and perhaps a proposed name."""

    logical: str
    seed: bytes = b""
    proposed: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class Failure:
    """A problem of one property."""

    property: str
    reason: str


def check(
    resource_type: ResourceType, olds: Values, news: Values, naming: Naming, settings: Settings
) -> tuple[Values, list[Failure]]:
    """Return the inputs with defaults filled in, and all their problems."""
    failures: list[Failure] = []
    inputs: Values = {}
    for key, value in news.items():
        if key.startswith("__") or value is None or (key == "tagsAll" and resource_type.tagged):
            continue
        if key not in resource_type.inputs:
            failures.append(Failure(key, f"Invalid or unknown key (to {STAND_IN}). {_location(naming, key)}"))
            continue
        try:
            inputs[key] = _coerce(resource_type.inputs[key], value)
        except ValueError as error:
            failures.append(Failure(key, f"{error}. {_location(naming, key)}"))
    failures.extend(_problems(resource_type, inputs, naming))
    defaults = _fill_defaults(resource_type, olds, inputs, naming, failures)
    if resource_type.regional:
        failures.extend(_region(inputs, naming, settings))
    if resource_type.tagged and not resource_type.plugin_framework:
        inputs["tagsAll"] = tags.merge(inputs.get("tags"), settings)
    if not resource_type.plugin_framework:
        inputs[DEFAULTS] = sorted(defaults)
    return inputs, failures


def _fill_defaults(
    resource_type: ResourceType, olds: Values, inputs: Values, naming: Naming, failures: list[Failure]
) -> list[str]:
    defaults: list[str] = []
    for key, prop in resource_type.inputs.items():
        if key not in inputs and prop.default is not ABSENT:
            inputs[key] = olds[key] if _was_default(olds, key) else prop.default
            defaults.append(key)
    auto = resource_type.autoname
    if (
        auto is None
        or auto.property in inputs
        or any(other in inputs for other in resource_type.inputs[auto.property].conflicts)
    ):
        return defaults
    if _was_default(olds, auto.property):
        inputs[auto.property] = olds[auto.property]
        return [*defaults, auto.property]
    try:
        inputs[auto.property] = _automatic_name(naming, auto.limit, lower=auto.lower)
        defaults.append(auto.property)
    except ValueError as error:
        failures.append(Failure(auto.property, f"{error}. {_location(naming, auto.property)}"))
    return defaults


def _was_default(olds: Values, key: str) -> bool:
    """Return whether the old input was a default, so that it remains the default.

    Without a list of the old defaults, the bridge treats every old input as a default (`applyDefaults`): after a
    refresh of a resource that had no defaults, a property removed from the program keeps its value.
    """
    return key in olds and (DEFAULTS not in olds or key in olds[DEFAULTS])


def _region(inputs: Values, naming: Naming, settings: Settings) -> list[Failure]:
    """Fill in the provider's region; return a failure for a region of another partition."""
    if "region" not in inputs:
        # A region from the AWS profile is filled in by the plan and does not become an input.
        if not settings.region_from_profile:
            inputs["region"] = UNKNOWN if settings.unknown and not settings.region else settings.region
        return []
    region = inputs["region"]
    if region is UNKNOWN or not settings.region or partition_of(region) == partition_of(settings.region):
        return []
    reason = (
        f"partition ({partition_of(region)}) for per-resource Region ({region}) is not the provider's configured "
        f"partition ({partition_of(settings.region)}). {_location(naming, 'region')}"
    )
    return [Failure("region", reason)]


def _automatic_name(naming: Naming, limit: int, *, lower: bool) -> str:
    if naming.disabled:
        raise ValueError("Missing required argument: automatic naming is disabled and no name is given")
    if naming.proposed:
        return naming.proposed
    digits = hashlib.sha256(naming.seed).hexdigest() if naming.seed else secrets.token_hex(_RANDOM)
    logical = naming.logical.lower() if lower else naming.logical
    if len(logical) + 1 + _RANDOM > limit:
        raise ValueError(f"name '{logical}-' plus {_RANDOM} random chars is longer than maximum length {limit}")
    return f"{logical}-{digits[:_RANDOM]}"


def _problems(resource_type: ResourceType, inputs: Values, naming: Naming) -> list[Failure]:
    failures: list[Failure] = []
    for key, prop in resource_type.inputs.items():
        value = inputs.get(key)
        if value is None:
            if prop.required:
                reason = f'Missing required argument. The argument "{key}" is required, but no definition was found.'
                failures.append(Failure(key, f"{reason} {_location(naming, key)}"))
            continue
        failures.extend(
            Failure(key, f'Conflicting configuration arguments. "{key}" conflicts with "{other}".')
            for other in prop.conflicts
            if other in inputs and key < other
        )
        if prop.check is not None and not has_unknown(value):
            reason = prop.check(value)
            if reason:
                failures.append(Failure(key, f"{reason}. {_location(naming, key)}"))
    return failures


def _location(naming: Naming, key: str) -> str:
    return f"Examine values at '{naming.logical}.{key}'."


def _coerce(prop: Property, value: Any) -> Any:
    if value is UNKNOWN or (prop.type == "document" and has_unknown(value)):
        return UNKNOWN
    if prop.type == "document":
        return documents.as_text(value)
    value = _convert(prop, value)
    expected_type = _PYTHON_TYPES.get(prop.type)
    if expected_type is not None and (
        not isinstance(value, expected_type) or (prop.type == "integer" and isinstance(value, bool))
    ):
        raise ValueError(f"expected {_EXPECTED[prop.type]}, got {_describe_type(value)}")
    return value


def _convert(prop: Property, value: Any) -> Any:
    """Convert between texts, numbers and booleans, as the official provider does."""
    if prop.type == "string" and isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if prop.type == "integer" and isinstance(value, str) and value.isdecimal():
        return int(value)
    if prop.type == "boolean" and value in ("true", "false"):
        return value == "true"
    if prop.type == "map" and isinstance(value, dict):
        return {
            key: json.dumps(part) if isinstance(part, (bool, int, float)) else part
            for key, part in value.items()
            if not key.startswith("__") and part is not None
        }
    return value


_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "map": dict,
    "object": dict,
    "list": list,
    "set": list,
}
_EXPECTED = {
    "string": "a string",
    "integer": "a whole number",
    "boolean": "a boolean",
    "map": "a map of strings",
    "object": "an object",
    "list": "a list",
    "set": "a list",
}


def _describe_type(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return {str: "a string", bool: "a boolean", int: "a number", float: "a number"}.get(type(value), "another value")
