"""Treats secrets that `pulumi policy analyze` could not decrypt as unknown values.

The engine replaces such a value by `[secret]` and marks it as a secret; the SDK removes the marker before a policy
sees it. So this module reads the marker first. A program may contain the same text, plain or as a secret: while a
program runs, nothing is redacted, and the text is judged like any other.
"""

from dataclasses import dataclass
from typing import Any, cast

import pulumi_policy.deserialize as sdk_deserialize
import pulumi_policy.policy as sdk_policy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

_REDACTED = "[secret]"
_SIGNATURE = str(sdk_deserialize.SPECIAL_SIG_KEY)
_SECRET = str(sdk_deserialize.SPECIAL_SECRET_SIG)


@dataclass(slots=True)
class _Run:
    """Whether a program runs. *has_program* is true once the engine configures a stack.

    The engine does so for a preview and an update, and not for an analysis of saved state.
    """

    has_program: bool = False


_run = _Run()


def read_redacted_secrets_as_unknown() -> None:
    """Make the SDK pass secrets that were not decrypted as unknown values."""
    sdk = cast("Any", sdk_policy)
    servicer = sdk._PolicyAnalyzerServicer  # noqa: SLF001 - the SDK has no hook for either
    if getattr(servicer.ConfigureStack, "records", False):
        return
    configure_stack, deserialize = servicer.ConfigureStack, sdk.deserialize_properties

    def record_program(self: Any, request: Any, context: Any) -> Any:
        _run.has_program = True
        return configure_stack(self, request, context)

    def read_properties(properties: dict[str, Any], proxy_secrets: bool = False) -> Any:
        if not _run.has_program:
            _hide_redacted(properties)
        return deserialize(properties, proxy_secrets)

    cast("Any", record_program).records = True
    servicer.ConfigureStack = record_program
    sdk.deserialize_properties = read_properties


def _hide_redacted(container: Any) -> None:
    """Replace each redacted secret in *container*, which is decoded JSON, by the SDK's mark for an unknown value.

    It works in place: the SDK decodes the properties for each policy, and a copy would double the cost.
    """
    entries = cast("Any", container.items() if isinstance(container, dict) else enumerate(container))
    for key, value in entries:
        if isinstance(value, dict) and _is_redacted(cast("dict[str, Any]", value)):
            container[key] = UNKNOWN_STRING_VALUE
        elif isinstance(value, dict | list):
            _hide_redacted(value)


def _is_redacted(value: dict[str, Any]) -> bool:
    return value.get(_SIGNATURE) == _SECRET and value.get("value") == _REDACTED
