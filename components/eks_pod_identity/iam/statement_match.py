"""Decides whether the elements of a statement match a request, regardless of its effect."""

import functools

from eks_pod_identity.iam.condition_match import condition_holds
from eks_pod_identity.iam.possible import Open, Text, may_match
from eks_pod_identity.iam.principal_match import named_as
from eks_pod_identity.iam.request import Request
from eks_pod_identity.iam.statement import Statement, Terms
from eks_pod_identity.iam.truth import all_of, any_of, negate
from eks_pod_identity.iam.variables import expand, has_variables
from eks_pod_identity.iam.wildcards import matches

_COLONS_BEFORE_RESOURCE = 5


def statement_holds(
    statement: Statement, request: Request, *, expands: bool | None, has_principals: bool
) -> bool | None:
    """Return whether all elements of *statement* match *request*, regardless of its effect."""
    answer = covers_action(statement.actions, request.action)
    if answer is False:
        return False
    if statement.resources.present:
        covers = covers_resource(statement.resources, request, expands=expands)
    else:
        covers = True if has_principals else None
    if covers is False:
        return False
    named = is_named(statement, request) if has_principals else (True if statement.principals is None else None)
    if named is False:
        return False
    met = all_of(condition_holds(condition, request, expands=expands) for condition in statement.conditions)
    if met and statement.conditions_are_open:
        met = None
    return met if met is False or (answer and covers and named) else None


def is_named(statement: Statement, request: Request) -> bool | None:
    """Return whether the principals of a statement name the caller."""
    principals = statement.principals
    if principals is None or principals.negated:
        return None
    otherwise = None if principals.open_types else False
    return any_of(named_as(principals, request.caller).values(), otherwise=otherwise)


def covers_action(terms: Terms, action: str) -> bool | None:
    """Return whether *action* is among the actions of a statement."""
    if not terms.present or not (terms.patterns or terms.open):
        return None
    return _with_negation(terms, covered=_is_action_of(terms.patterns, action))


@functools.lru_cache(maxsize=65_536)
def _is_action_of(patterns: tuple[str, ...], action: str) -> bool:
    """Return whether one of *patterns* covers *action*; cached, because many statements list the same patterns."""
    wanted = action.lower()
    return any(matches(pattern.lower(), wanted) for pattern in patterns)


def covers_resource(terms: Terms, request: Request, *, expands: bool | None) -> bool | None:
    """Return whether the resource of *request* is among those of a statement."""
    if not terms.patterns and not terms.open:
        return None
    covered: bool | None = False
    for pattern in terms.patterns:
        covers = _covers(pattern, request, expands=expands)
        if covers:
            return _with_negation(terms, covered=True)
        if covers is None:
            covered = None
    return _with_negation(terms, covered=covered)


def _with_negation(terms: Terms, *, covered: bool | None) -> bool | None:
    if terms.open and covered is False:
        covered = None
    return negate(covered) if terms.negated else covered


def _covers(pattern: str, request: Request, *, expands: bool | None) -> bool | None:
    if not has_variables(pattern) or expands is False:
        return _matches(pattern, request.resource)
    head, resource = _split_arn(pattern)
    expansion = expand(resource, request.value_of, in_pattern=True)
    if not expansion.has_value:
        covers = False
    else:
        covers = _matches(head + expansion.text, request.resource)
        if expansion.is_open and covers:
            covers = None
    return covers if expands or covers is _matches(pattern, request.resource) else None


def _split_arn(pattern: str) -> tuple[str, str]:
    """Split a resource at its fifth colon: variables expand only after it."""
    parts = pattern.split(":", _COLONS_BEFORE_RESOURCE)
    if len(parts) <= _COLONS_BEFORE_RESOURCE or any(has_variables(part) for part in parts[:-1]):
        return pattern, ""
    return ":".join(parts[:-1]) + ":", parts[-1]


def _matches(pattern: str, resource: Text) -> bool | None:
    return may_match(resource, pattern) if isinstance(resource, Open) else matches(pattern, resource)
