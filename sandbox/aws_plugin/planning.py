"""Diff, and the states that a preview shows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.aws_plugin import documents, tags
from sandbox.aws_plugin.checking import DEFAULTS
from sandbox.aws_plugin.model import ABSENT, Property, ResourceType, Values
from sandbox.aws_plugin.settings import Settings
from sandbox.aws_plugin.wire import UNKNOWN

Change = Literal["add", "delete", "update"]
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass
class Plan:
    """The differences between a resource's state and a program's inputs, by property path."""

    changes: dict[str, Change] = field(default_factory=dict[str, Change])
    replacing: list[str] = field(default_factory=list[str])
    """The properties whose change replaces the resource; `replacing_paths` has the exact paths."""
    replacing_paths: set[str] = field(default_factory=set[str])
    properties: list[str] = field(default_factory=list[str])
    delete_first: bool = False


def diff(
    resource_type: ResourceType, state: Values, news: Values, settings: Settings, ignored: Sequence[str] = ()
) -> Plan:
    """Compare the last known state with new inputs."""
    plan = Plan()
    after = {**news, **{key: planned_inputs(resource_type, news, settings).get(key) for key in ("region", "tagsAll")}}
    for key, prop in _compared_properties(resource_type):
        changes = [
            change
            for change in _changes(key, prop, state.get(key), after.get(key))
            if not _is_under(change[0], ignored)
        ]
        if changes:
            plan.changes.update(changes)
            plan.properties.append(key)
            replacing = {path for path, change in changes if _replaces(prop, key, path, change)}
            if replacing:
                plan.replacing.append(key)
                plan.replacing_paths |= replacing
    plan.delete_first = bool(plan.replacing) and (
        resource_type.delete_before_replace or _has_given_name(resource_type, news)
    )
    return plan


def planned_inputs(resource_type: ResourceType, news: Values, settings: Settings) -> Values:
    """Return the inputs completed by the plan: silent defaults, normalized documents and planned `tagsAll`."""
    defaults = {
        key: prop.planned_default for key, prop in resource_type.inputs.items() if prop.planned_default is not ABSENT
    }
    if resource_type.regional and settings.region:
        defaults["region"] = settings.region
    every = (
        {"tagsAll": tags.merge(news.get("tags"), settings)}
        if resource_type.plugin_framework and resource_type.tagged
        else {}
    )
    return {**defaults, **_normalize(resource_type, news), **every}


def _normalize(resource_type: ResourceType, values: Values) -> Values:
    """Return the values in the form that the provider sends and stores."""
    stored = {
        key: prop.normalize(values[key])
        for key, prop in resource_type.inputs.items()
        if prop.normalize is not None and isinstance(values.get(key), str)
    }
    return {**values, **stored}


def preview_create(resource_type: ResourceType, news: Values, settings: Settings) -> Values:
    """Return the state of a resource to create: its inputs, and unknown values where AWS decides."""
    state: Values = dict.fromkeys(resource_type.outputs, UNKNOWN)
    state.update({key: UNKNOWN for key, prop in resource_type.inputs.items() if prop.computed})
    if resource_type.autoname:
        state[resource_type.autoname.property] = UNKNOWN  # the create derives it from a prefix
    state.update(_without_internal(planned_inputs(resource_type, news, settings)))
    return state


def preview_update(resource_type: ResourceType, state: Values, news: Values, settings: Settings) -> Values:
    """Return the state after an update, with the outputs that do not change."""
    planned = {
        key: value
        for key, value in state.items()
        if key not in resource_type.inputs or resource_type.inputs[key].computed
    }
    planned.update(_without_internal(planned_inputs(resource_type, news, settings)))
    planned.update(dict.fromkeys(resource_type.unknown_on_update, UNKNOWN))
    return planned


def keep_equivalent(resource_type: ResourceType, news: Values, state: Values) -> Values:
    """Return the state that AWS returned, with the value of *news* wherever the two are equivalent."""
    known = _normalize(resource_type, news)
    result = _normalize(resource_type, state)
    for key, prop in resource_type.inputs.items():
        if key in known and (key in resource_type.not_returned or _equal(prop, state.get(key), known[key], read=True)):
            result[key] = known[key]
    return result


def inputs_after_read(resource_type: ResourceType, state: Values, olds: Values, settings: Settings) -> Values:
    """Return the inputs after a read: those the program gave, or on import all that differ from the default."""
    program_inputs = _without_internal(olds)
    if not program_inputs:
        inputs = {key: state[key] for key, prop in resource_type.inputs.items() if _is_given(prop, state.get(key))}
        if inputs.get("region") == settings.region:
            del inputs["region"]
        return inputs
    inputs: Values = {}
    for key, old in program_inputs.items():
        if key in state or key in resource_type.inputs:
            value = state.get(key)
            prop = resource_type.inputs.get(key, _TAGS)
            # The bridge keeps the input of a property that the provider normalizes; drift shows in the outputs only.
            keeps_input = prop.normalize is not None and value is not None
            inputs[key] = old if keeps_input or _equal(prop, value, old, read=True) else value
    # The bridge drops an empty list of defaults, and Check then treats every old input as a default.
    if olds.get(DEFAULTS):
        inputs[DEFAULTS] = olds[DEFAULTS]
    return {key: value for key, value in inputs.items() if value is not None}


def _replaces(prop: Property, key: str, path: str, change: Change) -> bool:
    if prop.replaces or (prop.removal_replaces and (path, change) == (key, "delete")):
        return True
    return any(_is_under(path, (f"{key}.{part}",)) for part in prop.replacing_parts)


_TAGS = Property("map")


def _without_internal(values: Values) -> Values:
    return {key: value for key, value in values.items() if not key.startswith("__")}


def _compared_properties(resource_type: ResourceType) -> Iterable[tuple[str, Property]]:
    yield from resource_type.inputs.items()
    if resource_type.tagged:
        yield "tagsAll", _TAGS


def _is_given(prop: Property, value: Any) -> bool:
    return not _empty(value) and value != prop.default


def _empty(value: Any) -> bool:
    return value is None or value is False or value in ("", 0) or (isinstance(value, (list, dict)) and not value)


def _equal(prop: Property, old: Any, new: Any, *, read: bool = False) -> bool:
    """Return whether two values are equivalent; with *read*, one of them was read from AWS."""
    if old is UNKNOWN or new is UNKNOWN:
        return False
    if old == new or (_empty(old) and _empty(new)):
        return True
    if prop.type == "set" and isinstance(old, list) and isinstance(new, list):
        old, new = (sorted(part, key=repr) for part in (old, new))
        if old == new:
            return True
    if prop.type == "document" and documents.equivalent(old, new):
        return True
    if read and prop.equal_when_read is not None and prop.equal_when_read(old, new):
        return True
    return prop.equal is not None and prop.equal(old, new)


def _changes(path: str, prop: Property, old: Any, new: Any) -> Iterable[tuple[str, Change]]:
    if new is None and (prop.computed or _empty(old)):
        return
    if _equal(prop, old, new):
        return
    if new is None:
        yield path, "delete"
    elif old is None:
        yield path, "add"
    else:
        yield from _changes_inside(path, old, new, computed=prop.computed)


def _changes_inside(path: str, old: Any, new: Any, *, computed: bool) -> Iterable[tuple[str, Change]]:
    """Yield the members of a map, an object or a list that differ; AWS may add members to a computed one."""
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        for key in dict.fromkeys([*old, *new]):
            part = f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f'{path}["{key}"]'
            yield from _part(part, old.get(key), new.get(key), computed=computed)
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        for index in range(max(len(old), len(new))):
            before = old[index] if index < len(old) else None
            after = new[index] if index < len(new) else None
            yield from _part(f"{path}[{index}]", before, after, computed=computed)
    else:
        yield path, "update"


def _part(path: str, old: Any, new: Any, *, computed: bool) -> Iterable[tuple[str, Change]]:
    if old == new or (new is None and computed):
        return
    if new is None:
        yield path, "delete"
    elif old is None:
        yield path, "add"
    else:
        yield from _changes_inside(path, old, new, computed=computed)


def _is_under(path: str, ignored: Sequence[str]) -> bool:
    return any(path == other or path.startswith((f"{other}.", f"{other}[")) for other in ignored)


def _has_given_name(resource_type: ResourceType, news: Values) -> bool:
    """Return whether the program gives the name that would otherwise be automatic.

    The bridge then deletes before it replaces, even if the name changes: it does not compare the names
    (https://github.com/pulumi/pulumi-terraform-bridge, `nameRequiresDeleteBeforeReplace`).
    """
    auto = resource_type.autoname
    return auto is not None and DEFAULTS in news and auto.property in news and auto.property not in news[DEFAULTS]
