"""Limits of AWS and Kubernetes, each with its source."""

from typing import NamedTuple


class Limit(NamedTuple):
    """A number, what it counts, and its source."""

    value: int
    unit: str
    source: str


_IAM_QUOTAS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"
_IAM_API = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"
_STS_API = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"
_EKS_API = "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html"
_EKS_GUIDE = "https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html"
_RFC_1123 = "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"
_LABELS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/"

SESSION_POLICY = Limit(2048, "characters", _STS_API)
"""A session policy. White space is believed to count, so documents are measured in compact form."""

SESSION_TOKEN = Limit(4096, "bytes", _STS_API)
"""The session token, which holds the session's tags and policy in compressed form."""

TRUST_POLICY = Limit(2048, "characters without white space", _IAM_QUOTAS)
"""A role's trust policy: the default quota, which an account may have raised."""

INLINE_POLICIES = Limit(10_240, "characters without white space", _IAM_QUOTAS)
"""All inline policies of one role together."""

MANAGED_POLICY = Limit(6_144, "characters without white space", _IAM_QUOTAS)
"""One customer managed policy."""

MANAGED_ATTACHMENTS = Limit(25, "policies", _IAM_QUOTAS)
"""Managed policies on one role, at the highest quota an account can get."""

ROLE_NAME = Limit(64, "characters", _IAM_API)
ROLE_PATH = Limit(512, "characters", _IAM_API)
ROLE_DESCRIPTION = Limit(1000, "characters", _IAM_API)
POLICY_NAME = Limit(128, "characters", "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html")
SESSION_SECONDS_LEAST = Limit(3600, "seconds", _IAM_API)
SESSION_SECONDS_MOST = Limit(43_200, "seconds", _IAM_API)

LABEL = Limit(63, "characters", _LABELS)
"""The name in the key of a label or an annotation, and the value of a label."""

LABEL_PREFIX = Limit(253, "characters", _LABELS)
EXTERNAL_ID = Limit(1224, "characters", _STS_API)
CLUSTER_NAME = Limit(100, "characters", "https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html")
ASSOCIATIONS = Limit(5_000, "associations", _EKS_GUIDE)
"""Associations of one cluster. Older pages say 1,000, so no number is refused."""

TAGS = Limit(50, "tags", _EKS_API)
TAG_KEY = Limit(128, "characters", _EKS_API)
TAG_VALUE = Limit(256, "characters", _EKS_API)

NAMESPACE = Limit(63, "characters", _RFC_1123)
SERVICE_ACCOUNT = Limit(253, "characters", _RFC_1123)
GENERATED_POD_NAME = Limit(
    63, "characters", "https://github.com/kubernetes/apiserver/blob/master/pkg/storage/names/generate.go"
)
"""The name of a pod that a controller creates: Kubernetes shortens generated names."""
