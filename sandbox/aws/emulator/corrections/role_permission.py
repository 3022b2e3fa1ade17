"""Who may assume a role is decided by its trust and the caller's policies together.

AWS: in one account, a trust that names the caller itself is enough; one that names the account leaves it to the
caller's policies; across accounts both must allow (IAM User Guide, "Cross-account policy evaluation logic" and "IAM
roles: trust policy"). The ARN must be that of the role, path included.

MiniStack asks the caller's policies in every case, and finds a role by the last part of its ARN. It has the rule for
resources with policies of their own, and a trust is the policy of a role; the conditions are left to the judging of
the trust, which knows the request.
"""

import json
from typing import Any

from sandbox.aws.emulator import call as calls
from sandbox.aws.emulator.seam import lookup, replace

_ACTIONS = ("sts:AssumeRole", "sts:TagSession")


def apply() -> None:
    """Let the trust of a role be found as its resource policy, and refuse an ARN that no role has."""
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
        # Of another account's role, the caller's policies are asked here and the trust afterwards: both must allow.
        if role is None or account != lookup("core.responses").get_account_id():
            return None
        return _unconditional(role["AssumeRolePolicyDocument"]), account

    return resource_policy


def _unconditional(document: Any) -> dict[str, Any]:
    document = json.loads(document) if isinstance(document, str) else document
    statements = document.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    allowing = [one for one in statements if one.get("Effect") == "Allow"]
    return {"Statement": [{key: value for key, value in one.items() if key != "Condition"} for one in allowing]}


def _of_the_role(original: Any) -> Any:
    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        if calls.current() and ctx is not None and ctx.action in _ACTIONS and role_at(ctx.resource_arn) is None:
            return False
        return original(trust_doc, caller_arn, ctx)

    return evaluate_trust_policy
