"""PI209: a session policy that can never allow anything."""

from collections.abc import Iterator

from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.evaluate import Effect, evaluate
from eks_pod_identity.iam.request import Association, Session, pod_request
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.permissions.sample_calls import sample_calls
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI209",
    level=Level.MANDATORY,
    policy="pod-identity-session-policy",
    title="A session policy can allow something",
    cause="The session policy allows nothing: it has no `Allow`, what it allows it also denies, or the conditions of "
    "its "
    "`Allow` statements can never hold.",
    why="The session gets what the role and the session policy both allow: the pods can do nothing.",
    fix="List in `session_policy` what this workload needs, or remove it.",
    raw_fix="List in policy what this workload needs, or remove it.",
    compliant=Example(samples.with_session_policy(samples.READ_INVOICES)),
    violating=Example(
        samples.with_session_policy(
            samples.document({"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::invoices/*"})
        )
    ),
)

_SESSION = Session(UNKNOWN, Association(session_tags=UNKNOWN).tags())
"""Any session: what depends on session tags alone is reported as that (PI206)."""


def nothing_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge whether some call that a statement is about is allowed by the whole document."""
    if not document.is_complete:
        yield Unjudged((RULE.code,), subject, NOT_KNOWN, next(iter(document.open_statements), ""))
    if not document.is_complete or not document.statements or document.problems:
        return
    allowing = [statement for statement in document.statements if not statement.denies]
    if not allowing:
        yield Finding(RULE, subject, "has no statement that allows something.")
    elif not any(_may_allow(document, statement) for statement in allowing):
        yield Finding(
            RULE, subject, "can never allow anything: its Deny statements and conditions take away all it allows."
        )


def _may_allow(document: Document, statement: Statement) -> bool:
    if statement.effect_is_open or statement.actions.open or statement.resources.open:
        return True
    calls = list(sample_calls(statement, expands=document.expands_variables is not False))
    if not calls:
        return True
    return any(
        evaluate(document, pod_request(action, resource, _SESSION)).effect in (Effect.ALLOW, Effect.UNKNOWN)
        for action, resource in calls
    )
