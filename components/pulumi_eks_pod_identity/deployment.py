"""What components of one program share: look-ups made once, hooks registered once, agents counted.

Kept for each run of a program by its connection to the engine. In a plugin every component has a connection of its
own, and the process serves one run only, so there agents are counted for the process.
"""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
import pulumi_aws as aws
from pulumi.runtime import settings as runtime_settings

from eks_pod_identity import association_errors
from eks_pod_identity.errors import Problem, quoted
from pulumi_eks_pod_identity.attachments import EarlierAttachments, with_hook
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater
from pulumi_eks_pod_identity.propagation import Changes

inside_plugin: ContextVar[bool] = ContextVar("inside_plugin", default=False)
"""Whether the components are constructed for a program in another language."""


@dataclass(frozen=True)
class Place:
    """The account, partition and region that a provider works in."""

    account: MaybeLater[str]
    partition: MaybeLater[str]
    region: MaybeLater[str]


@dataclass
class Deployment:
    """The shared things of one run."""

    places: dict[int, tuple[object, Place]] = field(default_factory=dict[int, tuple[object, Place]])
    changes: Changes = field(default_factory=Changes)
    attached: EarlierAttachments = field(default_factory=EarlierAttachments)
    attaching: list[pulumi.ResourceHook] = field(default_factory=list[pulumi.ResourceHook])
    noting: list[pulumi.ResourceHook] = field(default_factory=list[pulumi.ResourceHook])
    refusals: list[pulumi.ErrorHook] = field(default_factory=list[pulumi.ErrorHook])
    owners: dict[str, str] = field(default_factory=dict[str, str])

    def place(self, provider: pulumi.ProviderResource | None) -> Place:
        """Look up where *provider* works, once."""
        # The provider is kept beside its id: an id means something only while its object lives.
        known = self.places.get(id(provider))
        if known is None:
            # The default provider is there before the program, so what it says can be had as plain values: then whatever
            # is made of them is plain as well, which is known sooner and costs a fraction. A provider that the program
            # makes itself may not be ready, and a plugin must not stop to wait.
            plain = provider is None and not inside_plugin.get()
            known = (provider, _plain() if plain else _later(pulumi.InvokeOptions(provider=provider)))
            self.places[id(provider)] = known
        return known[1]

    def note(self) -> pulumi.ResourceHook:
        """Return the hook that notes when an association was created or changed."""
        if not self.noting:
            self.noting.append(pulumi.ResourceHook(_hook_name("changed"), self.changes.note))
        return self.noting[0]

    def attaching_hook(self) -> pulumi.ResourceHook:
        """Return the hook that notes what a component attached the last time."""
        if not self.attaching:
            opts = pulumi.ResourceHookOptions(on_dry_run=True)
            self.attaching.append(pulumi.ResourceHook(_hook_name("attaching"), self.attached.note, opts))
        return self.attaching[0]

    def refusal(self, child: str, component: str) -> pulumi.ErrorHook:
        """Return the hook that looks at an association that AWS refused; note whose *child* it is."""
        self.owners[child] = component
        if not self.refusals:
            self.refusals.append(pulumi.ErrorHook(_hook_name("refused"), self._association_refused))
        return self.refusals[0]

    async def _association_refused(self, args: pulumi.ErrorHookArgs) -> bool:
        advice = association_errors.advice(
            args.errors,
            cluster=str((args.new_inputs or {}).get("clusterName", "")),
            urn=args.urn,
            parent=self.owners.get(args.name, args.name),
        )
        if advice.retry_after_seconds is not None:
            await asyncio.sleep(advice.retry_after_seconds)
            return True
        if advice.text:
            pulumi.log.error(advice.text)
        return False


_deployments: WeakKeyDictionary[Any, Deployment] = WeakKeyDictionary()
_agents: WeakKeyDictionary[Any, dict[tuple[str, str, str], str]] = WeakKeyDictionary()


class _Process:
    """Stands for the connection where the process is what is counted for."""


_process = _Process()
_hooks_made = 0


def current() -> Deployment:
    """Return what this run shares."""
    return _deployments.setdefault(runtime_settings.get_monitor(), Deployment())


def watched(
    opts: pulumi.ResourceOptions | None, *managed_policy_arns: Mapping[str, Any]
) -> pulumi.ResourceOptions | None:
    """Return the options of a component that notes what it attached the last time, if it attaches anything."""
    return with_hook(opts, current().attaching_hook()) if any(managed_policy_arns) else opts


def count_agent(subject: str, cluster: str, provider: str, region: str) -> str:
    """Note that *subject* installs the agent on a cluster that *provider* works on, and return the cluster.

    Raises:
        PodIdentityInputError: If another component does so already.
    """
    connection = _process if inside_plugin.get() else runtime_settings.get_monitor()
    first = _agents.setdefault(connection, {}).setdefault((cluster, provider, region), subject)
    if first != subject:
        problem = Problem(
            ("agent",),
            f"{first} installs the agent on the cluster {quoted(cluster)} already, and a cluster has one.",
            "Leave it to one of the two, for example to a PodIdentityAgent, and set 'agent' to \"existing\" elsewhere.",
        )
        raise PodIdentityInputError(subject, [problem])
    return cluster


def identity_of(provider: pulumi.ProviderResource | None) -> str | pulumi.Output[str]:
    """Return what tells providers apart: the object in a program, the URN in a plugin, where each has new objects."""
    if provider is None:
        return ""
    return provider.urn if inside_plugin.get() else str(id(provider))


def _plain() -> Place:
    return Place(
        account=aws.get_caller_identity().account_id,
        partition=aws.get_partition().partition,
        region=aws.get_region().region,
    )


def _later(opts: pulumi.InvokeOptions) -> Place:
    return Place(
        account=aws.get_caller_identity_output(opts=opts).account_id,
        partition=aws.get_partition_output(opts=opts).partition,
        region=aws.get_region_output(opts=opts).region,
    )


def _hook_name(purpose: str) -> str:
    # A hook's name is unique in a run and kept in state, so it is the same in every run of the same program.
    global _hooks_made  # noqa: PLW0603 - counts within a plugin process, where each component has its own hooks
    if not inside_plugin.get():
        return f"eks-pod-identity-{purpose}"
    _hooks_made += 1
    return f"eks-pod-identity-plugin-{purpose}-{_hooks_made}"
