"""The AssumeRole call that is being answered, for the corrections of STS.

MiniStack judges the call in one long function, and its helpers see only parts of the request. The whole call is kept
here, one per request.
"""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class ServiceCall:
    """A call that an AWS service makes on behalf of a resource."""

    principal: str
    source_account: str
    source_arn: str


@dataclass
class AssumeRoleCall:
    """One AssumeRole call.

    Attributes:
        role_arn: The role, as the caller names it.
        access_key: Who signed it.
        session: The STS session that it was signed with, or None for a user, a root or a service.
        seconds: The duration asked for, or None.
        transitive_keys: The keys of `TransitiveTagKeys`.
        service: Set when the call is a service's own.
        tags: The session tags that the new session gets, inherited ones included; filled while the call is judged.
    """

    role_arn: str
    access_key: str
    session: Mapping[str, Any] | None
    seconds: int | None
    transitive_keys: list[str]
    service: ServiceCall | None = None
    tags: list[dict[str, str]] = field(default_factory=list)

    @property
    def inherited(self) -> list[dict[str, str]]:
        """Return the transitive tags of the caller's session, which the new session inherits."""
        session = self.session or {}
        keys = {key.lower() for key in session.get("TransitiveTagKeys", [])}
        return [tag for tag in session.get("SessionTags") or [] if tag["Key"].lower() in keys]

    @property
    def chained(self) -> bool:
        """Return whether a role session assumes the role."""
        return (self.session or {}).get("PrincipalType") == "AssumedRole"


class Refused(Exception):  # noqa: N818 - an answer of STS, not a fault of ours
    """STS refuses the call with this code and message."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


_call: ContextVar[AssumeRoleCall | None] = ContextVar("assume_role_call", default=None)


def current() -> AssumeRoleCall | None:
    """Return the AssumeRole call that this request makes, or None."""
    return _call.get()


def begin(call: AssumeRoleCall) -> Any:
    """Set the call of this request. Pass the result to `end`."""
    return _call.set(call)


def end(token: Any) -> None:
    """Forget the call of this request."""
    _call.reset(token)


def assume_role_parameters(
    headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
) -> dict[str, list[str]] | None:
    """Return the parameters of a request that is an AssumeRole call, in either protocol of STS, or None."""
    if "amz-json" in headers.get("content-type", ""):
        if not headers.get("x-amz-target", "").endswith(".AssumeRole"):
            return None
        sent = _json(body)
        parameters = {name: [str(value)] for name, value in sent.items() if not isinstance(value, list)}
        for position, key in enumerate(sent.get("TransitiveTagKeys") or [], 1):
            parameters[f"TransitiveTagKeys.member.{position}"] = [str(key)]
        return parameters
    parameters = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
    parameters |= parse_qs(body.decode("utf-8", errors="replace"))
    return parameters if parameters.get("Action") == ["AssumeRole"] else None


def _json(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body or b"{}")
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}
