"""Registers a role, its policies and its attachments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from eks_pod_identity.documents.target_trust import source_permission
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Document
from eks_pod_identity.values import arns, names
from pulumi_eks_pod_identity._resources.replacement import create_before_delete
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.hooks import hooks
from pulumi_eks_pod_identity._run.outputs import Gated, ValueOrOutput, apply_all, gate_on, when_created
from pulumi_eks_pod_identity._validation.cross_field import ASSUME, TARGET
from pulumi_eks_pod_identity._validation.models import RoleModel, SourceRoleModel
from pulumi_eks_pod_identity.args.enums import PolicyKind

Tags = ValueOrOutput[Mapping[str, ValueOrOutput[str]]] | None
_DEFAULT_SESSION_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """What a role is created with.

    Attributes:
        name: Its name.
        arn: The ARN that it will have.
        trust: The text of its trust policy.
        policies: Its own policies by key.
        policy_kind: What they become.
        managed_policy_arns: Managed policies to attach by key.
        attachments_argument: The argument that they come from.
        assumable_role_arns: The roles that it may assume, by key.
        has_given_name: Whether its name is given in `role_name`.
        path: Its path.
        description: Its description.
        permissions_boundary: The ARN of its permissions boundary.
        max_session_seconds: Its maximum session duration.
        tags: Its tags, and those of its own managed policies.
    """

    name: ValueOrOutput[str]
    arn: ValueOrOutput[str]
    trust: ValueOrOutput[str]
    policies: Mapping[str, ValueOrOutput[Document]]
    managed_policy_arns: Mapping[str, ValueOrOutput[str]]
    tags: Tags
    attachments_argument: str = "managed_policy_arns"
    policy_kind: PolicyKind = PolicyKind.INLINE
    assumable_role_arns: Mapping[str, ValueOrOutput[str]] = field(default_factory=dict[str, ValueOrOutput[str]])
    has_given_name: bool = False
    path: ValueOrOutput[str] | None = None
    description: ValueOrOutput[str] | None = None
    permissions_boundary: ValueOrOutput[str] | None = None
    max_session_seconds: ValueOrOutput[int | None] = None


def role_settings(
    model: RoleModel,
    scope: AwsScope,
    name: ValueOrOutput[str],
    trust: ValueOrOutput[str],
    *,
    assumable_role_arns: Mapping[str, ValueOrOutput[str]],
) -> RoleSettings:
    """Return what the role of a component is created with."""
    return RoleSettings(
        name=name,
        arn=role_arn(scope, name, model.role_path),
        trust=trust,
        policies=model.policies,
        managed_policy_arns=model.managed_policy_arns,
        tags=model.tags or None,
        policy_kind=model.policy_kind,
        assumable_role_arns=assumable_role_arns,
        has_given_name=model.role_name is not None,
        path=model.role_path,
        description=model.role_description,
        permissions_boundary=model.permissions_boundary_arn,
        max_session_seconds=model.max_session_duration_seconds,
    )


@dataclass(frozen=True, slots=True)
class CreatedRole:
    """A role that is created, with its permissions.

    Attributes:
        role: The role.
        arn: Its ARN, known at preview.
        permissions: Its policies and attachments, which must exist before the role is used.
    """

    role: aws.iam.Role
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
    def usable_arn(self) -> Gated[str]:
        """Return the ARN, to be used once the role has its permissions."""
        return Gated(self.real_arn, self.permissions)


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


def role_arn(scope: AwsScope, name: ValueOrOutput[str], path: ValueOrOutput[str] | None = None) -> ValueOrOutput[str]:
    """Return the ARN that a role will have."""

    def build(partition: str, account: str, name: str, path: str | None) -> str:
        return arns.role(partition, account, name, path or "/")

    return apply_all(build, scope.partition, scope.account, name, path)


def create_role(prefix: str, opts: pulumi.ResourceOptions, settings: RoleSettings) -> CreatedRole:
    """Create a role, its policies and its attachments. Their names in the program begin with *prefix*.

    One function registers them all, because the state contains the call stack of each resource, and a file backend
    writes the whole state at every step.
    """
    role = aws.iam.Role(
        f"{prefix}-role",
        name=settings.name,
        path=settings.path,
        description=settings.description,
        assume_role_policy=settings.trust,
        permissions_boundary=settings.permissions_boundary,
        # Always sent: after a refresh, the provider takes the current value as the default.
        max_session_duration=apply_all(_session_seconds, settings.max_session_seconds),
        tags=settings.tags,
        opts=create_before_delete(opts, has_given_name=settings.has_given_name),
    )
    created = CreatedRole(role, settings.arn)
    for child, key, policy in _inline_policies(settings):
        inline_opts = create_before_delete(opts)
        created.permissions.append(
            aws.iam.RolePolicy(f"{prefix}-{child}", name=key, role=role.name, policy=policy, opts=inline_opts)
        )
    attachments = _managed_policy_attachments(prefix, opts.parent, settings)
    if settings.policy_kind is PolicyKind.MANAGED:
        for key, policy in settings.policies.items():
            managed = aws.iam.Policy(
                f"{prefix}-policy-{key}",
                name=apply_all(names.default_policy_name, settings.name, key, settings.path),
                path=settings.path,
                policy=apply_all(canonical.text, policy),
                tags=settings.tags,
                opts=create_before_delete(opts),
            )
            attachments.append(_Attachment(f"{prefix}-policy-{key}-attachment", managed.arn))
    for child, policy_arn, aliases in attachments:
        attachment_opts = create_before_delete(opts)
        attachment_opts.aliases = aliases
        created.permissions.append(
            aws.iam.RolePolicyAttachment(child, role=role.name, policy_arn=policy_arn, opts=attachment_opts)
        )
    return created


class _Attachment(NamedTuple):
    """A managed policy to attach: the attachment's name in the program, the policy's ARN, and previous names."""

    child: str
    policy_arn: pulumi.Input[str]
    aliases: list[pulumi.Input[str | pulumi.Alias]] | None = None


def _inline_policies(settings: RoleSettings) -> Iterator[tuple[str, str, ValueOrOutput[str]]]:
    """Return the inline policies: the end of the name in the program, the name in AWS, and the text."""
    if settings.policy_kind is PolicyKind.INLINE:
        for key, policy in settings.policies.items():
            yield f"policy-{key}", key, apply_all(canonical.text, policy)
    for key, arn in settings.assumable_role_arns.items():
        yield f"{ASSUME}{key}", f"{ASSUME}{key}", apply_all(_permission_to_assume, arn)


def _permission_to_assume(arn: str) -> str:
    return canonical.text(source_permission(arn))


def _managed_policy_attachments(
    prefix: str, component: pulumi.Resource | None, settings: RoleSettings
) -> list[_Attachment]:
    """Return the attachments of given policies. One that had another key in the previous run stays attached."""
    attachments: list[_Attachment] = []
    for key, arn in settings.managed_policy_arns.items():
        aliases: list[pulumi.Input[str | pulumi.Alias]] | None = None
        if component is not None:
            argument = settings.attachments_argument
            aliases = [hooks().earlier.attachment_alias(component, argument, key=key, arn=arn, prefix=prefix)]
        attachments.append(_Attachment(f"{prefix}-attachment-{key}", arn, aliases))
    return attachments


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


def _session_seconds(seconds: int | None) -> int:
    return seconds or _DEFAULT_SESSION_SECONDS
