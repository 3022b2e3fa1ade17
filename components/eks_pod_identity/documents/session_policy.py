"""The policy of an association: it narrows what the session may do, and costs the session its tags."""

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
        "Shorten ARNs and lists of actions with wildcards, or move the narrowing into the role's own policies.",
    )
    return text(policy)
