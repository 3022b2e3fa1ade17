"""The names, tags and descriptions of roles follow IAM's constraints.

AWS: a name has 1 to 64 letters, digits and `+=,.@-_`, and is unique whatever its case; a path begins and ends with
`/`; the longest session is 3,600 to 43,200 seconds; at most 50 tags, key 1 to 128, value to 256 characters, no `aws:`
(IAM API, CreateRole, TagRole).

MiniStack accepts anything, and a description with `&` makes its answer unreadable for clients.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from sandbox.aws.emulator.iam import Refusal, around, check_before, iam, problem_at
from sandbox.aws.emulator.patching import replace

_NAME, _POLICY_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII), re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)
_PATH = re.compile(r"/|/[\x21-\x7e]{1,510}/")
_TAG_TEXT = re.compile(r"[\w\s.:/=+\-@]*")
_SHORTEST, _LONGEST = 3_600, 43_200
_MOST_TAGS, _TAG_KEY, _TAG_VALUE = 50, 128, 256


def apply() -> None:
    """Check the parameters of a role, and escape its description."""
    check_before("_create_role", _role)
    check_before("_update_role", lambda of: _duration(of("MaxSessionDuration")))
    check_before("_put_role_policy", lambda of: _policy_name(of("PolicyName")))
    check_before("_create_policy", lambda of: _policy_name(of("PolicyName")))
    for operation in ("_create_role", "_tag_role", "_create_policy", "_tag_policy"):
        around(operation, _with_tags)
    replace("services.iam._role_xml", "name boundary", _readable)


def _role(of: Callable[[str], str]) -> Refusal:
    name, path = of("RoleName"), of("Path") or "/"
    if not _NAME.fullmatch(name):
        return problem_at("roleName", name, "Member must satisfy regular expression pattern: [\\w+=,.@-]{1,64}")
    if not _PATH.fullmatch(path):
        return problem_at("path", path, "Member must satisfy regular expression pattern: (/)|(/[!-~]+/)")
    if name.lower() in {other.lower() for other in iam()._roles.keys()}:  # noqa: SIM118 - its store is not a mapping
        return "EntityAlreadyExists", f"Role with name {name} already exists."
    return _duration(of("MaxSessionDuration"))


def _duration(text: str) -> Refusal:
    if not text or (text.isdecimal() and _SHORTEST <= int(text) <= _LONGEST):
        return None
    return problem_at("maxSessionDuration", text, f"Member must have value between {_SHORTEST} and {_LONGEST}")


def _policy_name(name: str) -> Refusal:
    if _POLICY_NAME.fullmatch(name):
        return None
    return problem_at("policyName", name, "Member must satisfy regular expression pattern: [\\w+=,.@-]{1,128}")


def _with_tags(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def operation(p: Any) -> Any:
        tags = {tag["Key"]: tag["Value"] for tag in iam()._extract_tags(p)}
        existing = iam()._roles.get(iam()._p(p, "RoleName")) or {}
        keys = {tag["Key"].lower() for tag in existing.get("Tags", [])} | {key.lower() for key in tags}
        if len(keys) > _MOST_TAGS:
            return iam()._error(409, "LimitExceeded", f"Cannot exceed quota for TagsPerRole: {_MOST_TAGS}", ns="iam")
        if problem := _tag_problem(tags):
            return iam()._error(400, "ValidationError", escape(problem), ns="iam")
        return original(p)

    return operation


def _tag_problem(tags: Mapping[str, str]) -> str | None:
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            return "System tags cannot be added/updated by requester"
        if len(key) > _TAG_KEY or len(value) > _TAG_VALUE or not _TAG_TEXT.fullmatch(key + value):
            return (
                "1 validation error detected: Value at 'tags' failed to satisfy constraint: "
                "a key or value is too long or has characters that are not allowed"
            )
    return None


def _readable(original: Callable[..., str]) -> Callable[..., str]:
    def role_xml(name: str, boundary: bool = True) -> str:
        description = iam()._roles[name].get("Description") or ""
        plain, escaped = (
            f"<Description>{description}</Description>",
            f"<Description>{escape(description)}</Description>",
        )
        return original(name, boundary).replace(plain, escaped, 1)

    return role_xml
