"""The arguments of `PodIdentityTargetRole`, in the order in which a reader meets them."""

from collections.abc import Sequence
from typing import Any, NotRequired

import pulumi

from pulumi_eks_pod_identity.args.binding import PodIdentityBinding
from pulumi_eks_pod_identity.args.enums import AssumedBy
from pulumi_eks_pod_identity.args.shared import PolicyKeys, RoleKeys, ScopeKeys, ServiceAccountKeys, TagKeys


class PodIdentityTargetRoleArgs(ServiceAccountKeys, RoleKeys, PolicyKeys, ScopeKeys, TagKeys):
    """Arguments of PodIdentityTargetRole."""

    source_role_arn: pulumi.Input[str]
    """ARN of the role that the association names, in the account of the cluster. It need not exist yet.

    Plain text, so that neither role waits for the other, if PodIdentity is given a role name.

    Required.
    """

    assumed_by: NotRequired[AssumedBy]
    """Who assumes the role: EKS, through an association, or the workload's own code.

    For the workload's own code the external ids are yours to choose, or none.

    Default: eks.
    """

    external_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """External ids that EKS sends for the associations that may use the role.

    Of the form region/account/cluster/namespace/service-account, at most 1,224 characters.

    Default: computed from the cluster and the ServiceAccounts; none if the workload's own code assumes the role.
    """

    cluster_name: NotRequired[pulumi.Input[str]]
    """Name of the EKS cluster.

    1 to 100 letters, digits, hyphens and underscores; not an ARN.

    Default: none; give external ids, or the cluster and its ServiceAccounts.
    """

    cluster_region: NotRequired[pulumi.Input[str]]
    """Region of the cluster, which may be another than that of the provider.

    Default: none; required with the name of the cluster.
    """

    cluster_account_id: NotRequired[pulumi.Input[str]]
    """Account of the cluster, twelve digits in quotes.

    Default: the account of the source role, which is the same.
    """

    bindings: NotRequired[Sequence[PodIdentityBinding]]
    """Several ServiceAccounts that may use the role, instead of namespace and ServiceAccount.

    Their order changes nothing; session policies in them have no meaning here.

    Default: none.
    """

    extra_trust_statements: NotRequired[pulumi.Input[Sequence[pulumi.Input[Any]]]]
    """Statements to append to the trust policy of the role.

    Each names a principal and no resource. The whole trust policy must pass the rules of the policy pack.

    Default: none.
    """
