"""`PodIdentityTargetRole`: a target role alone, created with the provider of its account."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, cast

import pulumi
from pydantic import Field

from eks_pod_identity import bindings
from eks_pod_identity.errors import Problem
from eks_pod_identity.values import arns, names, scalars
from pulumi_eks_pod_identity._resources.iam_role import (
    create_role,
    default_role_name,
    own_policies_exclusively,
    role_settings,
)
from pulumi_eks_pod_identity._resources.trust import target_trust_text
from pulumi_eks_pod_identity._run.aws_scope import AwsScope, aws_provider_of, aws_scope
from pulumi_eks_pod_identity._run.hooks import with_update_hook
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all, depend_on, has_outputs, is_output
from pulumi_eks_pod_identity._run.state import PACKAGE, inputs_of, set_outputs
from pulumi_eks_pod_identity._validation import claims, cross_field, scope
from pulumi_eks_pod_identity._validation.documents import judge_target_statement
from pulumi_eks_pod_identity._validation.fields import Check, ListOf, MustBeKnown
from pulumi_eks_pod_identity._validation.models import ROLE_HINTS, BindingModel, OptionalText, RoleModel, keys_set
from pulumi_eks_pod_identity._validation.validate import Scopes, Validator
from pulumi_eks_pod_identity.args.enums import AssumedBy
from pulumi_eks_pod_identity.args.pod_identity import PodIdentityArgs
from pulumi_eks_pod_identity.args.target_role import PodIdentityTargetRoleArgs
from pulumi_eks_pod_identity.errors import subject_of
from pulumi_eks_pod_identity.outputs import TargetRoleOutputs


class PodIdentityTargetRole(TargetRoleOutputs):
    """Creates a target role: one that EKS assumes through the role of an association, in the same or another account.

    Construct it with the provider of its own account. It trusts only that role, and only with those external ids.
    """

    def __init__(self, name: str, args: PodIdentityTargetRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Create the target role.

        Args:
            name: Name in the program; the names of all children begin with it.
            args: The arguments.
            opts: Resource options, with the provider of the target role's account.

        Raises:
            PodIdentityInputError: With every problem, before anything is created.
        """
        subject = subject_of("PodIdentityTargetRole", name)
        validated = _VALIDATOR.validate(subject, args)
        args_model = validated.model
        options = with_update_hook(opts, needed=args_model.depends_on_earlier_inputs)
        super().__init__(f"{PACKAGE}:index:PodIdentityTargetRole", name, inputs_of(validated.arguments), options)
        # A role has no region.
        provider = aws_provider_of(self)
        own = aws_scope(provider, account=args_model.account_id, partition=args_model.partition, needs_region=False)
        model, scopes, gate = validated.validate_in_scope(
            Scopes(own), lambda model, scopes: _claims(name, model, scopes.own, opts.parent if opts else None)
        )
        trust = target_trust_text(subject, model.source_role_arn, _external_ids(model), model.extra_trust_statements)
        settings = role_settings(model, scopes.own, _role_name(name, model), trust, assumable_role_arns={})
        child_opts = pulumi.ResourceOptions(parent=self, depends_on=depend_on(gate))
        role = create_role(f"{name}-target", child_opts, settings)
        if model.exclusive_policies:
            own_policies_exclusively(role, f"{name}-target", self)
        set_outputs(self, {"role_arn": role.usable_arn, "role_name": role.role.name, "trust_policy": trust})

    @staticmethod
    def validate(args: Mapping[str, Any]) -> Sequence[Problem]:
        """Return every problem with arguments, as far as they are known, without creating anything."""
        return _VALIDATOR.problems("PodIdentityTargetRole", args)


class TargetRoleModel(RoleModel):
    """The arguments of `PodIdentityTargetRole`."""

    source_role_arn: Annotated[ValueOrOutput[str], Check(arns.role_arn)]
    assumed_by: Annotated[AssumedBy, MustBeKnown(scalars.one_of(AssumedBy))] = AssumedBy.EKS
    external_ids: Annotated[ValueOrOutput[list[ValueOrOutput[str]]], ListOf(bindings.any_external_id)] = Field(
        default=[]
    )
    cluster_name: Annotated[OptionalText, Check(names.cluster_name)] = None
    cluster_region: Annotated[OptionalText, Check(names.region)] = None
    cluster_account_id: Annotated[OptionalText, Check(names.account_id)] = None
    namespace: Annotated[OptionalText, Check(names.namespace, determines_resources=True)] = None
    service_account: Annotated[OptionalText, Check(names.service_account, determines_resources=True)] = None
    bindings: list[BindingModel] | None = None


def _role_name(name: str, model: TargetRoleModel) -> ValueOrOutput[str]:
    return default_role_name(name, model.role_name, model.cluster_name, model.cluster_region, path=model.role_path)


def _external_ids(model: TargetRoleModel) -> ValueOrOutput[list[str]]:
    """Return the given external ids, or those of the bindings."""

    def build(ids: list[str] | None, source: str, account: str | None, parts: Sequence[Any]) -> list[str]:
        if ids or model.assumed_by is AssumedBy.WORKLOAD:
            return list(ids or ())
        region, cluster, pairs = parts
        return [
            bindings.external_id(
                region, account or arns.account_of(source), own or cluster, namespace, service_account
            )
            for namespace, service_account, own in pairs
        ]

    return apply_all(build, *_external_id_parts(model))


def _external_id_parts(model: TargetRoleModel) -> list[Any]:
    pairs: list[Any] = (
        [[model.namespace, model.service_account, None]]
        if model.bindings is None
        else [[item.namespace, item.service_account, item.cluster_name] for item in model.bindings]
    )
    parts = [model.cluster_region, model.cluster_name, pairs]
    return [model.external_ids, model.source_role_arn, model.cluster_account_id, parts]


def _claims(
    name: str, model: TargetRoleModel, own: AwsScope, grandparent: pulumi.Resource | None
) -> Iterable[claims.Claim]:
    role_name = _role_name(name, model)
    yield claims.role_claim("role_name", own, role_name)
    yield from claims.managed_policy_claims(own, role_name, model)
    yield from claims.role_child_claims(grandparent, "PodIdentityTargetRole", f"{name}-target", model.policies)


def _problems_in(model: TargetRoleModel, wrong: frozenset[str]) -> list[Problem]:
    """Return what is wrong with several arguments together."""
    problems = [
        *_check_external_ids(model, wrong),
        *cross_field.check_statements(model, judge_target_statement),
        *cross_field.check_role(model),
        *_check_cluster_account(model),
    ]
    return problems or ([] if wrong else _problems_in_scope(model, Scopes(scope.given_scope(model))))


def _problems_in_scope(model: TargetRoleModel, scopes: Scopes) -> list[Problem]:
    """Return what is wrong with the arguments in this account and partition."""
    problems = [
        *scope.check_scope(scopes.own, model),
        *scope.check_arns_in_scope(
            model,
            scopes.own,
            ("permissions_boundary_arn", "managed_policy_arns"),
            of_any_account=("source_role_arn",),
        ),
    ]
    if problems or has_outputs([_external_id_parts(model), model.extra_trust_statements]):
        return problems
    parts = (model.source_role_arn, _external_ids(model), model.extra_trust_statements)
    source, ids, extra = cast("tuple[Any, Any, Any]", parts)
    key = "external_ids" if model.external_ids else "bindings"
    problems = cross_field.problems_of((key,), partial(scope.build_target_trust, source, ids, extra))
    if problems or not extra:
        return problems
    judge = partial(scope.judge_whole_target_trust, source, ids, extra)
    return cross_field.problems_of(("extra_trust_statements",), judge)


def _check_external_ids(model: TargetRoleModel, wrong: frozenset[str]) -> list[Problem]:
    if wrong & {"external_ids", "assumed_by"}:
        return []
    parts = keys_set(model, "cluster_name", "cluster_region", "namespace", "service_account", "bindings")
    if model.assumed_by is AssumedBy.WORKLOAD:
        return cross_field.reject(
            parts,
            "Only EKS sends an external id that names a cluster and a ServiceAccount; the workload's code does not.",
            "Remove this argument, and choose 'external_ids' yourself, or give none.",
        )
    if is_output(model.external_ids):
        return []
    if model.external_ids:
        problems = cross_field.reject(
            parts,
            "'external_ids' already determines which associations may use the role.",
            "Remove this argument, or 'external_ids'.",
        )
        for index, item in enumerate(cast("list[Any]", model.external_ids)):
            if not has_outputs(item):
                path = ("external_ids", index)
                problems += cross_field.problems_of(path, partial(bindings.external_id_text, item))
        return problems
    missing = [key for key in ("cluster_name", "cluster_region") if getattr(model, key) is None and key not in wrong]
    return [
        *cross_field.reject(
            missing,
            "The argument is required to compute the external ids.",
            "Give it a value, or give 'external_ids'.",
        ),
        *cross_field.check_bindings(model, wrong),
    ]


def _check_cluster_account(model: TargetRoleModel) -> list[Problem]:
    account, source = model.cluster_account_id, model.source_role_arn
    if not isinstance(account, str) or not isinstance(source, str):
        return []
    return cross_field.problems_of(("source_role_arn",), partial(scope.reject_foreign_arn, source, None, account))


_OF_POD_IDENTITY = "It belongs to PodIdentity; this component creates the target role only."
_HINTS = {
    **ROLE_HINTS,
    **dict.fromkeys(
        PodIdentityArgs.__annotations__.keys() - PodIdentityTargetRoleArgs.__annotations__.keys(), _OF_POD_IDENTITY
    ),
    "external_id": "Write 'external_ids', a list with one item.",
    "region": "The region of the cluster is 'cluster_region'; roles have none.",
    "trust_scope": "A target role trusts exactly the source role and the external ids.",
}
_VALIDATOR = Validator(TargetRoleModel, _problems_in, _problems_in_scope, _HINTS)
