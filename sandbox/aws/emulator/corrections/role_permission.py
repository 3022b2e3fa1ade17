"""The trust policy and the caller's policies together decide who may assume a role.

AWS: in one account, a trust that names the caller itself is enough; one that names the account leaves the decision to
the caller's policies; across accounts both must allow (IAM User Guide, "Cross-account policy evaluation logic" and
"IAM roles: trust policy"). The ARN must be that of the role, path included.

MiniStack always checks the caller's policies, and finds a role by the last part of its ARN. It implements the rule for
resources that have a policy, so here a trust policy counts as the policy of a role. Its conditions are checked later,
with the trust policy, where the request is known.
"""

import json
from typing import Any

from sandbox.aws.emulator import call as calls
from sandbox.aws.emulator.patching import lookup, replace

_ACTIONS = ("sts:AssumeRole", "sts:TagSession")


def apply() -> None:
    """Return the trust policy of a role as its resource policy, and reject an ARN that no role has."""
    replace("core.iam_evaluator._resource_policy", "service resource_arn", _with_trust)
    replace("core.iam_evaluator.evaluate_trust_policy", "trust_doc caller_arn ctx", _of_the_role)


def role_at(arn: str) -> Any:
    """Return MiniStack's record of the role with exactly this ARN, or None."""
    account, name = arn.split(":")[4], arn.rsplit("/", 1)[-1]
    role = lookup("services.iam")._roles.get_scoped(account, None, name)
    return role if role and role["Arn"] == arn else None


def _with_trust(original: Any) -> Any:
    def resource_policy(service: str, resource_arn: str) -> Any:
        if service != "sts" or ":role/" not in resource_arn:
            return original(service, resource_arn)
        account, role = resource_arn.split(":")[4], role_at(resource_arn)
        # For a role of another account, the caller's policies are checked here and the trust policy later: both must
        # allow.
        if role is None or account != lookup("core.responses").get_account_id():
            return None
        return _unconditional(role["AssumeRolePolicyDocument"]), account

    return resource_policy


def _unconditional(document: Any) -> dict[str, Any]:
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    allowing = [statement for statement in statements if statement.get("Effect") == "Allow"]
    return {
        "Statement": [{key: value for key, value in statement.items() if key != "Condition"} for statement in allowing]
    }


def _of_the_role(original: Any) -> Any:
    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        if calls.current() and ctx is not None and ctx.action in _ACTIONS and role_at(ctx.resource_arn) is None:
            return False
        return original(trust_doc, caller_arn, ctx)

    return evaluate_trust_policy
