"""Registers a target role, with a trust policy for exactly its callers."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Document, Statement
from pulumi_eks_pod_identity._resources import iam_role
from pulumi_eks_pod_identity._resources.iam_role import CreatedRole
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all
from pulumi_eks_pod_identity._validation.scope import build_target_trust
from pulumi_eks_pod_identity.args.enums import PolicyKind


def target_trust_text(
    source_arn: ValueOrOutput[str],
    external_ids: ValueOrOutput[Sequence[str]],
    extra: ValueOrOutput[Sequence[Any]] = (),
) -> ValueOrOutput[str]:
    """Return the text of the trust policy of a target role."""

    def build(source_arn: str, external_ids: Sequence[str], extra: Sequence[Statement]) -> str:
        return canonical.text(build_target_trust(source_arn, external_ids, extra))

    return apply_all(build, source_arn, external_ids, extra)


def create_target_role(
    prefix: str,
    scope: AwsScope,
    opts: pulumi.ResourceOptions,
    *,
    name: ValueOrOutput[str],
    trust: ValueOrOutput[str],
    policies: Mapping[str, ValueOrOutput[Document]],
    managed_policy_arns: Mapping[str, ValueOrOutput[str]],
    argument: str,
    policy_kind: PolicyKind = PolicyKind.INLINE,
    **more: Any,
) -> CreatedRole:
    """Create a target role with its policies and attachments. *more* is passed to the role."""
    role = iam_role.create_role(f"{prefix}-role", scope, opts, name=name, trust=trust, **more)
    iam_role.create_policies(role, prefix, opts, policies=policies, policy_kind=policy_kind, tags=more.get("tags"))
    iam_role.attach_managed_policies(role, prefix, opts, managed_policy_arns=managed_policy_arns, argument=argument)
    return role
