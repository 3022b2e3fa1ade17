"""The official provider's checks of single values, made before it calls AWS."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Rule = Callable[[Any], str | None]

_PARTITION = re.compile(r"aws(-[a-z]+)*")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_ACCOUNT = re.compile(r"aws|aws-managed|third-party|\d{12}|cw.{10}")
_NAME = re.compile(r"[\w+=,.@-]+", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_VERSION = re.compile(
    r"v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*)?"
    r"(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_ARN_PARTS = 6
_TYPOGRAPHIC_QUOTES = "\u201c\u2018"


def length(low: int, high: int) -> Rule:
    """Return a rule that accepts *low* to *high* characters."""
    return lambda value: (
        None if low <= len(str(value)) <= high else f"expected length to be in the range ({low} - {high}), got {value}"
    )


def each(rule: Rule) -> Rule:
    """Return a rule that accepts a list if *rule* accepts every element."""
    return lambda values: next((problem for value in values if (problem := rule(value))), None)


def name(limit: int) -> Rule:
    """Return a rule that accepts IAM names: at most *limit* letters, digits and `+=,.@-_`."""

    def rule(value: object) -> str | None:
        return length(1, limit)(value) or (None if _NAME.fullmatch(str(value)) else "must match [\\w+=,.@-]")

    return rule


def role_name(value: object) -> str | None:
    """Accept a role name, but not an ARN (`validRolePolicyRole`)."""
    problem = length(1, 128)(value)
    if problem is None and str(value).startswith("arn:") and arn(value) is None:
        return "must be the role's name not its ARN"
    return problem


def parsed_arn(value: object) -> str | None:
    """Accept what can be parsed as an ARN; types of the plugin framework check no more."""
    parts = str(value).split(":", _ARN_PARTS - 1)
    if len(parts) == _ARN_PARTS and parts[0] == "arn":
        return None
    return f"The provided value cannot be parsed as an ARN. Value: {value}"


def arn(value: object) -> str | None:
    """Accept a complete ARN, or an empty string for none (`ValidARN`)."""
    if value == "":
        return None
    if parsed_arn(value):
        return f"({value}) is an invalid ARN: arn: invalid prefix or not enough sections"
    _, partition, _service, region, account, resource = str(value).split(":", _ARN_PARTS - 1)
    if not _PARTITION.fullmatch(partition):
        return f"({value}) is an invalid ARN: invalid partition value"
    if region and not _REGION.fullmatch(region):
        return f"({value}) is an invalid ARN: invalid region value"
    if account and not _ACCOUNT.fullmatch(account):
        return f"({value}) is an invalid ARN: invalid account ID value"
    return None if resource else f"({value}) is an invalid ARN: missing resource value"


def policy_document(value: object) -> str | None:
    """Accept a JSON object without leading space or duplicate keys (`ValidIAMPolicyJSON`)."""
    text = str(value)
    if not text:
        return "is an empty string, which is not a valid JSON value"
    if not text.startswith("{"):
        return f"contains an invalid JSON policy: {_not_an_object(text)}"
    duplicates: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in pairs]
        duplicates.extend(key for key in keys if keys.count(key) > 1)

    try:
        json.loads(text, object_pairs_hook=collect)
    except ValueError as error:
        return f"contains an invalid JSON policy: {error}"
    return f'contains duplicate JSON keys: duplicate key "{duplicates[0]}"' if duplicates else None


def _not_an_object(text: str) -> str:
    if text[0].isspace():
        return "leading space characters are not allowed"
    if text.startswith('"'):
        return "contains a JSON-encoded string, not a JSON-encoded object"
    return "contains a JSON array, not a JSON object" if text.startswith("[") else "not a JSON object"


def policy_path(value: object) -> str | None:
    """Accept the path of a managed policy (`validPolicyPath`)."""
    text = str(value)
    if problem := length(1, 512)(value):
        return problem
    if not (text.startswith("/") and text.endswith("/")):
        return "must begin and end with a forward slash (/)"
    return "must not contain consecutive forward slashes (//)" if "//" in text else None


def description(value: object) -> str | None:
    """Accept the description of a role."""
    problem = length(0, 1000)(value)
    if problem is None and any(quote in str(value) for quote in _TYPOGRAPHIC_QUOTES):
        return f"cannot contain specially formatted single or double quotes: [{_TYPOGRAPHIC_QUOTES}]"
    return problem


def https_url(value: object) -> str | None:
    """Accept the address of an OIDC provider (`validOpenIDURL`)."""
    parts = urlsplit(str(value))
    if parts.scheme != "https" or not parts.netloc:
        return f'expected to have a url with schema of: "https", got {value}'
    return "cannot contain query parameters per the OIDC standard" if parts.query else None


def addon_version(value: object) -> str | None:
    """Accept a semantic version prefixed with `v`."""
    return None if _VERSION.fullmatch(str(value)) else "must follow semantic version format"


def namespace_config(value: dict[str, Any]) -> str | None:
    """Accept the namespace of an add-on: a DNS label."""
    namespace = value.get("namespace")
    if namespace is None:
        return 'Missing required argument. The argument "namespace" is required, but no definition was found'
    return None if _LABEL.fullmatch(str(namespace)) else "must be a valid DNS label"


def between(low: int, high: int) -> Rule:
    """Return a rule that accepts a number from *low* to *high*."""
    return lambda value: (
        None
        if isinstance(value, int) and low <= value <= high
        else f"expected to be in the range ({low} - {high}), got {value}"
    )


def one_of(*allowed: str) -> Rule:
    """Return a rule that accepts the *allowed* strings."""
    return lambda value: None if value in allowed else f"expected to be one of {', '.join(allowed)}, got {value}"
