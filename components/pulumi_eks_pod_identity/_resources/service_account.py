"""Kubernetes ServiceAccounts and namespaces, for workloads that do not bring their own."""

from collections.abc import Sequence
from typing import Any

import pulumi

from pulumi_eks_pod_identity._resources.iam_role import Tags
from pulumi_eks_pod_identity._run.outputs import depend_on
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount


def create_service_accounts(
    component: str,
    bound: Sequence[BoundServiceAccount],
    parent: pulumi.Resource,
    gate: pulumi.Output[Any] | None,
    *,
    labels: Tags,
    annotations: Tags,
    with_namespaces: bool,
) -> list[pulumi.Resource]:
    """Create the ServiceAccount of each of *bound*, and on request its namespace.

    The SDK of Kubernetes is heavy, so it is loaded here and nowhere else.
    """
    import pulumi_kubernetes as kubernetes  # noqa: PLC0415 - see above

    def options(item: BoundServiceAccount, short: str, needs: Sequence[pulumi.Resource]) -> pulumi.ResourceOptions:
        # The first of the bindings takes over what the short form created.
        moved = [pulumi.Alias(name=short)] if item.suffix is not None and item is bound[0] else []
        return pulumi.ResourceOptions(parent=parent, depends_on=depend_on(gate, needs), aliases=moved)

    namespaces: dict[str, kubernetes.core.v1.Namespace] = {}
    created: list[pulumi.Resource] = []
    for item in bound:
        needs: list[pulumi.Resource] = []
        if with_namespaces:
            child = f"{component}-namespace" if item.suffix is None else f"{component}-namespace-{item.namespace}"
            if child not in namespaces:
                namespaces[child] = kubernetes.core.v1.Namespace(
                    child, metadata={"name": item.namespace}, opts=options(item, f"{component}-namespace", [])
                )
                created.append(namespaces[child])
            needs = [namespaces[child]]
        short = f"{component}-service-account"
        created.append(
            kubernetes.core.v1.ServiceAccount(
                short if item.suffix is None else f"{short}-{item.suffix}",
                metadata={
                    # Given, because a name made up by Pulumi would not be that of the association.
                    "name": item.service_account,
                    "namespace": item.namespace,
                    "labels": labels,
                    "annotations": annotations,
                },
                opts=options(item, short, needs),
            )
        )
    return created
