"""Registers a role, its policies and its attachments."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Document
from eks_pod_identity.values import arns, names
from pulumi_eks_pod_identity._resources.replacement import replaced_create_first
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.hooks import hooks
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all, gate_on, when_created
from pulumi_eks_pod_identity.args.enums import PolicyKind

Tags = ValueOrOutput[Mapping[str, ValueOrOutput[str]]] | None
_DEFAULT_SESSION_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class CreatedRole:
    """A role that is created, with its permissions.

    Attributes:
        role: The role.
        name: Its name, known at preview.
        path: Its path.
        arn: Its ARN, known at preview.
        permissions: Its policies and attachments, which must exist before the role is used.
    """

    role: aws.iam.Role
    name: ValueOrOutput[str]
    path: ValueOrOutput[str] | None
    arn: ValueOrOutput[str]
    permissions: list[pulumi.Resource] = field(default_factory=list[pulumi.Resource])

    @property
    def real_arn(self) -> pulumi.Output[str]:
        """Return the ARN, depending on the role: computed at preview, then as AWS reports it."""
        if pulumi.runtime.is_dry_run():
            return gate_on(self.arn, when_created([self.role]))
        # Mocks of a unit test may return none.
        return self.role.arn.apply(lambda arn: arn or self.arn)

    @property
    def usable_arn(self) -> pulumi.Output[str]:
        """Return the ARN once the role has its permissions."""
        return gate_on(self.real_arn, when_created(self.permissions))


def default_role_name(
    component: str,
    role_name: ValueOrOutput[str] | None,
    *scope: ValueOrOutput[str | None],
    path: ValueOrOutput[str] | None = None,
) -> ValueOrOutput[str]:
    """Return *role_name*, or a name built from the component and its *scope*, the cluster and the region.

    Role names are unique in an account. A hash of project, stack and component keeps two stacks apart, for example of
    two pull requests. The path is part of the hash: a role that moves to another path gets another name, so the new
    one can be created before the old one is deleted.
    """
    if isinstance(role_name, str):
        return role_name
    project, stack = pulumi.get_project(), pulumi.get_stack()

    def build(role_name: str | None, path: str | None, *scope: str | None) -> str:
        parts = [part for part in scope if part]
        return role_name or names.default_role_name(
            component, *parts, unique=(project, stack, component, *parts, *([path] if path and path != "/" else []))
        )

    return apply_all(build, role_name, path, *scope)


def create_role(
    child: str,
    scope: AwsScope,
    opts: pulumi.ResourceOptions,
    *,
    name: ValueOrOutput[str],
    trust: ValueOrOutput[str],
    path: ValueOrOutput[str] | None = None,
    description: ValueOrOutput[str] | None = None,
    permissions_boundary: ValueOrOutput[str] | None = None,
    max_session_seconds: ValueOrOutput[int | None] = None,
    tags: Tags = None,
    name_argument: str | None = None,
) -> CreatedRole:
    """Create a role called *child* in the program; *name_argument* is the argument its name comes from, if given."""
    role = aws.iam.Role(
        child,
        name=name,
        path=path,
        description=description,
        assume_role_policy=trust,
        permissions_boundary=permissions_boundary,
        # Always sent: after a refresh, the provider takes the current value as the default.
        max_session_duration=apply_all(_session_seconds, max_session_seconds),
        tags=tags,
        opts=replaced_create_first(opts, name_argument),
    )
    arn = apply_all(_role_arn, scope.partition, scope.account, name, path)
    return CreatedRole(role=role, name=name, path=path, arn=arn)


def create_policies(
    role: CreatedRole,
    prefix: str,
    opts: pulumi.ResourceOptions,
    *,
    policies: Mapping[str, ValueOrOutput[Document]],
    policy_kind: PolicyKind = PolicyKind.INLINE,
    tags: Tags = None,
) -> None:
    """Create the role's own policies, inline or managed."""
    for key, policy in policies.items():
        child = f"{prefix}-policy-{key}"
        if policy_kind is PolicyKind.INLINE:
            create_inline_policy(role, child, opts, key=key, policy=policy)
            continue
        managed = aws.iam.Policy(
            child,
            name=apply_all(names.default_policy_name, role.name, key, role.path),
            path=role.path,
            policy=apply_all(canonical.text, policy),
            tags=tags,
            opts=replaced_create_first(opts),
        )
        _attach(role, f"{child}-attachment", managed.arn, opts)


def create_inline_policy(
    role: CreatedRole, child: str, opts: pulumi.ResourceOptions, *, key: str, policy: ValueOrOutput[Document]
) -> None:
    """Create an inline policy of the role."""
    text = apply_all(canonical.text, policy)
    role.permissions.append(
        aws.iam.RolePolicy(child, name=key, role=role.role.name, policy=text, opts=replaced_create_first(opts))
    )


def attach_managed_policies(
    role: CreatedRole,
    prefix: str,
    opts: pulumi.ResourceOptions,
    *,
    managed_policy_arns: Mapping[str, ValueOrOutput[str]],
    argument: str = "managed_policy_arns",
) -> None:
    """Attach managed policies; *argument* is the argument with their ARNs."""
    for key, arn in managed_policy_arns.items():
        keeping = opts
        if opts.parent is not None:
            # A policy that had another key in the previous run stays attached.
            keeping = copy.copy(opts)
            alias = hooks().earlier.attachment_alias(opts.parent, argument, key=key, arn=arn, prefix=prefix)
            keeping.aliases = [alias]
        _attach(role, f"{prefix}-attachment-{key}", arn, keeping)


def own_policies_exclusively(role: CreatedRole, component: str, parent: pulumi.Resource) -> None:
    """Remove policies that are not in the program from the role, once a refresh has shown them.

    Both resources remove everything they do not list, so they depend on every policy that the program adds.
    """
    inline = [item.name for item in role.permissions if isinstance(item, aws.iam.RolePolicy)]
    attached = [item.policy_arn for item in role.permissions if isinstance(item, aws.iam.RolePolicyAttachment)]
    opts = pulumi.ResourceOptions(parent=parent, depends_on=[*role.permissions])
    name = role.role.name
    exclusive = [
        aws.iam.RolePoliciesExclusive(
            f"{component}-exclusive-policies", role_name=name, policy_names=inline, opts=opts
        ),
        aws.iam.RolePolicyAttachmentsExclusive(
            f"{component}-exclusive-attachments", role_name=name, policy_arns=attached, opts=opts
        ),
    ]
    role.permissions.extend(exclusive)


def _attach(role: CreatedRole, child: str, policy_arn: pulumi.Input[str], opts: pulumi.ResourceOptions) -> None:
    role.permissions.append(
        aws.iam.RolePolicyAttachment(
            child, role=role.role.name, policy_arn=policy_arn, opts=replaced_create_first(opts)
        )
    )


def _session_seconds(seconds: int | None) -> int:
    return seconds or _DEFAULT_SESSION_SECONDS


def _role_arn(partition: str, account: str, name: str, path: str | None) -> str:
    return arns.role(partition, account, name, path or "/")
