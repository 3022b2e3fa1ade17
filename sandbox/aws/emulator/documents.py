"""The errors for which IAM rejects a policy document when it is written; only the gross ones.

AWS answers MalformedPolicyDocument. The messages are those that AWS is commonly seen to return. Each function returns
the first problem, or None.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

_COMPARISONS = {
    "string": ("equals", "notequals", "equalsignorecase", "notequalsignorecase", "like", "notlike"),
    "numeric": ("equals", "notequals", "lessthan", "lessthanequals", "greaterthan", "greaterthanequals"),
    "date": ("equals", "notequals", "lessthan", "lessthanequals", "greaterthan", "greaterthanequals"),
    "arn": ("equals", "notequals", "like", "notlike"),
    "": ("bool", "binaryequals", "ipaddress", "notipaddress", "null"),
}
_OPERATORS = frozenset(
    operand + comparison for operand, comparisons in _COMPARISONS.items() for comparison in comparisons
)
_SETS = ("forallvalues:", "foranyvalue:")
_FIELDS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
_SID = re.compile(r"[A-Za-z0-9]*")
_TRUST_ACTION = re.compile(r"\*|sts:(\*|assumerole.*|tagsession|setsourceidentity|setcontext|[a-z]+\*)", re.IGNORECASE)


def identity_problem(document: Any) -> str | None:
    """Return what is wrong with a policy that is attached to a role, is a session policy, or is a managed policy."""
    statements, problem = _statements(document, "Syntax errors in policy.")
    return problem or next((fault for statement in statements if (fault := _identity_statement(statement))), None)


def trust_problem(document: Any) -> str | None:
    """Return what is wrong with the trust policy of a role, without checking that its principals exist."""
    statements, problem = _statements(document, "This policy contains invalid Json")
    return problem or next((fault for statement in statements if (fault := _trust_statement(statement))), None)


def aws_principals(document: Any) -> Iterator[str]:
    """Yield each principal that the trust policy *document* names as `AWS`."""
    for statement in _statements(document, "")[0]:
        named = statement.get("Principal")
        yield from _list(named.get("AWS")) if isinstance(named, dict) else ()


def _statements(document: Any, unreadable: str) -> tuple[list[dict[str, Any]], str | None]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return [], unreadable
    if not isinstance(document, dict) or document.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        return [], "Syntax errors in policy."
    listed = document.get("Statement")
    statements = [listed] if isinstance(listed, dict) else listed
    if (
        not isinstance(statements, list)
        or not statements
        or not all(isinstance(statement, dict) for statement in statements)
    ):
        return [], "Syntax errors in policy."
    names = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(names)) < len(names):
        return [], "Statement IDs (SID) in a single policy must be unique."
    return statements, None


def _identity_statement(statement: dict[str, Any]) -> str | None:
    if "Principal" in statement or "NotPrincipal" in statement:
        return "Policy document should not specify a principal."
    resources = _list(statement.get("Resource")) + _list(statement.get("NotResource"))
    if problem := _any_statement(statement):
        return problem
    if not resources:
        return "Policy statement must contain resources."
    for action in _actions(statement):
        if action != "*" and ":" not in action:
            return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    wrong = next((resource for resource in resources if resource != "*" and not resource.startswith("arn:")), None)
    return f'Resource {wrong} must be in ARN format or "*".' if wrong else None


def _trust_statement(statement: dict[str, Any]) -> str | None:
    for field in ("Resource", "NotResource"):
        if field in statement:
            return f"Has prohibited field {field}"
    if problem := _any_statement(statement) or _principal_problem(statement):
        return problem
    if not all(_TRUST_ACTION.fullmatch(action) for action in _actions(statement)):
        return "AssumeRole policy may only specify STS AssumeRole actions."
    return None


def _principal_problem(statement: dict[str, Any]) -> str | None:
    principal = statement.get("Principal")
    if "NotPrincipal" in statement or principal == "*":
        return None  # the first is rejected elsewhere, with its own message
    if principal is None:
        return "Missing required field Principal"
    if not (isinstance(principal, dict) and any(_list(named) for named in principal.values())):
        return "Missing required field Principal cannot be empty!"
    return None


def _any_statement(statement: dict[str, Any]) -> str | None:
    if statement.get("Effect") not in ("Allow", "Deny") or not set(statement) <= _FIELDS:
        return "Syntax errors in policy."
    if not _SID.fullmatch(str(statement.get("Sid", ""))):
        return "Statement IDs (SID) must be alpha-numeric."
    if not _actions(statement):
        return "Policy statement must contain actions."
    if ("Action" in statement and "NotAction" in statement) or (
        "Resource" in statement and "NotResource" in statement
    ):
        return "Syntax errors in policy."
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        return "Syntax errors in policy."
    unknown = next((operator for operator in condition if not _is_known(operator)), None)
    return f"Invalid Condition type : {unknown}." if unknown else None


def _is_known(operator: str) -> bool:
    name = operator.lower()
    for prefix in _SETS:
        name = name.removeprefix(prefix)
    return (name if name == "null" else name.removesuffix("ifexists")) in _OPERATORS


def _actions(statement: dict[str, Any]) -> list[str]:
    return _list(statement.get("Action")) + _list(statement.get("NotAction"))


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(item) for item in value] if isinstance(value, list) else []
