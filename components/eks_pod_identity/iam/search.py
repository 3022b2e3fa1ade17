"""Searches for a request that a document allows, among all those that an open request represents.

The values to try come from the document: whatever it compares a key with, and a value that it does not mention.
Variables are set one after the other, and a branch ends as soon as the document denies. The answer is None if a part
stays open, if wildcards conflict in ways that are not examined, or if there is too much to try.
"""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from eks_pod_identity.iam.condition import Condition
from eks_pod_identity.iam.document import Document
from eks_pod_identity.iam.evaluate import Effect, Evaluation, evaluate_resource_policy
from eks_pod_identity.iam.operators import Family, Operator, operator_of
from eks_pod_identity.iam.possible import ABSENT, Open, Value, Variable, may_match, variable_values
from eks_pod_identity.iam.request import Request
from eks_pod_identity.iam.variables import variable_keys, with_defaults
from eks_pod_identity.iam.wildcards import has_wildcard, with_variables_open

_MOST_COMPARISONS = 12_000
"""The number of comparisons before the search gives up, about ten milliseconds."""

_LONG = 64


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer of a search, and the requests that prove it."""

    answer: bool | None
    requests: tuple[Request, ...] = ()


@dataclass(slots=True)
class _Search:
    document: Document
    candidates: Mapping[Variable, Sequence[str]]
    keys: Sequence[str]
    cost: int
    budget: int = _MOST_COMPARISONS
    is_open: bool = False


def find(document: Document, requests: Sequence[Request]) -> SearchResult:
    """Return whether some values of the open parts make *document* allow all *requests* together."""
    verdict = _verdict(_evaluate_all(document, requests))
    if verdict is not None:
        return SearchResult(verdict, tuple(requests) if verdict else ())
    return find_among_open(document, requests)


def find_among_open(document: Document, requests: Sequence[Request]) -> SearchResult:
    """Search like `find`, for requests that *document* does not deny and of which at least one is open."""
    keys = _keys_of(document)
    search = _Search(document, _candidates(document, requests, keys), keys, _cost(document) * len(requests))
    witness = _try_values(search, tuple(requests), tuple(search.candidates))
    if witness:
        return SearchResult(True, witness)
    is_sure = not search.is_open and search.budget > 0 and _is_exact(document, requests)
    return SearchResult(False if is_sure else None)


def _evaluate_all(document: Document, requests: Iterable[Request]) -> Iterator[Evaluation]:
    return (evaluate_resource_policy(document, request) for request in requests)


def _verdict(evaluations: Iterable[Evaluation]) -> bool | None:
    verdict: bool | None = True
    for evaluation in evaluations:
        if evaluation.effect is Effect.UNKNOWN:
            verdict = None
        elif evaluation.effect is not Effect.ALLOW:
            return False
    return verdict


def _try(search: _Search, requests: tuple[Request, ...], variables: tuple[Variable, ...]) -> tuple[Request, ...]:
    search.budget -= search.cost
    verdict = _verdict(_evaluate_all(search.document, requests))
    if verdict is not None:
        return requests if verdict else ()
    return _try_values(search, requests, variables)


def _try_values(
    search: _Search, requests: tuple[Request, ...], variables: tuple[Variable, ...]
) -> tuple[Request, ...]:
    """Try each value of the first variable with all values of the other variables."""
    if search.budget <= 0:
        return ()
    if not variables:
        return _try_presence(search, requests)
    variable, *others = variables
    for value in search.candidates[variable]:
        filled = tuple(request.fill_in({variable.name: value}) for request in requests)
        witness = _try(search, filled, tuple(others))
        if witness:
            return witness
    return ()


def _try_presence(search: _Search, requests: tuple[Request, ...]) -> tuple[Request, ...]:
    """Try keys that may be absent both present and absent, once their values are set."""
    for key in search.keys:
        value = next(
            (candidate for candidate in (request.value_of(key) for request in requests) if _may_be_absent(candidate)),
            None,
        )
        if isinstance(value, Open):
            text = value.example
            choices: tuple[Value, ...] = (
                (ABSENT, text) if all(isinstance(piece, str) for piece in value.pieces) else ()
            )
            for choice in choices:
                chosen = tuple(
                    request.with_keys({key: choice}) if _may_be_absent(request.value_of(key)) else request
                    for request in requests
                )
                witness = _try(search, chosen, ())
                if witness:
                    return witness
            if choices:
                return ()
    search.is_open = True
    return ()


def _may_be_absent(value: Value) -> bool:
    return isinstance(value, Open) and value.may_be_absent and not value.many


def _cost(document: Document) -> int:
    """Return roughly how many comparisons one request takes; a long text counts as several."""
    texts = [
        text
        for statement in document.statements
        for texts in (
            statement.actions.patterns,
            statement.resources.patterns,
            *(condition.values for condition in statement.conditions),
        )
        for text in texts
    ]
    return 1 + sum(1 + len(text) // _LONG for text in texts)


def _keys_of(document: Document) -> tuple[str, ...]:
    """Return the keys that the document compares or uses as variables, in lower case."""
    keys: dict[str, None] = {}
    for statement in document.statements:
        for condition in statement.conditions:
            keys[condition.name] = None
            for value in condition.values:
                keys |= dict.fromkeys(variable_keys(value))
    return tuple(keys)


def _candidates(document: Document, requests: Sequence[Request], keys: Sequence[str]) -> dict[Variable, list[str]]:
    by_key = {
        key: [value for value in (request.value_of(key) for request in requests) if _is_open(value)] for key in keys
    }
    texts = list(_texts(requests))
    named = {
        variable.name: variable
        for candidates in (*by_key.values(), texts)
        for value in candidates
        for variable in value.variables
    }
    values: dict[str, dict[str, None]] = {name: {} for name in named}
    for condition in _conditions(document):
        for value in by_key[condition.name]:
            for name, text in _values_compared(condition, value):
                values[name][text] = None
    for principal in _principals(document):
        for value in texts:
            for name, text in (variable_values(value, principal, wildcards=False) or {}).items():
                values[name][text] = None
    return {
        variable: list(dict.fromkeys((*values[name], variable.example, variable.second_example)))
        for name, variable in named.items()
    }


def _is_open(value: Value) -> TypeGuard[Open]:
    return isinstance(value, Open) and not value.many


def _principals(document: Document) -> Iterator[str]:
    """Yield the principals of the document, and the accounts of their ARNs."""
    for statement in document.statements:
        for principal in statement.principals.of("AWS") if statement.principals else ():
            yield principal
            yield from principal.split(":")[4:5]


def _texts(requests: Sequence[Request]) -> Iterator[Open]:
    for request in requests:
        for text in (request.caller.role_arn, request.caller.account):
            if isinstance(text, Open):
                yield text


def _conditions(document: Document) -> Iterator[Condition]:
    return (condition for statement in document.statements for condition in statement.conditions)


def _values_compared(condition: Condition, opened: Open) -> Iterator[tuple[str, str]]:
    """Yield the values of variables for which *opened* equals a value of *condition*."""
    operator = operator_of(condition.operator)
    if operator is None:
        return
    for wanted in condition.values:
        for text in _spellings(operator, wanted):
            pattern = with_variables_open(text)
            if operator.takes_variables and pattern != text:
                yield from (variable_values(opened, with_defaults(text), wildcards=operator.wildcards) or {}).items()
            values = variable_values(opened, pattern, wildcards=operator.wildcards or pattern != text)
            yield from (values or {}).items()


def _spellings(operator: Operator, wanted: str) -> Iterator[str]:
    if operator.family is Family.ADDRESS:
        try:
            yield str(ipaddress.ip_network(wanted, strict=False)[0])
        except ValueError:
            return
    else:
        yield wanted
        if operator.ignores_case:
            yield wanted.lower()


def _is_exact(document: Document, requests: Sequence[Request]) -> bool:
    """Return whether the tried values are all that matter.

    That is so if no key is compared with two wildcards or another open key, and no comparison is too hard.
    """
    patterns: dict[str, int] = {}
    for condition in _conditions(document):
        opened = [
            value for value in (request.value_of(condition.key) for request in requests) if isinstance(value, Open)
        ]
        operator = operator_of(condition.operator)
        if operator is None or not opened:
            continue
        if operator.family in (Family.NUMBER, Family.DATE, Family.ADDRESS):
            return False
        if operator.takes_variables and any(
            isinstance(request.value_of(key), Open)
            for request in requests
            for value in condition.values
            for key in variable_keys(value)
        ):
            return False
        for wanted in condition.values if operator.wildcards else ():
            pattern = with_variables_open(wanted)
            if has_wildcard(pattern):
                patterns[condition.name] = patterns.get(condition.name, 0) + (2 if operator.negated else 1)
                if any(_is_hard(value, pattern) for value in opened):
                    return False
    return all(count < 2 for count in patterns.values())  # noqa: PLR2004 - two wildcards may contradict


def _is_hard(value: Open, pattern: str) -> bool:
    return may_match(value, pattern) is not False and variable_values(value, pattern, wildcards=True) is None
