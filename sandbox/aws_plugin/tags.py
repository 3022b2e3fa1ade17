"""Tags: the provider's default tags merged with a resource's own, and the calls that change tags."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.aws_plugin.settings import Settings
from sandbox.aws_plugin.wire import UNKNOWN, has_unknown

_RESERVED = "aws:"


def merge(tags: Any, settings: Settings) -> Any:
    """Return `tagsAll`: default tags overridden by the resource's own, without ignored ones; unknown if a part is."""
    if tags is UNKNOWN or settings.unknown or has_unknown(tags) or has_unknown(dict(settings.default_tags)):
        return UNKNOWN
    return {
        key: value
        for key, value in {**settings.default_tags, **(tags or {})}.items()
        if not _is_ignored(key, settings)
    }


def from_aws(listed: Any, settings: Settings, own: Mapping[str, Any] | None) -> dict[str, dict[str, str]]:
    """Return `tags` and `tagsAll` for the tags that AWS lists.

    A default tag of the provider belongs to the resource's *own* tags only if the program gives it as well.
    """
    tags = listed if isinstance(listed, dict) else {entry["Key"]: entry["Value"] for entry in listed or []}
    everything = {
        key: value for key, value in tags.items() if not key.startswith(_RESERVED) and not _is_ignored(key, settings)
    }
    defaults = settings.default_tags
    return {
        "tags": {key: value for key, value in everything.items() if defaults.get(key) != value or key in (own or {})},
        "tagsAll": everything,
    }


def to_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags in the form that IAM and S3 expect."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def change(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    put: Callable[[dict[str, str]], Any],
    remove: Callable[[list[str]], Any],
) -> None:
    """Change a resource's tags to those of *new*: one call for removals, then one for the rest."""
    before, after = old.get("tagsAll") or {}, new.get("tagsAll") or {}
    gone = sorted(set(before) - set(after))
    if gone:
        remove(gone)
    changed = {key: value for key, value in after.items() if before.get(key) != value}
    if changed:
        put(changed)


def _is_ignored(key: str, settings: Settings) -> bool:
    return key in settings.ignored_tags or key.startswith(settings.ignored_tag_prefixes)
