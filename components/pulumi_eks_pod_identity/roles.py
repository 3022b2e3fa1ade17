"""A role with its policies, as children of a component."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Document
from eks_pod_identity.values import names
from pulumi_eks_pod_identity.attachments import earlier_name
from pulumi_eks_pod_identity.choices import PolicyKind
from pulumi_eks_pod_identity.deployment import current
from pulumi_eks_pod_identity.later import MaybeLater, after, combine, ready
from pulumi_eks_pod_identity.place import Whereabouts
from pulumi_eks_pod_identity.registration import register
from pulumi_eks_pod_identity.settings import RoleSettings

Tags = Mapping[str, MaybeLater[str]] | None


@dataclass(frozen=True)
class Made:
    """A role that was made, with what hangs on it.

    Attributes:
        role: The role.
        name: Its name, known at preview.
        arn: Its ARN, known at preview.
        attachments: What gives it permissions, to be waited for before it is used.
    """

    role: aws.iam.Role
    name: MaybeLater[str]
    arn: MaybeLater[str]
    attachments: tuple[pulumi.Resource, ...]


@dataclass(frozen=True)
class RolePlan:
    """What a role is made of.

    Attributes:
        child: Its name in the program.
        prefix: What the names of its policies and attachments in the program begin with.
        name: Its name in AWS.
        path: Its path.
        description: Its description.
        permissions_boundary_arn: Its boundary.
        max_session_duration_seconds: Its longest session for people.
        trust: Text of its trust policy.
        policies: Its own policies.
        kind: How they are kept.
        managed_policy_arns: Its attachments.
        tags: Its tags.
        attaching: The argument that its attachments come from.
    """

    child: str
    prefix: str
    name: MaybeLater[str]
    trust: MaybeLater[str]
    policies: Mapping[str, MaybeLater[Document]]
    managed_policy_arns: Mapping[str, MaybeLater[str]]
    tags: Tags
    path: MaybeLater[str] | None = None
    description: MaybeLater[str] | None = None
    permissions_boundary_arn: MaybeLater[str] | None = None
    max_session_duration_seconds: MaybeLater[int] | None = None
    kind: PolicyKind = PolicyKind.INLINE
    attaching: str = "managed_policy_arns"


def plan_of(
    settings: RoleSettings, *, child: str, prefix: str, name: MaybeLater[str], trust: MaybeLater[str]
) -> RolePlan:
    """Return the plan of the role that *settings* describe."""
    return RolePlan(
        child=child,
        prefix=prefix,
        name=name,
        path=settings.role_path,
        description=settings.role_description,
        permissions_boundary_arn=settings.permissions_boundary_arn,
        max_session_duration_seconds=settings.max_session_duration_seconds,
        trust=trust,
        policies=settings.policies,
        kind=settings.policy_kind,
        managed_policy_arns=settings.managed_policy_arns,
        tags=settings.tags or None,
    )


def make_role(plan: RolePlan, where: Whereabouts, opts: pulumi.ResourceOptions) -> Made:
    """Make the role and everything that hangs on it."""
    properties = aws.iam.RoleArgs(
        name=plan.name,
        path=plan.path,
        description=plan.description,
        assume_role_policy=plan.trust,
        permissions_boundary=where.checked_arn("permissions_boundary_arn", plan.permissions_boundary_arn),
        max_session_duration=plan.max_session_duration_seconds,
        tags=plan.tags,
    )
    role = register(aws.iam.Role, plan.child, properties, opts, outputs=("arn",))
    attachments: list[pulumi.Resource] = []
    for key, policy in plan.policies.items():
        child, text = f"{plan.prefix}-policy-{key}", combine(canonical.text, policy)
        if plan.kind is PolicyKind.INLINE:
            inline = aws.iam.RolePolicyArgs(name=key, role=role.name, policy=text)
            attachments.append(register(aws.iam.RolePolicy, child, inline, opts))
        else:
            policy_arn = _managed_policy(plan, child, key, text, opts).arn
            attachments.append(_attachment(role, f"{child}-attachment", policy_arn, opts))
    for key, arn in plan.managed_policy_arns.items():
        attachments.append(_attachment(role, f"{plan.prefix}-attachment-{key}", arn, _renamed(plan, key, arn, opts)))
    computed = where.role_arn(plan.name, plan.path)
    return Made(role=role, name=plan.name, arn=computed, attachments=tuple(attachments))


def real_arn(made: Made) -> pulumi.Output[str]:
    """Return the ARN of a role with its dependency: at preview as it will be, then as AWS says."""
    if pulumi.runtime.is_dry_run():
        return after(made.arn, ready([made.role]))
    return made.role.arn


def _attachment(
    role: aws.iam.Role, child: str, policy_arn: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    properties = aws.iam.RolePolicyAttachmentArgs(role=role.name, policy_arn=policy_arn)
    return register(aws.iam.RolePolicyAttachment, child, properties, opts)


def _renamed(plan: RolePlan, key: str, arn: MaybeLater[str], opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    """Return *opts* for the attachment of *key*, which is the one that had the same policy under another key."""
    if opts.parent is None:
        return opts
    renamed = copy.copy(opts)
    renamed.aliases = [
        earlier_name(current().attached, opts.parent, plan.attaching, key=key, arn=arn, prefix=plan.prefix)
    ]
    return renamed


def _managed_policy(
    plan: RolePlan, child: str, key: str, text: MaybeLater[str], opts: pulumi.ResourceOptions
) -> aws.iam.Policy:
    properties = aws.iam.PolicyArgs(
        name=combine(names.default_policy_name, plan.name, key), path=plan.path, policy=text, tags=plan.tags
    )
    return register(aws.iam.Policy, child, properties, opts, outputs=("arn",))
