"""`PodIdentity`: everything that grants one workload its AWS permissions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pulumi

from eks_pod_identity import restart
from eks_pod_identity.errors import Problem
from eks_pod_identity.values import arns
from pulumi_eks_pod_identity._resources.agent_addon import create_agent
from pulumi_eks_pod_identity._resources.association import (
    AssociationSettings,
    association_outputs,
    create_associations,
)
from pulumi_eks_pod_identity._resources.iam_role import (
    CreatedRole,
    RoleSettings,
    create_role,
    default_role_name,
    own_policies_exclusively,
    role_arn,
    source_role_name,
    source_role_settings,
)
from pulumi_eks_pod_identity._resources.service_account import create_service_accounts
from pulumi_eks_pod_identity._resources.trust import external_ids, source_trust_text, target_trust_text
from pulumi_eks_pod_identity._run.aws_scope import AwsScope, aws_provider_of, aws_scope
from pulumi_eks_pod_identity._run.hooks import with_update_hook
from pulumi_eks_pod_identity._run.outputs import Gated, ValueOrOutput, apply_all, depend_on
from pulumi_eks_pod_identity._run.state import PACKAGE, inputs_of, set_outputs
from pulumi_eks_pod_identity._run.warnings import warn_of_irsa_annotation, warn_of_session_size
from pulumi_eks_pod_identity._validation import claims
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount, session_policies_by_key
from pulumi_eks_pod_identity._validation.pod_identity import VALIDATOR, PodIdentityModel, check_target_provider
from pulumi_eks_pod_identity._validation.validate import Scopes
from pulumi_eks_pod_identity.args.enums import AgentMode
from pulumi_eks_pod_identity.args.pod_identity import PodIdentityArgs
from pulumi_eks_pod_identity.errors import subject_of
from pulumi_eks_pod_identity.outputs import PodIdentityOutputs


class PodIdentity(PodIdentityOutputs):
    """Grants the pods of a workload exactly the AWS permissions you intend, through EKS Pod Identity.

    Creates the role with its scoped trust policy and its permissions, and the association of each ServiceAccount; on
    request the target role in the same or another account, the ServiceAccount, and the agent.
    """

    def __init__(
        self,
        name: str,
        args: PodIdentityArgs,
        opts: pulumi.ResourceOptions | None = None,
        *,
        target_provider: pulumi.ProviderResource | None = None,
    ) -> None:
        """Create the identity of a workload.

        Args:
            name: Name in the program; the names of all children begin with it.
            args: The arguments.
            opts: Resource options. Children use the providers given here.
            target_provider: Provider of the account in which *create_target_role* creates the target role.

        Raises:
            PodIdentityInputError: With every problem, before anything is created.
        """
        subject = subject_of("PodIdentity", name)
        validated = VALIDATOR.validate(subject, args, lambda model: check_target_provider(model, target_provider))
        options = with_update_hook(opts, needed=validated.model.depends_on_earlier_inputs)
        super().__init__(f"{PACKAGE}:index:PodIdentity", name, inputs_of(validated.arguments), options)
        model, scopes, gate = validated.validate_in_scope(
            _scopes(self, validated.model, target_provider),
            lambda model, scopes: _claims(self, name, model, scopes, opts.parent if opts else None),
        )
        bound = model.bound
        roles = _plan_roles(name, model, bound, scopes)
        own_opts = pulumi.ResourceOptions(parent=self, depends_on=depend_on(gate))
        source = create_role(name, own_opts, roles.source) if roles.source else None
        target_opts = pulumi.ResourceOptions(parent=self, depends_on=depend_on(gate), provider=target_provider)
        target = create_role(f"{name}-target", target_opts, roles.target) if roles.target else None
        if source and model.exclusive_policies:
            own_policies_exclusively(source, name, self)
        accounts = _create_service_accounts(name, model, self, gate)
        needs = [*_needs(source, target), *_create_agent(name, model, self, gate)]
        settings = AssociationSettings(
            role_arn=source.real_arn if source else roles.source_arn,
            target_role_arn=target.real_arn if target else model.target_role_arn,
            region=model.region,
            tags=model.tags or None,
            propagation_seconds=model.propagation_seconds,
        )
        associations = create_associations(name, bound, settings, self, depend_on(gate, needs))
        warn_of_session_size(self, model.session_policies)
        created = [*needs, *associations]
        outputs = {
            "role_arn": Gated(settings.role_arn, created),
            "role_name": source.role.name if source else apply_all(arns.role_name_of, roles.source_arn),
            **association_outputs(subject, bound, scopes.own, associations),
            **_service_account_outputs(bound, created, accounts),
            "target_role_arn": settings.target_role_arn,
            "restart_token": _restart_token(model, bound, roles),
            "trust_policy": roles.trust,
            "target_trust_policy": roles.target_trust,
        }
        set_outputs(self, outputs)

    @staticmethod
    def validate(args: Mapping[str, Any]) -> Sequence[Problem]:
        """Return every problem with arguments, as far as they are known, without creating anything."""
        return VALIDATOR.problems("PodIdentity", args)


@dataclass(frozen=True, slots=True)
class _Roles:
    """The roles of an identity, before any of them is created.

    Attributes:
        source_arn: ARN of the role.
        target_arn: ARN of the target role, if there is one.
        trust: The trust policy of the role.
        target_trust: The trust policy of the target role, if there is one.
        source: What the role is created with, or None if it exists.
        target: What the target role is created with, or None if it exists or there is none.
    """

    source_arn: ValueOrOutput[str]
    target_arn: ValueOrOutput[str] | None
    trust: ValueOrOutput[str]
    target_trust: ValueOrOutput[str] | None
    source: RoleSettings | None
    target: RoleSettings | None


def _plan_roles(name: str, model: PodIdentityModel, bound: Sequence[BoundServiceAccount], scopes: Scopes) -> _Roles:
    """Compute the roles. Nothing here waits for a resource, so a preview shows every document."""
    trust = source_trust_text(model, bound, scopes.own)
    target_name = _target_role_name(name, model, scopes.own) if model.create_target_role else None
    target_arn = model.target_role_arn if target_name is None else role_arn(scopes.of_target, target_name)
    source, source_arn = None, model.role_arn
    if source_arn is None:
        source = source_role_settings(name, model, scopes.own, trust, target_arn)
        source_arn = source.arn
    target, target_trust = None, None
    if target_arn is not None:
        ids = external_ids(model, bound, scopes.own)
        target_trust = target_trust_text(subject_of("PodIdentity", name), source_arn, ids)
        if target_name is not None:
            target = RoleSettings(
                name=target_name,
                arn=target_arn,
                trust=target_trust,
                policies=model.target_policies,
                managed_policy_arns=model.target_managed_policy_arns,
                tags=model.tags or None,
                attachments_argument="target_managed_policy_arns",
            )
    return _Roles(source_arn, target_arn, trust, target_trust, source, target)


def _needs(source: CreatedRole | None, target: CreatedRole | None) -> list[pulumi.Resource]:
    """Return what must exist before an association."""
    return [*(source.permissions if source else ()), *([target.role, *target.permissions] if target else ())]


def _scopes(
    component: PodIdentity, model: PodIdentityModel, target_provider: pulumi.ProviderResource | None
) -> Scopes:
    provider = aws_provider_of(component)
    own = aws_scope(provider, account=model.account_id, partition=model.partition, region=model.region)
    if target_provider is None:
        return Scopes(own)
    return Scopes(own, aws_scope(target_provider, partition=own.partition, needs_region=False))


def _claims(
    component: PodIdentity,
    name: str,
    model: PodIdentityModel,
    scopes: Scopes,
    grandparent: pulumi.Resource | None,
) -> Iterable[claims.Claim]:
    yield from claims.association_claims(scopes.own, model.bound)
    if model.role_arn is None:
        role_name = source_role_name(name, model, scopes.own)
        yield claims.role_claim("role_name", scopes.own, role_name)
        yield from claims.managed_policy_claims(scopes.own, role_name, model)
        yield from claims.role_child_claims(grandparent, "PodIdentity", name, model.policies)
    if model.create_target_role:
        target_name = _target_role_name(name, model, scopes.own)
        yield claims.role_claim("target_role_name", scopes.of_target, target_name)
        yield from claims.role_child_claims(grandparent, "PodIdentity", f"{name}-target", model.target_policies)
    if model.agent is AgentMode.MANAGED:
        provider = claims.provider_identity(aws_provider_of(component))
        yield claims.agent_claim("agent", model.cluster_name, provider, scopes.own.region)
    if model.create_service_account:
        cluster = claims.provider_identity(component.get_provider("kubernetes:core/v1:ServiceAccount"))
        yield from claims.service_account_claims(cluster, model.bound, with_namespaces=model.create_namespace)


def _target_role_name(name: str, model: PodIdentityModel, scope: AwsScope) -> ValueOrOutput[str]:
    return default_role_name(f"{name}-target", model.target_role_name, model.cluster_name, scope.region)


def _create_service_accounts(
    name: str, model: PodIdentityModel, component: PodIdentity, gate: pulumi.Output[Any] | None
) -> list[pulumi.Resource]:
    if not model.create_service_account:
        return []
    annotations = model.service_account_annotations
    if model.irsa_provider_arn is None:
        warn_of_irsa_annotation(component, annotations)
    return create_service_accounts(
        name,
        model.bound,
        component,
        gate,
        labels=model.service_account_labels or None,
        annotations=annotations or None,
        with_namespaces=model.create_namespace,
    )


def _create_agent(
    name: str, model: PodIdentityModel, component: PodIdentity, gate: pulumi.Output[Any] | None
) -> list[pulumi.Resource]:
    if model.agent is not AgentMode.MANAGED:
        return []
    opts = pulumi.ResourceOptions(parent=component, depends_on=depend_on(gate))
    return [create_agent(name, model.cluster_name, opts, region=model.region, tags=model.tags or None)]


def _service_account_outputs(
    bound: Sequence[BoundServiceAccount], created: Sequence[pulumi.Resource], accounts: Sequence[pulumi.Resource]
) -> dict[str, Any]:
    """Return the name and namespace of the ServiceAccount, if there is one binding."""
    if len(bound) != 1:
        return {"namespace": None, "service_account_name": None}
    namespace, service_account = bound[0].namespace, bound[0].service_account
    return {
        "namespace": Gated(namespace, accounts) if accounts else namespace,
        "service_account_name": Gated(service_account, [*created, *accounts]),
    }


def _restart_token(model: PodIdentityModel, bound: Sequence[BoundServiceAccount], roles: _Roles) -> ValueOrOutput[str]:
    build = partial(restart.restart_token_of_bindings, tags_disabled=bool(model.disable_session_tags))
    policies = session_policies_by_key(model.cluster_name, bound)
    return apply_all(build, roles.source_arn, roles.target_arn, model.session_policy, policies)
