"""The second role of an identity, made here or by somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from eks_pod_identity.documents.target_trust import source_permission, target_trust
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Statement
from eks_pod_identity.values import limits, names
from pulumi_eks_pod_identity.checks import ASSUME_TARGET
from pulumi_eks_pod_identity.deployment import current
from pulumi_eks_pod_identity.later import MaybeLater, combine
from pulumi_eks_pod_identity.place import Whereabouts
from pulumi_eks_pod_identity.pod_identity_settings import PodIdentitySettings
from pulumi_eks_pod_identity.registration import register
from pulumi_eks_pod_identity.roles import Made, RolePlan, make_role, real_arn
from pulumi_eks_pod_identity.settled import told


@dataclass(frozen=True)
class Target:
    """A target role.

    Attributes:
        arn: Its ARN, known at preview.
        use: Its ARN with the dependency on it, where it is made here.
        trust: Text of the trust policy that it has or needs.
        resources: What is made for it.
    """

    arn: MaybeLater[str]
    use: MaybeLater[str]
    trust: MaybeLater[str]
    resources: tuple[pulumi.Resource, ...] = ()


def target_of(
    name: str,
    subject: str,
    parent: pulumi.Resource,
    settings: PodIdentitySettings,
    where: Whereabouts,
    *,
    source_arn: MaybeLater[str],
    external_ids: MaybeLater[list[str]],
    provider: pulumi.ProviderResource | None,
) -> Target | None:
    """Return the target role that *settings* ask for, made if it is to be."""
    if not settings.has_target:
        return None
    trust = target_trust_text(subject, ("bindings",), source_arn, external_ids)
    if settings.target_role_arn is not None:
        arn = where.checked_arn("target_role_arn", settings.target_role_arn, any_account=True)
        return Target(arn=arn or "", use=arn or "", trust=trust)
    role_name = settings.target_role_name
    if role_name is None:
        role_name = combine(names.default_role_name, f"{name}-target", settings.cluster_name, where.region)
    there = _in_account_of(provider, where)
    plan = RolePlan(
        child=f"{name}-target-role",
        prefix=f"{name}-target",
        name=role_name,
        trust=trust,
        policies=settings.target_policies,
        managed_policy_arns=settings.target_managed_policy_arns,
        tags=settings.tags or None,
        attaching="target_managed_policy_arns",
    )
    made = make_role(plan, there, pulumi.ResourceOptions(parent=parent, provider=provider))
    return Target(arn=made.arn, use=real_arn(made), trust=trust, resources=(made.role, *made.attachments))


def permit(name: str, parent: pulumi.Resource, source: Made, target: Target) -> pulumi.Resource:
    """Let the source role become its target role."""
    permission = aws.iam.RolePolicyArgs(
        name=ASSUME_TARGET, role=source.role.name, policy=combine(_permission_text, target.arn)
    )
    return register(aws.iam.RolePolicy, f"{name}-{ASSUME_TARGET}", permission, pulumi.ResourceOptions(parent=parent))


def target_trust_text(
    subject: str,
    path: tuple[str, ...],
    source_arn: MaybeLater[str],
    external_ids: MaybeLater[list[str]],
    extra: Sequence[MaybeLater[Statement]] = (),
) -> MaybeLater[str]:
    """Return the text of the trust policy of a target role."""

    def build(source_arn: str, external_ids: Sequence[str], extra: Sequence[Statement]) -> str:
        trust = target_trust(source_arn, external_ids, extra)
        canonical.check_size(
            canonical.size_without_space(trust),
            limits.TRUST_POLICY,
            "The trust policy of the target role",
            "It names every binding; divide them among several components, each with a target role.",
        )
        return canonical.text(trust)

    return combine(told(subject, path, build), source_arn, external_ids, extra)


def _in_account_of(provider: pulumi.ProviderResource | None, where: Whereabouts) -> Whereabouts:
    if provider is None:
        return where
    return Whereabouts(where.subject, current().place(provider).account, where.partition, where.region)


def _permission_text(target_arn: str) -> str:
    return canonical.text(source_permission(target_arn))
