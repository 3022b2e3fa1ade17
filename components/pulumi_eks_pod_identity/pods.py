"""Whom an identity is for: each ServiceAccount with its names in AWS and in the program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pulumi

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding
from pulumi_eks_pod_identity.later import MaybeLater, combine, has_later, together
from pulumi_eks_pod_identity.settings import SourceRoleSettings


@dataclass(frozen=True)
class Pod:
    """One ServiceAccount of an identity.

    Attributes:
        cluster: Name of its cluster.
        namespace: Name of its namespace.
        service_account: Its name.
        session_policy: Text of its session policy, if it has one.
        session_tags: Whether EKS sends session tags for it.
        key: Its key in maps of outputs.
        suffix: What its association's name in the program ends in; None for the only one of the short form.
        own_cluster: Whether it names its cluster itself.
    """

    cluster: MaybeLater[str]
    namespace: MaybeLater[str]
    service_account: MaybeLater[str]
    session_policy: MaybeLater[str] | None
    session_tags: bool
    key: MaybeLater[str]
    suffix: str | None
    own_cluster: bool = False


def pods_of(settings: SourceRoleSettings, *, default_session_policy: MaybeLater[str] | None = None) -> list[Pod]:
    """Return whom *settings* are for, in the order given."""

    def tags_on(policy: MaybeLater[str] | None) -> bool:
        return policy is None and not settings.disable_session_tags

    if settings.bindings is None:
        # A role for a whole cluster or account names no ServiceAccount.
        namespace, service_account = settings.namespace or "", settings.service_account or ""
        return [
            Pod(
                cluster=settings.cluster_name,
                namespace=namespace,
                service_account=service_account,
                session_policy=default_session_policy,
                session_tags=tags_on(default_session_policy),
                key=combine(bindings.key, namespace, service_account),
                suffix=None,
            )
        ]
    pods: list[Pod] = []
    for item in settings.bindings:
        policy = item.session_policy if item.session_policy is not None else default_session_policy
        pods.append(
            Pod(
                cluster=item.cluster_name or settings.cluster_name,
                namespace=item.namespace,
                service_account=item.service_account,
                session_policy=policy,
                session_tags=tags_on(policy),
                key=bindings.key(item.namespace, item.service_account, item.cluster_name),
                suffix=bindings.child_suffix(item.namespace, item.service_account, item.cluster_name),
                own_cluster=item.cluster_name is not None,
            )
        )
    return pods


def known_bindings(settings: SourceRoleSettings, pods: Sequence[Pod]) -> list[Binding] | None:
    """Return *pods* as plain bindings if all their names are known, else None."""
    if has_later([settings.cluster_name, settings.namespace, settings.service_account]):
        return None
    return [
        Binding(
            cast("str", pod.cluster), cast("str", pod.namespace), cast("str", pod.service_account), pod.session_tags
        )
        for pod in pods
    ]


def later_bindings(settings: SourceRoleSettings, pods: Sequence[Pod]) -> MaybeLater[list[Binding]]:
    """Return *pods* as plain bindings once all their names are known.

    Only the names that can be unknown are waited for, and once for all pods: there may be thousands of them.
    """

    def with_names(cluster: str, namespace: str | None, service_account: str | None) -> list[Binding]:
        return [
            Binding(
                cast("str", pod.cluster) if pod.own_cluster else cluster,
                cast("str", pod.namespace) if pod.suffix is not None else namespace or "",
                cast("str", pod.service_account) if pod.suffix is not None else service_account or "",
                pod.session_tags,
            )
            for pod in pods
        ]

    return combine(with_names, settings.cluster_name, settings.namespace, settings.service_account)


def keyed(pods: Sequence[Pod], items: Sequence[pulumi.Output[str]]) -> pulumi.Output[Mapping[str, str]]:
    """Return *items* by the keys of *pods*."""

    def by_key(keys: Sequence[str], found: Sequence[str]) -> dict[str, str]:
        return dict(zip(keys, found, strict=True))

    keys = [pod.key for pod in pods]
    if len(items) == 1:
        return items[0].apply(lambda only: combine(by_key, keys, [only]))
    return together(items).apply(lambda found: combine(by_key, keys, found))
