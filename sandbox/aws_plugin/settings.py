"""The provider's configuration: what CheckConfig and Configure receive, parsed into one value.

Nested values arrive as JSON text, as the SDKs send them, or as objects. Secrets never appear in a message.
"""

import configparser
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.aws_plugin import STAND_IN
from sandbox.aws_plugin.wire import UNKNOWN, has_unknown

_TEXT = ("region", "profile", "accessKey", "secretKey", "token", "stsRegion", "retryMode", "customCaBundle")
_BOOLEANS = (
    "insecure",
    "s3UsePathStyle",
    "skipCredentialsValidation",
    "skipMetadataApiCheck",
    "skipRegionValidation",
    "skipRequestingAccountId",
    "useDualstackEndpoint",
    "useFipsEndpoint",
)
_LISTS = (
    "allowedAccountIds",
    "forbiddenAccountIds",
    "assumeRoles",
    "endpoints",
    "sharedConfigFiles",
    "sharedCredentialsFiles",
    "userAgents",
)
_OBJECTS = ("defaultTags", "ignoreTags", "assumeRoleWithWebIdentity")
_NUMBERS = ("maxRetries", "tokenBucketRateLimiterCapacity")
_OTHERS = (
    "ec2MetadataServiceEndpoint",
    "ec2MetadataServiceEndpointMode",
    "httpProxy",
    "httpsProxy",
    "noProxy",
    "s3UsEast1RegionalEndpoint",
    "tagPolicyCompliance",
    "version",
    "pluginDownloadURL",
    "pluginChecksums",
)
RETRIES = 6
"""Retries of a throttled or unanswered call; the official provider makes 25."""
_NOT_SUPPORTED = ("assumeRoleWithWebIdentity", "customCaBundle", "httpProxy", "httpsProxy", "noProxy")


@dataclass(frozen=True)
class Settings:
    """The parsed configuration of one provider."""

    region: str = ""
    region_from_profile: bool = False
    """True if the region comes from the AWS profile, and neither from the configuration nor from the environment."""
    profile: str | None = None
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    config_file: str | None = None
    credentials_file: str | None = None
    endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    default_tags: Mapping[str, Any] = field(default_factory=dict[str, Any])
    ignored_tags: tuple[str, ...] = ()
    ignored_tag_prefixes: tuple[str, ...] = ()
    assume_roles: tuple[Mapping[str, Any], ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()
    max_retries: int = RETRIES
    path_style: bool = False
    unknown: bool = False
    """True if part of the configuration is unknown. Then the plugin makes no call."""


def problems(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the problems of a configuration as pairs of property and message; no message contains a value."""
    known = {*_TEXT, *_BOOLEANS, *_LISTS, *_OBJECTS, *_NUMBERS, *_OTHERS}
    messages: list[tuple[str, str]] = []
    for key, value in arguments.items():
        if key.startswith("__"):
            continue
        if key not in known:
            messages.append((key, f"'{key}' is not a configuration property of the AWS provider."))
        elif key in _NOT_SUPPORTED and value not in (None, ""):
            messages.append((key, f"'{key}' is not supported by {STAND_IN}."))
        elif value is None or has_unknown(value):
            continue
        else:
            try:
                _parse(key, value)
            except ValueError:
                expected = "a list" if key in _LISTS else "an object" if key in _OBJECTS else "a number"
                messages.append((key, f"'{key}' must be {expected}, or JSON text of one."))
    messages.extend(
        (key, f"'{key}' must be a single file in {STAND_IN}.")
        for key in ("sharedConfigFiles", "sharedCredentialsFiles")
        if not any(name == key for name, _ in messages) and len(_list(arguments, key)) > 1
    )
    return messages


def settings(arguments: Mapping[str, Any], environment: Mapping[str, str] = os.environ) -> Settings:
    """Parse the configuration of a provider, in which `problems` found none."""
    unknown = any(has_unknown(value) for value in arguments.values())
    values = {
        key: _parse(key, value)
        for key, value in arguments.items()
        if value is not None and not key.startswith("__") and not has_unknown(value)
    }
    endpoints: dict[str, str] = {}
    for entry in values.get("endpoints", []):
        endpoints.update({service: address for service, address in entry.items() if address})
    ignored = values.get("ignoreTags", {})
    profile = values.get("profile") or None
    config_files = values.get("sharedConfigFiles", [])
    credentials_files = values.get("sharedCredentialsFiles", [])
    region = values.get("region") or next(
        (environment[name] for name in ("AWS_REGION", "AWS_DEFAULT_REGION") if environment.get(name)), ""
    )
    profile_region = "" if region else _region_of_profile(profile, config_files, environment)
    return Settings(
        region=region or profile_region,
        region_from_profile=bool(profile_region),
        profile=profile,
        access_key=values.get("accessKey") or None,
        secret_key=values.get("secretKey") or None,
        token=values.get("token") or None,
        config_file=config_files[0] if config_files else None,
        credentials_file=credentials_files[0] if credentials_files else None,
        endpoints=endpoints,
        default_tags=_default_tags(arguments),
        ignored_tags=tuple(ignored.get("keys", [])),
        ignored_tag_prefixes=tuple(ignored.get("keyPrefixes", [])),
        assume_roles=tuple(values.get("assumeRoles", [])),
        allowed_accounts=tuple(str(account) for account in values.get("allowedAccountIds", [])),
        forbidden_accounts=tuple(str(account) for account in values.get("forbiddenAccountIds", [])),
        max_retries=int(values.get("maxRetries", RETRIES)),
        path_style=bool(values.get("s3UsePathStyle", False)),
        unknown=unknown,
    )


def _parse(key: str, value: Any) -> Any:
    if key in _LISTS:
        return _parse_json(value, list)
    if key in _OBJECTS:
        return _parse_json(value, dict)
    if key in _BOOLEANS:
        return value is True or str(value).lower() == "true"
    if key in _NUMBERS:
        return int(value)
    return str(value)


def _parse_json(value: Any, json_type: type) -> Any:
    parsed = json.loads(value) if isinstance(value, str) else value
    if not isinstance(parsed, json_type):
        raise ValueError(json_type.__name__)  # noqa: TRY004 - the same error as for malformed JSON
    return parsed


def _list(arguments: Mapping[str, Any], key: str) -> list[Any]:
    value = arguments.get(key)
    return [] if value is None or has_unknown(value) else _parse(key, value)


def _default_tags(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    value = arguments.get("defaultTags")
    if value is UNKNOWN or value is None:
        return {}
    return dict((_parse_json(value, dict).get("tags")) or {})


def _region_of_profile(profile: str | None, config_files: list[str], environment: Mapping[str, str]) -> str:
    profile = profile or environment.get("AWS_PROFILE") or "default"
    path = config_files[0] if config_files else environment.get("AWS_CONFIG_FILE", "~/.aws/config")
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(Path(path).expanduser())
    except configparser.Error:
        return ""
    section = "default" if profile == "default" else f"profile {profile}"
    return parser.get(section, "region", fallback="")
