"""The tags that EKS sends with each session, their policy variables, and policies built from them."""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, cast

from eks_pod_identity.errors import RuleError, quote, type_name
from eks_pod_identity.iam.canonical import Statement

_BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_OBJECT_ACTIONS = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")


class SessionTag(StrEnum):
    """A tag that EKS sends with each session while session tags are on.

    Policies compare it as `aws:PrincipalTag/...` and use it in resources as a variable; trust policies compare it as
    `aws:RequestTag/...`.
    """

    CLUSTER_ARN = "eks-cluster-arn"
    """ARN of the cluster."""

    CLUSTER_NAME = "eks-cluster-name"
    """Name of the cluster. Not unique: another account or region may have a cluster of the same name."""

    NAMESPACE = "kubernetes-namespace"
    """Namespace of the pod."""

    SERVICE_ACCOUNT = "kubernetes-service-account"
    """Name of the ServiceAccount of the pod."""

    POD_NAME = "kubernetes-pod-name"
    """Name of the pod."""

    POD_UID = "kubernetes-pod-uid"
    """UID of the pod."""

    @property
    def principal_tag(self) -> str:
        """Return the condition key for permission and resource policies."""
        return f"aws:PrincipalTag/{self.value}"

    @property
    def request_tag(self) -> str:
        """Return the condition key for trust policies."""
        return f"aws:RequestTag/{self.value}"

    @property
    def variable(self) -> str:
        """Return the policy variable. A policy that uses one needs `"Version": "2012-10-17"`."""
        return f"${{{self.principal_tag}}}"


def own_prefix_statements(
    bucket_arn: str,
    tags: Sequence[SessionTag] = (SessionTag.NAMESPACE,),
    *,
    actions: Sequence[str] = _OBJECT_ACTIONS,
) -> list[Statement]:
    """Return statements that restrict a workload to its own prefix in a bucket.

    One role with these statements serves the workloads of many namespaces: each reads and writes below its own prefix.

    Args:
        bucket_arn: ARN of the bucket. For a bucket of the same program: `bucket.arn.apply(own_prefix_statements)`.
        tags: The tags that form the prefix, such as the namespace and the ServiceAccount.
        actions: The actions to allow on objects.

    Raises:
        RuleError: If *bucket_arn* is not the ARN of a bucket, or *tags* is empty or contains anything else.
    """
    # Callers may not be type-checked, and programs often have an Output.
    value = cast("object", bucket_arn)
    if not isinstance(value, str):
        raise RuleError(
            f"Expected the ARN of a bucket as a string, got {type_name(value)}.",
            "Pass an Output with apply: bucket.arn.apply(own_prefix_statements).",
        )
    if not _BUCKET_ARN.fullmatch(bucket_arn):
        raise RuleError(f"{quote(bucket_arn)} is not the ARN of a bucket.", "Write it like arn:aws:s3:::invoices.")
    prefix = "/".join(tag.variable for tag in _session_tags(tags))
    listing: dict[str, Any] = {"StringLike": {"s3:prefix": f"{prefix}/*"}}
    object_actions = [actions] if isinstance(actions, str) else list(actions)
    return [
        {"Effect": "Allow", "Action": object_actions, "Resource": f"{bucket_arn}/{prefix}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket_arn, "Condition": listing},
    ]


def _session_tags(tags: Sequence[str]) -> list[SessionTag]:
    if not tags:
        raise RuleError("Without a tag, all workloads would share one prefix.", "Name at least one session tag.")
    allowed = ", ".join(tag.value for tag in SessionTag)
    if isinstance(tags, str):
        raise RuleError("Expected a list of session tags, got a string.", f"Write a list of some of these: {allowed}.")
    unknown = [tag for tag in tags if tag not in list(SessionTag)]
    if unknown:
        raise RuleError(f"{quote(str(unknown[0]))} is not a session tag of EKS.", f"Use one or more of {allowed}.")
    return [SessionTag(tag) for tag in tags]
