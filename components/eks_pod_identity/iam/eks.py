"""What EKS sends when it assumes a role for a pod."""

from eks_pod_identity.values.arns import SERVICE_PRINCIPAL
from eks_pod_identity.values.tags import SESSION_TAGS

POD_IDENTITY_SERVICE = SERVICE_PRINCIPAL
"""The service principal, the same in every partition (Amazon EKS User Guide; AWS China User Guide)."""

ASSUME_ROLE = "sts:AssumeRole"
TAG_SESSION = "sts:TagSession"
EXTERNAL_ID = "sts:externalid"
"""The condition key in lower case."""

SCOPING_KEYS = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
"""Condition keys of EKS's calls that can scope a trust policy, in lower case (EKS Best Practices Guide)."""

REQUEST_TAG = "aws:requesttag/"
PRINCIPAL_TAG = "aws:principaltag/"
CLUSTER_ARN_KEYS = frozenset({"aws:sourcearn", f"{REQUEST_TAG}eks-cluster-arn"})
"""The keys that hold the ARN of the cluster, in lower case."""


def session_tag_of(key: str, prefix: str) -> str:
    """Return the session tag that a condition key names after *prefix*, in lower case, or nothing."""
    lowered = key.lower()
    return lowered.removeprefix(prefix) if lowered.startswith(prefix) else ""


def is_session_tag(tag: str) -> bool:
    """Return whether EKS sends a session tag of that name; IAM ignores the case of tag keys."""
    return tag.lower() in SESSION_TAGS
