"""Finds every problem in a stack's file before anything is created, and reports all in one error."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pulumi
from pydantic import BaseModel, ValidationError
from pydantic.alias_generators import to_camel

from eks_pod_identity.errors import RuleError, camel_case
from eks_pod_identity.values import arns, names
from environment import SHARED_ARGUMENTS, Account, Cluster, Environment, Identity, snake_case
from pulumi_eks_pod_identity import PodIdentity
from stack_file import CONFIG_KEY, Scalar, StackFile, format_path, read

MAX_PROBLEMS = 50

_MAPS: Mapping[tuple[str, ...], str] = {
    ("cluster",): "Expected a map such as {name: dev}.",
    ("accounts",): "Expected a map from names of your choice to accounts.",
    ("identities",): "Expected a map from names of your choice to identities.",
    ("tags",): "Expected a map from tag keys to values.",
}

_MAPS_BELOW: Mapping[str, str] = {
    "accounts": 'Expected a map such as {id: "444455556666", profile: data}.',
    "identities": "Expected a map such as {namespace: payments, serviceAccount: api}.",
}

Scalars = Mapping[tuple[str, ...], Scalar]


@dataclass(frozen=True, slots=True)
class StackProblem:
    """A problem: the path of its key in the file, what is wrong, and how to fix it."""

    path: tuple[str, ...]
    sentence: str

    def is_in(self, file_problem: str) -> bool:
        """Return whether a problem in the typed file is about the same value."""
        return f": {format_path(self.path)}: " in file_problem

    def __str__(self) -> str:
        """Return the line of the error."""
        return f"- {format_path(self.path) or 'environment'}: {self.sentence}"


def load(config: pulumi.Config, file: Path) -> Environment:
    """Return the validated environment of the stack.

    Raises:
        pulumi.RunError: If anything in it is wrong, with a line per problem.
    """
    stack_file = read(file) if file.exists() else StackFile()
    problems: list[StackProblem] = []
    environment = validate(config.require_object("environment"), scalars_below(stack_file), problems)
    # The program also gets a date that the file has without quotes, and would report it again.
    problems = [problem for problem in problems if not any(problem.is_in(text) for text in stack_file.problems)]
    if stack_file.problems or problems or environment is None:
        raise pulumi.RunError(report(file, stack_file.problems, problems))
    return environment


def report(file: Path, file_problems: Sequence[str], problems: Sequence[StackProblem]) -> str:
    """Return the one error of *file* with all its problems."""
    lines = [f"- {problem}" for problem in file_problems]
    lines += [str(problem) for problem in sorted(problems, key=lambda problem: problem.path)]
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    if len(lines) > MAX_PROBLEMS:
        lines = [*lines[:MAX_PROBLEMS], f"- ... and {len(lines) - MAX_PROBLEMS} more."]
    return "\n".join([f"{file.name}: {count} in {CONFIG_KEY}. Nothing was changed.", *lines])


def scalars_below(stack_file: StackFile) -> Scalars:
    """Return the scalars below the environment's key, as typed."""
    return {item.path[2:]: item for item in stack_file.scalars if item.path[:2] == ("config", CONFIG_KEY)}


def validate(content: Any, scalars: Scalars, problems: list[StackProblem]) -> Environment | None:
    """Return the environment that *content* describes, and append what is wrong with it to *problems*."""
    if not isinstance(content, Mapping):
        sentence = "The environment must be a map with the keys cluster, accounts, tags and identities."
        problems.append(StackProblem((), sentence))
        return None
    try:
        environment = Environment.model_validate(content)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        unknown = [tuple(map(str, item["loc"])) for item in errors if item["type"] == "extra_forbidden"]
        meant = {(*path[:-1], _nearest_key(path[-1], _model_of(path))) for path in unknown}
        # A key under a misspelled name is not missing.
        problems += [
            _model_problem(item, scalars) for item in errors if item["type"] != "missing" or item["loc"] not in meant
        ]
        readable = _readable_identities(cast("Mapping[str, Any]", content), {item["loc"][:2] for item in errors})
        for name, identity in readable.identities.items():
            problems += _identity_problems(readable, name, identity, scalars)
        return None
    further: list[StackProblem] = []
    for name, account in environment.accounts.items():
        further += _account_problems(name, account)
    for name, identity in environment.identities.items():
        further += _identity_problems(environment, name, identity, scalars)
    further += _conflicts_of_identities(environment)
    # A mistake in what all identities share is reported once.
    problems += dict.fromkeys(further)
    return environment


def _readable_identities(content: Mapping[str, Any], wrong: set[tuple[int | str, ...]]) -> Environment:
    """Return the identities of an invalid environment that can still be checked, each without what they share."""
    identities, accounts = content.get("identities"), content.get("accounts")
    items = cast("Mapping[str, Any]", identities if isinstance(identities, Mapping) else {}).items()
    return Environment.model_construct(
        cluster=Cluster.model_construct(name="cluster"),
        accounts=accounts if isinstance(accounts, Mapping) else {},
        identities={name: Identity.model_validate(item) for name, item in items if ("identities", name) not in wrong},
    )


def _account_problems(name: str, account: Account) -> Iterator[StackProblem]:
    checks = (("region", names.region, account.region), ("assumeRoleArn", arns.role_arn, account.assume_role_arn))
    for key, check, value in checks:
        try:
            if value is not None:
                check(value)
        except RuleError as error:
            yield StackProblem(("accounts", name, key), f"{error.rule} {error.fix}")


def _identity_problems(
    environment: Environment, name: str, identity: Identity, scalars: Scalars
) -> Iterator[StackProblem]:
    own_path = ("identities", name)
    misspelled = {key: sentence for key in identity.model_extra or {} if (sentence := _misspelling(key))}
    for key, sentence in misspelled.items():
        yield StackProblem((*own_path, key), sentence)
    unread = {*misspelled, *map(snake_case, misspelled)}
    for key in identity.arguments:
        if key in SHARED_ARGUMENTS and key not in unread:
            path = (*own_path, camel_case(key))
            yield StackProblem(path, "This is set once for the environment. Set it under cluster.")
    if identity.target_account is not None:
        yield from _target_account_problems(environment, identity, own_path)
    arguments = {key: value for key, value in environment.arguments(name).items() if key not in unread}
    for problem in PodIdentity.validate(arguments):
        if problem.path[0] in misspelled:
            continue  # it is there, under the name that is reported
        path = _path_in_file(own_path, identity, problem.path)
        yield StackProblem(path, problem.sentence(camel=True) + _text_as_typed(scalars, path))


def _misspelling(key: str) -> str | None:
    """Return what is wrong with a key of an identity that the component could not explain."""
    if "_" in key:
        return f"Keys of this file are in camelCase. Write {camel_case(key)}."
    meant = "targetAccount" if key == "targetProvider" else _nearest_key(key, Identity, cutoff=0.8)
    return f"Unknown key. Did you mean {meant}?" if meant else None


def _path_in_file(own_path: tuple[str, ...], identity: Identity, path: Sequence[str | int]) -> tuple[str, ...]:
    """Return the path in the file of the value at *path* of the component's arguments."""
    head, *inside = path
    if head in SHARED_ARGUMENTS and head not in identity.arguments:
        return ("cluster", "name" if head == "cluster_name" else camel_case(str(head)))
    own_tags = identity.arguments.get("tags")
    if head == "tags" and inside and not (isinstance(own_tags, Mapping) and inside[0] in own_tags):
        return ("tags", *map(str, inside))
    keys = [f"[{part}]" if isinstance(part, int) else part for part in inside]
    if head == "bindings" and len(keys) > 1:
        keys[1] = camel_case(keys[1])
    return (*own_path, camel_case(str(head)), *keys)


def _target_account_problems(
    environment: Environment, identity: Identity, own_path: tuple[str, ...]
) -> Iterator[StackProblem]:
    path = (*own_path, "targetAccount")
    if identity.target_account not in environment.accounts:
        known = ", ".join(environment.accounts) or "none"
        yield StackProblem(path, f"No account has this name. Accounts: {known}.")
    if not identity.arguments.get("create_target_role"):
        yield StackProblem(
            path,
            "Only a target role that this stack creates can be created in another account. Set createTargetRole: "
            "true, or remove targetAccount and set targetRoleArn.",
        )


def _conflicts_of_identities(environment: Environment) -> Iterator[StackProblem]:
    """Report identities that create the same namespace or resource name, or bind the same ServiceAccount."""
    creators: dict[str, str] = {}
    owners: dict[tuple[str, str], str] = {}
    for name, identity in environment.identities.items():
        if identity.former_name in environment.identities:
            yield StackProblem(
                ("identities", name, "formerName"),
                f"The identity {identity.former_name} still exists. Remove it, or remove formerName.",
            )
        arguments = identity.arguments
        for namespace, service_account in _bindings(arguments, environment.cluster.name):
            owner = owners.setdefault((namespace, service_account), name)
            if owner != name:
                yield StackProblem(
                    ("identities", name),
                    f"{namespace}/{service_account} already belongs to {owner}. "
                    "EKS allows one association per ServiceAccount. Remove it from one of the two.",
                )
            if arguments.get("create_namespace"):
                creator = creators.setdefault(namespace, name)
                if creator != name:
                    yield StackProblem(
                        ("identities", name, "createNamespace"),
                        f"The namespace {namespace} is already created by {creator}. Remove createNamespace here.",
                    )
        if arguments.get("create_target_role") and f"{name}-target" in environment.identities:
            yield StackProblem(
                ("identities", f"{name}-target"),
                f"The role of this identity and the target role of {name} would both be the resource "
                f"{name}-target-role. Rename one of the two identities.",
            )


def _bindings(arguments: Mapping[str, Any], cluster: str) -> set[tuple[str, str]]:
    """Return the namespaces and ServiceAccounts of an identity on the environment's cluster."""
    listed = arguments.get("bindings")
    bindings = cast("list[object]", listed) if isinstance(listed, list) else [arguments]
    pairs: set[tuple[str, str]] = set()
    for item in bindings:
        binding: Mapping[str, object] = cast("Mapping[str, object]", item) if isinstance(item, Mapping) else {}
        namespace, service_account = binding.get("namespace"), binding.get("service_account")
        # A binding on another cluster does not conflict with the same pair on this one.
        is_here = item is arguments or binding.get("cluster_name") in (None, cluster)
        if isinstance(namespace, str) and isinstance(service_account, str) and is_here:
            pairs.add((namespace, service_account))
    return pairs


def _model_problem(error: Any, scalars: Scalars) -> StackProblem:
    path: tuple[str, ...] = tuple(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "missing":
            sentence = "The key is required."
        case "extra_forbidden":
            sentence = f"Unknown key. {_known_keys(path)}"
        case "string_too_short" if error["loc"][-1] == "[key]":
            path, sentence = path[:-1], "A name is empty. Give it at least one character."
        case "string_too_short":
            sentence = "The text is empty. Write a value, or remove the key."
        case "string_type":
            sentence = "Expected text. Put the value in quotes."
        case "dict_type" | "model_type":
            sentence = _MAPS.get(path) or _MAPS_BELOW.get(path[0], "Expected a map of keys and values.")
        case "enum":
            sentence = f"This is not an allowed value. Use {error['ctx']['expected']}."
        case "string_pattern_mismatch":
            sentence = "An AWS account id is twelve digits in quotes."
        case _:
            sentence = f"{error['msg']}."
    return StackProblem(path, sentence + _text_as_typed(scalars, path))


_MODELS: Mapping[str, type[Cluster | Account]] = {"cluster": Cluster, "accounts": Account}


def _model_of(path: Sequence[str]) -> type[Environment | Cluster | Account]:
    return Environment if len(path) == 1 else _MODELS[path[0]]


def _nearest_key(key: str, model: type[BaseModel], cutoff: float = 0.6) -> str | None:
    """Return the key of a model that *key* resembles."""
    keys = [to_camel(name) for name in model.model_fields]
    return next(iter(difflib.get_close_matches(camel_case(key), keys, n=1, cutoff=cutoff)), None)


def _known_keys(path: tuple[str, ...]) -> str:
    """Return the key that an unknown one resembles, or else all keys of its map."""
    model = _model_of(path)
    near = _nearest_key(path[-1], model)
    keys = ", ".join(to_camel(name) for name in model.model_fields)
    return f"Did you mean {near}?" if near else f"The keys are {keys}."


def _text_as_typed(scalars: Scalars, path: tuple[str, ...]) -> str:
    """Return how a number without quotes was typed: YAML drops leading zeros, or reads it as octal."""
    scalar = scalars.get(path)
    if scalar is None or not scalar.plain_number:
        return ""
    return f" (line {scalar.line}: {scalar.text} has no quotes and is read as a number.)"
