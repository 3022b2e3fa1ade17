"""Formats decisions: the answer first, then each step, and for a "no" the statement that came closest."""

from collections.abc import Iterator, Mapping, Sequence

from eks_pod_identity.access.question import acts_on, acts_on_one_of
from eks_pod_identity.access.steps import CheckEffect, CheckType, Outcome, PolicyCheck, Step
from eks_pod_identity.errors import join_values, quote, shorten
from eks_pod_identity.iam.evaluate import Check, Evaluation, distance
from eks_pod_identity.iam.possible import ABSENT, Open, Value
from eks_pod_identity.iam.statement import Statement
from eks_pod_identity.iam.variables import keys_as_written
from eks_pod_identity.iam.wildcards import matches

_MARKS = {Outcome.ALLOW: "✓", Outcome.UNKNOWN: "?"}
_POLICY_TYPE_NAMES = {
    CheckType.PRINCIPAL: "identity-based policy",
    CheckType.PERMISSIONS_BOUNDARY: "permissions boundary",
    CheckType.SESSION: "session policy",
    CheckType.RESOURCE: "resource-based policy",
    CheckType.SERVICE_CONTROL_POLICY: "service control policy",
    CheckType.RESOURCE_CONTROL_POLICY: "resource control policy",
}
"""The policy types in the words of AWS's own messages."""

_ORDER = (
    CheckType.SERVICE_CONTROL_POLICY,
    CheckType.RESOURCE_CONTROL_POLICY,
    CheckType.PERMISSIONS_BOUNDARY,
    CheckType.SESSION,
    CheckType.PRINCIPAL,
    CheckType.RESOURCE,
)
_MOST_MISSES = 3
_MOST_VALUES = 4


def text_of(
    subject: str, action: str, resource: str, steps: Sequence[Step], assumes: Sequence[str], *, is_final: bool
) -> str:
    """Return a decision as text."""
    last = steps[-1]
    may = {Outcome.ALLOW: "may", Outcome.UNKNOWN: "may or may not"}.get(last.outcome, "may not")
    lines = [f"{last.outcome}: {subject} {may} {action} on {shorten(resource)}"]
    for step in steps:
        lines.append(f"  {_MARKS.get(step.outcome, '✗')} {step.name}: {_summary(step)}")
        if step is last:
            lines.extend(f"      {line}" for line in _details(step))
    lines.extend(_last_lines(last, assumes, is_final=is_final))
    return "\n".join(lines)


def _last_lines(last: Step, assumes: Sequence[str], *, is_final: bool) -> Iterator[str]:
    if last.outcome is Outcome.ALLOW and not is_final:
        yield "  … unless an organization, resource control, resource or endpoint policy denies it"
    for assumed in assumes:
        if assumed not in CheckType.__members__:
            yield f"  assuming that {assumed}"
    if last.could_be_granted_by:
        yield "  No resource policy was given; in the same account, one could still allow this."


def _summary(step: Step) -> str:
    if step.outcome is Outcome.UNKNOWN:
        missing = list(dict.fromkeys(str(each) for each in step.missing)) or ["what is not known"]
        not_given = "policies that were not given: " if missing[0] in CheckType.__members__ else ""
        return f"depends on {not_given}{', '.join(missing)}"
    if step.outcome is Outcome.EXPLICIT_DENY:
        denying = next(check for check in step.checks if check.effect is CheckEffect.EXPLICIT_DENY)
        check_type_name = _POLICY_TYPE_NAMES[denying.check_type]
        article = "an" if check_type_name[0] in "aeiou" else "a"
        statements = ", ".join(_deciding_statements(step, CheckEffect.EXPLICIT_DENY))
        return f"explicit deny in {article} {check_type_name}: {statements}"
    if step.outcome is Outcome.ALLOW:
        return f"allowed by {', '.join(_deciding_statements(step, CheckEffect.ALLOW)) or 'the policies'}"
    check = _refusing_check(step)
    if check is None:
        return f"nothing allows the {step.action} action"
    which = (
        f" ({', '.join(check.evaluations)})" if check.check_type is CheckType.RESOURCE and check.evaluations else ""
    )
    return f"no {_POLICY_TYPE_NAMES[check.check_type]} allows the {step.action} action{which}"


def _details(step: Step) -> Iterator[str]:
    if step.outcome is Outcome.EXPLICIT_DENY:
        for check in step.checks:
            for name, evaluation in check.evaluations.items():
                for statement in evaluation.deciding if evaluation.denies else ():
                    conditions = [check for check in evaluation.checks(statement) if check.element == "Condition"]
                    yield from (
                        f"{statement_name(name, statement)}: {_describe_match(condition)}" for condition in conditions
                    )
        return
    check = _refusing_check(step)
    if step.outcome is Outcome.IMPLICIT_DENY and check is not None:
        if not any(evaluation.document.statements for evaluation in check.evaluations.values()):
            return
        yield from (f"nearest: {line}" for line in nearest_misses(check.evaluations, step.action))


def nearest_misses(evaluations: Mapping[str, Evaluation], action: str) -> list[str]:
    """Return what does not match in the Allow statements that come closest to the request."""
    misses: list[tuple[int, str, bool]] = []
    for name, evaluation in evaluations.items():
        for statement in evaluation.document.statements:
            failing = [check for check in evaluation.checks(statement) if check.holds is not True]
            if failing and not statement.denies:
                wrong = [check for check in failing if check.holds is False] or failing
                reasons = "; ".join(mismatch(check, evaluation) for check in wrong)
                covers_action = not any(check.element.endswith("Action") for check in wrong)
                misses.append((distance(wrong), f"{statement_name(name, statement)}: {reasons}", covers_action))
    if not misses:
        return []
    if not any(covers_action for _, _, covers_action in misses):
        return [f"no statement covers {action}"]
    nearest = min(miss for miss, _, _ in misses)
    return [text for miss, text, _ in misses if miss == nearest][:_MOST_MISSES]


def statement_name(name: str, statement: Statement) -> str:
    """Return a statement as people count: `statement 2 of 'invoices'`."""
    _, _, index = statement.location.partition("[")
    number = int(index.rstrip("]")) + 1 if index else 1
    called = name if name.startswith("the ") or " " in name else f"'{shorten(name)}'"
    return f"statement {number} of {called}"


def mismatch(check: Check, evaluation: Evaluation) -> str:
    """Return why an element does not match: both values, and the difference if it is not obvious."""
    wanted, seen = _show_wanted(check), _show_seen(check.seen)
    if check.element == "Condition":
        if check.holds is None:
            return f"{check.operator} {check.key} {wanted} cannot be judged: {seen}"
        text = f"{check.operator} {check.key} wants {wanted}, the request has {seen}"
        values = _values_of_variables(check, evaluation)
        return f"{text}; {values}" if values else text
    if check.element.startswith("Not"):
        return f"{check.element} {wanted} excludes {seen}"
    verb = "may not match" if check.holds is None else "does not match"
    text = f"{check.element} {wanted} {verb} {seen}"
    hint = _hint(check, evaluation) if check.element == "Resource" else ""
    return f"{text}; {hint}" if hint else text


def _hint(check: Check, evaluation: Evaluation) -> str:
    """Return a common reason why a resource does not match."""
    if not isinstance(check.seen, str):
        return ""
    values = _values_of_variables(check, evaluation)
    if values:
        return values
    if any(matches(pattern.lower(), check.seen.lower()) for pattern in check.wanted):
        return "ARNs are case-sensitive"
    action = evaluation.request.action
    return "" if acts_on_one_of(action, check.wanted) else acts_on(action)


def _values_of_variables(check: Check, evaluation: Evaluation) -> str:
    """Return what the policy variables in the wanted values stand for; "" if there are none."""
    keys = list(dict.fromkeys(key for pattern in check.wanted for key in keys_as_written(pattern)))
    if keys and evaluation.document.expands_variables is False:
        return 'without "Version": "2012-10-17" IAM takes the variable literally'
    values = {key: evaluation.request.value_of(key) for key in keys}
    parts = [f"{key} is {_show_seen(value)}" for key, value in values.items() if value is not ABSENT]
    absent = [key for key, value in values.items() if value is ABSENT]
    return join_values([*parts, *([f"the request has no {' and no '.join(absent)}"] if absent else [])])


def _describe_match(check: Check) -> str:
    return f"{check.operator} {check.key} {_show_wanted(check)} holds, the request has {_show_seen(check.seen)}"


def _refusing_check(step: Step) -> PolicyCheck | None:
    """Return the policy type that refuses a step."""
    effects = {check.check_type: check for check in step.checks}
    for check_type in _ORDER:
        check = effects.get(check_type)
        if check is not None and check.effect in (CheckEffect.IMPLICIT_DENY, CheckEffect.EXPLICIT_DENY):
            if check_type is CheckType.PRINCIPAL and not check.evaluations and _has_resource_policy(effects):
                continue
            return check
    return None


def _has_resource_policy(effects: Mapping[CheckType, PolicyCheck]) -> bool:
    return CheckType.RESOURCE in effects and bool(effects[CheckType.RESOURCE].evaluations)


def _deciding_statements(step: Step, effect: CheckEffect) -> Iterator[str]:
    for check in step.checks:
        if check.effect is not effect or check.check_type not in (
            CheckType.PRINCIPAL,
            CheckType.RESOURCE,
            *_ORDER[:4],
        ):
            continue
        for name, evaluation in check.evaluations.items():
            if evaluation.effect.value == effect.value:
                yield from (statement_name(name, statement) for statement in evaluation.deciding)


def _show_wanted(check: Check) -> str:
    values = [value if check.element != "Condition" else quote(value) for value in check.wanted[:_MOST_VALUES]]
    more = f" and {len(check.wanted) - _MOST_VALUES} more" if len(check.wanted) > _MOST_VALUES else ""
    return f"{' or '.join(shorten(value) for value in values)}{more}" if values else "(not known)"


def _show_seen(value: Value) -> str:
    if value is ABSENT:
        return "no such key"
    if isinstance(value, Open):
        return f"{shorten(value)} (not known)"
    if isinstance(value, tuple):
        return ", ".join(quote(item) for item in value)
    return quote(value) if not value.startswith("arn:") else shorten(value)
