"""PI202: a session policy is too long."""

from collections.abc import Iterator

from eks_pod_identity.iam import Document
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Verdict, unknown_parts
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.values import limits

RULE = Rule(
    code="PI202",
    level=Level.MANDATORY,
    policy="pod-identity-session-policy",
    title="A session policy has at most 2,048 characters",
    cause="The session policy has more than 2,048 characters in compact form.",
    why="EKS rejects the association.",
    fix="Shorten `session_policy`: use wildcards for families of resources, fewer statements, no Sid.",
    raw_fix="Shorten policy: use wildcards for families of resources, fewer statements, no Sid.",
    compliant=Example(samples.with_session_policy(samples.READ_INVOICES)),
    violating=Example(
        samples.with_session_policy(
            samples.document(
                {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": [f"arn:aws:s3:::invoices-of-the-year-{year}/*" for year in range(1980, 2040)],
                }
            )
        )
    ),
)


LONGEST_SESSION_POLICY = limits.SESSION_POLICY.value
"""Characters of a session policy (AWS Containers blog "Session policies for Amazon EKS Pod Identity"; STS model)."""


def size_verdicts(source: object, document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the length of a session policy in compact form."""
    length = len(document.compact) or (len(source) if isinstance(source, str) else 0)
    if length > LONGEST_SESSION_POLICY:
        yield Finding(
            RULE, subject, f"has {length:,} characters in compact form; EKS accepts {LONGEST_SESSION_POLICY:,}."
        )
    else:
        yield from unknown_parts(document, (RULE.code,), subject)
