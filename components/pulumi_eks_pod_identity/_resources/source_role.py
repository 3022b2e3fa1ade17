"""The role that pods use: its name, its permissions, and a trust policy for exactly these pods."""

from collections.abc import Mapping, Sequence

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding
from eks_pod_identity.iam import canonical
from pulumi_eks_pod_identity._resources.iam_role import RoleSettings, default_role_name, role_settings
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount, plain_bindings
from pulumi_eks_pod_identity._validation.cross_field import TARGET
from pulumi_eks_pod_identity._validation.models import SourceRoleModel
from pulumi_eks_pod_identity._validation.pod_identity import PodIdentityModel
from pulumi_eks_pod_identity._validation.scope import build_source_trust


def source_trust_text(
    model: SourceRoleModel, bound: Sequence[BoundServiceAccount], scope: AwsScope
) -> ValueOrOutput[str]:
    """Return the text of the trust policy for *bound*."""

    def build(items: Sequence[Binding], aws_scope: Sequence[str], more: Mapping[str, object]) -> str:
        partition, region, account = aws_scope
        known = model.model_copy(update=dict(more))
        return canonical.text(build_source_trust(known, items, partition=partition, region=region, account=account))

    more = {key: getattr(model, key) for key in ("cluster_name", "irsa_provider_arn", "extra_trust_statements")}
    return apply_all(build, plain_bindings(model, bound), [scope.partition, scope.region, scope.account], more)


def source_role_name(component: str, model: SourceRoleModel, scope: AwsScope) -> ValueOrOutput[str]:
    """Return the name of the role: given, or built from component, cluster and region."""
    return default_role_name(component, model.role_name, model.cluster_name, scope.region, path=model.role_path)


def source_role_settings(
    component: str,
    model: SourceRoleModel,
    scope: AwsScope,
    trust: ValueOrOutput[str],
    target_role_arn: ValueOrOutput[str] | None = None,
) -> RoleSettings:
    """Return what the role is created with; with a target role, it may assume that one too."""
    target = {} if target_role_arn is None else {TARGET: target_role_arn}
    assumable = {**model.assumable_role_arns, **target}
    name = source_role_name(component, model, scope)
    return role_settings(model, scope, name, trust, assumable_role_arns=assumable)


def external_ids(model: PodIdentityModel, scope: AwsScope) -> ValueOrOutput[list[str]]:
    """Return the external ids that EKS will send."""

    def build(region: str, account: str, items: Sequence[Binding]) -> list[str]:
        return [
            bindings.external_id(region, account, item.cluster, item.namespace, item.service_account) for item in items
        ]

    return apply_all(build, scope.region, scope.account, plain_bindings(model, model.bound))
