"""The arguments of `PodIdentityRole`, in the order in which a reader meets them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from eks_pod_identity.documents.source_trust import TrustScope
from pulumi_eks_pod_identity.binding_args import PodIdentityBinding
from pulumi_eks_pod_identity.choices import PolicyKind


class PodIdentityRoleArgs(TypedDict):
    """Arguments of PodIdentityRole."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster.

    1 to 100 letters, digits, hyphens and underscores; not an ARN.

    Required.
    """

    namespace: NotRequired[pulumi.Input[str]]
    """Name of the Kubernetes namespace of the ServiceAccount. It need not exist yet.

    An RFC 1123 label of at most 63 characters. Wildcards are refused: EKS matches exact names only.

    Default: none; give namespace and ServiceAccount, or bindings, where the trust scope is narrower than the cluster.
    """

    service_account: NotRequired[pulumi.Input[str]]
    """Name of the Kubernetes ServiceAccount. It need not exist yet.

    An RFC 1123 subdomain of at most 253 characters. Wildcards are refused: EKS matches exact names only.

    Default: none; give namespace and ServiceAccount, or bindings, where the trust scope is narrower than the cluster.
    """

    bindings: NotRequired[pulumi.Input[Sequence[pulumi.Input[PodIdentityBinding]]]]
    """Several ServiceAccounts for the role, instead of namespace and ServiceAccount.

    Their order changes nothing. The same cluster, namespace and ServiceAccount twice is refused. A session policy
    here says only that the binding has no session tags.

    Default: none.
    """

    role_name: NotRequired[pulumi.Input[str]]
    """Name of the role.

    1 to 64 letters, digits and + = , . @ _ -. Unique in the account, ignoring case.

    Default: the name of the component, the cluster and the region, joined by hyphens and shortened with a hash.
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

    3,600 to 43,200. It has no effect on pods: sessions assumed by AWS services do not look at it.

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

    trust_scope: NotRequired[pulumi.Input[TrustScope]]
    """How narrowly the trust policy of the role is written.

    A trust policy has at most 2,048 characters; many bindings need a broader scope, or several roles. Without session
    tags everything narrower than the account is scoped to the cluster.

    Default: service_account.
    """

    extra_trust_statements: NotRequired[pulumi.Input[Sequence[pulumi.Input[Any]]]]
    """Statements to append to the trust policy of the role.

    Each names a principal and no resource. A condition that pods can never meet is refused.

    Default: none.
    """

    irsa_provider_arn: NotRequired[pulumi.Input[str]]
    """ARN of the IAM OIDC provider of the cluster: the role trusts it as well, for the same ServiceAccounts.

    The step between IRSA and Pod Identity in which pods of both kinds work.

    Default: none.
    """

    disable_session_tags: NotRequired[pulumi.Input[bool]]
    """Whether the associations of the role have session tags turned off, so that the trust is scoped without them.

    EKS turns them off where an association has a session policy. Without tags no condition on them can match.

    Default: false.
    """

    account_id: NotRequired[pulumi.Input[str]]
    """Account of the cluster, twelve digits in quotes.

    Default: looked up with the AWS provider.
    """

    partition: NotRequired[pulumi.Input[str]]
    """Partition of the cluster, such as aws, aws-cn or aws-us-gov.

    Default: looked up with the AWS provider.
    """

    region: NotRequired[pulumi.Input[str]]
    """Region of the cluster.

    Default: looked up with the AWS provider.
    """

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every role, policy, association and add-on that is created.

    At most 50; keys of 1 to 128 and values of up to 256 characters; aws: is reserved, and so are the names of session
    tags. The provider's default tags are added by the provider.

    Default: none.
    """
