"""What only one component may own, because it is unique in AWS, in Kubernetes or in the program."""

from collections.abc import Iterable, Iterator, Sequence

import pulumi
from pulumi.resource import DependencyResource

from eks_pod_identity.values import names
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.claims import Claim
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount


def role_claims(
    argument: str,
    scope: AwsScope,
    name: ValueOrOutput[str],
    managed_policies: Iterable[str] = (),
    path: ValueOrOutput[str] | None = None,
) -> Iterator[Claim]:
    """Claim a role and its managed policies: their names are unique in an account, ignoring case."""
    yield Claim(
        (argument,),
        "role",
        (scope.account, _lower(name)),
        "{owner} creates a role of the same name" + _parenthesize(name) + ", and role names are unique in an account.",
        f"Give one of them a different '{argument}'.",
    )
    for key in managed_policies:
        if isinstance(name, str) and (path is None or isinstance(path, str)):
            policy = names.default_policy_name(name, key, path)
            yield Claim(
                ("policies", key),
                "policy",
                (scope.account, policy.lower()),
                "{owner} creates a managed policy of the same name"
                + _parenthesize(policy)
                + ", and policy names are unique.",
                "Rename this policy.",
            )


def association_claims(scope: AwsScope, bound: Sequence[BoundServiceAccount]) -> Iterator[Claim]:
    """Claim the association of each ServiceAccount."""
    for index, item in enumerate(bound):
        yield Claim(
            ("service_account",) if item.suffix is None else ("bindings", index),
            "association",
            (scope.account, scope.region, item.cluster, item.namespace, item.service_account),
            "{owner} already has an association for this ServiceAccount"
            + _parenthesize(item.key)
            + ", and EKS allows one per ServiceAccount.",
            "Remove it from one of the two components.",
        )


def service_account_claims(
    provider: object, bound: Sequence[BoundServiceAccount], *, with_namespaces: bool
) -> Iterator[Claim]:
    """Claim the ServiceAccounts and namespaces that are created."""
    for item in bound:
        yield Claim(
            ("create_service_account",),
            "ServiceAccount",
            (provider, item.namespace, item.service_account),
            "{owner} already creates this ServiceAccount" + _parenthesize(item.key) + ".",
            "Leave 'create_service_account' to one of the two components.",
        )
    for item in bound if with_namespaces else ():
        yield Claim(
            ("create_namespace",),
            "namespace",
            (provider, item.namespace),
            "{owner} already creates this namespace" + _parenthesize(item.namespace) + ".",
            "Leave 'create_namespace' to one of the two components.",
        )


def agent_claim(
    argument: str, cluster: ValueOrOutput[str], provider: object, region: ValueOrOutput[str | None]
) -> Claim:
    """Claim the agent of a cluster; *argument* is the one that installs it."""
    return Claim(
        (argument,),
        "agent",
        (cluster, provider, region),
        "{owner} already installs the agent on the cluster" + _parenthesize(cluster) + ", and a cluster has only one.",
        f"Leave it to one of the two, for example to a PodIdentityAgent, and set '{argument}' to \"existing\" here.",
    )


def child_claims(parent: pulumi.Resource | None, component_type: str, children: Iterable[str]) -> Iterator[Claim]:
    """Claim the names of children: `a` with a target role and `a-target` would both have a child `a-target-role`.

    In the plugin a parent is only a reference to a resource of the calling program, whose type the engine alone knows.
    There the engine refuses a second child of the same name.
    """
    if isinstance(parent, DependencyResource):
        return
    for child in children:
        yield Claim(
            ("name",),
            "child",
            ("" if parent is None else parent._type, component_type, child),  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # the type is part of the URN of every child
            "{owner} has a child of the same name" + _parenthesize(child) + ", so both would have the same URN.",
            "Rename one of the two components.",
        )


def _lower(name: ValueOrOutput[str]) -> ValueOrOutput[str]:
    return name.lower() if isinstance(name, str) else name


def _parenthesize(name: object) -> str:
    return f' ("{name}")' if isinstance(name, str) else ""
