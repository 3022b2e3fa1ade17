"""The one or two AssumeRole calls that turn an association and a pod into a session, as pure functions.

Hop 1 assumes the association's role as the service principal; hop 2 assumes the target role, if any, with the
credentials of hop 1. Durations, tags, external id and the use of the session policy are as AWS documents them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.eks.tokens import PodSubject

_FIRST_HOP_SECONDS = (
    21600  # six hours, as CloudTrail shows for pods; the role's own maximum does not apply to services
)
_CHAINED_HOP_SECONDS = 3600  # role chaining is limited to one hour by STS
_SESSION_NAME_LENGTH = 64  # the limit of RoleSessionName


@dataclass(frozen=True)
class Cluster:
    """The cluster that a request names, with its account and region."""

    name: str
    arn: str
    account: str
    region: str


@dataclass(frozen=True)
class Hop:
    """The parameters of one AssumeRole call."""

    parameters: Mapping[str, Any]

    @property
    def role_arn(self) -> str:
        """Return the role that this hop assumes."""
        return str(self.parameters["RoleArn"])


def hops(association: Mapping[str, Any], cluster: Cluster, pod: PodSubject) -> list[Hop]:
    """Return the calls that EKS makes for *pod*, in order."""
    name = f"eks-{cluster.name}-{pod.pod_name}-{pod.pod_uid}"[:_SESSION_NAME_LENGTH]
    policy = association.get("policy") or None
    target = association.get("targetRoleArn") or None
    first: dict[str, Any] = {
        "RoleArn": association["roleArn"],
        "RoleSessionName": name,
        "DurationSeconds": _FIRST_HOP_SECONDS,
    }
    if not association.get("disableSessionTags"):
        tags = session_tags(cluster, pod)
        first["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
        first["TransitiveTagKeys"] = list(tags)
    if not target:
        return [Hop(_with_policy(first, policy))]
    second: dict[str, Any] = {
        "RoleArn": target,
        "RoleSessionName": name,
        "DurationSeconds": _CHAINED_HOP_SECONDS,
        "ExternalId": external_id(association, cluster),
    }
    return [Hop(first), Hop(_with_policy(second, policy))]


def session_tags(cluster: Cluster, pod: PodSubject) -> dict[str, str]:
    """Return the six tags that EKS adds to a session, all or none of them."""
    return {
        "eks-cluster-arn": cluster.arn,
        "eks-cluster-name": cluster.name,
        "kubernetes-namespace": pod.namespace,
        "kubernetes-service-account": pod.service_account,
        "kubernetes-pod-name": pod.pod_name,
        "kubernetes-pod-uid": pod.pod_uid,
    }


def external_id(association: Mapping[str, Any], cluster: Cluster) -> str:
    """Return the external id of the association in the form that AWS documents."""
    return "/".join(
        [cluster.region, cluster.account, cluster.name, association["namespace"], association["serviceAccount"]]
    )


def _with_policy(parameters: dict[str, Any], policy: str | None) -> dict[str, Any]:
    return parameters if policy is None else {**parameters, "Policy": policy}
