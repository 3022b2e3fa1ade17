"""A document with a gross error is rejected, and a trust policy names only principals that exist.

AWS: MalformedPolicyDocument from CreateRole, UpdateAssumeRolePolicy, PutRolePolicy, CreatePolicy, CreatePolicyVersion
and from AssumeRole with a session policy (IAM API, STS API; grammar of the IAM JSON policy language). A role or user
named in a trust must exist (`Invalid principal in policy`). IAM stores its unique id: after the role is deleted, the
trust policy shows the id, and a new role of the same name is not admitted (IAM User Guide, "AWS JSON policy elements:
Principal").

MiniStack checks identity policies only, without their principals, and accepts every trust policy.
"""

import json
from collections.abc import Callable
from typing import Any

from sandbox.aws.emulator.documents import aws_principals, identity_problem, trust_problem
from sandbox.aws.emulator.iam import Refusal, around, check_before, iam
from sandbox.aws.emulator.patching import replace

_STORED = {"role": "_roles", "user": "_users"}


def apply() -> None:
    """Check documents when they are written, and update trust policies when a principal is deleted."""
    for module in ("core.iam_evaluator", "services.sts"):  # the second imports the function by name
        replace(
            f"{module}.validate_policy_document",
            "doc",
            lambda original: lambda doc: original(doc) or identity_problem(doc),
        )
    check_before("_create_role", lambda of: _trust_refusal(of("AssumeRolePolicyDocument")))
    check_before("_update_assume_role_policy", _update_refusal)
    around("_delete_role", _with_unique_ids)


def _update_refusal(of: Callable[[str], str]) -> Refusal:
    # A missing role is reported before the document is read.
    return _trust_refusal(of("PolicyDocument")) if of("RoleName") in iam()._roles else None


def _trust_refusal(document: str) -> Refusal:
    if problem := trust_problem(document):
        return "MalformedPolicyDocument", problem
    missing = next((principal for principal in aws_principals(document) if not _exists(principal)), None)
    return ("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{missing}"') if missing else None


def _exists(principal: str) -> bool:
    if principal == "*" or (principal.isdecimal() and len(principal) == 12):  # noqa: PLR2004 - digits of an account
        return True
    parts = principal.split(":")
    if len(parts) != 6 or parts[0] != "arn" or "*" in principal:  # noqa: PLR2004 - fields of an ARN
        return False
    entity_type, _, name = parts[5].partition("/")
    if entity_type not in _STORED:
        return True
    entity = getattr(iam(), _STORED[entity_type]).get_scoped(parts[4], None, name.rsplit("/", 1)[-1])
    return bool(entity) and entity["Arn"] == principal


def _with_unique_ids(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def delete_role(p: Any) -> Any:
        role = iam()._roles.get(iam()._p(p, "RoleName"))
        answer = original(p)
        if role and answer[0] == 200:  # noqa: PLR2004 - HTTP
            arn, unique_id = json.dumps(role["Arn"]), json.dumps(role["RoleId"])
            for other in iam()._roles.to_dict().values():
                document = other["AssumeRolePolicyDocument"]
                if arn in document and role["Arn"] in aws_principals(document):
                    other["AssumeRolePolicyDocument"] = document.replace(arn, unique_id)
        return answer

    return delete_role
