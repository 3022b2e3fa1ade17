"""Estimates how much of a session token the tags and the policy of a session take, before AWS refuses them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from eks_pod_identity.errors import RuleError, type_name
from eks_pod_identity.iam import canonical, parse
from eks_pod_identity.session_tags import SessionTag
from eks_pod_identity.values import limits

_CLOSE_PERCENT = 80
_UID = "00000000-0000-4000-8000-000000000000"
_POD_NAME = "x" * limits.GENERATED_POD_NAME.value


@dataclass(frozen=True, slots=True)
class SessionSize:
    """The share of a session token that session tags and a session policy take, uncompressed.

    AWS compresses both and does not document how, so the actual token is usually smaller.

    Attributes:
        tag_bytes: Keys and values of all session tags, in bytes of UTF-8.
        policy_bytes: The compact session policy, in bytes of UTF-8.
    """

    tag_bytes: int
    policy_bytes: int

    @property
    def percent(self) -> int:
        """Return the share of the token in percent, rounded up. A token is base64: four characters for three bytes."""
        encoded = 4 * math.ceil((self.tag_bytes + self.policy_bytes) / 3)
        return math.ceil(100 * encoded / limits.SESSION_TOKEN.value)

    @property
    def may_not_fit(self) -> bool:
        """Return whether AWS may refuse the session: the rest of the token needs room too."""
        return self.percent > _CLOSE_PERCENT

    def __str__(self) -> str:
        """Return the estimate as a sentence."""
        return (
            f"Uncompressed, session tags ({self.tag_bytes:,} bytes) and session policy ({self.policy_bytes:,} bytes) "
            f"take {self.percent} % of a session token, which has at most {limits.SESSION_TOKEN.value:,} bytes."
        )


def estimate_session_size(
    *,
    cluster_arn: str | None = None,
    namespace: str = "",
    service_account: str = "",
    pod_name: str = _POD_NAME,
    tags: Mapping[str, str] | None = None,
    session_policy: Mapping[str, object] | str | None = None,
) -> SessionSize:
    """Estimate how much of a session token the tags and the policy of a session take.

    Use it for a role that the workload assumes itself: the six tags of EKS are transitive, so they take room there in
    addition to the tags and the policy that the workload passes.

    Args:
        cluster_arn: ARN of the cluster. Without it, the six tags of EKS do not count, as if they were disabled.
        namespace: Namespace of the pod.
        service_account: ServiceAccount of the pod.
        pod_name: Name of the pod. Default: 63 characters, the longest that Kubernetes generates.
        tags: Further session tags.
        session_policy: The session policy, as a document or as JSON text.

    Raises:
        RuleError: If an argument is not known yet, such as an Output, or if *session_policy* is not a policy.
    """
    sent: dict[str, str] = {}
    if cluster_arn is not None:
        sent = {
            SessionTag.CLUSTER_ARN: cluster_arn,
            SessionTag.CLUSTER_NAME: _text("cluster_arn", cluster_arn).rpartition("/")[2],
            SessionTag.NAMESPACE: namespace,
            SessionTag.SERVICE_ACCOUNT: service_account,
            SessionTag.POD_NAME: pod_name,
            SessionTag.POD_UID: _UID,
        }
    every = {**sent, **(tags or {})}
    tag_bytes = sum(len((key + _text(key, value)).encode()) for key, value in every.items())
    return SessionSize(tag_bytes, 0 if session_policy is None else len(_compact(session_policy).encode()))


def _compact(policy: Mapping[str, object] | str) -> str:
    document = parse(canonical.normalize(policy))
    if document.problems:
        raise RuleError(f"The session policy {document.problems[0].text}.", "Give a policy document that is valid.")
    return canonical.text(canonical.document_of(document.source))


def _text(name: str, value: object) -> str:
    # Callers may not be type-checked, and programs often have an Output.
    if not isinstance(value, str):
        raise RuleError(
            f"Expected a string for '{name}', got {type_name(value)}.",
            "Pass a plain string; for an Output, call this inside its apply.",
        )
    return value
