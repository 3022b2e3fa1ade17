"""Decides which resources an action can act on, from the Service Authorization Reference."""

import functools

from eks_pod_identity.iam import has_wildcard, intersect, with_variables_open
from eks_pod_identity.iam.actions import actions_matching, resource_arns_of

_BUCKET = "arn:*:s3:::*"


def can_act(action: str, resource: str) -> bool | None:
    """Return whether *action*, which may have wildcards, can act on a resource that *resource* covers.

    None means that the reference does not contain the action.
    """
    actions = actions_matching(action) if has_wildcard(action) else [action]
    answers = [_can_act(each, resource) for each in actions]
    if True in answers:
        return True
    return None if None in answers or not answers else False


@functools.lru_cache(maxsize=256)
def _can_act(action: str, resource: str) -> bool | None:
    if not resource.strip("*"):
        return True
    patterns = resource_arns_of(action)
    if patterns is None:
        return None
    wanted = with_variables_open(resource)
    return any(_meets(pattern, wanted) for pattern in patterns)


def _meets(pattern: str, resource: str) -> bool:
    """Compare part by part and, for S3, by the slash: a bucket's ARN has none, an object's has one.

    A wildcard stays within its part of the ARN: `arn:aws:s3:::invoices/*` covers no access point.
    """
    parts = resource.split(":", 5)
    if not all(intersect(*pair) for pair in zip(pattern.split(":", len(parts) - 1), parts, strict=True)):
        return False
    if pattern == _BUCKET:
        return "/" not in resource
    if pattern == f"{_BUCKET}/*":
        return "/" in resource or has_wildcard(resource.partition(":::")[2])
    return True


def arn_forms_of(action: str) -> tuple[str, ...]:
    """Return the forms of ARN that *action* acts on, as the reference writes them, with `*`."""
    actions = actions_matching(action) if has_wildcard(action) else [action]
    return tuple(dict.fromkeys(pattern for each in actions for pattern in resource_arns_of(each) or ()))
