"""The arguments of `PodIdentity`, in the order in which a reader meets them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from eks_pod_identity.documents.source_trust import TrustScope
from pulumi_eks_pod_identity.binding_args import PodIdentityBinding
from pulumi_eks_pod_identity.choices import AgentMode, PolicyKind


class PodIdentityArgs(TypedDict):
    """Arguments of PodIdentity."""

    # Who: the cluster and the ServiceAccounts.

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster.

    1 to 100 letters, digits, hyphens and underscores; not an ARN.

    Required.
    """

    namespace: NotRequired[pulumi.Input[str]]
    """Name of the Kubernetes namespace of the ServiceAccount. It need not exist yet.

    An RFC 1123 label of at most 63 characters. Wildcards are refused: EKS matches exact names only.

    Default: none; give namespace and ServiceAccount, or bindings.
    """

    service_account: NotRequired[pulumi.Input[str]]
    """Name of the Kubernetes ServiceAccount. It need not exist yet.

    An RFC 1123 subdomain of at most 253 characters. Wildcards are refused: EKS matches exact names only.

    Default: none; give namespace and ServiceAccount, or bindings.
    """

    bindings: NotRequired[pulumi.Input[Sequence[pulumi.Input[PodIdentityBinding]]]]
    """Several ServiceAccounts for one role, instead of namespace and ServiceAccount.

    Each is an association of its own, named after its namespace and ServiceAccount: adding, removing or reordering
    touches only those. The same cluster, namespace and ServiceAccount twice is refused. When an identity with one
    ServiceAccount moves to bindings, the pair it had stands first in that step, and nothing is replaced.

    Default: none.
    """

    # Which role.

    role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing role to use; none is created, and nothing is attached to it.

    The role is in the account of the cluster; a role of another account is a target role. Its trust policy must allow
    what the output with the trust policy shows.

    Default: a role is created.
    """

    role_name: NotRequired[pulumi.Input[str]]
    """Name of the created role.

    1 to 64 letters, digits and + = , . @ _ -. Unique in the account, ignoring case.

    Default: the name of the component, the cluster and the region, joined by hyphens and shortened with a hash.
    """

    role_path: NotRequired[pulumi.Input[str]]
    """Path of the created role.

    Begins and ends with a slash; at most 512 characters.

    Default: /
    """

    role_description: NotRequired[pulumi.Input[str]]
    """Description of the created role.

    At most 1,000 characters of Latin-1 text.

    Default: none.
    """

    permissions_boundary_arn: NotRequired[pulumi.Input[str]]
    """ARN of the managed policy that bounds what the created roles can ever do, the target role excepted.

    Default: none.
    """

    max_session_duration_seconds: NotRequired[pulumi.Input[int]]
    """Longest session of the created role when people assume it.

    3,600 to 43,200. It has no effect on pods: sessions assumed by AWS services do not look at it.

    Default: set by AWS, 3,600.
    """

    # What the role may do.

    policies: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Any]]]]
    """Permissions of the created role: policy documents by a name of your choice, each a map or JSON text.

    The name, of at most 128 characters, is that of the policy in AWS and in the program. Reordering touches nothing;
    renaming touches that one.
    Inline policies have at most 10,240 characters together, managed ones 6,144 each, without white space.

    Default: none.
    """

    managed_policy_arns: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """ARNs of managed policies to attach to the created role, by a name of your choice.

    At most 25, together with the managed ones of the policies. Under another name a policy stays attached.

    Default: none.
    """

    policy_kind: NotRequired[pulumi.Input[PolicyKind]]
    """How the policies are kept: inside the role, or as managed policies of their own.

    Default: inline.
    """

    # Who may become the role.

    trust_scope: NotRequired[pulumi.Input[TrustScope]]
    """How narrowly the trust policy of the created role is written.

    A trust policy has at most 2,048 characters; many bindings need a broader scope, or several roles. Without session
    tags everything narrower than the account is scoped to the cluster.

    Default: service_account.
    """

    extra_trust_statements: NotRequired[pulumi.Input[Sequence[pulumi.Input[Any]]]]
    """Statements to append to the trust policy of the created role.

    Each names a principal and no resource. A condition that pods can never meet is refused.

    Default: none.
    """

    irsa_provider_arn: NotRequired[pulumi.Input[str]]
    """ARN of the IAM OIDC provider of the cluster: the role trusts it as well, for the same ServiceAccounts.

    The step between IRSA and Pod Identity in which pods of both kinds work.

    Default: none.
    """

    # How far a session goes.

    session_policy: NotRequired[pulumi.Input[Any]]
    """Session policy, a map or JSON text: narrows what the pods may do below what the role allows.

    At most 2,048 characters when compact. With a target role it narrows the target role only. It turns session tags
    off, and so scopes the trust policy by cluster. Adding or removing it replaces the association.

    Default: none.
    """

    disable_session_tags: NotRequired[pulumi.Input[bool]]
    """Whether EKS sends no session tags.

    Without tags no condition on them can match, in no policy. Must not be false with a session policy.

    Default: true where there is a session policy, else false.
    """

    # The second role.

    target_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing role, in any account of the partition, that EKS assumes through the role.

    Its trust policy must allow what the output with the target's trust policy shows. Adding or removing it replaces
    the association.

    Default: none.
    """

    create_target_role: NotRequired[pulumi.Input[bool]]
    """Whether to create the target role, in the same account or with the target provider in that one's.

    The target provider is a keyword of the Python class; from other languages use PodIdentityTargetRole.

    Default: false.
    """

    target_role_name: NotRequired[pulumi.Input[str]]
    """Name of the created target role.

    1 to 64 letters, digits and + = , . @ _ -. Unique in its account, ignoring case.

    Default: the name of the component with -target, the cluster and the region, shortened with a hash.
    """

    target_policies: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[Any]]]]
    """Permissions of the created target role: inline policy documents by a name of your choice.

    At most 10,240 characters together, without white space; names of at most 128.

    Default: none.
    """

    target_managed_policy_arns: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """ARNs of managed policies to attach to the created target role, by a name of your choice.

    At most 25. Under another name a policy stays attached.

    Default: none.
    """

    # What is around it.

    agent: NotRequired[pulumi.Input[AgentMode]]
    """Who runs the agent that hands credentials to pods.

    Two managed agents for one cluster in one program are an error.

    Default: existing.
    """

    create_service_account: NotRequired[pulumi.Input[bool]]
    """Whether to create the Kubernetes ServiceAccounts, for workloads whose charts do not bring their own.

    Only in the cluster of the component.

    Default: false.
    """

    service_account_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the created ServiceAccounts.

    Default: none.
    """

    service_account_annotations: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Annotations of the created ServiceAccounts. Pod Identity needs none.

    Default: none.
    """

    create_namespace: NotRequired[pulumi.Input[bool]]
    """Whether to create the namespaces of the created ServiceAccounts, too.

    Default: false.
    """

    propagation_seconds: NotRequired[pulumi.Input[int]]
    """How long to wait after an association was created or changed before anything that depends on it.

    Associations take some seconds to take effect, and a pod admitted before never gets credentials. 0 to 600; never at
    preview; 0 turns the wait off.

    Default: 15.
    """

    # Where.

    account_id: NotRequired[pulumi.Input[str]]
    """Account of the cluster, twelve digits in quotes.

    Default: looked up with the AWS provider.
    """

    partition: NotRequired[pulumi.Input[str]]
    """Partition of the cluster, such as aws, aws-cn or aws-us-gov.

    Default: looked up with the AWS provider.
    """

    region: NotRequired[pulumi.Input[str]]
    """Region of the cluster. Associations and agent are created there.

    Default: looked up with the AWS provider.
    """

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags on every role, policy, association and add-on that is created.

    At most 50; keys of 1 to 128 and values of up to 256 characters; aws: is reserved, and so are the names of session
    tags. The provider's default tags are added by the provider.

    Default: none.
    """
