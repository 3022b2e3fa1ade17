"""Normalizes the arguments that users pass: awaitables become Outputs, None means absent, the rest is plain data."""

import datetime as dt
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi

from eks_pod_identity.errors import Path, Problem, type_name
from eks_pod_identity.values import plain_data
from pulumi_eks_pod_identity._run.outputs import is_output
from pulumi_eks_pod_identity.errors import PodIdentityInputError

_DATE_OF_YAML = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \S+")
"""How the engine passes a date that is written in a YAML file without quotes."""

_FORMATTED_OUTPUT = re.compile(
    r"Calling (__str__|\[to(?:String|JSON)\]) on an \[?Output[\[<]T[\]>]\]? is not supported"
)
"""The text that Pulumi's SDKs return for an Output in an f-string of Python or a template string of TypeScript."""

_NO_DATE = ("This is a date, not a string: YAML reads 2027-03-31 without quotes as a date.", "Put it in quotes.")

_NOT_AWAITED = (
    "The value of the Output has an awaitable inside, such as a coroutine.",
    "Await it before you return the value, or wrap it: pulumi.Output.from_input(coroutine).",
)


def normalize(
    subject: str, args: object, from_awaitable: Callable[[Awaitable[Any]], object] | None = pulumi.Output.from_input
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the arguments of a component in one form, and the problems of those that cannot be arguments at all.

    An argument with a problem is left out. Awaitables become Outputs here, because a coroutine can be awaited only
    once. A caller that creates nothing passes another *from_awaitable*; with None, awaitables are refused.

    Raises:
        PodIdentityInputError: If *args* is not a map.
    """
    if not isinstance(args, Mapping) and args is not None:
        problem = Problem(
            ("args",), f"Expected a map of arguments, got {type_name(args)}.", 'Write {"cluster_name": "dev", ...}.'
        )
        raise PodIdentityInputError(subject, [problem])
    arguments: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, value in cast("Mapping[Any, Any]", args or {}).items():
        if not isinstance(key, str):
            problems.append(
                Problem((f"{key}"[:80],), "Expected a string as the name of an argument.", "Put the name in quotes.")
            )
            continue
        if (misplaced := _misplacement_problem(key, value)) is not None:
            problems.append(misplaced)
            continue
        wrong = plain_data.problems(value, (key,), _is_checked_later)
        if not wrong:
            normal = _Normalization(wrong, from_awaitable).normalize(value, (key,))
            if normal is not None and not wrong:
                arguments[key] = normal
        problems += wrong
    return arguments, problems


def _misplacement_problem(key: str, value: object) -> Problem | None:
    """Return the problem of an option or a provider among the arguments."""
    if isinstance(value, pulumi.ResourceOptions):
        fix = "Pass them as the third argument of the component."
        return Problem((key,), "Resource options are not an argument in this map.", fix)
    if isinstance(value, pulumi.ProviderResource):
        fix = "Pass it in the options: pulumi.ResourceOptions(provider=...)."
        if key == "target_provider":
            fix = "Pass it as a keyword: PodIdentity(name, {...}, target_provider=...)."
        return Problem((key,), "A provider is not an argument in this map.", fix)
    return None


def _is_checked_later(value: object) -> bool:
    return is_output(value) or _is_call_result(value)


def _is_call_result(value: object) -> bool:
    """Return whether *value* is the whole result of an invoke, such as aws.iam.get_policy_document."""
    return bool(getattr(type(value), "_pulumi_output_type", False))


@dataclass(frozen=True, slots=True)
class _Normalization:
    """Normalizes values and collects the problems of those that it cannot normalize."""

    problems: list[Problem]
    from_awaitable: Callable[[Awaitable[Any]], object] | None

    def normalize(self, value: object, path: Path) -> object:
        if isinstance(value, str):
            self._text(value, path)
            return value
        if isinstance(value, Mapping):
            return self._map(cast("Mapping[str, object]", value), path)
        if isinstance(value, list | tuple):
            parts = enumerate(cast("Sequence[object]", value))
            items = [self.normalize(item, (*path, index)) for index, item in parts]
            return [item for item in items if item is not None] if len(path) == 1 else items
        if isinstance(value, dt.date):
            if path[-1] == "Version":  # 2012-10-17 without quotes can mean one thing only
                return value.isoformat()
            self.problems.append(Problem(path, *_NO_DATE))
        elif _is_call_result(value):
            name = type(value).__name__.removeprefix("Awaitable")
            rule = f"This is the whole result of a function call ({name})."
            self.problems.append(Problem(path, rule, _what_to_pass(value, path)))
        elif isinstance(value, Awaitable) and not isinstance(value, pulumi.Output):
            return self._normalize_awaitable(cast("Awaitable[Any]", value), path)
        return value

    def _normalize_awaitable(self, value: Awaitable[Any], path: Path) -> object:
        if self.from_awaitable is not None:
            return self.from_awaitable(value)
        self.problems.append(Problem(path, *_NOT_AWAITED))
        return None

    def _text(self, value: str, path: Path) -> None:
        if _DATE_OF_YAML.fullmatch(value):
            self.problems.append(Problem(path, *_NO_DATE))
        elif "is not supported" in value and (formatted := _FORMATTED_OUTPUT.search(value)):
            rule = (
                "The string was built from an Output, so it contains an error message of Pulumi instead of the value."
            )
            self.problems.append(Problem(path, rule, _how_to_format(formatted[1])))

    def _map(self, items: Mapping[str, object], path: Path) -> dict[str, object]:
        normal: dict[str, object] = {}
        for key, item in items.items():
            if _DATE_OF_YAML.fullmatch(key):
                self.problems.append(Problem((*path, key), *_NO_DATE))
            normal_item = self.normalize(item, (*path, key))
            # Dropping a value would make a condition match more requests, so in conditions None stays and is refused.
            if normal_item is not None or "Condition" in path:
                normal[key] = normal_item
        return normal


def _how_to_format(method: str) -> str:
    if method == "__str__":
        return (
            'Write pulumi.Output.format("{0}/*", bucket.arn) instead of an f-string, and pulumi.Output.json_dumps '
            "instead of json.dumps."
        )
    return (
        "Write pulumi.interpolate`${bucket.arn}/*` instead of a template string, and pulumi.jsonStringify instead of "
        "JSON.stringify."
    )


def _what_to_pass(result: object, path: Path) -> str:
    if not hasattr(result, "json"):
        return "Pass the attribute that you need."
    if path[0] == "extra_trust_statements":
        return 'Pass its statements: json.loads(result.json)["Statement"].'
    if path in (("policies",), ("target_policies",)):
        return 'Append `.json`, and give the document a name: {"invoices": result.json}.'
    return "Append `.json`."
