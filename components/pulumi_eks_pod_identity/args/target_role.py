"""The arguments of `PodIdentityTargetRole`, in the order in which a reader meets them."""

from collections.abc import Sequence
from typing import Any, NotRequired

import pulumi

from pulumi_eks_pod_identity.args.enums import AssumedBy
from pulumi_eks_pod_identity.args.shared import (
    PodIdentityBinding,
    PolicyKeys,
    RoleKeys,
    ScopeKeys,
    ServiceAccountKeys,
    TagKeys,
)


class PodIdentityTargetRoleArgs(ServiceAccountKeys, RoleKeys, PolicyKeys, ScopeKeys, TagKeys):
    """Arguments of PodIdentityTargetRole."""

    source_role_arn: pulumi.Input[str]
    """ARN of the role that the association names, in the account of the cluster. It need not exist yet.

    If PodIdentity has a role name, pass the ARN as plain text: then neither role waits for the other.

    Required.
    """

    assumed_by: NotRequired[AssumedBy]
    """Who assumes the role: EKS, through an association, or the workload's own code.

    If the workload's own code does, choose external ids yourself, or none.

    Default: eks.
    """

    external_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """External ids that EKS sends for the associations that may use the role.

    Of the form region/account/cluster/namespace/service-account, with at most 1,224 characters.

    Default: computed from the cluster and the ServiceAccounts; none if the workload's own code assumes the role.
    """

    cluster_name: NotRequired[pulumi.Input[str]]
    """Name of the EKS cluster.

    1 to 100 letters, digits, hyphens and underscores; not an ARN.

    Default: none; give external ids, or the cluster and its ServiceAccounts.
    """

    cluster_region: NotRequired[pulumi.Input[str]]
    """Region of the cluster. It may differ from the provider's region.

    Default: none; required with a cluster name.
    """

    cluster_account_id: NotRequired[pulumi.Input[str]]
    """Account of the cluster, twelve digits in quotes.

    Default: the account of the source role, which is the same.
    """

    bindings: NotRequired[Sequence[PodIdentityBinding]]
    """Several ServiceAccounts that may use the role, instead of namespace and ServiceAccount.

    Their order does not matter; session policies in them have no effect here.

    Default: none.
    """

    extra_trust_statements: NotRequired[pulumi.Input[Sequence[pulumi.Input[Any]]]]
    """Statements to append to the trust policy of the role.

    Each names a principal and no resource. The whole trust policy must pass the rules of the policy pack.

    Default: none.
    """
