"""Credentials of the provider's `assumeRoles`: each role is assumed with the credentials of the previous one."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.credentials import DeferredRefreshableCredentials
from botocore.session import Session

from sandbox.aws_plugin.settings import Settings

_SECONDS = 3600


def assume(session: Session, settings: Settings) -> None:
    """Give *session* the credentials of the last role of the chain, refreshed before they expire."""
    for role in settings.assume_roles:
        base = session.get_credentials()
        session._credentials = DeferredRefreshableCredentials(  # noqa: SLF001 - set_credentials takes static keys only
            _refresh(session, base, role, settings), "assume-role"
        )


def _refresh(session: Session, base: Any, role: Mapping[str, Any], settings: Settings) -> Callable[[], dict[str, str]]:
    def refresh() -> dict[str, str]:
        keys = base.get_frozen_credentials()
        sts = session.create_client(
            "sts",
            region_name=settings.region,
            endpoint_url=settings.endpoints.get("sts"),
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
            aws_session_token=keys.token,
        )
        answer = sts.assume_role(**_request(role))["Credentials"]
        return {
            "access_key": answer["AccessKeyId"],
            "secret_key": answer["SecretAccessKey"],
            "token": answer["SessionToken"],
            "expiry_time": answer["Expiration"].isoformat(),
        }

    return refresh


def _request(role: Mapping[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {
        "RoleArn": role.get("roleArn"),
        "RoleSessionName": role.get("sessionName") or "pulumi",
        "DurationSeconds": _seconds(role.get("duration")),
        "ExternalId": role.get("externalId"),
        "Policy": role.get("policy"),
        "SourceIdentity": role.get("sourceIdentity"),
        "PolicyArns": [{"arn": arn} for arn in role.get("policyArns") or []],
        "Tags": [{"Key": key, "Value": value} for key, value in (role.get("tags") or {}).items()],
        "TransitiveTagKeys": role.get("transitiveTagKeys"),
    }
    return {key: value for key, value in request.items() if value}


def _seconds(duration: str | None) -> int:
    """Return the seconds of a duration such as `1h`, `30m`, `1h30m` or `900s`."""
    if not duration:
        return _SECONDS
    seconds, digits = 0, ""
    for character in duration:
        if character.isdigit():
            digits += character
        else:
            seconds += int(digits or 0) * {"h": 3600, "m": 60, "s": 1}.get(character, 0)
            digits = ""
    return seconds or _SECONDS
