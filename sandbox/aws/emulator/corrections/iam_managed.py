"""Only a policy that exists can be attached, and one with older versions cannot be deleted.

AWS: AttachRolePolicy of a missing policy is NoSuchEntity; DeletePolicy with versions besides the default is
DeleteConflict (IAM API).

MiniStack attaches and deletes regardless. It knows about thirty of the policies that AWS manages; any other name is
still accepted here, and allows nothing.
"""

from collections.abc import Callable

from sandbox.aws.emulator.iam import Refusal, check_before, iam


def apply() -> None:
    """Check before attaching and deleting."""
    check_before("_attach_role_policy", _attach)
    check_before("_delete_policy", _delete)


def _attach(of: Callable[[str], str]) -> Refusal:
    arn = of("PolicyArn")
    if of("RoleName") not in iam()._roles or iam()._is_aws_managed_arn(arn) or arn in iam()._policies:
        return None
    return "NoSuchEntity", f"Policy {arn} does not exist or is not attachable."


def _delete(of: Callable[[str], str]) -> Refusal:
    policy = iam()._policies.get(of("PolicyArn"))
    if not policy or len(policy["Versions"]) == 1:
        return None
    return "DeleteConflict", (
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
        "The default version is deleted with the policy."
    )
