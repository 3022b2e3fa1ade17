"""PI106: what IAM rejects or ignores in a trust policy."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document, Statement, action_fault, has_wildcard, is_everything
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Verdict, unknown_parts
from eks_pod_identity.rules.identity_policy import action_fix, form_fix, misspelled_elements
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.trust.pi102_principal import misplaced_names
from eks_pod_identity.values.arns import PARTITIONS

RULE = Rule(
    code="PI106",
    level=Level.MANDATORY,
    policy="pod-identity-trust",
    title="The trust policy is a valid document",
    cause="The document is not JSON, or has a `Resource`, an unknown action or element, an element or a Sid twice, a "
    "principal that is no account, role, user, session, service or identity provider, or an empty statement.",
    why="IAM rejects it when the role is created or changed, in the middle of the update.",
    fix="Correct the entry of `extra_trust_statements`.",
    raw_fix="Correct it in the trust policy.",
    compliant=Example({"role": samples.role(samples.trust())}),
    violating=Example({"role": samples.role(samples.trust(Resource="*"))}),
)


def validity_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the form of a trust policy."""
    yield from unknown_parts(document, (RULE.code,), subject)
    misspelled = misspelled_elements(document)
    for finding in _findings(document, subject):
        if not misspelled.explain(finding.location, finding.problem):
            yield finding


def _findings(document: Document, subject: str) -> Iterator[Finding]:
    for problem in document.problems:
        yield Finding(RULE, subject, f"{problem.text}.", problem.location, form_fix(problem.text))
    for statement in document.statements:
        yield from _statement(document, statement, subject)


def _statement(document: Document, statement: Statement, subject: str) -> Iterator[Finding]:
    location = statement.location
    if statement.resources.present:
        element = "NotResource" if statement.resources.negated else "Resource"
        text = f"has {element}; a trust policy is about the role it belongs to."
        yield Finding(RULE, subject, text, location, f"Remove {element}.")
    yield from _check_principals(document, statement, subject)
    if statement.principals is None:
        hint = 'Add the principal, such as "Principal": {"Service": "pods.eks.amazonaws.com"}.'
        yield Finding(RULE, subject, "has no Principal.", location, hint)
    if not statement.actions.present:
        hint = 'Add "Action": ["sts:AssumeRole", "sts:TagSession"].'
        yield Finding(RULE, subject, "has no Action.", location, hint)
    location = f"{location}.{'NotAction' if statement.actions.negated else 'Action'}"
    for action in statement.actions.patterns:
        fault = action_fault(action)
        if fault is not None:
            text = f"has {quote(action)}, which {fault.value}."
            yield Finding(RULE, subject, text, location, action_fix(document, action))
        elif not is_everything(action) and not action.lower().startswith("sts:"):
            text = f"has {quote(action)}; a trust policy accepts only actions of sts."
            yield Finding(RULE, subject, text, location, f"Move {quote(action)} to a permission policy of the role.")


_PARTITION = "|".join(sorted(PARTITIONS))
_AWS = re.compile(
    rf"\*|[0-9]{{12}}|A[A-Z]{{3}}[A-Z0-9]{{12,}}|arn:({_PARTITION}):(iam::[0-9]{{12}}:(root|user/.+|role/.+)"
    r"|sts::[0-9]{12}:(assumed-role/[^/]+/.+|federated-user/.+))"
)
"""An account, the id that IAM stores for a deleted identity, or the ARN of an identity."""

_FORMS = {
    "AWS": (
        _AWS,
        "neither an account nor the ARN of a role, user or session",
        'Write the account, such as "111122223333", or the ARN, such as "arn:aws:iam::111122223333:role/NAME".',
    ),
    "Federated": (
        re.compile(
            rf"\*|arn:({_PARTITION}):iam::[0-9]{{12}}:(oidc-provider|saml-provider)/.+|[a-z0-9-]+(\.[a-z0-9-]+)+"
        ),
        "no identity provider",
        'Write the ARN of the provider, such as "arn:aws:iam::111122223333:oidc-provider/HOST/PATH".',
    ),
    "Service": (
        re.compile(r"\*|\s*[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\s*"),
        "no service",
        'Write the whole name of the service, such as "ec2.amazonaws.com".',
    ),
}


def _check_principals(document: Document, statement: Statement, subject: str) -> Iterator[Finding]:
    """Judge the form of each principal; PI102 reports those that were intended to be the Pod Identity service."""
    principals = statement.principals
    if principals is None:
        return
    element = "NotPrincipal" if principals.negated else "Principal"
    misplaced = {name for _, name in misplaced_names(document, statement)}
    for principal_type, (form, noun, fix) in _FORMS.items():
        for name in principals.of(principal_type):
            if not form.fullmatch(name) and not has_wildcard(name) and name not in misplaced:
                text = f"names {quote(name)} under {principal_type}, which is {noun}."
                yield Finding(RULE, subject, text, f"{statement.location}.{element}", fix)
