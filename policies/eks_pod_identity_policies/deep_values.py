"""Handles resources that are nested too deeply for the SDK, which copies properties recursively.

One such resource would end the run for the whole stack. Raising Python's recursion limit does not help: since 3.12 it
also limits C code. So the resource is cut, and deeper values are unknown.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pulumi_policy.policy as sdk_policy
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from eks_pod_identity.values.plain_data import DEEPEST


def cut_deep_values() -> None:
    """Make the SDK retry a request without its deepest values if they exceed Python's recursion limit."""
    servicer = cast("Any", sdk_policy)._PolicyAnalyzerServicer  # noqa: SLF001 - the SDK has no hook for it
    for name in ("Analyze", "AnalyzeStack", "Remediate"):
        method = getattr(servicer, name)
        if not getattr(method, "cuts", False):
            setattr(servicer, name, _retry_with_cut_values(method))


def _retry_with_cut_values(method: Callable[[Any, Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
    def retry(self: Any, request: Any, context: Any) -> Any:
        try:
            return method(self, request, context)
        except RecursionError:
            for properties in _properties_of(request):
                _cut_below(properties)
            return method(self, request, context)

    cast("Any", retry).cuts = True
    return retry


def _properties_of(request: Any) -> Iterator[Any]:
    """Return the properties of the resources in a request, as protobuf structs."""
    if hasattr(request, "resources"):
        for resource in request.resources:
            yield resource.properties
    else:
        yield request.properties


def _cut_below(properties: Any) -> None:
    level: list[Any] = list(properties.fields.values())
    for _ in range(DEEPEST):
        deeper: list[Any] = []
        for value in level:
            field = value.WhichOneof("kind")
            if field == "struct_value":
                deeper.extend(value.struct_value.fields.values())
            elif field == "list_value":
                deeper.extend(value.list_value.values)
        level = deeper
    for value in level:
        if value.WhichOneof("kind") in ("struct_value", "list_value"):
            value.string_value = UNKNOWN_STRING_VALUE
