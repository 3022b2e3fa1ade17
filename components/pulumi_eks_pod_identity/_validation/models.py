"""The validated arguments that several components have: bindings, roles, trust and policies."""

from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
from pydantic import Field

from eks_pod_identity.documents.source_trust import TrustScope
from eks_pod_identity.iam.canonical import Document, Statement
from eks_pod_identity.values import arns, labels, limits, names, scalars
from eks_pod_identity.values.tags import tag_value
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, is_output
from pulumi_eks_pod_identity._validation.documents import (
    reject_single_document,
    role_policy,
    session_policy,
    trust_statement,
)
from pulumi_eks_pod_identity._validation.fields import Check, ListOf, MapOf, MustBeKnown, ValidatedModel
from pulumi_eks_pod_identity.args.enums import PolicyKind, ResolveConflicts

Policies = Annotated[
    dict[str, ValueOrOutput[Document]],
    MapOf(role_policy, key=names.policy_name, names_resources=True, whole=reject_single_document),
]
ManagedPolicyArns = Annotated[
    dict[str, ValueOrOutput[str]], MapOf(arns.managed_policy_arn, key=names.policy_name, names_resources=True)
]
RoleArns = Annotated[dict[str, ValueOrOutput[str]], MapOf(arns.role_arn, key=names.policy_name, names_resources=True)]
Tags = Annotated[ValueOrOutput[dict[str, ValueOrOutput[str]]], MapOf(tag_value)]
Labels = Annotated[ValueOrOutput[dict[str, ValueOrOutput[str]]], MapOf(labels.label_value, key=labels.label_key)]
Annotations = Annotated[ValueOrOutput[dict[str, ValueOrOutput[str]]], MapOf(scalars.text, key=labels.annotation_key)]
OptionalText = ValueOrOutput[str] | None
SessionPolicy = Annotated[OptionalText, Check(session_policy, determines_resources=True)]


class BindingModel(ValidatedModel):
    """One binding. Resources are named after it, so its names must be known."""

    namespace: Annotated[str, MustBeKnown(names.namespace)]
    service_account: Annotated[str, MustBeKnown(names.service_account)]
    cluster_name: Annotated[str | None, MustBeKnown(names.cluster_name)] = None
    session_policy: SessionPolicy = None


class RoleModel(ValidatedModel):
    """A created role."""

    role_name: Annotated[OptionalText, Check(names.role_name)] = None
    role_path: Annotated[OptionalText, Check(names.role_path)] = None
    role_description: Annotated[OptionalText, Check(names.role_description)] = None
    permissions_boundary_arn: Annotated[OptionalText, Check(arns.managed_policy_arn)] = None
    max_session_duration_seconds: Annotated[
        ValueOrOutput[int] | None,
        Check(scalars.whole_number(limits.SESSION_SECONDS_LEAST.value, limits.SESSION_SECONDS_MOST.value, "seconds")),
    ] = None
    policies: Policies = Field(default={})
    managed_policy_arns: ManagedPolicyArns = Field(default={})
    policy_kind: Annotated[PolicyKind, MustBeKnown(scalars.one_of(PolicyKind))] = PolicyKind.INLINE
    exclusive_policies: Annotated[bool, MustBeKnown(scalars.boolean)] = False
    extra_trust_statements: Annotated[ValueOrOutput[list[ValueOrOutput[Statement]]], ListOf(trust_statement)] = Field(
        default=[]
    )
    account_id: Annotated[OptionalText, Check(names.account_id)] = None
    partition: Annotated[OptionalText, Check(arns.partition)] = None
    tags: Tags = Field(default={})

    @property
    def depends_on_earlier_inputs(self) -> bool:
        """Return whether the effect of an edit depends on the previous inputs of the component."""
        return bool(self.managed_policy_arns) or self.role_name is not None


class SourceRoleModel(RoleModel):
    """A role that pods use, and the pods that use it."""

    cluster_name: Annotated[ValueOrOutput[str], Check(names.cluster_name)]
    namespace: Annotated[OptionalText, Check(names.namespace, determines_resources=True)] = None
    service_account: Annotated[OptionalText, Check(names.service_account, determines_resources=True)] = None
    bindings: list[BindingModel] | None = None
    trust_scope: Annotated[TrustScope, MustBeKnown(scalars.one_of(TrustScope))] = TrustScope.SERVICE_ACCOUNT
    irsa_provider_arn: Annotated[OptionalText, Check(arns.oidc_provider_arn)] = None
    disable_session_tags: Annotated[bool | None, MustBeKnown(scalars.boolean)] = None
    assumable_role_arns: RoleArns = Field(default={})
    region: Annotated[OptionalText, Check(names.region)] = None


_SAME_AS_ABSENT: dict[str, Any] = {
    "max_session_duration_seconds": 3600,
    "preserve": False,
    "resolve_conflicts": ResolveConflicts.NONE,
    "role_path": "/",
}
"""Documented defaults of fields that are None in the model."""


_TRUST_POLICY = "The component writes the trust policy; 'extra_trust_statements' adds to it."
ROLE_HINTS: Mapping[str, str] = {
    "assume_role_policy": _TRUST_POLICY,
    "trust_policy": _TRUST_POLICY,
    "inline_policies": "Did you mean 'policies'?",
}
"""What to do with arguments that roles have elsewhere, under the names that they have there."""


def keys_set(model: ValidatedModel, *keys: str) -> list[str]:
    """Return those of *keys* that have an effect: not absent, not empty, and not equal to the default.

    An Output may resolve to None, so it counts only if it is still unknown when the others have resolved.
    """

    def is_set(key: str) -> bool:
        value = getattr(model, key)
        if isinstance(value, pulumi.output.Unknown):
            return True
        defaults: list[Any] = [None, [], {}, type(model).model_fields[key].default, _SAME_AS_ABSENT.get(key)]
        return not is_output(value) and key in model.model_fields_set and value not in defaults

    return [key for key in keys if is_set(key)]
