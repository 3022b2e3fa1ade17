"""The settled form of what several components take: bindings, role, trust and policies."""

from typing import Annotated, Any

from pydantic import Field

from eks_pod_identity.documents.source_trust import TrustScope
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Document, Statement
from eks_pod_identity.judgement import judged_session_policy
from eks_pod_identity.values import arns, limits, names, scalars
from eks_pod_identity.values.tags import tag_value
from pulumi_eks_pod_identity.choices import PolicyKind
from pulumi_eks_pod_identity.later import MaybeLater
from pulumi_eks_pod_identity.settled import Check, Items, Known, Map, Settled

Documents = Annotated[dict[str, MaybeLater[Document]], Map(canonical.identity_policy, names.policy_name)]
ManagedArns = Annotated[dict[str, MaybeLater[str]], Map(arns.managed_policy_arn, names.policy_name)]
TagMap = Annotated[dict[str, MaybeLater[str]], Map(tag_value)]
TextMap = Annotated[dict[str, MaybeLater[str]], Map(scalars.text)]


class BindingSettings(Settled):
    """One binding. Its names name resources, so they are known."""

    namespace: Annotated[str, Known(names.namespace)]
    service_account: Annotated[str, Known(names.service_account)]
    cluster_name: Annotated[str | None, Known(names.cluster_name)] = None
    session_policy: Annotated[MaybeLater[str] | None, Check(judged_session_policy)] = None


class AddonAssociationSettings(Settled):
    """What an add-on's association holds."""

    service_account: Annotated[MaybeLater[str], Check(names.service_account)]
    role_arn: Annotated[MaybeLater[str], Check(arns.role_arn)]


class RoleSettings(Settled):
    """What is said of a created role itself."""

    role_name: Annotated[MaybeLater[str] | None, Check(names.role_name)] = None
    role_path: Annotated[MaybeLater[str] | None, Check(names.role_path)] = None
    role_description: Annotated[MaybeLater[str] | None, Check(names.role_description)] = None
    permissions_boundary_arn: Annotated[MaybeLater[str] | None, Check(arns.managed_policy_arn)] = None
    max_session_duration_seconds: Annotated[
        MaybeLater[int] | None,
        Check(scalars.whole_number(limits.SESSION_SECONDS_LEAST.value, limits.SESSION_SECONDS_MOST.value, "seconds")),
    ] = None
    policies: Documents = Field(default={})
    managed_policy_arns: ManagedArns = Field(default={})
    policy_kind: Annotated[PolicyKind, Known(scalars.one_of(PolicyKind))] = PolicyKind.INLINE
    extra_trust_statements: Annotated[list[MaybeLater[Statement]], Items(canonical.trust_statement)] = Field(
        default=[]
    )
    account_id: Annotated[MaybeLater[str] | None, Check(names.account_id)] = None
    partition: Annotated[MaybeLater[str] | None, Check(arns.partition)] = None
    tags: TagMap = Field(default={})


class SourceRoleSettings(RoleSettings):
    """What is said of a role that pods become, and of the pods."""

    cluster_name: Annotated[MaybeLater[str], Check(names.cluster_name)]
    namespace: Annotated[MaybeLater[str] | None, Check(names.namespace)] = None
    service_account: Annotated[MaybeLater[str] | None, Check(names.service_account)] = None
    bindings: list[BindingSettings] | None = None
    trust_scope: Annotated[TrustScope, Known(scalars.one_of(TrustScope))] = TrustScope.SERVICE_ACCOUNT
    irsa_provider_arn: Annotated[MaybeLater[str] | None, Check(arns.oidc_provider_arn)] = None
    disable_session_tags: Annotated[bool | None, Known(scalars.truth)] = None
    region: Annotated[MaybeLater[str] | None, Check(names.region)] = None


def given(settings: Settled, *keys: str) -> list[str]:
    """Return those of *keys* that have a value of their own, in order."""

    def has_value(key: str) -> bool:
        value: Any = getattr(settings, key)
        return key in settings.model_fields_set and value is not None

    return [key for key in keys if has_value(key)]
