"""Registers the associations of a component, each between the role and one ServiceAccount."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from eks_pod_identity import bindings
from eks_pod_identity.association_errors import ASSOCIATION_TYPE
from eks_pod_identity.errors import Problem, quote
from pulumi_eks_pod_identity._resources.iam_role import Tags
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.hooks import hooks
from pulumi_eks_pod_identity._run.outputs import Gated, Resolved, ValueOrOutput, apply_all, check_when_known, gate_on
from pulumi_eks_pod_identity._run.program import late_input_error
from pulumi_eks_pod_identity._run.propagation import PropagatedAssociation
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount, by_key
from pulumi_eks_pod_identity.errors import NOT_SHOWN


@dataclass(frozen=True, slots=True)
class AssociationSettings:
    """What all associations of a component have in common.

    Attributes:
        role_arn: The role.
        target_role_arn: The target role.
        region: The region, if given.
        tags: Their tags.
        propagation_seconds: How long to wait after one is created or changed.
    """

    role_arn: pulumi.Input[str]
    target_role_arn: pulumi.Input[str] | None
    region: ValueOrOutput[str] | None
    tags: Tags
    propagation_seconds: int


def create_associations(
    component: str,
    bound: Sequence[BoundServiceAccount],
    settings: AssociationSettings,
    parent: pulumi.Resource,
    depends_on: pulumi.Input[Sequence[pulumi.Input[pulumi.Resource]]],
) -> list[aws.eks.PodIdentityAssociation]:
    """Create one association for each of *bound*."""
    shared_hooks = hooks()
    changed = [shared_hooks.association_change_hook()] if settings.propagation_seconds else None
    associations: list[aws.eks.PodIdentityAssociation] = []
    for index, item in enumerate(bound):
        child = association_name(component, item)
        association = PropagatedAssociation(
            child,
            cluster_name=item.cluster,
            namespace=item.namespace,
            service_account=item.service_account,
            role_arn=settings.role_arn,
            target_role_arn=settings.target_role_arn,
            policy=item.session_policy,
            disable_session_tags=None if item.session_tags else True,
            region=settings.region,
            tags=settings.tags,
            opts=pulumi.ResourceOptions(
                parent=parent,
                depends_on=depends_on,
                # EKS allows one association per ServiceAccount, so the old one is deleted first.
                delete_before_replace=True,
                replacement_trigger=_replacement_trigger(item, settings),
                aliases=_aliases(parent, component, bound, index),
                hooks=pulumi.ResourceHookBinding(
                    after_create=changed,
                    after_update=changed,
                    on_error=[shared_hooks.association_error_hook(child, component)],
                ),
            ),
        )
        association.delay(shared_hooks.changes, settings.propagation_seconds)
        associations.append(association)
    return associations


def association_name(component: str, item: BoundServiceAccount) -> str:
    """Return the name of an association in the program."""
    return f"{component}-association" if item.suffix is None else f"{component}-association-{item.suffix}"


def association_outputs(
    subject: str,
    bound: Sequence[BoundServiceAccount],
    scope: AwsScope,
    associations: Sequence[aws.eks.PodIdentityAssociation],
) -> dict[str, Any]:
    """Return the ids of the associations and their external ids, each computed and compared with the one from EKS."""
    external_ids = [
        _check_external_id(subject, item, scope, association)
        for item, association in zip(bound, associations, strict=True)
    ]
    only = associations[0] if len(associations) == 1 else None
    return {
        "association_id": only.association_id if only else None,
        "association_arn": only.association_arn if only else None,
        "external_id": Gated(external_ids[0], associations) if only else None,
        "association_ids": by_key(bound, [item.association_id for item in associations]),
        "external_ids": Gated(by_key(bound, external_ids), associations),
    }


def _check_external_id(
    subject: str, item: BoundServiceAccount, scope: AwsScope, association: aws.eks.PodIdentityAssociation
) -> ValueOrOutput[str]:
    # At preview EKS has not generated one, so the computed one is returned, and known.
    parts = [scope.region, scope.account, item.cluster, item.namespace, item.service_account]
    computed = apply_all(bindings.external_id, *parts)
    if pulumi.runtime.is_dry_run():
        return computed

    def compare(known: Resolved) -> None:
        *own, actual = known.value
        expected = bindings.external_id(*own)
        if actual and actual != expected:
            secrets = {known.value[index] for (index,) in known.secrets}
            sent, trusted = _without_secrets(actual, secrets), _without_secrets(expected, secrets)
            problem = Problem(
                ("region",),
                f"EKS gave the association the external id {sent}, but target roles trust {trusted}, so they refuse "
                "its pods.",
                "Set 'account_id' and 'region' to those of the cluster, or remove them so that they are looked up.",
            )
            raise late_input_error(subject, [problem])

    return gate_on(computed, check_when_known([*parts, association.external_id], compare))


def _without_secrets(external_id: str, secrets: AbstractSet[str]) -> str:
    """Return an external id in quotes, without those of its parts that are secret."""
    parts = [external_id] if external_id in secrets else external_id.split("/")
    return quote("/".join(NOT_SHOWN if part in secrets else part for part in parts))


def _replacement_trigger(item: BoundServiceAccount, settings: AssociationSettings) -> str:
    """Return a value that changes when the association must be replaced.

    EKS keeps a target role or session policy that an update no longer mentions, so removing one takes effect only if
    the association is created again. Changing one updates the association in place.
    """
    parts = [
        "target" if settings.target_role_arn is not None else "",
        "session-policy" if item.session_policy is not None else "",
    ]
    return "+".join(part for part in parts if part) or "plain"


def _aliases(
    parent: pulumi.Resource, component: str, bound: Sequence[BoundServiceAccount], index: int
) -> list[pulumi.Input[str | pulumi.Alias]]:
    """Keep an association when a component moves between the short form and bindings.

    The short form's name does not contain its ServiceAccount, so the first binding takes it over.
    """
    item = bound[index]
    if item.suffix is not None:
        return [_child_urn(parent, f"{component}-association")] if index == 0 else []
    if isinstance(item.namespace, str) and isinstance(item.service_account, str):
        suffix = bindings.child_suffix(item.namespace, item.service_account)
        return [_child_urn(parent, f"{component}-association-{suffix}")]
    return []


def _child_urn(parent: pulumi.Resource, child: str) -> pulumi.Output[str]:
    """Return the URN of the association called *child*; a `pulumi.Alias` would create four times as many outputs."""

    def build(urn: str) -> str:
        stack, project, types, _ = urn.split("::", 3)
        return f"{stack}::{project}::{types}${ASSOCIATION_TYPE}::{child}"

    return parent.urn.apply(build)
