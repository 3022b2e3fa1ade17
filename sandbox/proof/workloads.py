"""Lists the ServiceAccounts of an environment's identities, each with its expectations and its role in AWS."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.proof.chain import Workload
from sandbox.proof.expectations import Proof


def workloads(
    eks: Any, environment: Mapping[str, Any], expected: Mapping[str, Proof], cluster: str
) -> Iterator[Workload]:
    """Yield every ServiceAccount that *environment* gives an identity on *cluster*.

    Args:
        eks: A client of EKS, to list the associations.
        environment: The object ``eks-pod-identity:environment`` of the stack's file.
        expected: What is expected of the identities, by name.
        cluster: The environment's cluster.
    """
    for name, identity in environment.get("identities", {}).items():
        for binding in identity.get("bindings") or [identity]:
            if binding.get("clusterName", cluster) != cluster:
                continue  # the environment of that cluster proves it
            namespace, account = binding["namespace"], binding["serviceAccount"]
            yield Workload(
                name, namespace, account, _role(eks, cluster, namespace, account), expected.get(name, Proof())
            )


def _role(eks: Any, cluster: str, namespace: str, account: str) -> str | None:
    """Return the role whose session the pod must have, as the association in AWS names it."""
    answer = eks.list_pod_identity_associations(clusterName=cluster, namespace=namespace, serviceAccount=account)
    for summary in answer["associations"]:
        association = eks.describe_pod_identity_association(
            clusterName=cluster, associationId=summary["associationId"]
        )["association"]
        return association.get("targetRoleArn") or association["roleArn"]
    return None
