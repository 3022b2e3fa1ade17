"""Decides whether a request meets a condition.

The values of a key are alternatives (none may match if the operator is negated); keys and operators must all match. An
absent key fails a positive operator and meets a negated one.
"""

from collections.abc import Iterator

from eks_pod_identity.iam.condition import Condition
from eks_pod_identity.iam.operators import Family, Operator, operator_of
from eks_pod_identity.iam.possible import ABSENT, Open, may_equal, may_match
from eks_pod_identity.iam.request import Request
from eks_pod_identity.iam.truth import all_of, any_of, negate
from eks_pod_identity.iam.variables import expand, has_variables
from eks_pod_identity.iam.wildcards import matches


def condition_holds(condition: Condition, request: Request, *, expands: bool | None) -> bool | None:
    """Return whether *request* meets *condition*; *expands* is whether policy variables expand."""
    operator = operator_of(condition.operator)
    if operator is None:
        return None
    value = request.value_of(condition.key)
    if operator.family is Family.NULL:
        return _null_holds(condition, value)
    if isinstance(value, str):
        return _meets(operator, value, condition, request, expands=expands)
    if value is ABSENT or value == ():
        return operator.when_absent
    if isinstance(value, tuple):
        each = [_meets(operator, item, condition, request, expands=expands) for item in value]
        return _quantify(operator, each)
    holds = None if value.many else _meets(operator, value, condition, request, expands=expands)
    return holds if not value.may_be_absent or holds is operator.when_absent else None


def _quantify(operator: Operator, each: list[bool | None]) -> bool | None:
    if operator.quantifier == "forallvalues":
        return all_of(each)
    # AWS does not define several request values without ForAllValues or ForAnyValue.
    return any_of(each) if operator.quantifier else None


def _null_holds(condition: Condition, value: object) -> bool | None:
    is_absent: bool | None = value is ABSENT or value == ()
    if isinstance(value, Open) and value.may_be_absent:
        is_absent = None
    return any_of(_null_answers(condition, is_absent), otherwise=None if condition.open_values else False)


def _null_answers(condition: Condition, is_absent: bool | None) -> Iterator[bool | None]:
    for wanted in condition.values:
        if wanted.lower() == "true":
            yield is_absent
        elif wanted.lower() == "false":
            yield negate(is_absent)
        else:
            yield None


def _meets(
    operator: Operator, seen: str | Open, condition: Condition, request: Request, *, expands: bool | None
) -> bool | None:
    compared = (_compare(operator, seen, wanted, request, expands=expands) for wanted in condition.values)
    holds = any_of(compared, otherwise=None if condition.open_values else False)
    return negate(holds) if operator.negated else holds


def _compare(
    operator: Operator, seen: str | Open, wanted: str, request: Request, *, expands: bool | None
) -> bool | None:
    if expands is False or not operator.takes_variables or not has_variables(wanted):
        return _compare_value(operator, seen, wanted)
    expansion = expand(wanted, request.value_of, in_pattern=operator.wildcards)
    if not expansion.has_value:
        holds: bool | None = False
    elif expansion.is_open:
        holds = None if isinstance(seen, Open) or matches(expansion.text, seen) else False
    else:
        holds = _compare_value(operator, seen, expansion.text)
    return holds if expands or holds is _compare_value(operator, seen, wanted) else None


def _compare_value(operator: Operator, seen: str | Open, wanted: str) -> bool | None:
    if isinstance(seen, str):
        return operator.compare(seen, wanted)
    if operator.family is Family.ARN and wanted.count(":") < 5:  # noqa: PLR2004 - the colons of an ARN
        return operator.compare("arn:::::", wanted)
    if operator.wildcards:
        holds = may_match(seen, wanted)
        # An ARN is compared in parts, so a pattern that covers the whole text may still not match.
        return None if holds and not operator.compare(seen.example, wanted) else holds
    if operator.family in (Family.STRING, Family.BINARY):
        return may_equal(seen, wanted, ignore_case=operator.ignores_case)
    if operator.family is Family.BOOL and wanted.lower() in ("true", "false"):
        return may_equal(seen, wanted, ignore_case=True)
    return None
