"""The associations of an identity: each binds one ServiceAccount to the role."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from eks_pod_identity import bindings
from eks_pod_identity.errors import Problem, quoted
from pulumi_eks_pod_identity.deployment import current
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater, after, combine, ready
from pulumi_eks_pod_identity.place import Whereabouts
from pulumi_eks_pod_identity.pods import Pod
from pulumi_eks_pod_identity.propagation import SettledAssociation
from pulumi_eks_pod_identity.registration import register
from pulumi_eks_pod_identity.roles import Tags


@dataclass(frozen=True)
class AssociationPlan:
    """What all associations of an identity have in common.

    Attributes:
        role_arn: The role.
        target_role_arn: The second role, if there is one.
        region: The region, where the caller said it.
        tags: Their tags.
        wait_seconds: How long to wait after one was created or changed.
        needs: What must be there before, because EKS looks at it or pods need it at once.
    """

    role_arn: pulumi.Input[str]
    target_role_arn: pulumi.Input[str] | None
    region: MaybeLater[str] | None
    tags: Tags
    wait_seconds: int
    needs: Sequence[pulumi.Resource]


def associate(
    name: str, parent: pulumi.Resource, pods: Sequence[Pod], plan: AssociationPlan
) -> list[aws.eks.PodIdentityAssociation]:
    """Make one association for each of *pods*."""
    run = current()
    noted = [run.note()] if plan.wait_seconds else None
    made: list[aws.eks.PodIdentityAssociation] = []
    for index, pod in enumerate(pods):
        child = _child(name, pod)
        properties = aws.eks.PodIdentityAssociationArgs(
            cluster_name=pod.cluster,
            namespace=pod.namespace,
            service_account=pod.service_account,
            role_arn=plan.role_arn,
            target_role_arn=plan.target_role_arn,
            policy=pod.session_policy,
            disable_session_tags=None if pod.session_tags else True,
            region=plan.region,
            tags=plan.tags,
        )
        association = register(
            SettledAssociation,
            child,
            properties,
            pulumi.ResourceOptions(
                parent=parent,
                depends_on=list(plan.needs),
                # EKS holds one association for each ServiceAccount: a new one beside the old one is refused.
                delete_before_replace=True,
                replacement_trigger=_shape(pod, plan),
                aliases=_aliases(name, pods, index),
                hooks=pulumi.ResourceHookBinding(
                    after_create=noted, after_update=noted, on_error=[run.refusal(child, name)]
                ),
            ),
            outputs=("association_id", "association_arn", "external_id"),
        )
        association.hold_back(run.changes, plan.wait_seconds)
        made.append(association)
    return made


def checked_external_id(
    subject: str, pod: Pod, where: Whereabouts, association: aws.eks.PodIdentityAssociation
) -> pulumi.Output[str]:
    """Return the external id of an association, computed, and compared with what EKS made.

    At preview nothing is made yet, so there it stays the computed one and is known.
    """
    computed = combine(
        bindings.external_id, where.region, where.account, pod.cluster, pod.namespace, pod.service_account
    )
    if pulumi.runtime.is_dry_run():
        return after(computed, ready([association]))

    def compare(expected: str, actual: str | None) -> str:
        if actual and actual != expected:
            problem = Problem(
                ("region",),
                f"EKS gave the association the external id {quoted(actual)}, but target roles were made to trust "
                f"{quoted(expected)}, so that they refuse its pods.",
                "Give 'account_id' and 'region' of the cluster, or remove them so that they are looked up.",
            )
            raise PodIdentityInputError(subject, [problem])
        return expected

    return association.external_id.apply(lambda actual: combine(compare, computed, actual))


def _child(name: str, pod: Pod) -> str:
    return f"{name}-association" if pod.suffix is None else f"{name}-association-{pod.suffix}"


def _shape(pod: Pod, plan: AssociationPlan) -> str:
    """Name what an association has. Its change replaces it.

    EKS leaves a target role or a session policy in place when an update no longer mentions it, so removing one is only
    real when the association is made anew. What one of them says can change in place.
    """
    parts = [
        "target" if plan.target_role_arn is not None else "",
        "session-policy" if pod.session_policy is not None else "",
    ]
    return "+".join(part for part in parts if part) or "plain"


def _aliases(name: str, pods: Sequence[Pod], index: int) -> list[pulumi.Alias]:
    """Keep an association when an identity moves between the short form and bindings.

    The short form's name does not tell its pair, so the first of the bindings takes it over.
    """
    pod = pods[index]
    if pod.suffix is not None:
        return [pulumi.Alias(name=f"{name}-association")] if index == 0 else []
    if isinstance(pod.namespace, str) and isinstance(pod.service_account, str):
        return [pulumi.Alias(name=f"{name}-association-{bindings.child_suffix(pod.namespace, pod.service_account)}")]
    return []
