"""PI203: a session policy is not what STS accepts."""

import re
from collections.abc import Iterator

from eks_pod_identity.iam import Document
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Verdict, unknown_parts
from eks_pod_identity.rules.identity_policy import identity_policy_problems
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI203",
    level=Level.MANDATORY,
    policy="pod-identity-session-policy",
    title="A session policy is a valid identity policy",
    cause="The session policy is not JSON, or has a `Principal`, an operator, action or service that AWS lacks, or a "
    "`Resource` that is not an ARN.",
    why="EKS checks the document with STS and rejects the association, or the statement silently has no effect.",
    fix="Correct it in `session_policy`.",
    raw_fix="Correct it in policy.",
    compliant=Example(samples.with_session_policy(samples.READ_INVOICES)),
    violating=Example(
        samples.with_session_policy(
            samples.document({"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::invoices/*"})
        )
    ),
)


_REJECTED = re.compile(r"[^\t\n\r\x20-\xff]")
"""What the STS model excludes from the text of a session policy."""


def validity_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the form of a session policy."""
    yield from unknown_parts(document, (RULE.code,), subject)
    match = _REJECTED.search(document.compact)
    if match:
        yield Finding(
            RULE,
            subject,
            f'has the character "{match.group()}", which is outside Latin-1; STS rejects it.',
            hint="Replace typographic quotes, dashes and letters of other scripts.",
        )
    for problem in identity_policy_problems(document):
        yield Finding(RULE, subject, problem.text, problem.location, problem.fix)
