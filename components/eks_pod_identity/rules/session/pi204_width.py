"""PI204: a session policy that allows everything."""

from collections.abc import Iterator
from dataclasses import replace

from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.evaluate import Effect, evaluate
from eks_pod_identity.iam.request import Session, pod_request
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI204",
    level=Level.MANDATORY,
    policy="pod-identity-session-policy",
    title="A session policy restricts something",
    cause="The session policy allows every action on every resource and denies nothing.",
    why="It disables session tags without restricting anything.",
    fix="List in `session_policy` what this workload needs, or remove it.",
    raw_fix="List in policy what this workload needs, or remove it.",
    compliant=Example(samples.with_session_policy(samples.READ_INVOICES)),
    violating=Example(
        samples.with_session_policy(samples.document({"Effect": "Allow", "Action": "*", "Resource": "*"}))
    ),
)


_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_SESSION = Session("arn:aws:iam::999999999999:role/any-role")
_CALLS = tuple(
    tuple(
        pod_request(action, resource, _SESSION)
        for action, resource in (
            ("s3:GetObject", f"arn:{partition}:s3:::zq0/zq0"),
            ("iam:PassRole", f"arn:{partition}:iam::000000000000:role/zq0"),
            ("sqs:SendMessage", f"arn:{partition}:sqs:zz-zz-0:000000000000:zq0"),
            ("zq0:Zq0", f"arn:{partition}:zq0:zz-zz-0:000000000000:zq0"),
        )
    )
    for partition in _PARTITIONS
)
"""For each partition, calls on arbitrary resources."""


def width_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge whether a session policy restricts anything. One that denies something does."""
    if any(statement.denies for statement in document.statements):
        return
    if document.is_open:
        yield Unjudged((RULE.code,), subject, NOT_KNOWN)
        return
    wide = next((statement for statement in document.statements if _allows_everything(document, statement)), None)
    if wide is None:
        return
    if document.open_statements or any(statement.effect_is_open for statement in document.statements):
        yield Unjudged((RULE.code,), subject, NOT_KNOWN, wide.location)
    else:
        yield Finding(RULE, subject, "allows every action on every resource.", wide.location)


def _allows_everything(document: Document, statement: Statement) -> bool:
    """Return whether *statement* allows all of these calls in some partition."""
    if not statement.allows or statement.actions.negated or statement.resources.negated:
        return False  # what NotAction or NotResource excludes is not allowed
    alone = replace(document, statements=(statement,), problems=(), open_statements=())
    return any(all(evaluate(alone, call).effect is Effect.ALLOW for call in calls) for calls in _CALLS)
