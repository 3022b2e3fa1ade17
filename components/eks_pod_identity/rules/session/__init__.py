"""PI202 to PI204: the text of a session policy."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam import (
    Document,
    Statement,
    action_fault,
    intersect,
    is_everything,
    parse,
    with_variables_open,
)
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict, findings_of
from eks_pod_identity.values import limits

LONGEST_SESSION_POLICY = limits.SESSION_POLICY.value
"""Characters of a session policy (AWS Containers blog "Session policies for Amazon EKS Pod Identity"; STS model)."""

_NOT_TAKEN = re.compile(r"[^\t\n\r\x20-\xff]")
"""What the STS model excludes from the text of a session policy."""

__all__ = ["LONGEST_SESSION_POLICY", "session_policy_findings", "session_policy_verdicts"]


def session_policy_findings(document: object, *, subject: str) -> tuple[Finding, ...]:
    """Find what is wrong with a session policy.

    Args:
        document: JSON text or plain data; `UNKNOWN` may stand for any part of it.
        subject: What to call it in messages, such as a property path.

    Returns:
        The findings PI202 to PI204; nothing is raised for any input.
    """
    return findings_of(session_policy_verdicts(document, subject))


def session_policy_verdicts(source: object, subject: str) -> Iterator[Verdict]:
    """Judge a session policy, and say what could not be judged."""
    document = parse(source)
    yield from _size(source, document, subject)
    yield from _form(document, subject)
    yield from _width(document, subject)


def _size(source: object, document: Document, subject: str) -> Iterator[Verdict]:
    length = len(document.compact) or (len(source) if isinstance(source, str) else 0)
    if length > LONGEST_SESSION_POLICY:
        yield Finding(
            "PI202", subject, f"has {length:,} characters when compact; {LONGEST_SESSION_POLICY:,} are taken."
        )
    elif document.is_open:
        yield Unjudged(("PI202",), subject, NOT_KNOWN)
    else:
        for location in document.open_statements:
            yield Unjudged(("PI202",), subject, NOT_KNOWN, location)


def _form(document: Document, subject: str) -> Iterator[Verdict]:
    if document.is_open:
        yield Unjudged(("PI203",), subject, NOT_KNOWN)
    for location in document.open_statements:
        yield Unjudged(("PI203",), subject, NOT_KNOWN, location)
    if _NOT_TAKEN.search(document.compact):
        yield Finding("PI203", subject, "has characters beyond Latin-1, which STS refuses.")
    for problem in document.problems:
        yield Finding("PI203", subject, f"{problem.text}.", problem.location)
    for statement in document.statements:
        yield from _statement(statement, subject)


def _statement(statement: Statement, subject: str) -> Iterator[Verdict]:
    if statement.principals is not None:
        element = "NotPrincipal" if statement.principals.negated else "Principal"
        yield Finding("PI203", subject, f"has {element}, which identity policies do not.", statement.location)
    if not statement.actions.present:
        yield Finding("PI203", subject, "names no Action.", statement.location)
    if not statement.resources.present:
        yield Finding("PI203", subject, "names no Resource.", statement.location)
    for resource in statement.resources.patterns:
        if not _may_be_resource(resource):
            element = "NotResource" if statement.resources.negated else "Resource"
            yield Finding(
                "PI203",
                subject,
                f'has {quoted(resource)}, which is neither an ARN nor "*".',
                f"{statement.location}.{element}",
            )
    for condition in statement.conditions:
        if not condition.is_known_operator:
            yield Finding(
                "PI203",
                subject,
                f"uses the operator {quoted(condition.operator)}, which IAM lacks.",
                condition.location,
            )
    for action in statement.actions.patterns:
        fault = action_fault(action)
        if fault is not None:
            element = "NotAction" if statement.actions.negated else "Action"
            yield Finding(
                "PI203", subject, f"has {quoted(action)}, which {fault.value}.", f"{statement.location}.{element}"
            )


def _may_be_resource(pattern: str) -> bool:
    """Tell whether IAM takes *pattern*: "*", or an ARN that may begin with a wildcard or a variable."""
    return intersect(with_variables_open(pattern), "arn:*:*")


def _width(document: Document, subject: str) -> Iterator[Verdict]:
    """A statement that allows everything narrows nothing, unless another denies something."""
    wide = next((one for one in document.statements if _allows_everything(one)), None)
    if any(one.denies for one in document.statements):
        return
    if document.is_open:
        yield Unjudged(("PI204",), subject, NOT_KNOWN)
    elif wide is not None and (document.open_statements or any(one.effect_is_open for one in document.statements)):
        yield Unjudged(("PI204",), subject, NOT_KNOWN, wide.location)
    elif wide is not None:
        yield Finding("PI204", subject, "allows every action on every resource: it narrows nothing.", wide.location)


def _allows_everything(statement: Statement) -> bool:
    return (
        statement.allows
        and statement.is_unconditional
        and not statement.actions.negated
        and not statement.resources.negated
        and any(is_everything(one) or one == "*:*" for one in statement.actions.patterns)
        and any(is_everything(one) for one in statement.resources.patterns)
    )
