"""PI101: EKS needs `sts:AssumeRole` and `sts:TagSession`, with session tags on or off."""

from collections.abc import Iterator

from eks_pod_identity.errors import listed
from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.eks import ASSUME, TAG
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.trust.principal import is_misspelling
from eks_pod_identity.rules.trust.statements import denials_of_pods, may_name_pods, pod_statements


def action_verdicts(document: Document, subject: str, *, used_by_pods: bool) -> Iterator[Verdict]:
    """Judge whether whoever may assume may also tag, and the other way round.

    The two actions may stand in two statements, as long as the second applies wherever the first does.
    CreatePodIdentityAssociation refuses a role that lacks one of them with "Trust policy ... is invalid".
    """
    statements = list(pod_statements(document))
    may_change = not document.is_complete or any(may_name_pods(one) for one in document.statements)
    if not statements:
        misspelt = any(
            one.principals and any(is_misspelling(name) for name in one.principals.of("Service"))
            for one in document.statements
        )
        if used_by_pods and not misspelt:
            yield (
                Unjudged(("PI101",), subject, NOT_KNOWN)
                if may_change
                else Finding(
                    "PI101", subject, "has no statement that allows pods.eks.amazonaws.com to assume the role."
                )
            )
        return
    yield from _denied(document, subject)
    assuming = [one for one in statements if one.covers_action(ASSUME)]
    for one in statements:
        lacking = [action for action in (ASSUME, TAG) if one.covers_action(action) is False]
        if lacking == [ASSUME] and assuming:
            continue
        missing = [action for action in lacking if not _elsewhere(one, action, statements)]
        if missing and (may_change or one.actions.open):
            yield Unjudged(("PI101",), subject, NOT_KNOWN, one.location)
        elif missing:
            yield Finding(
                "PI101",
                subject,
                f"does not allow {listed(missing)} to pods.eks.amazonaws.com.",
                f"{one.location}.Action",
            )
        elif any(one.covers_action(action) is None for action in (ASSUME, TAG)):
            yield Unjudged(("PI101",), subject, NOT_KNOWN, f"{one.location}.Action")


def _elsewhere(statement: Statement, action: str, statements: list[Statement]) -> bool:
    """Tell whether another statement gives *action* under conditions that hold whenever those of *statement* do."""
    return any(
        other is not statement
        and other.covers_action(action)
        and not other.conditions_are_open
        and other.condition_parts() <= statement.condition_parts()
        for other in statements
    )


def _denied(document: Document, subject: str) -> Iterator[Verdict]:
    denied: dict[str, list[str]] = {}
    for action in (ASSUME, TAG):
        for one in denials_of_pods(document, action):
            if one.is_unconditional:
                denied.setdefault(one.location, []).append(action)
    for location, actions in denied.items():
        yield Finding("PI101", subject, f"denies {listed(actions)} to pods.eks.amazonaws.com.", location)
