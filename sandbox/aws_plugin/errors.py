"""Errors of the plugin: one line each, worded as the official provider words them."""

from typing import Any


class PluginError(Exception):
    """An operation failed; the message is what the user reads."""


def is_aws_error(error: Exception) -> bool:
    """Return whether an error comes from AWS or from the connection to it, and not from a bug in this plugin."""
    return any(base.__module__ == "botocore.exceptions" for base in type(error).__mro__)


def code(error: Exception) -> str:
    """Return AWS's error code, or an empty string for any other error."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def message(error: Exception) -> str:
    """Return an error's text on one line: code and message if it comes from AWS."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    if "Error" in response:
        text = f"{response['Error'].get('Code', 'Unknown')}: {response['Error'].get('Message') or 'no message'}"
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())


def is_not_found(error: Exception) -> bool:
    """Return whether AWS reports that the resource does not exist."""
    return code(error) in {"NoSuchEntity", "ResourceNotFoundException", "NoSuchBucket", "NoSuchKey", "404"}
