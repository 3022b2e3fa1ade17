"""The corrections. Each names the behavior of AWS that it restores, and where AWS documents it."""

from sandbox.aws.emulator.corrections import (
    assume_role,
    denial_reason,
    eks_addons,
    eks_association_list,
    eks_associations,
    eks_permissions,
    eks_tags,
    emulator_paths,
    iam_documents,
    iam_limits,
    iam_managed,
    iam_roles,
    policy_variables,
    principal_arn,
    role_permission,
    service_principal,
    session_limits,
    session_tags,
    tag_session,
    web_identity,
)

#: In the order in which they are applied: a later one wraps an earlier one.
CORRECTIONS = (
    principal_arn,
    policy_variables,
    service_principal,
    role_permission,
    tag_session,
    session_tags,
    session_limits,
    assume_role,
    eks_associations,
    eks_association_list,
    eks_tags,
    eks_addons,
    eks_permissions,
    denial_reason,
    iam_limits,
    iam_documents,
    iam_managed,
    iam_roles,
    web_identity,
    emulator_paths,
)


def apply_all() -> None:
    """Apply every correction."""
    for correction in CORRECTIONS:
        correction.apply()
