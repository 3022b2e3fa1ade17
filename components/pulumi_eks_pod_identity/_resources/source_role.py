"""Registers the role that pods use, with a trust policy for exactly these pods."""

from collections.abc import Mapping, Sequence

import pulumi

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.target_trust import source_permission
from eks_pod_identity.iam import canonical
from pulumi_eks_pod_identity._resources import iam_role
from pulumi_eks_pod_identity._resources.iam_role import CreatedRole, default_role_name
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount, plain_bindings
from pulumi_eks_pod_identity._validation.cross_field import ASSUME
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


def create_source_role(
    component: str,
    model: SourceRoleModel,
    scope: AwsScope,
    opts: pulumi.ResourceOptions,
    trust: ValueOrOutput[str],
) -> CreatedRole:
    """Create the role with its policies, its attachments and its permissions to assume other roles."""
    role = iam_role.create_role(
        f"{component}-role",
        scope,
        opts,
        name=source_role_name(component, model, scope),
        trust=trust,
        path=model.role_path,
        description=model.role_description,
        permissions_boundary=model.permissions_boundary_arn,
        max_session_seconds=model.max_session_duration_seconds,
        tags=model.tags or None,
        name_argument=None if model.role_name is None else "roleName",
    )
    iam_role.create_policies(
        role, component, opts, policies=model.policies, policy_kind=model.policy_kind, tags=model.tags or None
    )
    iam_role.attach_managed_policies(role, component, opts, managed_policy_arns=model.managed_policy_arns)
    for key, arn in model.assumable_role_arns.items():
        let_assume(role, component, key, arn, opts)
    return role


def let_assume(
    role: CreatedRole, component: str, key: str, arn: ValueOrOutput[str], opts: pulumi.ResourceOptions
) -> None:
    """Let *role* assume the role *arn*: a target role, or a role that the workload assumes itself."""
    name = f"{ASSUME}{key}"
    iam_role.create_inline_policy(
        role, f"{component}-{name}", opts, key=name, policy=apply_all(source_permission, arn)
    )


def external_ids(model: PodIdentityModel, scope: AwsScope) -> ValueOrOutput[list[str]]:
    """Return the external ids that EKS will send."""

    def build(region: str, account: str, items: Sequence[Binding]) -> list[str]:
        return [
            bindings.external_id(region, account, item.cluster, item.namespace, item.service_account) for item in items
        ]

    return apply_all(build, scope.region, scope.account, plain_bindings(model, model.bound))
