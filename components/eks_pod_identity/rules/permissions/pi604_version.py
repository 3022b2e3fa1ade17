"""PI604: a policy variable in a document whose version does not expand it."""

from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document
from eks_pod_identity.iam.variables import has_variables, keys_as_written
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.malformed_values import expandable_texts, is_condition_key
from eks_pod_identity.rules.rule import Example, Level, Rule

_BY_NAMESPACE = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::invoices/${aws:PrincipalTag/kubernetes-namespace}/*",
}

RULE = Rule(
    code="PI604",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="Documents with policy variables have the current version",
    cause="A policy of a role that an association uses, or its session policy or trust policy, has a policy variable "
    'but no `"Version": "2012-10-17"`.',
    why="Without that version, IAM takes the variable literally, and it matches nothing.",
    fix='Write `"Version": "2012-10-17"` in the document.',
    raw_fix='Write "Version": "2012-10-17" in the document.',
    compliant=Example(samples.with_policy({"Version": "2012-10-17", "Statement": [_BY_NAMESPACE]})),
    violating=Example(samples.with_policy({"Statement": [_BY_NAMESPACE]})),
)


def version_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the variables of a document against its version."""
    if document.expands_variables:
        return
    for location, text in _variables(document):
        if document.expands_variables is None:
            yield Unjudged((RULE.code,), subject, "its version is not known yet.", location)
        else:
            yield Finding(
                RULE, subject, f'has the variable in {quote(text)}, but no "Version": "2012-10-17".', location
            )
        return


def _variables(document: Document) -> Iterator[tuple[str, str]]:
    for statement in document.statements:
        yield from ((location, text) for location, text in expandable_texts(statement) if _may_expand(text))


def _may_expand(text: str) -> bool:
    """Return whether *text* has a variable that IAM expands; PI603 reports those of other tools."""
    keys = keys_as_written(text)
    return has_variables(text) and (not keys or any(is_condition_key(key) for key in keys))
