"""PI106: what IAM rejects or ignores in a trust policy."""

from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document, Statement, action_fault, is_everything
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Verdict, unknown_parts
from eks_pod_identity.rules.identity_policy import action_fix, form_fix, misspelled_elements
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI106",
    level=Level.MANDATORY,
    policy="pod-identity-trust",
    title="The trust policy is a valid document",
    cause="The document is not JSON, or has a `Resource`, an unknown action or element, an element or a Sid twice, a "
    "wildcard inside a principal, or an empty statement.",
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
