"""`PodIdentityRole`: a role for pods, without an association."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi

from eks_pod_identity.documents.source_trust import TrustScope
from eks_pod_identity.errors import Problem
from pulumi_eks_pod_identity._resources.iam_role import (
    create_role,
    own_policies_exclusively,
    source_role_name,
    source_role_settings,
)
from pulumi_eks_pod_identity._resources.trust import source_trust_text
from pulumi_eks_pod_identity._run.aws_scope import AwsScope, aws_provider_of, aws_scope
from pulumi_eks_pod_identity._run.hooks import with_update_hook
from pulumi_eks_pod_identity._run.outputs import depend_on
from pulumi_eks_pod_identity._run.state import PACKAGE, inputs_of, set_outputs
from pulumi_eks_pod_identity._validation import claims, cross_field, scope
from pulumi_eks_pod_identity._validation.bindings import bound_service_accounts, known_bindings
from pulumi_eks_pod_identity._validation.models import ROLE_HINTS, SourceRoleModel
from pulumi_eks_pod_identity._validation.validate import Scopes, Validator
from pulumi_eks_pod_identity.args.pod_identity import PodIdentityArgs
from pulumi_eks_pod_identity.args.role import PodIdentityRoleArgs
from pulumi_eks_pod_identity.errors import subject_of
from pulumi_eks_pod_identity.outputs import RoleOutputs


class PodIdentityRole(RoleOutputs):
    """Creates a role that pods can use, with its scoped trust policy and its permissions, but no association.

    For an association that an EKS add-on creates, or for a role that several associations share.
    """

    def __init__(self, name: str, args: PodIdentityRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Create the role.

        Args:
            name: Name in the program; the names of all children begin with it.
            args: The arguments.
            opts: Resource options.

        Raises:
            PodIdentityInputError: With every problem, before anything is created.
        """
        validated = _VALIDATOR.validate(subject_of("PodIdentityRole", name), args)
        args_model = validated.model
        options = with_update_hook(opts, needed=args_model.depends_on_earlier_inputs)
        super().__init__(f"{PACKAGE}:index:PodIdentityRole", name, inputs_of(validated.arguments), options)
        own = aws_scope(
            aws_provider_of(self),
            account=args_model.account_id,
            partition=args_model.partition,
            region=args_model.region,
        )
        model, scopes, gate = validated.validate_in_scope(
            Scopes(own), lambda model, scopes: _claims(name, model, scopes.own, opts.parent if opts else None)
        )
        trust = source_trust_text(model, bound_service_accounts(model), scopes.own)
        settings = source_role_settings(name, model, scopes.own, trust)
        child_opts = pulumi.ResourceOptions(parent=self, depends_on=depend_on(gate))
        role = create_role(name, child_opts, settings)
        if model.exclusive_policies:
            own_policies_exclusively(role, name, self)
        set_outputs(self, {"role_arn": role.usable_arn, "role_name": role.role.name, "trust_policy": trust})

    @staticmethod
    def validate(args: Mapping[str, Any]) -> Sequence[Problem]:
        """Return every problem with arguments, as far as they are known, without creating anything."""
        return _VALIDATOR.problems("PodIdentityRole", args)


def _claims(
    name: str, model: SourceRoleModel, own: AwsScope, grandparent: pulumi.Resource | None
) -> Iterable[claims.Claim]:
    role_name = source_role_name(name, model, own)
    yield claims.role_claim("role_name", own, role_name)
    yield from claims.managed_policy_claims(own, role_name, model)
    yield from claims.role_child_claims(grandparent, "PodIdentityRole", name, model.policies)


def _problems_in(model: SourceRoleModel, wrong: frozenset[str]) -> list[Problem]:
    """Return what is wrong with several arguments together."""
    scoped_to_service_accounts = model.trust_scope not in (TrustScope.CLUSTER, TrustScope.ACCOUNT)
    problems = [
        *cross_field.check_bindings(model, wrong, required=scoped_to_service_accounts),
        *cross_field.check_role(model, assumes=model.assumable_role_arns),
        *cross_field.check_distinct("assumable_role_arns", model.assumable_role_arns, "take the permission away"),
        *cross_field.check_irsa(model),
        *cross_field.check_session_tags(model, tags_on=[item.session_tags for item in bound_service_accounts(model)]),
    ]
    if model.irsa_provider_arn is not None and not wrong & {"namespace", "service_account", "bindings"}:
        named = model.bindings is not None or model.namespace is not None
        problems += cross_field.reject(
            [] if named else ["irsa_provider_arn"],
            "The role trusts the provider for the same ServiceAccounts, but none is given.",
            "Give 'namespace' and 'service_account', or 'bindings'.",
        )
    return problems or ([] if wrong else _problems_in_scope(model, Scopes(scope.given_scope(model))))


def _problems_in_scope(model: SourceRoleModel, scopes: Scopes) -> list[Problem]:
    """Return what is wrong with the arguments in this account, partition and region."""
    of_the_cluster = ("permissions_boundary_arn", "irsa_provider_arn", "managed_policy_arns")
    return [
        *scope.check_scope(scopes.own, model),
        *scope.check_arns_in_scope(model, scopes.own, of_the_cluster, of_any_account=("assumable_role_arns",)),
    ] or scope.check_source_trust(model, scopes.own, known_bindings(model, bound_service_accounts(model)))


_OF_POD_IDENTITY = (
    "It belongs to PodIdentity, which also creates the association; this component creates the role only."
)
_HINTS = {
    **ROLE_HINTS,
    **dict.fromkeys(
        PodIdentityArgs.__annotations__.keys() - PodIdentityRoleArgs.__annotations__.keys(), _OF_POD_IDENTITY
    ),
}
_VALIDATOR = Validator(SourceRoleModel, _problems_in, _problems_in_scope, _HINTS)
