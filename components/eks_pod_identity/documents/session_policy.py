"""Writes the session policy of an association, which restricts the session and disables its tags."""

from eks_pod_identity.iam.canonical import check_size, identity_policy, size, text
from eks_pod_identity.values import limits


def session_policy(value: object) -> str:
    """Return the compact text of a session policy.

    Raises:
        RuleError: If it is not an identity policy, or over 2,048 characters when compact.
    """
    policy = identity_policy(value)
    check_size(
        size(policy),
        limits.SESSION_POLICY,
        "The session policy",
        "Shorten ARNs and lists of actions with wildcards, or restrict the role's own policies instead.",
    )
    return text(policy)
