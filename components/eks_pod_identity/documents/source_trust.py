"""Writes the trust policy of a source role, the role that an association names."""

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from eks_pod_identity.bindings import Binding
from eks_pod_identity.iam.canonical import Document, Statement, document, unwrap_single
from eks_pod_identity.iam.eks import ASSUME_ROLE, TAG_SESSION
from eks_pod_identity.values import arns

ACTIONS = (ASSUME_ROLE, TAG_SESSION)
"""EKS refuses a trust policy without `sts:TagSession`, even if session tags are off."""


class TrustScope(StrEnum):
    """How narrow the trust policy of the role is.

    It decides who may use the role. What the role may do is decided by its policies.
    """

    SERVICE_ACCOUNT = "service_account"
    """The ServiceAccounts of the bindings only."""

    NAMESPACE = "namespace"
    """Any ServiceAccount in the namespaces of the bindings."""

    CLUSTER = "cluster"
    """Any ServiceAccount in the clusters of the bindings."""

    ACCOUNT = "account"
    """Any cluster of the account."""


def source_trust(
    scope: TrustScope,
    *,
    partition: str,
    region: str,
    account: str,
    bindings: Sequence[Binding],
    irsa_provider_arn: str | None = None,
    irsa_cluster: str | None = None,
    extra: Sequence[Statement] = (),
) -> Document:
    """Return the trust policy for the pods of these *bindings*.

    Request tags exist only while session tags are on. A binding without them is scoped by `aws:SourceArn`, the ARN of
    the cluster, which cannot express namespace and ServiceAccount.

    An OIDC provider belongs to one cluster, the *irsa_cluster*. Bindings of other clusters are left out of its
    statement; otherwise a ServiceAccount of the same name in this cluster would get the role.
    """
    of_irsa = [item for item in bindings if irsa_cluster in (None, item.cluster)]
    return document(
        [
            *_pod_statements(scope, partition=partition, region=region, account=account, bindings=bindings),
            *([irsa_statement(irsa_provider_arn, of_irsa)] if irsa_provider_arn and of_irsa else []),
            *extra,
        ]
    )


def irsa_statement(provider_arn: str, bindings: Sequence[Binding]) -> Statement:
    """Return the statement that trusts the cluster's OIDC provider for the same ServiceAccounts (IRSA)."""
    issuer = arns.parse(provider_arn).resource.removeprefix("oidc-provider/")
    subjects = sorted({f"system:serviceaccount:{item.namespace}:{item.service_account}" for item in bindings})
    return {
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": unwrap_single(subjects)},
        },
    }


def _pod_statements(
    scope: TrustScope, *, partition: str, region: str, account: str, bindings: Sequence[Binding]
) -> list[Statement]:
    same_account: dict[str, Any] = {"aws:SourceAccount": account}
    if scope is TrustScope.ACCOUNT:
        return [_statement({"StringEquals": same_account})]

    def cluster_arns(items: Sequence[Binding]) -> str | list[str]:
        clusters = sorted({arns.cluster(partition, region, account, item.cluster) for item in items})
        return unwrap_single(clusters)

    tagged = [item for item in bindings if item.session_tags]
    untagged = [item for item in bindings if not item.session_tags]
    statements: list[Statement] = []
    if tagged and scope is TrustScope.CLUSTER:
        tags = {"aws:RequestTag/eks-cluster-arn": cluster_arns(tagged)}
        statements.append(_statement({"StringEquals": same_account | tags}))
    elif tagged:
        groups: dict[tuple[str, str], list[Binding]] = defaultdict(list)
        for item in tagged:
            groups[item.cluster, item.namespace].append(item)
        for (_, namespace), group in sorted(groups.items()):
            tags = {
                "aws:RequestTag/eks-cluster-arn": cluster_arns(group),
                "aws:RequestTag/kubernetes-namespace": namespace,
            }
            if scope is TrustScope.SERVICE_ACCOUNT:
                accounts = sorted({item.service_account for item in group})
                tags["aws:RequestTag/kubernetes-service-account"] = unwrap_single(accounts)
            statements.append(_statement({"StringEquals": same_account | tags}))
    if untagged:
        # Without the last condition, it would also admit every tagged association of the cluster.
        untagged_only = {"aws:RequestTag/kubernetes-service-account": "true"}
        statements.append(
            _statement(
                {
                    "ArnEquals": {"aws:SourceArn": cluster_arns(untagged)},
                    "Null": untagged_only,
                    "StringEquals": same_account,
                }
            )
        )
    return statements


def _statement(condition: dict[str, Any]) -> Statement:
    return {
        "Effect": "Allow",
        "Principal": {"Service": arns.SERVICE_PRINCIPAL},
        "Action": list(ACTIONS),
        "Condition": condition,
    }
