"""What is wrong with the form of a permission policy or a session policy.

They state what is allowed, never who is allowed to do it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam import Document, Statement, action_fault, intersect, with_variables_open


class FormProblem(NamedTuple):
    """Something malformed: where, a sentence about it, and how to fix it."""

    location: str
    text: str
    fix: str


def identity_policy_problems(document: Document) -> Iterator[FormProblem]:
    """Return what IAM would reject, or would read as nothing, in a policy without principals."""
    for problem in document.problems:
        yield FormProblem(problem.location, f"{problem.text}.", form_fix(problem.text))
    for statement in document.statements:
        yield from _of_statement(statement)


def form_fix(problem: str) -> str:
    """Return how to fix a problem that the reader of documents reports."""
    for part, fix in _FIXES:
        if part in problem:
            return fix
    return "Correct it as the IAM policy grammar describes."


_FIXES = (
    ("is not JSON", "Build the text with a JSON library."),
    ("twice in one object", "Merge the two."),
    ("is used twice", "Rename or remove one of the two Sids."),
    ("letters and digits", "Remove the Sid, or write it in letters and digits."),
    ("is empty", "Write a statement with Effect, Action and what else belongs to it, or remove it."),
    ("which policies do not have", "Remove the element; a policy has Version, Id and Statement."),
    ("which statements do not have", "Remove the element, or correct its spelling; case counts."),
    ("must be text or a list of texts", "Write text, or a list of texts that are not empty."),
    ('must be "2012-10-17"', 'Write "Version": "2012-10-17".'),
    ('must be "Allow" or "Deny"', 'Write "Allow" or "Deny", in this case of letters.'),
    ("has both", "Split it into two statements."),
    ("wildcard inside", "Name the principal completely; a part of a principal cannot be a wildcard."),
    ("a type other than AWS", "Name principals under AWS, Service, Federated or CanonicalUser."),
    ("names nobody", "Name a principal, or remove the statement."),
    ("nested deeper", "Flatten the document."),
    ("longer than", "Shorten the document."),
    ("operators", 'Write for example {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}.'),
    ("operator to an object", 'Write for example {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}.'),
    ("is not text", "Compare it with text, or a list of texts."),
)


def _of_statement(statement: Statement) -> Iterator[FormProblem]:
    location = statement.location
    if statement.principals is not None:
        element = "NotPrincipal" if statement.principals.negated else "Principal"
        text = f"has {element}; the principal of this policy is the role it is used with."
        yield FormProblem(location, text, f"Remove {element}.")
    if not statement.actions.present:
        yield FormProblem(location, "has no Action.", 'Add the actions, such as "Action": "s3:GetObject".')
    if not statement.resources.present:
        yield FormProblem(location, "has no Resource.", "Add the ARNs that it is about as Resource.")
    element = "NotResource" if statement.resources.negated else "Resource"
    for resource in statement.resources.patterns:
        if not may_be_resource(resource):
            text = f'has {quoted(resource)}, which is neither an ARN nor "*".'
            yield FormProblem(f"{location}.{element}", text, _resource_fix(resource))
    for condition in statement.conditions:
        if not condition.is_known_operator:
            text = f"uses the operator {quoted(condition.operator)}, which IAM does not have."
            yield FormProblem(condition.location, text, "Use an operator of IAM, such as StringEquals or ArnLike.")
    element = "NotAction" if statement.actions.negated else "Action"
    for action in statement.actions.patterns:
        fault = action_fault(action)
        if fault is not None:
            text = f"has {quoted(action)}, which {fault.value}."
            yield FormProblem(f"{location}.{element}", text, "Correct the spelling of the action, or remove it.")


def may_be_resource(pattern: str) -> bool:
    """Tell whether IAM accepts *pattern*: "*", or an ARN that may begin with a wildcard or a variable."""
    if pattern.startswith("arn:") and pattern.count(":") > 1:
        return True
    return intersect(with_variables_open(pattern), "arn:*:*")


def _resource_fix(resource: str) -> str:
    looks_like_bucket = ":" not in resource and not resource.startswith("/")
    return f'Write an ARN, such as "arn:aws:s3:::{resource}".' if looks_like_bucket else "Write an ARN."
