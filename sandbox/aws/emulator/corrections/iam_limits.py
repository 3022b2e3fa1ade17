"""The documents and attachments of a role have quotas.

AWS: 2,048 characters of trust policy, 10,240 of all inline policies of a role together, 6,144 of a managed policy, all
without white space; managed policies per role: 20 (IAM quotas; sources disagree between 10 and 20 for the last).
LimitExceeded.

MiniStack has none of them.
"""

from collections.abc import Callable

from sandbox.aws.emulator.iam import Refusal, check_before, iam

_TRUST, _INLINE, _MANAGED, _ATTACHED = 2_048, 10_240, 6_144, 20


def apply() -> None:
    """Check sizes where documents are written."""
    check_before("_create_role", lambda of: _trust(of("AssumeRolePolicyDocument")))
    check_before("_update_assume_role_policy", lambda of: _trust(of("PolicyDocument")))
    check_before("_put_role_policy", _inline)
    check_before("_create_policy", lambda of: _check_managed_policy(of("PolicyDocument")))
    check_before("_create_policy_version", lambda of: _check_managed_policy(of("PolicyDocument")))
    check_before("_attach_role_policy", _check_attachments)


def _size(document: str) -> int:
    return len("".join(document.split()))


def _trust(document: str) -> Refusal:
    return ("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {_TRUST}") if _size(document) > _TRUST else None


def _inline(of: Callable[[str], str]) -> Refusal:
    role = iam()._roles.get(of("RoleName"))
    if role is None:
        return None
    documents = role["InlinePolicies"] | {of("PolicyName"): of("PolicyDocument")}
    if sum(_size(document) for document in documents.values()) <= _INLINE:
        return None
    return "LimitExceeded", f"Maximum policy size of {_INLINE} bytes exceeded for role {of('RoleName')}"


def _check_managed_policy(document: str) -> Refusal:
    return ("LimitExceeded", f"Cannot exceed quota for PolicySize: {_MANAGED}") if _size(document) > _MANAGED else None


def _check_attachments(of: Callable[[str], str]) -> Refusal:
    role = iam()._roles.get(of("RoleName"))
    attached = role["AttachedPolicies"] if role else []
    if len(attached) < _ATTACHED or of("PolicyArn") in attached:
        return None
    return "LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {_ATTACHED}"
