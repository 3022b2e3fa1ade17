"""The ServiceAccounts that a component applies to, with the settings and names of their associations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all, has_outputs
from pulumi_eks_pod_identity._validation.models import SourceRoleModel


@dataclass(frozen=True, slots=True)
class BoundServiceAccount:
    """One ServiceAccount of a component.

    Attributes:
        cluster: Name of its cluster.
        namespace: Name of its namespace.
        service_account: Its name.
        session_policy: Text of its session policy.
        session_tags: Whether EKS sends session tags for it.
        key: Its key in maps of outputs.
        suffix: Suffix of its association's name in the program; None without bindings.
        own_cluster: Whether the binding names its own cluster.
    """

    cluster: ValueOrOutput[str]
    namespace: ValueOrOutput[str]
    service_account: ValueOrOutput[str]
    session_policy: ValueOrOutput[str] | None
    session_tags: bool
    key: ValueOrOutput[str]
    suffix: str | None
    own_cluster: bool = False


def bound_service_accounts(
    model: SourceRoleModel, default_session_policy: ValueOrOutput[str] | None = None
) -> list[BoundServiceAccount]:
    """Return the ServiceAccounts of a component, in the order given."""

    def has_tags(policy: ValueOrOutput[str] | None) -> bool:
        return policy is None and not model.disable_session_tags

    if model.bindings is None:
        # A role for a whole cluster or account has no ServiceAccount.
        namespace, service_account = model.namespace or "", model.service_account or ""
        return [
            BoundServiceAccount(
                cluster=model.cluster_name,
                namespace=namespace,
                service_account=service_account,
                session_policy=default_session_policy,
                session_tags=has_tags(default_session_policy),
                key=apply_all(bindings.key, namespace, service_account),
                suffix=None,
            )
        ]
    bound: list[BoundServiceAccount] = []
    for item in model.bindings:
        policy = item.session_policy if item.session_policy is not None else default_session_policy
        bound.append(
            BoundServiceAccount(
                cluster=item.cluster_name or model.cluster_name,
                namespace=item.namespace,
                service_account=item.service_account,
                session_policy=policy,
                session_tags=has_tags(policy),
                key=bindings.key(item.namespace, item.service_account, item.cluster_name),
                suffix=bindings.child_suffix(item.namespace, item.service_account, item.cluster_name),
                own_cluster=item.cluster_name is not None,
            )
        )
    return bound


def plain_bindings(model: SourceRoleModel, bound: Sequence[BoundServiceAccount]) -> ValueOrOutput[list[Binding]]:
    """Return *bound* as the bindings that documents are built from, once all names are known.

    It waits only for names that can be unknown, and once for all bindings: there may be thousands.
    """

    def build(cluster: str, namespace: str | None, service_account: str | None) -> list[Binding]:
        return [
            Binding(
                cast("str", item.cluster) if item.own_cluster else cluster,
                cast("str", item.namespace) if item.suffix is not None else namespace or "",
                cast("str", item.service_account) if item.suffix is not None else service_account or "",
                item.session_tags,
                own_cluster=item.own_cluster,
            )
            for item in bound
        ]

    return apply_all(build, model.cluster_name, model.namespace, model.service_account)


def known_bindings(model: SourceRoleModel, bound: Sequence[BoundServiceAccount]) -> list[Binding] | None:
    """Return *bound* as plain bindings if all names are known, else None."""
    if has_outputs([model.cluster_name, model.namespace, model.service_account]):
        return None
    return cast("list[Binding]", plain_bindings(model, bound))


def session_policies_by_key(
    cluster: ValueOrOutput[str], bound: Sequence[BoundServiceAccount]
) -> ValueOrOutput[dict[str, str | None]]:
    """Return the session policy of each binding in *bound*. Its key does not depend on the form of the binding."""

    def build(cluster: str, items: Sequence[Sequence[str | None]]) -> dict[str, str | None]:
        return {
            # A binding that names the component's own cluster is the same as one that names none.
            bindings.key(namespace or "", service_account or "", own if own != cluster else None): policy
            for own, namespace, service_account, policy in items
        }

    items = [
        # The short form has one ServiceAccount, whose name may not be known: it needs no key.
        [
            item.cluster if item.own_cluster else None,
            *([item.namespace, item.service_account] if item.suffix else ["", ""]),
            item.session_policy,
        ]
        for item in bound
    ]
    return apply_all(build, cluster if any(item.own_cluster for item in bound) else "", items)


def by_key(
    bound: Sequence[BoundServiceAccount], items: Sequence[ValueOrOutput[str]]
) -> ValueOrOutput[Mapping[str, ValueOrOutput[str]]]:
    """Return *items* keyed like *bound*; under known keys, each stays an output of its own."""

    def build(keys: Sequence[Any], values: Sequence[ValueOrOutput[str]]) -> dict[str, ValueOrOutput[str]]:
        return dict(zip(keys, values, strict=True))

    keys = [item.key for item in bound]
    return apply_all(build, keys, list(items)) if has_outputs(keys) else build(keys, items)
