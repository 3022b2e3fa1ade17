"""What only one component of a program may own: the agent of a cluster, a role name, an association.

AWS refuses a second one in the middle of an update, and its message names neither component. Here it is refused at
preview, with both names.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pulumi
from pulumi.resource import DependencyResource

from eks_pod_identity.errors import Path, Problem
from eks_pod_identity.values import names
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, has_outputs
from pulumi_eks_pod_identity._run.program import get_for_run, inside_plugin
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount
from pulumi_eks_pod_identity._validation.models import RoleModel
from pulumi_eks_pod_identity.args.enums import PolicyKind


class Claim(NamedTuple):
    """Something that only one component may own.

    Attributes:
        path: The argument that asks for it.
        resource_type: What it is, such as "role".
        identity: What identifies it among others of its type. Parts may be outputs: the same output counts as the same
            value.
        rule: What is wrong if another component, {owner}, owns it.
        fix: What to do about it.
    """

    path: Path
    resource_type: str
    identity: tuple[object, ...]
    rule: str
    fix: str


@dataclass
class _Owners:
    """The owners of what was claimed in this run."""

    owners: dict[tuple[Hashable, ...], tuple[object, str]] = field(
        default_factory=dict[tuple[Hashable, ...], tuple[object, str]]
    )
    # An output is identified by its id, which is valid only while its object lives.
    outputs: list[object] = field(default_factory=list[object])

    def claim(self, claim: Claim, claimant: object, subject: str) -> Problem | None:
        key = (claim.resource_type, *(self._key(part) for part in claim.identity))
        owner, name = self.owners.setdefault(key, (claimant, subject))
        if owner is claimant:
            return None
        name = f"Another {name}" if name == subject else name
        return Problem(claim.path, claim.rule.replace("{owner}", name), claim.fix)

    def _key(self, part: object) -> Hashable:
        if not has_outputs(part):
            return str(part)
        self.outputs.append(part)
        return id(part)


def claim_all(claims: Iterable[Claim], claimant: object, subject: str) -> list[Problem]:
    """Record that *claimant* owns everything in *claims*; return a problem for each that another component owns.

    *claimant* is one object per component, and *subject* is the component as errors name it.
    """
    claimed = list(claims)
    if not claimed:
        return []  # an add-on's association claims nothing, and needs no engine
    owners = get_for_run(_Owners)
    return [problem for claim in claimed if (problem := owners.claim(claim, claimant, subject)) is not None]


def provider_identity(provider: pulumi.ProviderResource | None) -> object:
    """Return what identifies a provider: its object, or its URN in a plugin, where each component has new objects."""
    if provider is None:
        return ""
    return provider.urn if inside_plugin.get() else id(provider)


def role_claim(argument: str, scope: AwsScope, name: ValueOrOutput[str]) -> Claim:
    """Claim a role, whose name is unique in an account, ignoring case; *argument* is the one that names it."""
    return Claim(
        (argument,),
        "role",
        (scope.account, _lower(name)),
        "{owner} creates a role of the same name" + _parenthesize(name) + ", and role names are unique in an account.",
        f"Give one of them a different '{argument}'.",
    )


def managed_policy_claims(scope: AwsScope, role: ValueOrOutput[str], model: RoleModel) -> Iterator[Claim]:
    """Claim the managed policies of *role*, whose names are unique in an account too."""
    if model.policy_kind is not PolicyKind.MANAGED or not isinstance(role, str):
        return
    path = model.role_path
    if path is not None and not isinstance(path, str):
        return
    for key in model.policies:
        policy = names.default_policy_name(role, key, path)
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


def role_child_claims(
    parent: pulumi.Resource | None, component_type: str, prefix: str, policies: Iterable[str]
) -> Iterator[Claim]:
    """Claim the names of children: `a` with a target role and `a-target` would both have a child `a-target-role`.

    *parent* is that of the component, and *prefix* begins the names of its role and of the role's *policies*.

    In the plugin a parent is only a reference to a resource of the calling program, whose type the engine alone knows.
    There the engine refuses a second child of the same name.
    """
    if isinstance(parent, DependencyResource):
        return
    for child in (f"{prefix}-role", *(f"{prefix}-policy-{key}" for key in policies)):
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
