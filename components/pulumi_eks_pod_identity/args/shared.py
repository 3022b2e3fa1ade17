"""Arguments that several components have, each described once."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from eks_pod_identity.documents.source_trust import TrustScope
from pulumi_eks_pod_identity.args.enums import PolicyKind


class ServiceAccountKeys(TypedDict):
    """The one ServiceAccount of a component."""

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


class PodIdentityBinding(TypedDict):
    """One of several ServiceAccounts that share a role."""

    namespace: str
    """Name of the Kubernetes namespace. It need not exist yet.

    An RFC 1123 label of at most 63 characters. Wildcards are refused: EKS matches exact names only.

    Required.
    """

    service_account: str
    """Name of the Kubernetes ServiceAccount. It need not exist yet.

    An RFC 1123 subdomain of at most 253 characters. Wildcards are refused.

    Required.
    """

    cluster_name: NotRequired[str]
    """Name of another cluster in the same account and region, for one identity on a blue and a green cluster.

    Default: the cluster of the component.
    """

    session_policy: NotRequired[pulumi.Input[Any]]
    """Session policy of this binding alone, a map or JSON text. Restricts its pods to a part of what the role allows.

    At most 2,048 characters when compact. It disables session tags for this binding, so its part of the trust policy
    is scoped to the cluster.

    Default: the session policy of the component, if there is one.
    """


class RoleKeys(TypedDict):
    """The created role."""

    role_name: NotRequired[pulumi.Input[str]]
    """Name of the created role.

    1 to 64 letters, digits and + = , . @ _ -. Unique in the account, ignoring case. Changing it creates the new role
    before the old one is deleted.

    Default: the component, the cluster and the region, with a hash that differs between projects and stacks.
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
    """ARN of the permissions boundary of the created role. PodIdentity does not apply it to the target role.

    Default: none.
    """

    max_session_duration_seconds: NotRequired[pulumi.Input[int]]
    """Maximum session duration of the created role when people assume it.

    3,600 to 43,200. It has no effect on pods: EKS chooses the length of their sessions, and role chaining limits
    a session to one hour.

    Default: 3,600.
    """


class PolicyKeys(TypedDict):
    """The permissions of the created role."""

    policies: NotRequired[Mapping[str, pulumi.Input[Any]]]
    """Permissions of the created role: policy documents by a name of your choice, each a map or JSON text.

    The name, at most 128 characters, is used in AWS and in the names of resources. Order does not matter; renaming a
    policy affects only that one.
    Inline policies have at most 10,240 characters together, managed ones 6,144 each, without white space.

    Default: none.
    """

    managed_policy_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """ARNs of managed policies to attach to the created role, by a name of your choice.

    At most 25, including the policies if they are managed. Renaming an entry keeps its policy attached.

    Default: none.
    """

    policy_kind: NotRequired[PolicyKind]
    """Whether `policies` become inline policies or customer managed policies.

    Default: inline.
    """

    exclusive_policies: NotRequired[bool]
    """Whether the component alone owns the policies of the created role.

    `pulumi preview --refresh` then shows policies that were attached by hand, and `pulumi up --refresh` removes them.
    Without a refresh, nothing is shown. It does not create missing policies.

    Default: false.
    """


class TrustKeys(TypedDict):
    """Who may assume the created role."""

    trust_scope: NotRequired[TrustScope]
    """How narrow the trust policy of the created role is.

    A trust policy has at most 2,048 characters; many bindings need a broader scope, or several roles. Without session
    tags, every scope narrower than the account means the cluster.

    Default: service_account.
    """

    extra_trust_statements: NotRequired[pulumi.Input[Sequence[pulumi.Input[Any]]]]
    """Statements to append to the trust policy of the created role.

    Each names a principal and no resource. The whole trust policy must pass the rules of the policy pack.

    Default: none.
    """

    irsa_provider_arn: NotRequired[pulumi.Input[str]]
    """ARN of the cluster's IAM OIDC provider, which the role then trusts as well, for the same ServiceAccounts.

    For migrating from IRSA: pods get credentials either way. ServiceAccounts of other clusters are left out.

    Default: none.
    """

    assumable_role_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """ARNs of roles, in any account, that the workload assumes itself, by a name of your choice.

    Grants the created role `sts:AssumeRole` and `sts:TagSession` on each. For Argo CD, ExternalDNS in several accounts
    or Terraform runners; a role that EKS assumes for the workload is a target role instead.

    Default: none.
    """


class ScopeKeys(TypedDict):
    """The account and partition of a component."""

    account_id: NotRequired[pulumi.Input[str]]
    """Account to create the resources in, twelve digits in quotes. Credentials of another account are refused.

    Default: looked up with the AWS provider.
    """

    partition: NotRequired[pulumi.Input[str]]
    """Partition of the account, such as aws, aws-cn or aws-us-gov.

    Default: looked up with the AWS provider.
    """


class RegionKeys(TypedDict):
    """The region of a component."""

    region: NotRequired[pulumi.Input[str]]
    """Region of the cluster. Associations and agent are created there.

    Default: looked up with the AWS provider.
    """


class TagKeys(TypedDict):
    """Tags of what a component creates."""

    tags: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Tags of every role, policy, association and add-on that is created.

    At most 50; keys of 1 to 128 and values of up to 256 characters; aws: is reserved, and so are the names of session
    tags. The AWS provider adds its default tags.

    Default: none.
    """
