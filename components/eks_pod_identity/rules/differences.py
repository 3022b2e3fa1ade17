"""Explains why a policy does not admit a request: the actual values next to the wanted ones."""

from collections.abc import Iterable

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam.evaluate import Check, Effect, Evaluation
from eks_pod_identity.iam.possible import ABSENT, Value

_SHOWN = 4


def differences(evaluation: Evaluation) -> str:
    """Return what does not match in the closest statement, or what a Deny matches."""
    failing = evaluation.failing()
    if evaluation.effect is Effect.EXPLICIT_DENY:
        statement = evaluation.deciding[0]
        conditions = [check for check in failing if check.element == "Condition"]
        if not conditions:
            return f"{statement.location} denies {evaluation.request.action}"
        return f"{statement.location} denies it: {join_values([_describe_match(check) for check in conditions])}"
    wrong = [check for check in failing if check.holds is False] or failing
    return join_values([_difference(check) for check in wrong[:_SHOWN]]) or "no statement allows it"


def missing_keys(evaluations: Iterable[Evaluation]) -> str:
    """Return the unknown values that decide, as a sentence."""
    keys = dict.fromkeys(
        key
        for evaluation in evaluations
        if evaluation.effect is Effect.UNKNOWN
        for check in evaluation.failing()
        if check.holds is None
        for key in check.missing
    )
    if not keys:
        return "a part of it is not known yet."
    return f"{join_values(list(keys))} {'is' if len(keys) == 1 else 'are'} not known yet."


def show_value(value: Value) -> str:
    """Return a value of a request for a message."""
    if value is ABSENT:
        return "absent"
    if isinstance(value, tuple):
        return join_values([quote(each) for each in value])
    return quote(str(value))


def _difference(check: Check) -> str:
    wanted = join_values([quote(value) for value in check.wanted[:_SHOWN]]) or "nothing"
    if check.element == "Condition":
        return f"{check.key} is {show_value(check.seen)} and {check.location} requires {check.operator} {wanted}"
    if check.element == "Action":
        return f"{check.location} allows {wanted} and not {show_value(check.seen)}"
    if check.element == "Principal":
        return f"{check.location} names {wanted} and not {show_value(check.seen)}"
    return f"the {check.element} of {check.location} is {wanted} and not {show_value(check.seen)}"


def _describe_match(check: Check) -> str:
    wanted = join_values([quote(value) for value in check.wanted[:_SHOWN]]) or "any value"
    return f"{check.key} is {show_value(check.seen)}, so {check.operator} {wanted} holds"
