"""The validated arguments of `PodIdentity`, and the rules about combinations of them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, cast

import pulumi
from pydantic import Field

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding
from eks_pod_identity.errors import Problem, type_name
from eks_pod_identity.values import arns, names, scalars
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, is_output
from pulumi_eks_pod_identity._validation import cross_field, scope
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount, bound_service_accounts, known_bindings
from pulumi_eks_pod_identity._validation.fields import Check, MustBeKnown
from pulumi_eks_pod_identity._validation.models import (
    ROLE_HINTS,
    Annotations,
    Labels,
    ManagedPolicyArns,
    OptionalText,
    Policies,
    SessionPolicy,
    SourceRoleModel,
    keys_set,
)
from pulumi_eks_pod_identity._validation.validate import Scopes, Validator
from pulumi_eks_pod_identity.args.enums import AgentMode, PolicyKind

ROLE_KEYS = (
    "role_name",
    "role_path",
    "role_description",
    "permissions_boundary_arn",
    "max_session_duration_seconds",
    "policies",
    "managed_policy_arns",
    "policy_kind",
    "exclusive_policies",
    "assumable_role_arns",
    "extra_trust_statements",
    "irsa_provider_arn",
)
TARGET_KEYS = ("target_role_name", "target_policies", "target_managed_policy_arns")
SERVICE_ACCOUNT_KEYS = ("service_account_labels", "service_account_annotations", "create_namespace")
ARNS_OF_THE_CLUSTER = ("role_arn", "permissions_boundary_arn", "irsa_provider_arn", "managed_policy_arns")
"""Arguments with ARNs in the account and partition of the cluster."""

ARNS_OF_ANY_ACCOUNT = ("target_role_arn", "assumable_role_arns")
_MOST_PROPAGATION_SECONDS = 600


class PodIdentityModel(SourceRoleModel):
    """The arguments of `PodIdentity`."""

    role_arn: Annotated[OptionalText, Check(arns.role_arn, determines_resources=True)] = None
    session_policy: SessionPolicy = None
    target_role_arn: Annotated[OptionalText, Check(arns.role_arn, determines_resources=True)] = None
    create_target_role: Annotated[bool, MustBeKnown(scalars.boolean)] = False
    target_role_name: Annotated[OptionalText, Check(names.role_name)] = None
    target_policies: Policies = Field(default={})
    target_managed_policy_arns: ManagedPolicyArns = Field(default={})
    agent: Annotated[AgentMode, MustBeKnown(scalars.one_of(AgentMode))] = AgentMode.EXISTING
    create_service_account: Annotated[bool, MustBeKnown(scalars.boolean)] = False
    service_account_labels: Labels = Field(default={})
    service_account_annotations: Annotations = Field(default={})
    create_namespace: Annotated[bool, MustBeKnown(scalars.boolean)] = False
    propagation_seconds: Annotated[int, MustBeKnown(scalars.whole_number(0, _MOST_PROPAGATION_SECONDS, "seconds"))] = (
        15
    )

    @property
    def depends_on_earlier_inputs(self) -> bool:
        """Return whether the effect of an edit depends on the previous inputs of the component."""
        return super().depends_on_earlier_inputs or bool(self.target_managed_policy_arns)

    @property
    def has_target(self) -> bool:
        """Return whether there is a target role."""
        return self.create_target_role or self.target_role_arn is not None

    @property
    def session_policies(self) -> dict[str, ValueOrOutput[str]]:
        """Return the session policies by the key of their binding; the component's own has no key."""
        policies = {"": self.session_policy} | {
            bindings.key(item.namespace, item.service_account, item.cluster_name): item.session_policy
            for item in self.bindings or ()
        }
        return {key: policy for key, policy in policies.items() if policy is not None}

    @property
    def bound(self) -> list[BoundServiceAccount]:
        """Return the ServiceAccounts that the identity applies to, each with its session policy."""
        return bound_service_accounts(self, default_session_policy=self.session_policy)


def problems_in(model: PodIdentityModel, wrong: frozenset[str]) -> list[Problem]:
    """Return what is wrong with several arguments together."""
    assumes = {
        **model.assumable_role_arns,
        **({cross_field.TARGET: model.target_role_arn} if model.has_target else {}),
    }
    problems = [
        *cross_field.check_bindings(model, wrong),
        *cross_field.check_role(model, assumes=assumes),
        *cross_field.check_distinct("assumable_role_arns", model.assumable_role_arns, "take the permission away"),
        *_check_choice_of_role(model),
        *_check_assumable(model),
        *cross_field.check_irsa(model),
        *_check_session(model),
        *cross_field.check_session_tags(model, tags_on=[item.session_tags for item in model.bound]),
        *_check_target(model),
        *_check_service_account(model),
    ]
    return problems or (problems_in_scope(model, Scopes(scope.given_scope(model))) if not wrong else [])


def problems_in_scope(model: PodIdentityModel, scopes: Scopes) -> list[Problem]:
    """Return what is wrong with the arguments in this account, partition and region."""
    problems = [
        *scope.check_scope(scopes.own, model),
        *(scope.check_target_scope(scopes.target) if scopes.target else ()),
        *scope.check_arns_in_scope(model, scopes.own, ARNS_OF_THE_CLUSTER, of_any_account=ARNS_OF_ANY_ACCOUNT),
        *_check_own_target(model, scopes),
    ]
    if scopes.target and not problems:
        problems += scope.check_arns_in_scope(model, scopes.target, ("target_managed_policy_arns",))
    if problems:
        return problems
    items = known_bindings(model, model.bound)
    return scope.check_source_trust(model, scopes.own, items) or _check_target_trust(model, scopes.own, items)


def check_target_provider(model: PodIdentityModel, provider: object) -> list[Problem]:
    """Return what is wrong with the provider of the target role, which is a keyword and not an argument."""
    path = ("target_provider",)
    if provider is None:
        return []
    if not isinstance(provider, pulumi.ProviderResource) or provider.package != "aws":
        # Pulumi would ignore the provider of another package, and create the role in the account of the cluster.
        got = (
            f"a provider of {provider.package}"
            if isinstance(provider, pulumi.ProviderResource)
            else type_name(provider)
        )
        return [Problem(path, f"Expected a provider of AWS, got {got}.", "Pass an aws.Provider.")]
    if model.create_target_role:
        return []
    rule = "The provider is for a created target role, but none is created."
    return [Problem(path, rule, "Set 'create_target_role' to true, or remove 'target_provider'.")]


_EXTERNAL_ID = "EKS chooses the external id; the outputs 'external_id' and 'external_ids' have it."
_HINTS: Mapping[str, str] = {
    **ROLE_HINTS,
    "external_id": _EXTERNAL_ID,
    "external_ids": _EXTERNAL_ID,
    "target_provider": "It is a keyword of the Python class; other languages use PodIdentityTargetRole.",
}
VALIDATOR = Validator(PodIdentityModel, problems_in, problems_in_scope, _HINTS)


def _check_choice_of_role(model: PodIdentityModel) -> list[Problem]:
    if model.role_arn is None:
        return []
    return [
        Problem(
            (key,),
            f"'{key}' cannot be combined with 'role_arn': no role is created.",
            "Remove this argument, or 'role_arn'; create the role with PodIdentityRole instead.",
        )
        for key in keys_set(model, *ROLE_KEYS)
    ]


def _check_assumable(model: PodIdentityModel) -> list[Problem]:
    if not model.has_target or cross_field.TARGET not in model.assumable_role_arns:
        return []
    return [
        Problem(
            ("assumable_role_arns", cross_field.TARGET),
            f'"{cross_field.TARGET}" is the name of the policy that allows assuming the target role.',
            "Choose another name.",
        )
    ]


def _check_session(model: PodIdentityModel) -> list[Problem]:
    if model.disable_session_tags is not False:
        return []
    narrowed = model.session_policy is not None or any(
        item.session_policy is not None for item in model.bindings or []
    )
    return cross_field.reject(
        ["disable_session_tags"] if narrowed else [],
        "EKS accepts a session policy only if session tags are disabled.",
        "Remove 'disable_session_tags', which then defaults to true, or every 'session_policy'.",
    )


def _check_target(model: PodIdentityModel) -> list[Problem]:
    problems: list[Problem] = []
    if not model.create_target_role:
        return cross_field.reject(
            keys_set(model, *TARGET_KEYS),
            "This configures a created target role, but none is created.",
            "Set 'create_target_role' to true, or remove this argument.",
        )
    if model.target_role_arn is not None:
        problems += cross_field.reject(
            ["target_role_arn"],
            "'target_role_arn' names an existing target role, but 'create_target_role' asks for a new one.",
            "Remove one of the two.",
        )
    problems += cross_field.check_policies("target_policies", model.target_policies, PolicyKind.INLINE)
    attached = model.target_managed_policy_arns
    problems += cross_field.check_attachments("target_managed_policy_arns", len(attached))
    return problems + cross_field.check_distinct("target_managed_policy_arns", attached)


def _check_own_target(model: PodIdentityModel, scopes: Scopes) -> list[Problem]:
    """Check that the role is not its own target, and that a created target role has a different name."""
    own = _known_role_arn(model, scopes.own)
    problems: list[Problem] = []
    if own is not None and own == cast("Any", model.target_role_arn):
        problems += cross_field.reject(
            ["target_role_arn"],
            "[PI308] The role is its own target: EKS would assume it through itself.",
            "Name another target role, or remove 'target_role_arn'.",
        )
    if model.create_target_role and _same_account(scopes) and _same_name(model.role_name, model.target_role_name):
        problems += cross_field.reject(
            ["target_role_name"],
            "The role and its target role have the same name, and role names are unique in an account.",
            "Give the target role another name.",
        )
    return problems


def _check_target_trust(model: PodIdentityModel, own: AwsScope, items: Sequence[Binding] | None) -> list[Problem]:
    """Check the size of the target role's trust policy, which names every binding; it is checked again when built.

    A role whose name is not known here has the shortest possible.
    """
    if items is None or not model.has_target:
        return []
    parts = scope.shortest_scope(own)
    region, account = parts["region"], parts["account"]
    source = _known_role_arn(model, own) or arns.role(parts["partition"], account, "r")
    ids = [item.external_id(region, account) for item in items]
    return cross_field.problems_of(("bindings",), partial(scope.build_target_trust, source, ids))


def _known_role_arn(model: PodIdentityModel, own: AwsScope) -> str | None:
    arn = cast("Any", model.role_arn)
    if arn is None:
        return scope.known_role_arn(model, own)
    return arn if isinstance(arn, str) else None


def _same_account(scopes: Scopes) -> bool:
    if is_output(scopes.own.caller):
        return False  # it is not known yet whether there is a target provider
    return scopes.target is None or scopes.target.account == scopes.own.account


def _same_name(name: object, other: object) -> bool:
    return isinstance(name, str) and isinstance(other, str) and name.lower() == other.lower()


def _check_service_account(model: PodIdentityModel) -> list[Problem]:
    if not model.create_service_account:
        return cross_field.reject(
            keys_set(model, *SERVICE_ACCOUNT_KEYS),
            "This configures a created ServiceAccount, but none is created.",
            "Set 'create_service_account' to true, or remove this argument.",
        )
    return [
        Problem(
            ("bindings", index, "cluster_name"),
            "ServiceAccounts are created in one cluster, and this binding names another.",
            "Use a separate component with that cluster's Kubernetes provider.",
        )
        for index, item in enumerate(model.bindings or [])
        if item.cluster_name is not None and item.cluster_name != cast("object", model.cluster_name)
    ]
