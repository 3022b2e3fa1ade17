"""The arguments of `PodIdentityTargetRole`, in the order in which a reader meets them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from pulumi_eks_pod_identity.binding_args import PodIdentityBinding
from pulumi_eks_pod_identity.choices import PolicyKind


class PodIdentityTargetRoleArgs(TypedDict):
    """Arguments of PodIdentityTargetRole."""

    source_role_arn: pulumi.Input[str]
    """ARN of the role that the association names, in the account of the cluster. It need not exist yet.

    Plain text, so that neither role waits for the other, when PodIdentity is given a role name.

    Required.
    """

    external_ids: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """External ids that EKS sends for the associations that may reach the role.

    Of the form region/account/cluster/namespace/service-account, at most 1,224 characters.

    Default: computed from the cluster and the ServiceAccounts.
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

    namespace: NotRequired[pulumi.Input[str]]
    """Name of the Kubernetes namespace of the ServiceAccount. It need not exist yet.

    An RFC 1123 label of at most 63 characters. Wildcards are refused: EKS matches exact names only.

    Default: none; give external ids, or namespace and ServiceAccount, or bindings.
    """

    service_account: NotRequired[pulumi.Input[str]]
    """Name of the Kubernetes ServiceAccount. It need not exist yet.

    An RFC 1123 subdomain of at most 253 characters. Wildcards are refused: EKS matches exact names only.

    Default: none; give external ids, or namespace and ServiceAccount, or bindings.
    """

    bindings: NotRequired[pulumi.Input[Sequence[pulumi.Input[PodIdentityBinding]]]]
    """Several ServiceAccounts that may reach the role, instead of namespace and ServiceAccount.

    Their order changes nothing; session policies in them are of no meaning here.

    Default: none.
    """

    role_name: NotRequired[pulumi.Input[str]]
    """Name of the role.

    1 to 64 letters, digits and + = , . @ _ -. Unique in the account, ignoring case.

    Default: the name of the component, with the cluster and the region where they are given, shortened with a hash.
    """

    role_path: NotRequired[pulumi.Input[str]]
    """Path of the role.

    Begins and ends with a slash; at most 512 characters.

    Default: /
    """

    role_description: NotRequired[pulumi.Input[str]]
    """Description of the role.

    At most 1,000 characters of Latin-1 text.

    Default: none.
    """

    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """ARN of the managed policy that bounds what the role can ever do.

    Default: none.
    """

    max_session_duration_seconds: NotRequired[pulumi.Input[int]]
    """Longest session of the role when people assume it.

    3,600 to 43,200. It has no effect on pods: a session through another role has at most one hour.

    Default: set by AWS, 3,600.
    """

    policies: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Any]]]]
    """Permissions of the role: policy documents by a name of your choice, each a map or JSON text.

    The name, of at most 128 characters, is that of the policy in AWS and in the program. Reordering touches nothing;
    renaming touches that one.
    Inline policies have at most 10,240 characters together, managed ones 6,144 each, without white space.

    Default: none.
    """

    managed_policy_arns: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """ARNs of managed policies to attach to the role, by a name of your choice.

    At most 25, together with the managed ones of the policies. Under another name a policy stays attached.

    Default: none.
    """

    policy_kind: NotRequired[pulumi.Input[PolicyKind]]
    """How the policies are kept: inside the role, or as managed policies of their own.

    Default: inline.
    """

    extra_trust_statements: NotRequired[pulumi.Input[Sequence[pulumi.Input[Any]]]]
    """Statements to append to the trust policy of the role.

    Each names a principal and no resource. A condition that pods can never meet is refused.

    Default: none.
    """

    account_id: NotRequired[pulumi.Input[str]]
    """Account of the role, twelve digits in quotes.

    Default: looked up with the AWS provider.
    """

    partition: NotRequired[pulumi.Input[str]]
    """Partition of the role, such as aws, aws-cn or aws-us-gov.

    Default: looked up with the AWS provider.
    """

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every role, policy, association and add-on that is created.

    At most 50; keys of 1 to 128 and values of up to 256 characters; aws: is reserved, and so are the names of session
    tags. The provider's default tags are added by the provider.

    Default: none.
    """
