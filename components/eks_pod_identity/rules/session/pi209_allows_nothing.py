"""PI209: a session policy that can never allow anything."""

import itertools
from collections.abc import Iterator

from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.evaluate import Effect, evaluate
from eks_pod_identity.iam.request import Association, Session, pod_request
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.permissions.sample_calls import sample_calls
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.session.pi202_size import LONGEST_SESSION_POLICY
from eks_pod_identity.rules.times import expired_conditions

RULE = Rule(
    code="PI209",
    level=Level.MANDATORY,
    policy="pod-identity-session-policy",
    title="A session policy can allow something",
    cause="The session policy allows nothing: it has no `Allow`, what it allows it also denies, or the conditions of "
    "its `Allow` statements can never hold.",
    why="The session may do only what the role and the session policy both allow, so the pods can do nothing.",
    fix="List in `session_policy` what this workload needs, or remove it.",
    raw_fix="List in policy what this workload needs, or remove it.",
    compliant=Example(samples.with_session_policy(samples.READ_INVOICES)),
    violating=Example(
        samples.with_session_policy(
            samples.document({"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::invoices/*"})
        )
    ),
)

_MOST_CALLS = 200
"""A statement with more calls is assumed to allow one of them, because trying all would take too long."""

_SESSION = Session(UNKNOWN, Association(session_tags=UNKNOWN).tags())
"""Any session; PI206 reports what depends only on session tags."""


def nothing_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge whether the whole document allows any call of a statement."""
    if not document.is_complete:
        yield Unjudged((RULE.code,), subject, NOT_KNOWN, next(iter(document.open_statements), ""))
    if not document.is_complete or not document.statements or document.problems:
        return
    if len(document.compact) > LONGEST_SESSION_POLICY:
        return  # EKS rejects it (PI202)
    allowing = [statement for statement in document.statements if not statement.denies]
    if not allowing:
        yield Finding(RULE, subject, "has no statement that allows anything.")
    elif not any(_may_allow(document, statement) for statement in allowing):
        yield Finding(
            RULE,
            subject,
            "can never allow anything: its Deny statements and conditions exclude everything it allows.",
        )


def _may_allow(document: Document, statement: Statement) -> bool:
    if statement.effect_is_open or statement.actions.open or statement.resources.open:
        return True
    if any(expired_conditions(document, statement)):
        return False
    calls = itertools.islice(sample_calls(document, statement), _MOST_CALLS + 1)
    tried = 0
    for tried, (action, resource) in enumerate(calls, 1):
        effect = evaluate(document, pod_request(action, resource, _SESSION)).effect
        if effect in (Effect.ALLOW, Effect.UNKNOWN) or tried > _MOST_CALLS:
            return True
    return tried == 0
