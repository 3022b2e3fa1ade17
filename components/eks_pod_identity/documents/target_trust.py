"""Writes the trust policy of a target role, and the permission that the source role needs to assume it."""

from collections.abc import Sequence

from eks_pod_identity.documents.source_trust import ACTIONS
from eks_pod_identity.iam.canonical import Document, Statement, document, unwrap_single
from eks_pod_identity.iam.eks import ASSUME_ROLE, TAG_SESSION
from eks_pod_identity.values import arns


def target_trust(source_role_arn: str, external_ids: Sequence[str], extra: Sequence[Statement] = ()) -> Document:
    """Return the trust policy of a target role for the associations with these *external_ids*.

    The principal is the account of the source role, and a condition names the role. IAM would store a role principal
    by its unique id: creating it would race with the source role, and recreating the source role would break it
    silently.

    `sts:ExternalId` is a condition key of `sts:AssumeRole` but not of `sts:TagSession`, so each action has its own
    statement; in one statement the condition would deny the tags, and with them the call. Without external ids, as for
    a workload that assumes the role itself, one statement allows both.
    """
    source = arns.parse(source_role_arn)
    principal = {"AWS": arns.account_root(source.partition, source.account)}
    same_role = {"ArnEquals": {"aws:PrincipalArn": source_role_arn}}
    if not external_ids:
        both = {"Effect": "Allow", "Principal": principal, "Action": list(ACTIONS), "Condition": same_role}
        return document([both, *extra])
    return document(
        [
            {
                "Effect": "Allow",
                "Principal": principal,
                "Action": ASSUME_ROLE,
                "Condition": same_role
                | {"StringEquals": {"sts:ExternalId": unwrap_single(sorted(set(external_ids)))}},
            },
            {"Effect": "Allow", "Principal": principal, "Action": TAG_SESSION, "Condition": same_role},
            *extra,
        ]
    )


def source_permission(target_role_arn: str) -> Document:
    """Return the policy that lets a source role assume its target role. It needs both actions too."""
    return document([{"Effect": "Allow", "Action": list(ACTIONS), "Resource": target_role_arn}])
