"""Validates the arguments of a component: once when they are passed, and again when everything is known.

The same function does both: it checks each argument, combinations of arguments, and ARNs against account, partition
and region. The first time, outputs pass. The second time they have resolved, and no resource has been created yet. So
an Output is held to the same rules as a plain value, with the same messages.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import pulumi

from eks_pod_identity.errors import Path, Problem
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import (
    Resolved,
    check_when_known,
    gate_on,
    has_outputs,
    is_output,
)
from pulumi_eks_pod_identity._run.program import late_input_error
from pulumi_eks_pod_identity._validation.arguments import normalize
from pulumi_eks_pod_identity._validation.claims import Claim, claim_all
from pulumi_eks_pod_identity._validation.fields import Check, MapOf, ValidatedModel
from pulumi_eks_pod_identity._validation.parse import Model, find_misspelled, parse
from pulumi_eks_pod_identity._validation.redaction import hide_quoted_secrets, value_at, without_secrets
from pulumi_eks_pod_identity.errors import PodIdentityInputError

M = TypeVar("M", bound=ValidatedModel)
NO_HINTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Scopes:
    """The accounts and regions that a component works in.

    Attributes:
        own: The scope of the component's provider.
        target: The scope of the target provider, if there is one.
    """

    own: AwsScope
    target: AwsScope | None = None

    @property
    def of_target(self) -> AwsScope:
        """Return the scope of a created target role: its own account, or the account of the component."""
        return self.target or self.own


def _find_nothing(*_: object) -> list[Any]:
    return []


@dataclass(frozen=True, slots=True)
class Validator(Generic[M]):
    """The validation of one component.

    Attributes:
        model: The model of its arguments.
        problems_in: Rules about several arguments; also gets the names of arguments that are already wrong.
        problems_in_scope: Rules about arguments and the account, partition and region.
        hints: Why the component lacks certain keys.
    """

    model: type[M]
    problems_in: Callable[[M, frozenset[str]], list[Problem]] = _find_nothing
    problems_in_scope: Callable[[M, Scopes], list[Problem]] = _find_nothing
    hints: Mapping[str, str] = field(default_factory=lambda: NO_HINTS)

    def problems(self, subject: str, args: Any) -> Sequence[Problem]:
        """Return what is wrong with arguments, as far as it is known, without creating anything."""
        try:
            # A coroutine stays what it is, so that the component can still await it.
            arguments, impossible = normalize(subject, args, lambda _: pulumi.output.UNKNOWN)
        except PodIdentityInputError as error:
            return error.problems
        return tuple(self._check(arguments, impossible)[1])

    def validate(self, subject: str, args: Any, also: Callable[[M], list[Problem]] | None = None) -> "Validated[M]":
        """Validate arguments as far as they are known, and run the check *also*.

        Raises:
            PodIdentityInputError: With every problem.
        """
        arguments, impossible = normalize(subject, args)
        model, problems = self._check(arguments, impossible)
        if also is not None:
            problems += also(model)
        if problems:
            raise PodIdentityInputError(subject, problems)
        return Validated(self, subject, arguments, model)

    def problems_when_known(self, arguments: Mapping[str, Any], scopes: Scopes) -> list[Problem]:
        """Return every problem with arguments whose Outputs have resolved, in their scope."""
        # What the user passed is an Output by now. An awaitable is inside the value of one, where the SDK awaits it
        # once, and we would need it twice.
        normal, impossible = normalize("", arguments, None)
        model, problems = self._check(normal, impossible)
        return problems or self.problems_in_scope(model, scopes)

    def _check(self, arguments: Mapping[str, Any], impossible: list[Problem]) -> tuple[M, list[Problem]]:
        model, problems = parse(self.model, arguments, self.hints)
        problems = _first_by_argument(impossible, problems)
        wrong = frozenset(str(problem.path[0]) for problem in problems) | find_misspelled(
            self.model, arguments, self.hints
        )
        return model, _first_by_argument(problems, self.problems_in(model, wrong))


@dataclass(frozen=True, slots=True)
class Validated(Generic[M]):
    """Arguments that are valid as far as they are known.

    Attributes:
        validator: How they were validated.
        subject: The component as errors name it.
        arguments: The arguments, for state.
        model: The arguments in their final form.
    """

    validator: Validator[M]
    subject: str
    arguments: Mapping[str, Any]
    model: M

    def validate_in_scope(
        self, scopes: Scopes, claims: Callable[[M, Scopes], Iterable[Claim]] = _find_nothing
    ) -> tuple[M, Scopes, pulumi.Output[Any] | None]:
        """Validate against the scope now, and the values of outputs once they are known.

        Args:
            scopes: The accounts and regions of the component.
            claims: What this component claims to own.

        Returns:
            The model and the scopes, with every Output checked before use, and the gate that opens once all are
            checked: no resource is created earlier. There is no gate if everything is known.

        Raises:
            PodIdentityInputError: With every problem that is known now.
        """
        claimant = object()  # claims are kept until the program ends, so not this object with all the arguments
        problems = [
            *self.validator.problems_in_scope(self.model, scopes),
            *claim_all(claims(self.model, scopes), claimant, self.subject),
        ]
        if problems:
            raise PodIdentityInputError(self.subject, problems)
        scope_parts = [_parts(scopes.own), _parts(scopes.target)]
        if not has_outputs(self.arguments) and not has_outputs(scope_parts):
            return self.model, scopes, None

        def check(resolved: Resolved) -> None:
            arguments, (own, target) = resolved.value
            known = Scopes(AwsScope(*own), AwsScope(*target) if target else None)
            problems = [*self._without_value(arguments), *self.validator.problems_when_known(arguments, known)]
            secrets = {path[1:] for path in resolved.secrets if path[0] == 0}
            problems = without_secrets(problems, arguments, secrets)
            if not problems:
                model, _ = parse(self.validator.model, normalize("", arguments)[0], NO_HINTS)
                claimed = claim_all(claims(model, known), claimant, self.subject)
                problems = hide_quoted_secrets(claimed, arguments, secrets)
            if problems:
                raise late_input_error(self.subject, problems)

        gate = check_when_known([self.arguments, scope_parts], check)
        return (
            _gate_model(self.model, gate),
            Scopes(_gate_scope(scopes.own, gate), _gate_scope(scopes.target, gate) if scopes.target else None),
            gate,
        )

    def _without_value(self, arguments: Mapping[str, Any]) -> list[Problem]:
        """Return the Outputs that resolved to None although resources depend on their being set."""
        return [
            Problem(
                path,
                "The Output has no value, but whether the argument is set determines which resources exist.",
                "Leave the argument out, or pass an Output that has a value.",
            )
            for path in _paths_that_determine_resources(self.model, ())
            if value_at(arguments, path) is None and is_output(value_at(self.arguments, path))
        ]


def _first_by_argument(problems: list[Problem], further: Iterable[Problem]) -> list[Problem]:
    """Return *problems*, and those of *further* that concern other arguments.

    Consequences of a wrong value add nothing.
    """
    wrong = {problem.path[0] for problem in problems}
    return problems + [problem for problem in further if problem.path[0] not in wrong]


def _parts(scope: AwsScope | None) -> list[Any]:
    return [] if scope is None else [scope.account, scope.partition, scope.region, scope.caller]


def _gate_scope(scope: AwsScope, gate: pulumi.Output[Any]) -> AwsScope:
    return AwsScope(*(gate_on(part, gate) if is_output(part) else part for part in _parts(scope)))


def _gate_model(model: Model, gate: pulumi.Output[Any]) -> Model:
    changed: dict[str, Any] = {}
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        for check in info.metadata:
            if isinstance(check, Check) and has_outputs(value):
                changed[name] = check.gate(value, gate)
        if isinstance(value, list) and any(isinstance(item, ValidatedModel) for item in cast("list[object]", value)):
            changed[name] = [_gate_model(item, gate) for item in cast("list[ValidatedModel]", value)]
    return model.model_copy(update=changed) if changed else model


def _paths_that_determine_resources(model: ValidatedModel, path: Path) -> list[Path]:
    paths: list[Path] = []
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        for check in info.metadata:
            if isinstance(check, MapOf) and check.names_resources:
                paths += [(*path, name, key) for key in cast("Mapping[str, Any]", value)]
            elif isinstance(check, Check) and check.determines_resources:
                paths.append((*path, name))
        if isinstance(value, list):
            for index, item in enumerate(cast("list[object]", value)):
                if isinstance(item, ValidatedModel):
                    paths += _paths_that_determine_resources(item, (*path, name, index))
    return paths
