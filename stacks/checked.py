"""Every problem of a stack's file, found before anything is registered and told in one error."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pulumi
from pydantic import ValidationError

from eks_pod_identity.errors import Problem, camel_case
from environment import SHARED_ARGUMENTS, Environment, Identity
from pulumi_eks_pod_identity import PodIdentity
from stack_file import Typed, values

CONFIG_KEY = "eks-pod-identity:environment"


@dataclass(frozen=True)
class Line:
    """One problem: the path of its key in the file, and what is wrong and how to put it right."""

    path: tuple[str, ...]
    sentence: str

    def __str__(self) -> str:
        """As the user reads it."""
        return f"- {'.'.join(self.path) or 'environment'}: {self.sentence}"


def load(config: pulumi.Config, file: Path) -> Environment:
    """Return the checked environment of the stack.

    Raises:
        pulumi.RunError: If anything in it is wrong; has a line for each problem.
    """
    lines: list[Line] = []
    environment = check(config.require_object("environment"), as_typed(file), lines)
    if lines or environment is None:
        raise pulumi.RunError(report(file, lines))
    return environment


def report(file: Path, lines: list[Line]) -> str:
    """Return the one error of *file* with all its problems."""
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    listed = "\n".join(str(line) for line in sorted(lines, key=lambda line: line.path))
    return f"{file.name}: {count} in {CONFIG_KEY}. Nothing was changed.\n{listed}"


def as_typed(file: Path) -> dict[tuple[str, ...], Typed]:
    """Return the scalars below the environment's key as they stand in the file; none if it is not there."""
    if not file.exists():
        return {}
    scalars, _ = values(file)
    return {item.path[2:]: item for item in scalars if item.path[:2] == ("config", CONFIG_KEY)}


def check(given: Any, typed: Mapping[tuple[str, ...], Typed], lines: list[Line]) -> Environment | None:
    """Return the environment that *given* describes, appending what is wrong with it to *lines*."""
    if not isinstance(given, Mapping):
        lines.append(Line((), "The environment is a map with the keys cluster, accounts, tags and identities."))
        return None
    try:
        environment = Environment.model_validate(given)
    except ValidationError as error:
        lines += [_line(item, typed) for item in error.errors(include_url=False, include_input=False)]
        return None
    for name, identity in environment.identities.items():
        lines += _identity(environment, name, identity, typed)
    lines += _namespaces(environment)
    return environment


def _identity(
    environment: Environment, name: str, identity: Identity, typed: Mapping[tuple[str, ...], Typed]
) -> Iterator[Line]:
    place = ("identities", name)
    misspelled = [key for key in identity.model_extra or {} if "_" in key]
    for key in misspelled:
        yield Line((*place, key), f"Keys of this file are in camelCase. Write {camel_case(key)}.")
    shared = [key for key in identity.arguments if key in SHARED_ARGUMENTS and key not in misspelled]
    for key in shared:
        yield Line((*place, camel_case(key)), "This is said once for the whole environment. Set it under cluster.")
    if identity.target_account is not None:
        yield from _target_account(environment, identity, place)
    arguments = {key: value for key, value in environment.arguments(name).items() if key not in misspelled}
    for problem in _problems(arguments):
        path = (*place, *(_part(part, depth) for depth, part in enumerate(problem.path)))
        yield Line(path, problem.sentence(camel=True) + _seen(typed, path))


def _problems(arguments: Mapping[str, Any]) -> Sequence[Problem]:
    """Ask the component, before any is constructed: the first would be registered before the last is found wrong."""
    return PodIdentity.validate(arguments)


def _target_account(environment: Environment, identity: Identity, place: tuple[str, ...]) -> Iterator[Line]:
    if identity.target_account not in environment.accounts:
        known = ", ".join(environment.accounts) or "none"
        yield Line((*place, "targetAccount"), f"There is no such account; accounts has: {known}.")
    if not identity.arguments.get("create_target_role"):
        yield Line(
            (*place, "targetAccount"),
            "Only a target role that this stack creates can be put into an account. Set createTargetRole: true, "
            "or remove targetAccount and give the role as targetRoleArn.",
        )


def _namespaces(environment: Environment) -> Iterator[Line]:
    """Two identities cannot both create one namespace, nor have one ServiceAccount."""
    creators: dict[str, str] = {}
    owners: dict[tuple[str, str], str] = {}
    for name, identity in environment.identities.items():
        arguments = identity.arguments
        for namespace, service_account in _pairs(arguments):
            owner = owners.setdefault((namespace, service_account), name)
            if owner != name:
                yield Line(
                    ("identities", name),
                    f"{namespace}/{service_account} belongs to {owner} already; EKS allows one association for each.",
                )
            if arguments.get("create_namespace"):
                creator = creators.setdefault(namespace, name)
                if creator != name:
                    yield Line(
                        ("identities", name, "createNamespace"),
                        f"The namespace {namespace} is created by {creator} already. Leave it to that one.",
                    )


def _pairs(arguments: Mapping[str, Any]) -> set[tuple[str, str]]:
    listed = arguments.get("bindings")
    if not isinstance(listed, list):
        return {(str(arguments.get("namespace")), str(arguments.get("service_account")))}
    bindings = cast("list[Mapping[str, Any] | None]", listed)
    # A binding on a cluster of its own is not in the way of the same pair here.
    return {
        (str(item.get("namespace")), str(item.get("service_account")))
        for item in bindings
        if isinstance(item, Mapping) and item.get("cluster_name") is None
    }


def _line(error: Any, typed: Mapping[tuple[str, ...], Typed]) -> Line:
    path = tuple(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "missing":
            sentence = "The key is required."
        case "extra_forbidden":
            sentence = f"There is no such key here.{_spelling(path)}"
        case "string_type":
            sentence = "This is text. Put the value in quotes."
        case "string_pattern_mismatch":
            sentence = "An AWS account id is twelve digits in quotes."
        case _:
            sentence = f"{error['msg']}."
    return Line(path, sentence + _seen(typed, path))


def _spelling(path: tuple[str, ...]) -> str:
    camel = camel_case(path[-1])
    return f" Keys are in camelCase: did you mean {camel}?" if camel != path[-1] else ""


def _seen(typed: Mapping[tuple[str, ...], Typed], path: tuple[str, ...]) -> str:
    """Say of a number without quotes how it stands in the file: YAML drops leading zeros, or reads it as octal."""
    found = typed.get(path)
    return (
        f" (line {found.line}: {found.text} has no quotes and is read as a number.)"
        if found and found.plain_number
        else ""
    )


def _part(part: str | int, depth: int) -> str:
    return camel_case(part) if depth == 0 and isinstance(part, str) else str(part)
