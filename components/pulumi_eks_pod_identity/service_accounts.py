"""Kubernetes ServiceAccounts and namespaces, for workloads that do not bring their own."""

from collections.abc import Mapping, Sequence

import pulumi

from pulumi_eks_pod_identity.later import MaybeLater
from pulumi_eks_pod_identity.pods import Pod

IRSA_ANNOTATION = "eks.amazonaws.com/role-arn"


def make_service_accounts(
    name: str,
    parent: pulumi.Resource,
    pods: Sequence[Pod],
    *,
    labels: Mapping[str, MaybeLater[str]],
    annotations: Mapping[str, MaybeLater[str]],
    with_namespaces: bool,
) -> list[pulumi.Resource]:
    """Make the ServiceAccount of each of *pods*, and its namespace if asked for.

    The SDK of Kubernetes is heavy, so it is loaded here and nowhere else.
    """
    import pulumi_kubernetes as kubernetes  # noqa: PLC0415

    namespaces: dict[str, kubernetes.core.v1.Namespace] = {}
    made: list[pulumi.Resource] = []
    for pod in pods:
        needs: list[pulumi.Resource] = []
        if with_namespaces:
            child = f"{name}-namespace" if pod.suffix is None else f"{name}-namespace-{pod.namespace}"
            if child not in namespaces:
                namespaces[child] = kubernetes.core.v1.Namespace(
                    child,
                    metadata={"name": pod.namespace},
                    opts=pulumi.ResourceOptions(parent=parent, aliases=_moved(pod, f"{name}-namespace", pods)),
                )
                made.append(namespaces[child])
            needs = [namespaces[child]]
        child = f"{name}-service-account" if pod.suffix is None else f"{name}-service-account-{pod.suffix}"
        made.append(
            kubernetes.core.v1.ServiceAccount(
                child,
                metadata={
                    # Said outright: a name made up by Pulumi would not be the one of the association.
                    "name": pod.service_account,
                    "namespace": pod.namespace,
                    "labels": labels or None,
                    "annotations": annotations or None,
                },
                opts=pulumi.ResourceOptions(
                    parent=parent, depends_on=needs, aliases=_moved(pod, f"{name}-service-account", pods)
                ),
            )
        )
    return made


def _moved(pod: Pod, short: str, pods: Sequence[Pod]) -> list[pulumi.Alias]:
    return [pulumi.Alias(name=short)] if pod.suffix is not None and pod is pods[0] else []
