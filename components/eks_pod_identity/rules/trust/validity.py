"""PI106: what IAM refuses, or reads as nothing."""

from collections.abc import Iterator

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam import Document, Statement, action_fault, is_everything
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict


def validity_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the form of a trust policy."""
    if document.is_open:
        yield Unjudged(("PI106",), subject, NOT_KNOWN)
    for location in document.open_statements:
        yield Unjudged(("PI106",), subject, NOT_KNOWN, location)
    for problem in document.problems:
        yield Finding("PI106", subject, f"{problem.text}.", problem.location)
    for statement in document.statements:
        yield from _statement(statement, subject)


def _statement(statement: Statement, subject: str) -> Iterator[Verdict]:
    if statement.resources.present:
        element = "NotResource" if statement.resources.negated else "Resource"
        yield Finding(
            "PI106", subject, f"has {element}, but a trust policy is about the role it is on.", statement.location
        )
    if statement.principals is None:
        yield Finding("PI106", subject, "names no Principal.", statement.location)
    if not statement.actions.present:
        yield Finding("PI106", subject, "names no Action.", statement.location)
    for action in statement.actions.patterns:
        fault = action_fault(action)
        location = f"{statement.location}.{'NotAction' if statement.actions.negated else 'Action'}"
        if fault is not None:
            yield Finding("PI106", subject, f"has {quoted(action)}, which {fault.value}.", location)
        elif not is_everything(action) and not action.lower().startswith("sts:"):
            yield Finding(
                "PI106", subject, f"has {quoted(action)}; a trust policy takes only actions of sts.", location
            )
