"""The role that pods become: its trust for exactly them, and the role itself."""

from collections.abc import Sequence
from typing import Any

import pulumi

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding
from eks_pod_identity.values import names
from pulumi_eks_pod_identity import checks
from pulumi_eks_pod_identity.later import MaybeLater, combine
from pulumi_eks_pod_identity.place import Whereabouts
from pulumi_eks_pod_identity.pods import Pod, later_bindings
from pulumi_eks_pod_identity.roles import Made, make_role, plan_of
from pulumi_eks_pod_identity.settings import SourceRoleSettings
from pulumi_eks_pod_identity.settled import told


def source_trust_text(
    subject: str, settings: SourceRoleSettings, pods: Sequence[Pod], where: Whereabouts
) -> MaybeLater[str]:
    """Return the text of the trust policy of the role for *pods*."""

    def build(  # noqa: PLR0917 - `combine` calls by position
        pods: Sequence[Binding], partition: str, region: str, account: str, provider: str, extra: Any
    ) -> str:
        return checks.trust_text(
            settings,
            pods,
            partition=partition,
            region=region,
            account=account,
            irsa_provider_arn=provider,
            extra=extra,
        )

    return combine(
        told(subject, ("trust_scope",), build),
        later_bindings(settings, pods),
        where.partition,
        where.region,
        where.account,
        where.checked_arn("irsa_provider_arn", settings.irsa_provider_arn),
        settings.extra_trust_statements,
    )


def make_source_role(
    name: str, parent: pulumi.Resource, settings: SourceRoleSettings, trust: MaybeLater[str], where: Whereabouts
) -> Made:
    """Make the role that *settings* describe."""
    role_name = settings.role_name
    if role_name is None:
        role_name = combine(names.default_role_name, name, settings.cluster_name, where.region)
    plan = plan_of(settings, child=f"{name}-role", prefix=name, name=role_name, trust=trust)
    return make_role(plan, where, pulumi.ResourceOptions(parent=parent))


def external_ids(settings: SourceRoleSettings, pods: Sequence[Pod], where: Whereabouts) -> MaybeLater[list[str]]:
    """Return the external ids that EKS will send for *pods*."""

    def build(region: str, account: str, pods: Sequence[Binding]) -> list[str]:
        return [bindings.external_id(region, account, pod.cluster, pod.namespace, pod.service_account) for pod in pods]

    return combine(build, where.region, where.account, later_bindings(settings, pods))
