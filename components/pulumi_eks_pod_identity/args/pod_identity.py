"""The arguments of `PodIdentity`, in the order in which a reader meets them."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired

import pulumi

from pulumi_eks_pod_identity.args.enums import AgentMode
from pulumi_eks_pod_identity.args.shared import (
    PodIdentityBinding,
    PolicyKeys,
    RegionKeys,
    RoleKeys,
    ScopeKeys,
    ServiceAccountKeys,
    TagKeys,
    TrustKeys,
)


class PodIdentityArgs(ServiceAccountKeys, RoleKeys, PolicyKeys, TrustKeys, ScopeKeys, RegionKeys, TagKeys):
    """Arguments of PodIdentity."""

    # Who: the cluster and the ServiceAccounts.

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster.

    1 to 100 letters, digits, hyphens and underscores; not an ARN.

    Required.
    """

    bindings: NotRequired[Sequence[PodIdentityBinding]]
    """Several ServiceAccounts for one role, instead of namespace and ServiceAccount.

    Each has its own association, named after its namespace and ServiceAccount: adding or removing one affects no
    other, and their order does not matter. Duplicates are refused. When you move from one ServiceAccount to bindings,
    list that ServiceAccount first in that step; then nothing is replaced.

    Default: none.
    """

    # Which role.

    role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing role to use; none is created, and nothing is attached to it.

    The role must be in the account of the cluster; for another account, use a target role. Its trust policy must allow
    what the trust policy output shows. With a target role, one of its policies must allow `sts:AssumeRole` and
    `sts:TagSession` on the ARN of the target role.

    Default: a role is created.
    """

    # How far a session goes.

    session_policy: NotRequired[pulumi.Input[Any]]
    """Session policy, a map or JSON text. Restricts the pods to a part of what the role allows.

    At most 2,048 characters when compact. With a target role it narrows the target role only. It disables session
    tags, so the trust policy is scoped to the cluster. Adding or removing it replaces the association.

    Default: none.
    """

    disable_session_tags: NotRequired[bool]
    """Whether to disable session tags.

    Without session tags no condition on them can match, in any policy. Must not be false with a session policy.

    Default: true if there is a session policy, else false.
    """

    # The target role.

    target_role_arn: NotRequired[pulumi.Input[str]]
    """ARN of an existing role, in any account of the partition, that EKS assumes through the role.

    Its trust policy must allow what the target trust policy output shows. Adding or removing it replaces the
    association.

    Default: none.
    """

    create_target_role: NotRequired[bool]
    """Whether to create the target role, in the same account or, with the target provider, in another one.

    The target provider is a keyword of the Python class; from other languages use PodIdentityTargetRole.

    Default: false.
    """

    target_role_name: NotRequired[pulumi.Input[str]]
    """Name of the created target role.

    1 to 64 letters, digits and + = , . @ _ -. Unique in its account, ignoring case.

    Default: the component with -target, the cluster and the region, with a hash that differs between projects and
    stacks.
    """

    target_policies: NotRequired[Mapping[str, pulumi.Input[Any]]]
    """Permissions of the created target role: inline policy documents by a name of your choice.

    At most 10,240 characters together, without white space; names have at most 128.

    Default: none.
    """

    target_managed_policy_arns: NotRequired[Mapping[str, pulumi.Input[str]]]
    """ARNs of managed policies to attach to the created target role, by a name of your choice.

    At most 25. Renaming an entry keeps its policy attached.

    Default: none.
    """

    # What is around it.

    agent: NotRequired[AgentMode]
    """Who runs the agent that hands credentials to pods.

    Two managed agents for one cluster in one program are an error.

    Default: existing.
    """

    create_service_account: NotRequired[bool]
    """Whether to create the Kubernetes ServiceAccounts, for workloads whose charts do not create them.

    Only in the cluster of the component.

    Default: false.
    """

    service_account_labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the created ServiceAccounts.

    A key is a name of at most 63 characters, and before it perhaps a domain of at most 253 characters and a slash. A
    value has at most 63 characters.

    Default: none.
    """

    service_account_annotations: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Annotations of the created ServiceAccounts. Pod Identity needs none.

    Default: none.
    """

    create_namespace: NotRequired[bool]
    """Whether to create the namespaces of the created ServiceAccounts too.

    Default: false.
    """

    propagation_seconds: NotRequired[int]
    """Seconds to wait after an association is created or changed, before anything that depends on it.

    Associations take a few seconds to take effect, and a pod that starts earlier never gets credentials. 0 to 600; 0
    turns the wait off. Previews never wait.

    Default: 15.
    """
