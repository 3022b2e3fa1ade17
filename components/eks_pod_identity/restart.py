"""The restart token, which changes exactly when pods must be recreated to pick up a change."""

import hashlib
import json
from collections.abc import Mapping

_LENGTH = 16


def restart_token(
    role_arn: str, target_role_arn: str | None, session_policies: Mapping[str, str], *, session_tags: bool
) -> str:
    """Return a hash of what the agent caches for a running pod.

    The agent caches credentials for hours and does not read the association again
    (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html), so only a
    recreated pod sees a changed association. As an annotation of a pod template, this value recreates the pods exactly
    when needed.
    """
    parts = [role_arn, target_role_arn, dict(sorted(session_policies.items())), session_tags]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:_LENGTH]


def restart_token_of_bindings(
    role_arn: str,
    target_role_arn: str | None,
    default: str | None,
    session_policies: Mapping[str, str | None],
    *,
    tags_disabled: bool,
) -> str:
    """Return the restart token of a component: the same for the same associations, however its arguments say it.

    Args:
        role_arn: The role.
        target_role_arn: The target role.
        default: The session policy of the component, for bindings without one of their own.
        session_policies: The session policy of each binding, by its key; None is none.
        tags_disabled: Whether the component disables session tags. A session policy disables them in any case.
    """
    different = set(session_policies.values())
    if len(different) == 1:
        (default,) = different  # so a further binding with the same policy recreates no pod
    elif default not in different:
        default = None
    own = {key: policy for key, policy in session_policies.items() if policy is not None and policy != default}
    policies = own if default is None else {"": default} | own
    session_tags = default is None and not (tags_disabled and None in different)
    return restart_token(role_arn, target_role_arn, policies, session_tags=session_tags)
