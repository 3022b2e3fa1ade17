"""Errors of the plugin: one line each, as the official provider words them."""

from typing import Any


class PluginError(Exception):
    """An operation failed; the message is what the user reads."""


def is_aws_error(error: Exception) -> bool:
    """Tell whether an error is AWS's, or one of reaching it, and no fault of this plugin."""
    return any(base.__module__ == "botocore.exceptions" for base in type(error).__mro__)


def code(error: Exception) -> str:
    """Return the error code of an answer of AWS, or nothing for any other error."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def message(error: Exception) -> str:
    """Return what an error says, on one line: AWS's code and message for its answers."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    if "Error" in response:
        text = f"{response['Error'].get('Code', 'Unknown')}: {response['Error'].get('Message') or 'no message'}"
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())


def is_not_found(error: Exception) -> bool:
    """Tell whether AWS says that the resource does not exist."""
    return code(error) in {"NoSuchEntity", "ResourceNotFoundException", "NoSuchBucket", "NoSuchKey", "404"}
