"""Everything of one identity, made in the order in which it is needed."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from eks_pod_identity import bindings, restart
from eks_pod_identity.values import arns
from pulumi_eks_pod_identity.agent import counted, make_agent
from pulumi_eks_pod_identity.associations import AssociationPlan, associate, checked_external_id
from pulumi_eks_pod_identity.choices import AgentMode
from pulumi_eks_pod_identity.later import MaybeLater, after, combine, ready
from pulumi_eks_pod_identity.place import provider_of, whereabouts
from pulumi_eks_pod_identity.pod_identity_settings import OF_THE_CLUSTER, PodIdentitySettings
from pulumi_eks_pod_identity.pods import Pod, keyed
from pulumi_eks_pod_identity.roles import real_arn
from pulumi_eks_pod_identity.service_accounts import IRSA_ANNOTATION, make_service_accounts
from pulumi_eks_pod_identity.source import external_ids, make_source_role, source_trust_text
from pulumi_eks_pod_identity.target import Target, permit, target_of


def make_identity(
    name: str,
    subject: str,
    parent: pulumi.Resource,
    settings: PodIdentitySettings,
    target_provider: pulumi.ProviderResource | None,
) -> dict[str, MaybeLater[Any]]:
    """Make the children of the component *parent* and return its outputs."""
    where = whereabouts(subject, provider_of(parent), settings.account_id, settings.partition, settings.region)
    where.refuse_strangers(settings, OF_THE_CLUSTER, of_any_account=("target_role_arn",))
    pods = settings.pods
    trust = source_trust_text(subject, settings, pods, where)
    source = make_source_role(name, parent, settings, trust, where) if settings.role_arn is None else None
    source_arn = source.arn if source else where.checked_arn("role_arn", settings.role_arn) or ""
    target = target_of(
        name,
        subject,
        parent,
        settings,
        where,
        source_arn=source_arn,
        external_ids=external_ids(settings, pods, where),
        provider=target_provider,
    )
    accounts = _service_accounts(name, parent, settings, pods)
    plan = AssociationPlan(
        role_arn=real_arn(source) if source else source_arn,
        target_role_arn=target.use if target else None,
        region=settings.region,
        tags=settings.tags or None,
        wait_seconds=settings.propagation_seconds,
        needs=[
            *(source.attachments if source else ()),
            *((permit(name, parent, source, target),) if source and target else ()),
            *(target.resources if target else ()),
            *_agent(name, subject, parent, settings),
        ],
    )
    associations = associate(name, parent, pods, plan)
    ids = [
        checked_external_id(subject, pod, where, association)
        for pod, association in zip(pods, associations, strict=True)
    ]
    usable = ready([*plan.needs, *associations])
    known_to_kubernetes = ready([*plan.needs, *associations, *accounts]) if accounts else usable
    only = pods[0] if len(pods) == 1 else None
    namespace = only.namespace if only else None
    if namespace and accounts:
        namespace = after(namespace, ready(accounts))
    return {
        "role_arn": after(plan.role_arn, usable),
        "role_name": source.role.name if source else combine(arns.role_name_of, source_arn),
        "association_id": associations[0].association_id if only else None,
        "association_arn": associations[0].association_arn if only else None,
        "external_id": ids[0] if only else None,
        "association_ids": keyed(pods, [item.association_id for item in associations]),
        "external_ids": keyed(pods, ids),
        "target_role_arn": target.use if target else None,
        "namespace": namespace,
        "service_account_name": after(only.service_account, known_to_kubernetes) if only else None,
        "restart_token": _restart_token(settings, source_arn, target),
        "trust_policy": trust,
        "target_trust_policy": target.trust if target else None,
    }


def _service_accounts(
    name: str, parent: pulumi.Resource, settings: PodIdentitySettings, pods: Sequence[Pod]
) -> list[pulumi.Resource]:
    if not settings.create_service_account:
        return []
    if IRSA_ANNOTATION in settings.service_account_annotations and settings.irsa_provider_arn is None:
        pulumi.log.warn(
            f"The annotation {IRSA_ANNOTATION} is of IRSA and means nothing to Pod Identity. Pods admitted before the "
            "association takes effect would silently use IRSA; remove it from 'service_account_annotations'.",
            parent,
        )
    return make_service_accounts(
        name,
        parent,
        pods,
        labels=settings.service_account_labels,
        annotations=settings.service_account_annotations,
        with_namespaces=settings.create_namespace,
    )


def _agent(name: str, subject: str, parent: pulumi.Resource, settings: PodIdentitySettings) -> list[pulumi.Resource]:
    if settings.agent is not AgentMode.MANAGED:
        return []
    cluster = counted(subject, settings.cluster_name, provider_of(parent), settings.region)
    return [make_agent(name, parent, cluster, region=settings.region, tags=settings.tags or None)]


def _restart_token(
    settings: PodIdentitySettings, source_arn: MaybeLater[str], target: Target | None
) -> MaybeLater[str]:
    policies: dict[str, MaybeLater[str]] = {}
    if settings.session_policy is not None:
        policies[""] = settings.session_policy
    for item in settings.bindings or []:
        if item.session_policy is not None:
            policies[bindings.key(item.namespace, item.service_account, item.cluster_name)] = item.session_policy

    def token(role: str, target: str | None, policies: Mapping[str, str]) -> str:
        return restart.restart_token(role, target, policies, session_tags=not settings.disable_session_tags)

    return combine(token, source_arn, target.arn if target else None, policies)
