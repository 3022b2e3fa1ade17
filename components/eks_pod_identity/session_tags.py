"""The tags that EKS sends with each session, as names and policy variables, and policies that are made of them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from eks_pod_identity.errors import RuleError, quoted
from eks_pod_identity.iam.canonical import Statement

_BUCKET = ":s3:::"
_OBJECT_ACTIONS = ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")


class SessionTag(StrEnum):
    """A tag that EKS sends with each session while session tags are on.

    Policies compare it as `aws:PrincipalTag/...` and write it into resources as a variable; trust policies compare it
    as `aws:RequestTag/...`.
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
        """Return the policy variable. A policy that has one needs `"Version": "2012-10-17"`."""
        return f"${{{self.principal_tag}}}"


def own_prefix_statements(
    bucket_arn: str,
    tags: Sequence[SessionTag] = (SessionTag.NAMESPACE,),
    *,
    actions: Sequence[str] = _OBJECT_ACTIONS,
) -> list[Statement]:
    """Return statements that limit a workload to the prefix of its own namespace in a bucket.

    One role with these statements serves the workloads of many namespaces: each reads and writes below its own.

    Args:
        bucket_arn: ARN of the bucket.
        tags: What the prefix is made of, such as the namespace and the ServiceAccount.
        actions: What may be done with objects.

    Raises:
        RuleError: If *bucket_arn* is not the ARN of a bucket, or *tags* is empty.
    """
    if _BUCKET not in bucket_arn or "/" in bucket_arn or "*" in bucket_arn:
        raise RuleError(f"{quoted(bucket_arn)} is not the ARN of a bucket.", "Write it like arn:aws:s3:::invoices.")
    if not tags:
        raise RuleError("Without a tag every workload would share one prefix.", "Name at least one session tag.")
    prefix = "/".join(tag.variable for tag in tags)
    listing: dict[str, Any] = {"StringLike": {"s3:prefix": f"{prefix}/*"}}
    return [
        {"Effect": "Allow", "Action": list(actions), "Resource": f"{bucket_arn}/{prefix}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket_arn, "Condition": listing},
    ]
