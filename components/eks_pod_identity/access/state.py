"""Reads identities from `pulumi stack export` or a saved preview plan: no AWS, no engine, any language."""

import json
from collections.abc import Mapping
from typing import cast

from eks_pod_identity.access.identity import Identity, PolicySource
from eks_pod_identity.access.resources import Resource, identities_of
from eks_pod_identity.iam.unknown import UNKNOWN

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key that marks secrets, assets and similar values in state (Pulumi, sdk/go/common/resource/sig)."""

_UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The text that represents an unknown value in a plan (Pulumi, sdk/go/common/resource/plugin)."""


class StateError(ValueError):
    """The input is neither an exported stack nor a saved plan."""


def identities_of_state(
    export: Mapping[str, object] | str | bytes, managed_policies: Mapping[str, PolicySource] | None = None
) -> dict[str, Identity]:
    """Return the identities of a stack by `namespace/service-account`, including those of add-ons.

    Args:
        export: The output of `pulumi stack export`, as text, bytes or data. Encrypted values are unknown; export with
            `--show-secrets` to include them.
        managed_policies: Texts of AWS's managed policies, and others that are not in the stack, by ARN.

    Raises:
        StateError: If *export* is something else.
    """
    return identities_of(resources_of_state(export), managed_policies)


def resources_of_state(export: Mapping[str, object] | str | bytes) -> list[Resource]:
    """Return the resources of a stack, without those that are deleted.

    Raises:
        StateError: If *export* is something else.
    """
    data = _map(_load(export) if isinstance(export, str | bytes) else export)
    if isinstance(data.get("resourcePlans"), Mapping):
        return _resources_of_plan(_map(data["resourcePlans"]))
    deployment = _map(data.get("deployment", data))
    if deployment.get("resources") is None and deployment.get("manifest") is not None:
        return []  # a stack that was never deployed
    if not isinstance(deployment.get("resources"), list):
        raise StateError("This is not the state of a stack. Pass the output of `pulumi stack export`.")
    states = _maps(deployment["resources"])
    return [_resource(state) for state in states if state.get("urn") and not state.get("delete")]


def _resources_of_plan(plans: Mapping[str, object]) -> list[Resource]:
    """Return the resources of a saved plan: current values, with what the plan adds and changes."""
    resources: list[Resource] = []
    for urn, plan in plans.items():
        goal = _map(_map(plan).get("goal"))
        if goal:
            changes = _map(goal.get("inputDiff"))
            inputs = {**_map(changes.get("adds")), **_map(changes.get("updates"))}
            # A list that AWS computes, such as a role's inline policies, is not what the program gives.
            outputs = {key: item for key, item in _map(_map(plan).get("state")).items() if item != _UNKNOWN_TEXT}
            resources.append(_resource({**goal, "urn": urn, "inputs": inputs, "outputs": {**outputs, **inputs}}))
    return resources


def _load(text: str | bytes) -> object:
    try:
        # Some shells write a byte order mark, or UTF-16, which json recognizes in bytes.
        return json.loads(text.removeprefix("\ufeff") if isinstance(text, str) else text)
    except (ValueError, RecursionError):
        raise StateError("This is not JSON. Pass the output of `pulumi stack export`.") from None


def _resource(state: Mapping[str, object]) -> Resource:
    dependencies = _map(state.get("propertyDependencies"))
    return Resource(
        urn=str(state["urn"]),
        type=str(state.get("type", "")),
        properties={**_plain_map(state.get("inputs")), **_plain_map(state.get("outputs"))},
        provider=str(state.get("provider", "")),
        dependencies={
            key: [str(urn) for urn in cast("list[object]", urns)]
            for key, urns in dependencies.items()
            if isinstance(urns, list)
        },
        is_read=state.get("external") is True,
    )


def _plain_map(value: object) -> dict[str, object]:
    return {key: _readable(item) for key, item in _map(value).items()}


def _readable(value: object) -> object:
    """Return a value without Pulumi's markers, or UNKNOWN if it is nested too deeply."""
    try:
        return _unwrap(value)
    except RecursionError:
        return UNKNOWN


def _unwrap(value: object) -> object:
    """Return a value without Pulumi's markers.

    Secrets become plain values; unknown and encrypted values become UNKNOWN.
    """
    if value == _UNKNOWN_TEXT:
        return UNKNOWN
    if isinstance(value, list):
        return [_unwrap(item) for item in cast("list[object]", value)]
    if not isinstance(value, Mapping):
        return value
    values = cast("Mapping[str, object]", value)
    if _SIGNATURE not in values:
        return {key: _unwrap(item) for key, item in values.items()}
    plaintext = values.get("plaintext")
    return _unwrap(_load(plaintext)) if isinstance(plaintext, str) else UNKNOWN


def _maps(value: object) -> list[Mapping[str, object]]:
    return [_map(item) for item in cast("list[object]", value)] if isinstance(value, list) else []


def _map(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
