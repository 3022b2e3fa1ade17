"""Checks the form of permission policies and session policies, which have no principals."""

import difflib
import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document, Statement, action_fault, has_wildcard, intersect, with_variables_open
from eks_pod_identity.iam.document import DOCUMENT_ELEMENTS, STATEMENT_ELEMENTS
from eks_pod_identity.iam.resources import similar_actions
from eks_pod_identity.rules.malformed_values import malformed_values, placeholders
from eks_pod_identity.values.arns import PARTITIONS


class FormProblem(NamedTuple):
    """A malformed part: its location, a sentence about it, and the fix."""

    location: str
    text: str
    fix: str


def identity_policy_problems(document: Document) -> Iterator[FormProblem]:
    """Return what IAM would reject or ignore in a policy without principals."""
    misspelled = misspelled_elements(document)
    for problem in _form_problems(document):
        if not misspelled.explain(problem.location, problem.text):
            yield problem


def _form_problems(document: Document) -> Iterator[FormProblem]:
    for problem in document.problems:
        # An identity policy may not have a principal in any form.
        if not problem.location.endswith("Principal"):
            yield FormProblem(problem.location, f"{problem.text}.", form_fix(problem.text))
    for statement in document.statements:
        yield from _statement_problems(document, statement)


class Misspelled(NamedTuple):
    """The elements that a document has under a misspelled name: the location of each, and its right name."""

    elements: frozenset[tuple[str, str | None]]

    def explain(self, location: str, text: str) -> bool:
        """Return whether a problem is that one of these elements is missing."""
        parent, _, element = location.rpartition(".")
        if (parent, element) in self.elements:
            return text in ("is empty.", 'must be "Allow" or "Deny".')
        return any(text == f"has no {element}." for at, element in self.elements if at == location)


def misspelled_elements(document: Document) -> Misspelled:
    """Return the elements that *document* has under a misspelled name."""
    return Misspelled(frozenset((problem.location, _intended_element(problem.text)) for problem in document.problems))


def form_fix(problem: str) -> str:
    """Return how to fix a problem that parsing a document reports."""
    if (intended := _intended_element(problem)) is not None:
        return f"Write {quote(intended)}."
    for part, fix in _FIXES:
        if part in problem:
            return fix
    return "Correct it as the IAM policy grammar describes."


_UNKNOWN_ELEMENT = re.compile(r'has the element "([^"]*)", which (policies|statements) do not have')


def _intended_element(problem: str) -> str | None:
    """Return the element that an unknown one resembles: Statement for `statement` and `Statements`."""
    match = _UNKNOWN_ELEMENT.fullmatch(problem)
    if match is None:
        return None
    elements = DOCUMENT_ELEMENTS if match[2] == "policies" else STATEMENT_ELEMENTS
    by_lower_case = {element.lower(): element for element in elements}
    near = difflib.get_close_matches(match[1].lower(), by_lower_case, n=1, cutoff=0.8)
    return by_lower_case[near[0]] if near else None


_FIXES = (
    ("byte order mark", 'Read the file with the encoding "utf-8-sig".'),
    ("is not JSON", "Build the text with a JSON library."),
    ("is not readable JSON", "Build the text with a JSON library."),
    ("twice in one object", "Merge the two."),
    ("is used twice", "Rename or remove one of the two Sids."),
    ("letters and digits", "Remove the Sid, or write it in letters and digits."),
    ("is empty", "Write a statement with Effect, Action and Resource or Principal, or remove it."),
    ("which policies do not have", "Remove the element; a policy has Version, Id and Statement."),
    ("which statements do not have", "Remove the element, or correct its spelling and its case."),
    ("must be a string or a list of strings", "Write a string, or a list of non-empty strings."),
    ('must be "2012-10-17"', 'Write "Version": "2012-10-17".'),
    ('must be "Allow" or "Deny"', 'Write "Allow" or "Deny", with a capital letter.'),
    ("has both", "Split it into two statements."),
    ("wildcard inside", "Write the principal in full; it cannot contain a wildcard."),
    ("and not one of AWS", "Name principals under AWS, Service, Federated or CanonicalUser."),
    ("names nobody", "Name a principal, or remove the statement."),
    ("nested deeper", "Flatten the document."),
    ("longer than", "Shorten the document."),
    ("operators", 'Write for example {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}.'),
    ("operator to an object", 'Write for example {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}.'),
    ('must be an object or "*"', 'Write an object, such as {"Service": "pods.eks.amazonaws.com"}.'),
    ("is not a JSON object", 'Write {"Version": "2012-10-17", "Statement": [...]}.'),
    ("is not an object", 'Write {"Effect": "Allow", ...}.'),
    ("is not a string", "Compare it with a string, or a list of strings."),
)


def _statement_problems(document: Document, statement: Statement) -> Iterator[FormProblem]:
    location = statement.location
    if statement.principals is not None:
        element = "NotPrincipal" if statement.principals.negated else "Principal"
        text = f"has {element}; the principal of this policy is the role it is used with."
        yield FormProblem(location, text, f"Remove {element}.")
    if not statement.actions.present:
        yield FormProblem(location, "has no Action.", 'Add the actions, such as "Action": "s3:GetObject".')
    if not statement.resources.present:
        yield FormProblem(location, "has no Resource.", "Add the ARNs as Resource.")
    element = "NotResource" if statement.resources.negated else "Resource"
    for resource in statement.resources.patterns:
        if not may_be_resource(resource):
            text = f'has {quote(resource)}, which is neither an ARN nor "*".'
            yield FormProblem(f"{location}.{element}", text, _resource_fix(resource))
    yield from _value_problems(statement)
    element = "NotAction" if statement.actions.negated else "Action"
    for action in statement.actions.patterns:
        fault = action_fault(action)
        if fault is not None:
            text = f"has {quote(action)}, which {fault.value}."
            yield FormProblem(f"{location}.{element}", text, action_fix(document, action))


def _value_problems(statement: Statement) -> Iterator[FormProblem]:
    for condition in statement.conditions:
        if not condition.is_known_operator:
            text = f"uses the operator {quote(condition.operator)}, which IAM does not have."
            yield FormProblem(condition.location, text, "Use an operator of IAM, such as StringEquals or ArnLike.")
    for malformed in (*malformed_values(statement), *placeholders(statement)):
        yield FormProblem(malformed.location, malformed.text, malformed.fix)


def action_fix(document: Document, action: str) -> str:
    """Return how to fix an action that AWS does not have, with the nearest action if there is one."""
    if ":" not in action:
        return 'Write the service and the action, such as "s3:GetObject".'
    near = _similar_action(action) if _faults(document) <= _MOST_FAULTS and not has_wildcard(action) else None
    if near is not None:
        return f"Write {quote(near)}, or remove {quote(action)}."
    return f"Correct the spelling of {quote(action)}, or remove it."


_MOST_FAULTS = 5
"""Most faults for which to search similar actions. A search takes about 10 ms, and more faults are no misspellings."""


def _faults(document: Document) -> int:
    actions = (action for statement in document.statements for action in statement.actions.patterns)
    return sum(action_fault(action) is not None for action in actions)


@functools.lru_cache(maxsize=256)
def _similar_action(action: str) -> str | None:
    return next((near for near in similar_actions(action[:64]) if action_fault(near) is None), None)


def may_be_resource(pattern: str) -> bool:
    """Return whether IAM accepts *pattern*: "*", or an ARN that may begin with a wildcard or a variable.

    An ARN has six parts and the partition of AWS. It may have fewer if it ends in a star, which then stands for
    the rest: `arn:aws:s3:*`.
    """
    text = with_variables_open(pattern)
    if not text.startswith("arn:"):
        return intersect(text, "arn:*:*")
    parts = text.split(":", _MOST_COLONS)
    if not _is_partition(parts[1]) or _has_malformed_account(parts):
        return False
    return len(parts) > _MOST_COLONS or (text.endswith("*") and bool(_PARTS[len(parts) - 1].fullmatch(parts[-1])))


def _is_partition(text: str) -> bool:
    return text in PARTITIONS or has_wildcard(text)


def _has_malformed_account(parts: list[str]) -> bool:
    """Return whether the account is digits, but not twelve: a leading zero is lost where it is read as a number."""
    account = parts[_ACCOUNT_PART] if len(parts) > _ACCOUNT_PART else ""
    return bool(_DIGITS.fullmatch(account)) and not _ACCOUNT.fullmatch(account)


_MOST_COLONS = 5
_ACCOUNT_PART = 4
_ACCOUNT = re.compile(r"[0-9]{12}")
_DIGITS = re.compile(r"[0-9][0-9-]*")
_PARTS = {
    1: re.compile(r"[a-z-]*\*+"),
    2: re.compile(r"[a-z0-9-]*\*+"),
    3: re.compile(r"[a-z0-9-]*\*+"),
    4: re.compile(r"[0-9]*\*+"),
}
"""Patterns of the parts of an ARN that is cut short: its last part ends in a star."""


def _resource_fix(resource: str) -> str:
    if ":" not in resource and not resource.startswith("/"):
        return f'Write an ARN, such as "arn:aws:s3:::{resource}".'
    if not resource.startswith("arn:"):
        return "Write an ARN."
    parts = with_variables_open(resource).split(":", _MOST_COLONS)
    if not _is_partition(parts[1]):
        return "Correct the partition: it is aws, aws-cn or aws-us-gov."
    if _has_malformed_account(parts):
        return f"Write the twelve digits of the account instead of {quote(parts[_ACCOUNT_PART])}."
    return "Write all parts, arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE; of a bucket, region and account are empty."
