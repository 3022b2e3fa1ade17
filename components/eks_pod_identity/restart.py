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
