"""Evaluates requests against a policy document: allowed, denied, or dependent on unknown values.

How rules use it (`document` comes from `iam.document.parse`, which never raises):

- For trust policies, use `iam.admission`: `admits_association(trust, Association(...))`,
  `admits_second_hop(...)`, `admits_any_association(trust)` ("does it admit EKS for any association?"),
  `admits_any_second_hop(trust)`, `opens_to_account(trust, account)`, and `unmet_conditions(statement, trust)`, the
  conditions that no request of EKS meets. Any part of an `Association` may be UNKNOWN. The `answer` is True, False or
  None; None is "could not be judged". `refusal.failing()` returns what does not match, with both values.
- `evaluate(document, request)` judges a permission policy, a boundary or a session policy;
  `evaluate_resource_policy(document, request)` a policy with principals. Requests come from `iam.request`:
  `source_requests`, `target_requests`, `pod_request`.
- `checks(statement, request, document)` compares one statement element by element.
- `unreadable(document)` lists what it does not evaluate: unknown operators, NotPrincipal, malformed parts. Such
  a part counts as unknown.

Answers are True, False, or None if they depend on unknown values. A Deny overrides any Allow.
"""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eks_pod_identity.iam.condition import Condition
from eks_pod_identity.iam.condition_match import condition_holds
from eks_pod_identity.iam.document import Document, Problem
from eks_pod_identity.iam.operators import Family, operator_of
from eks_pod_identity.iam.possible import ABSENT, Open, Value
from eks_pod_identity.iam.principal_match import Naming, named_as
from eks_pod_identity.iam.request import Request
from eks_pod_identity.iam.statement import Statement
from eks_pod_identity.iam.statement_match import covers_action, covers_resource, is_named, statement_holds
from eks_pod_identity.iam.truth import any_of
from eks_pod_identity.iam.variables import keys_as_written, keys_without_default

_DISTANCES = {"Condition": 1, "Resource": 2, "Action": 5, "Principal": 10}

Holding = list[tuple[Statement, bool | None]]
"""Statements, each with whether it matches."""


class Effect(enum.Enum):
    """The effect of a document on a request."""

    ALLOW = "ALLOW"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The evaluation of one document.

    Attributes:
        effect: The effect.
        request: The request.
        document: The document.
        deciding: The statements that decide or, for UNKNOWN, may decide.
        allows: Whether a statement allows, regardless of denials.
        denies: Whether a statement denies.
        namings: For a policy with principals, how the statements that allow, or may allow, name the caller.
    """

    effect: Effect
    request: Request
    document: Document
    deciding: tuple[Statement, ...] = ()
    allows: bool | None = False
    denies: bool | None = False
    namings: tuple[tuple[Naming, bool | None], ...] = ()
    has_principals: bool = False

    def failing(self) -> list["Check"]:
        """Return the failing or open checks of the statement that comes closest to allowing.

        For an explicit Deny these are the checks of the statement that denies. Among Allow statements, a wrong
        condition value is closer than another action.
        """
        if self.effect is Effect.EXPLICIT_DENY:
            return self.checks(self.deciding[0])
        candidates = self.deciding or [statement for statement in self.document.statements if not statement.denies]
        nearest: list[Check] = []
        for failing in ([check for check in self.checks(each) if check.holds is not True] for each in candidates):
            if not nearest or distance(failing) < distance(nearest):
                nearest = failing
        return nearest

    def checks(self, statement: Statement) -> list["Check"]:
        """Compare every element of *statement* with the request."""
        return checks(statement, self.request, self.document, has_principals=self.has_principals)


@dataclass(frozen=True, slots=True)
class Check:
    """One element of a statement compared with a request.

    Attributes:
        element: `Principal`, `Action`, `Resource` or `Condition`, or the `Not…` form.
        location: Its location in the document.
        holds: Whether it matches; None if that depends on *missing* or on the document.
        wanted: The known values of the policy.
        seen: The value of the request.
        operator: The operator of a condition.
        key: The key of a condition, as written.
        missing: Keys of the request that are unknown, or that a variable lacks.
    """

    element: str
    location: str
    holds: bool | None
    wanted: tuple[str, ...]
    seen: Value
    operator: str = ""
    key: str = ""
    missing: tuple[str, ...] = ()


def evaluate(document: Document, request: Request) -> Evaluation:
    """Judge a permission policy, a permissions boundary or a session policy."""
    return _evaluate(document, request, has_principals=False)


def evaluate_resource_policy(document: Document, request: Request) -> Evaluation:
    """Judge a trust policy, or another policy with principals, for the caller of *request*."""
    return _evaluate(document, request, has_principals=True)


def checks(statement: Statement, request: Request, document: Document, *, has_principals: bool) -> list[Check]:
    """Compare every element of *statement* with *request*."""
    expands = document.expands_variables
    checks = [
        Check(
            "NotAction" if statement.actions.negated else "Action",
            statement.location,
            covers_action(statement.actions, request.action),
            statement.actions.patterns,
            request.action,
        )
    ]
    if statement.resources.present:
        checks.append(
            Check(
                "NotResource" if statement.resources.negated else "Resource",
                statement.location,
                covers_resource(statement.resources, request, expands=expands),
                statement.resources.patterns,
                request.resource,
                missing=tuple(_missing(statement.resources.patterns, request)) if expands else (),
            )
        )
    if has_principals:
        checks.append(_principal_check(statement, request))
    checks.extend(_condition_check(condition, request, expands=expands) for condition in statement.conditions)
    if statement.conditions_are_open:
        checks.append(Check("Condition", f"{statement.location}.Condition", None, (), ABSENT))
    return checks


def unreadable(document: Document) -> tuple[Problem, ...]:
    """Return what is not evaluated: malformed parts, unknown operators and NotPrincipal."""
    problems = list(document.problems)
    for statement in document.statements:
        if statement.principals is not None and statement.principals.negated:
            problems.append(
                Problem(f"{statement.location}.NotPrincipal", "cannot be judged: name the allowed principals instead")
            )
        problems.extend(
            Problem(condition.location, f'uses the operator "{condition.operator}", which IAM lacks')
            for condition in statement.conditions
            if operator_of(condition.operator) is None
        )
    return tuple(problems)


def distance(failing: Iterable[Check]) -> int:
    """Return how far a statement is from a request, by its failing checks; actions weigh more than values."""
    return sum(_DISTANCES[check.element.removeprefix("Not")] for check in failing)


def _evaluate(document: Document, request: Request, *, has_principals: bool) -> Evaluation:
    allowing: Holding = []
    denying: Holding = []
    expands = document.expands_variables
    refused: frozenset[str] = document.refused_locations() if document.problems else frozenset()
    for statement in document.statements:
        holds = None
        if statement.location not in refused:
            holds = statement_holds(statement, request, expands=expands, has_principals=has_principals)
        if holds is False:
            continue
        if statement.allows:
            allowing.append((statement, holds))
        elif statement.denies:
            denying.append((statement, holds))
        else:
            allowing.append((statement, None))
            denying.append((statement, None))
    is_open = not document.is_complete or bool(
        refused.difference(statement.location for statement in document.statements)
    )
    allows = any_of((holds for _, holds in allowing), otherwise=None if is_open else False)
    denies = any_of((holds for _, holds in denying), otherwise=None if is_open else False)
    effect = effect_of(allows, denies)
    deciding: tuple[Statement, ...] = ()
    if effect is Effect.UNKNOWN:
        deciding = (*_select(denying, None), *(_select(allowing, None) if allows is None else ()))
    elif effect is not Effect.IMPLICIT_DENY:
        deciding = _select(denying if denies else allowing, True)
    namings = tuple(_best_namings(allowing, request)) if has_principals else ()
    return Evaluation(effect, request, document, deciding, allows, denies, namings, has_principals)


def effect_of(allows: bool | None, denies: bool | None) -> Effect:
    """Return the effect of policies by whether any of them allows, and whether any denies."""
    if denies is True:
        return Effect.EXPLICIT_DENY
    if allows is False:
        # Whether a Deny also applies makes no difference to the caller.
        return Effect.IMPLICIT_DENY
    return Effect.ALLOW if allows is True and denies is False else Effect.UNKNOWN


def _select(statements: Holding, wanted: bool | None) -> tuple[Statement, ...]:
    return tuple(statement for statement, holds in statements if holds is wanted)


def _best_namings(allowing: Holding, request: Request) -> Iterator[tuple[Naming, bool | None]]:
    best: dict[Naming, bool | None] = {}
    for statement, holds in allowing:
        if statement.principals is None:
            continue
        if statement.principals.open_types:
            best |= {naming: best.get(naming) for naming in Naming}
        for naming, names in named_as(statement.principals, request.caller).items():
            answer = None if holds is None or names is None else True
            best[naming] = True if best.get(naming) else answer
    yield from best.items()


def _principal_check(statement: Statement, request: Request) -> Check:
    principals = statement.principals
    caller = request.caller
    wanted = () if principals is None else (("*",) if principals.everyone else principals.names)
    return Check(
        "NotPrincipal" if principals is not None and principals.negated else "Principal",
        statement.location,
        is_named(statement, request),
        wanted,
        caller.service or caller.role_arn,
    )


def _condition_check(condition: Condition, request: Request, *, expands: bool | None) -> Check:
    seen = request.value_of(condition.key)
    operator = operator_of(condition.operator)
    missing = [condition.key] if isinstance(seen, Open) else []
    if expands and operator is not None and operator.takes_variables:
        missing.extend(_missing(condition.values, request))
    values = condition.values
    if operator is not None and operator.family is Family.NULL:
        values = tuple(value.lower() for value in values)
    return Check(
        "Condition",
        condition.location,
        condition_holds(condition, request, expands=expands),
        values,
        seen,
        condition.operator,
        condition.key,
        tuple(missing),
    )


def _missing(patterns: Iterable[str], request: Request) -> Iterator[str]:
    for pattern in patterns:
        without_default = keys_without_default(pattern)
        for key in keys_as_written(pattern):
            value = request.value_of(key)
            if not isinstance(value, str) and (value is not ABSENT or key in without_default):
                yield key
