"""The AssumeRole call is available while it is answered. The corrections after this one use it.

AWS: `DurationSeconds` is 900 to 43,200, `RoleSessionName` has 2 to 64 characters and `ExternalId` 2 to 1,224 (STS API,
AssumeRole).
"""

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from sandbox.aws.emulator import call as calls
from sandbox.aws.emulator.call import AssumeRoleCall, Refused
from sandbox.aws.emulator.corrections.service_principal import service_call
from sandbox.aws.emulator.patching import lookup, replace

_SHORTEST, _LONGEST = 900, 43_200
_TEXTS = {
    "RoleSessionName": re.compile(r"[\w+=,.@-]{2,64}", re.ASCII),
    "ExternalId": re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII),
}


def apply() -> None:
    """Set the call while AssumeRole is answered, and turn a rejection into an error of STS."""
    replace("services.sts.handle_request", "method path headers body query_params", _with_call)


def _with_call(original: Any) -> Any:
    async def handle_request(method: str, path: str, headers: Any, body: bytes, query_params: Any) -> Any:
        parameters = calls.assume_role_parameters(headers, body, query_params)
        if parameters is None:
            return await original(method, path, headers, body, query_params)
        token = None
        try:
            token = calls.begin(_read(parameters, headers, query_params))
            return await original(method, path, headers, body, query_params)
        except Refused as error:
            return _answer(error)
        finally:
            if token is not None:
                calls.end(token)

    return handle_request


def _read(parameters: Mapping[str, list[str]], headers: Any, query_params: Any) -> AssumeRoleCall:
    _check_texts(parameters)
    access_key = lookup("core.router").extract_access_key_id(headers, query_params) or ""
    return AssumeRoleCall(
        role_arn=parameters.get("RoleArn", [""])[0],
        access_key=access_key,
        session=lookup("services.sts")._sessions.get(access_key),
        seconds=_seconds(parameters.get("DurationSeconds", [""])[0]),
        transitive_keys=_members(parameters, "TransitiveTagKeys"),
        service=service_call(headers),
    )


def _seconds(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not _SHORTEST <= int(text) <= _LONGEST:
        raise Refused("ValidationError", _broken(text, "durationSeconds", f"value between {_SHORTEST} and {_LONGEST}"))
    return int(text)


def _check_texts(parameters: Mapping[str, list[str]]) -> None:
    for name, form in _TEXTS.items():
        text = parameters.get(name, [""])[0]
        if text and not form.fullmatch(text):
            raise Refused("ValidationError", _broken(text, name[0].lower() + name[1:], f"pattern: {form.pattern}"))


def _broken(text: str, member: str, constraint: str) -> str:
    return escape(
        f"1 validation error detected: Value '{text}' at '{member}' failed to satisfy constraint: Member must have "
        + constraint
    )


def _members(parameters: Mapping[str, list[str]], name: str) -> list[str]:
    members: list[str] = []
    while values := parameters.get(f"{name}.member.{len(members) + 1}"):
        members.append(values[0])
    return members


def _answer(error: Refused) -> Any:
    return lookup("services.sts")._error(error.status, error.code, error.message, ns="sts")
