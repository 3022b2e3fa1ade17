"""Arguments as they arrive, turned into arguments that are checked.

The public arguments are TypedDicts whose values may be outputs. Here they become models whose known values are checked
at once, and whose unknown values are checked by the same rule in the `apply` that feeds the resource.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args

import pulumi
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, core_schema

from eks_pod_identity.errors import Path, Problem, RuleError, type_name
from eks_pod_identity.values import plain_data
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import has_later, is_later

beyond_schema: ContextVar[Sequence[Path]] = ContextVar("beyond_schema", default=())
"""Places of arguments that a program in another language gives and that the plugin host would drop: they are unknown keys as well."""

Model = TypeVar("Model", bound="Settled")
Rule = Callable[[Any], Any]


class Settled(BaseModel):
    """Base of the internal models: unknown keys are errors, and errors never show what was given."""

    # Built when first used: a program pays at its start for those components only that it makes.
    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True, defer_build=True
    )


@dataclass(frozen=True)
class Check:
    """Checks one value by a rule of the knowledge. A value that is not known yet passes, and is checked later."""

    rule: Rule

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to use the rule instead of the annotation."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if has_later(value) else self.rule(value)
        )

    def later(self, subject: str, path: Path, value: Any) -> Any:
        """Bind the rule to a value that is not known yet."""
        return checked_later(subject, path, self.rule, value) if has_later(value) else value


@dataclass(frozen=True)
class Known(Check):
    """Checks a value that decides which resources exist or what they are called, and so must be known by now."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to use the rule instead of the annotation."""

        def check(value: Any) -> Any:
            if has_later(value):
                raise RuleError(
                    "The value is an output of another resource, but it decides which resources there are.",
                    "Give a plain value.",
                )
            return self.rule(value)

        return core_schema.no_info_plain_validator_function(check)


@dataclass(frozen=True)
class Map(Check):
    """Checks each value of a map, and by another rule each key. The keys must be known, since they name resources."""

    key: Rule | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to check keys and values apart, so that each error has its own path."""

        def check(items: Any) -> Any:
            if isinstance(items, pulumi.Output):
                raise RuleError(
                    "The map is an output as a whole, but its keys name resources.",
                    "Give a plain map; its values may be outputs.",
                )
            if not isinstance(items, Mapping):
                raise RuleError("This is a map of names to values.", 'Write it like {"name": value}.')
            return dict(cast("Mapping[str, Any]", items))

        keys = core_schema.no_info_plain_validator_function(self.key) if self.key else core_schema.any_schema()
        values = core_schema.no_info_plain_validator_function(
            lambda value: value if has_later(value) else self.rule(value)
        )
        return core_schema.chain_schema(
            [
                core_schema.no_info_plain_validator_function(check),
                core_schema.dict_schema(keys_schema=keys, values_schema=values),
            ]
        )

    def later(self, subject: str, path: Path, value: Any) -> Any:
        """Bind the rule to those values of the map that are not known yet."""
        items = cast("Mapping[str, Any]", value)
        return {key: Check(self.rule).later(subject, (*path, key), item) for key, item in items.items()}


@dataclass(frozen=True)
class Items(Check):
    """Checks each item of a list."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic to check each item, so that each error has its own path."""

        def check(items: Any) -> Any:
            if isinstance(items, pulumi.Output):
                raise RuleError("The list is an output as a whole.", "Give a plain list; its items may be outputs.")
            if not isinstance(items, list | tuple):
                raise RuleError("This is a list.", "Write it like [first, second].")
            return list(cast("Sequence[Any]", items))

        item = core_schema.no_info_plain_validator_function(
            lambda value: value if has_later(value) else self.rule(value)
        )
        return core_schema.chain_schema(
            [core_schema.no_info_plain_validator_function(check), core_schema.list_schema(item)]
        )

    def later(self, subject: str, path: Path, value: Any) -> Any:
        """Bind the rule to those items of the list that are not known yet."""
        items = cast("Sequence[Any]", value)
        return [Check(self.rule).later(subject, (*path, index), item) for index, item in enumerate(items)]


def settle(
    model: type[Model], subject: str, args: Mapping[str, Any] | None, hints: Mapping[str, str] | None = None
) -> tuple[Model, list[Problem]]:
    """Check *args* by *model*.

    *hints* say of keys that the model does not have why that is so.

    Returns:
        The model and what is wrong. Where something is wrong its field is absent, so that further checks can still
        look at all the others and every problem is told at once.
    """
    if not isinstance(cast("object", args or {}), Mapping):
        found = type_name(args)
        raise PodIdentityInputError(
            subject,
            [Problem(("args",), f"The arguments are a map, not {found}.", 'Write {"cluster_name": "dev", ...}.')],
        )
    given = {key: value for key, value in (args or {}).items() if value is not None}
    problems = _impossible(given)
    impossible = {problem.path[0] for problem in problems}
    problems += [
        replace(_unknown_key(_model_at(model, path), path, hints or {}), as_typed=True) for path in beyond_schema.get()
    ]
    given = {
        key: value for key, value in given.items() if isinstance(cast("object", key), str) and key not in impossible
    }
    try:
        settled = model.model_validate(given)
    except ValidationError as error:
        problems += [
            _problem(model, item, hints or {}, given)
            for item in error.errors(include_url=False, include_input=False)
            if item["loc"][0] not in impossible
        ]
        settled = _partial(model, given, {problem.path[0] for problem in problems})
    return _with_later_checks(settled, subject, ()), problems


def _impossible(given: Mapping[Any, Any]) -> list[Problem]:
    problems: list[Problem] = []
    for key, value in given.items():
        if not isinstance(key, str):
            problems.append(Problem((f"{key}"[:80],), "The names of arguments are text.", "Put the name in quotes."))
        else:
            problems += plain_data.problems(value, (key,), is_later)
    return problems


def checked_later(subject: str, path: Path, rule: Rule, value: Any) -> pulumi.Output[Any]:
    """Apply *rule* to a value once it is known; what it finds is told like any other problem."""

    def check(settled: Any) -> Any:
        plain_data.check(settled)
        return rule(settled)

    return pulumi.Output.from_input(value).apply(told(subject, path, check))


def told(subject: str, path: Path, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return *function* with its broken rules told as problems at *path*."""

    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except RuleError as error:
            raise PodIdentityInputError(subject, [Problem(path, error.rule, error.fix)]) from None

    return call


def _partial(model: type[Model], given: Mapping[str, Any], bad: set[str | int]) -> Model:
    values: dict[str, Any] = {name: None for name, field in model.model_fields.items() if field.is_required()}
    for name, adapter in _adapters(model).items():
        if name in given and name not in bad:
            values[name] = adapter.validate_python(given[name])
    return model.model_construct(**values)


@cache
def _adapters(model: type[Settled]) -> dict[str, TypeAdapter[Any]]:
    adapters: dict[str, TypeAdapter[Any]] = {}
    for name, field in model.model_fields.items():
        annotation: Any = field.annotation
        for metadata in field.metadata:
            annotation = Annotated[annotation, metadata]
        adapters[name] = TypeAdapter(annotation)
    return adapters


def _with_later_checks(settled: Model, subject: str, path: Path) -> Model:
    changed: dict[str, Any] = {}
    for name, field in type(settled).model_fields.items():
        value = getattr(settled, name)
        if value is None:
            continue
        for check in field.metadata:
            if isinstance(check, Check) and has_later(value):
                changed[name] = check.later(subject, (*path, name), value)
        if isinstance(value, list) and any(isinstance(item, Settled) for item in cast("list[object]", value)):
            nested = cast("list[Settled]", value)
            changed[name] = [
                _with_later_checks(item, subject, (*path, name, index)) for index, item in enumerate(nested)
            ]
    return settled.model_copy(update=changed) if changed else settled


def _problem(model: type[Settled], error: Any, hints: Mapping[str, str], given: Mapping[str, Any]) -> Problem:
    # pydantic ends the path to a bad key of a map with a marker of its own.
    path = tuple(part for part in cast("Path", error["loc"]) if part != "[key]")
    match error["type"]:
        case "missing":
            return Problem(path, "The key is required.", "Give it a value.")
        case "extra_forbidden":
            return _unknown_key(_model_at(model, path), path, hints)
        case "value_error" if isinstance(found := error["ctx"]["error"], RuleError):
            return Problem(path, found.rule, found.fix)
        case "list_type" if is_later(given[str(path[0])]):
            return Problem(
                path,
                "The list is an output as a whole, but it decides which resources there are.",
                "Give a plain list.",
            )
        case "list_type":
            return Problem(path, "This is a list.", "Write it like [first, second].")
        case _:
            return Problem(path, "This is a map of the keys of a binding.", "Give 'namespace' and 'service_account'.")


def _model_at(model: type[Settled], path: Path) -> type[Settled]:
    return model if len(path) == 1 else next(_models_in(model.model_fields[str(path[0])].annotation))


def _models_in(annotation: Any) -> Iterator[type[Settled]]:
    if isinstance(annotation, type) and issubclass(annotation, Settled):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _unknown_key(model: type[Settled], path: Path, hints: Mapping[str, str]) -> Problem:
    key = str(path[-1])
    if key in hints:
        return Problem(path, "There is no such key here.", hints[key])
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
    near = difflib.get_close_matches(snake, model.model_fields, n=1)
    fix = f"Did you mean '{near[0]}'?" if near else f"The keys are {_quoted(model)}."
    return Problem(path, "There is no such key.", fix)


def _quoted(model: type[Settled]) -> str:
    return ", ".join(f"'{name}'" for name in sorted(model.model_fields))
