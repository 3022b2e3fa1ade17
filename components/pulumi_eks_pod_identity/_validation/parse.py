"""Turns arguments into a model, and pydantic's errors into problems in this project's words."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args

from pydantic import TypeAdapter, ValidationError

from eks_pod_identity.errors import Path, Problem, RuleError, type_name
from pulumi_eks_pod_identity._run.outputs import is_output
from pulumi_eks_pod_identity._validation.fields import ValidatedModel
from pulumi_eks_pod_identity._validation.redaction import value_at

unknown_keys: ContextVar[Sequence[Path]] = ContextVar("unknown_keys", default=())
"""Paths of arguments from a program in another language that are not in the schema."""

Model = TypeVar("Model", bound=ValidatedModel)


def parse(model: type[Model], arguments: Mapping[str, Any], hints: Mapping[str, str]) -> tuple[Model, list[Problem]]:
    """Check each of *arguments* by itself.

    *hints* explain why the model does not have certain keys.

    Returns:
        The model and the problems. A wrong argument is absent from the model, so that rules about several arguments
        can still check the others, and every problem is reported at once.
    """
    problems = [
        replace(_unknown_key(_model_at(model, path), path, hints), as_typed=True) for path in unknown_keys.get()
    ]
    try:
        return model.model_validate(arguments), problems
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        unknown = [*unknown_keys.get(), *(item["loc"] for item in errors if item["type"] == "extra_forbidden")]
        intended = {(*path[:-1], _nearest_argument(_model_at(model, path), str(path[-1]))) for path in unknown}
        # An argument under a misspelled name is not missing.
        for item in errors:
            if item["type"] != "missing" or item["loc"] not in intended:
                problems += _problems(model, item, hints, arguments)
    wrong = {problem.path[0] for problem in problems}
    values: dict[str, Any] = {name: None for name, field in model.model_fields.items() if field.is_required()}
    for name, adapter in _adapters(model).items():
        if name in arguments and name not in wrong:
            values[name] = adapter.validate_python(arguments[name])
    return model.model_construct(**values), problems


def find_misspelled(
    model: type[ValidatedModel], arguments: Mapping[str, Any], hints: Mapping[str, str]
) -> frozenset[str]:
    """Return the names of arguments that the user passed under a misspelled name."""
    names = [*arguments, *(str(path[0]) for path in unknown_keys.get() if len(path) == 1)]
    unknown = [name for name in names if name not in model.model_fields and _snake_case(name) not in hints]
    return frozenset(near for name in unknown if (near := _nearest_argument(model, name)))


@cache
def _adapters(model: type[ValidatedModel]) -> dict[str, TypeAdapter[Any]]:
    adapters: dict[str, TypeAdapter[Any]] = {}
    for name, field in model.model_fields.items():
        annotation: Any = field.annotation
        for metadata in field.metadata:
            annotation = Annotated[annotation, metadata]
        adapters[name] = TypeAdapter(annotation)
    return adapters


def _problems(
    model: type[ValidatedModel], error: Any, hints: Mapping[str, str], arguments: Mapping[str, Any]
) -> list[Problem]:
    # pydantic appends a marker to the path of a bad key of a map.
    path = tuple(part for part in cast("Path", error["loc"]) if part != "[key]")
    if error["type"] == "value_error" and isinstance(broken := error["ctx"]["error"], RuleError):
        return broken.problems_at(path)
    return [_problem(model, error, path, hints, arguments)]


def _problem(
    model: type[ValidatedModel], error: Any, path: Path, hints: Mapping[str, str], arguments: Mapping[str, Any]
) -> Problem:
    match error["type"]:
        case "missing":
            return Problem(path, "The argument is required.", "Give it a value.")
        case "extra_forbidden":
            return _unknown_key(_model_at(model, path), path, hints)
        case "list_type":
            return Problem(path, *_list_problem(arguments[str(path[0])]))
        case _:
            return Problem(path, *_binding_problem(value_at(arguments, path)))


def _list_problem(value: object) -> tuple[str, str]:
    if is_output(value):
        return "The list must not be an Output: it determines which resources exist.", "Pass a plain list."
    return f"Expected a list, got {type_name(value)}.", "Write a list of maps with 'namespace' and 'service_account'."


def _binding_problem(value: object) -> tuple[str, str]:
    if is_output(value):
        return (
            "The binding must not be an Output: it determines which resources exist.",
            "Pass a plain map; its session policy may be an Output.",
        )
    return (
        f"Expected a map with the keys of a binding, got {type_name(value)}.",
        "Give 'namespace' and 'service_account'.",
    )


def _model_at(model: type[ValidatedModel], path: Path) -> type[ValidatedModel]:
    return model if len(path) == 1 else next(_models_in(model.model_fields[str(path[0])].annotation))


def _models_in(annotation: Any) -> Iterator[type[ValidatedModel]]:
    if isinstance(annotation, type) and issubclass(annotation, ValidatedModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _unknown_key(model: type[ValidatedModel], path: Path, hints: Mapping[str, str]) -> Problem:
    key = str(path[-1])
    hint = hints.get(_snake_case(key)) or (_OPTION if _snake_case(key) in _OPTIONS else None)
    if hint is not None:
        return Problem(path, "Unknown argument.", hint)
    near = _nearest_argument(model, key)
    known = ", ".join(f"'{name}'" for name in sorted(model.model_fields))
    return Problem(path, "Unknown argument.", f"Did you mean '{near}'?" if near else f"The arguments are {known}.")


_OPTIONS = frozenset(
    {
        "aliases",
        "custom_timeouts",
        "depends_on",
        "ignore_changes",
        "opts",
        "parent",
        "protect",
        "provider",
        "providers",
        "retain_on_delete",
        "transformations",
        "transforms",
    }
)
_OPTION = "It is an option of every resource; options are the third argument of a component."


def _nearest_argument(model: type[ValidatedModel], key: str) -> str | None:
    """Return the argument with the most similar name to *key*."""
    return next(iter(difflib.get_close_matches(_snake_case(key), model.model_fields, n=1)), None)


def _snake_case(key: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in key)
