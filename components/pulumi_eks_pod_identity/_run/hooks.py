"""The engine hooks of the components, registered once per connection to the engine."""

import asyncio
import copy
from dataclasses import dataclass, field

import pulumi

from eks_pod_identity import association_errors
from pulumi_eks_pod_identity._run.earlier_inputs import EarlierInputs
from pulumi_eks_pod_identity._run.program import get_for_connection, get_for_run, inside_plugin
from pulumi_eks_pod_identity._run.propagation import AssociationChanges


@dataclass
class Hooks:
    """The hooks of one connection, each created when first needed, and what they recorded."""

    changes: AssociationChanges = field(default_factory=AssociationChanges)
    earlier: EarlierInputs = field(default_factory=EarlierInputs)
    _owners: dict[str, str] = field(default_factory=dict[str, str])
    _hooks: dict[str, pulumi.ResourceHook] = field(default_factory=dict[str, pulumi.ResourceHook])
    _error_hook: pulumi.ErrorHook | None = None

    def association_change_hook(self) -> pulumi.ResourceHook:
        """Return the hook that records when an association is created or changed."""
        if "changed" not in self._hooks:
            self._hooks["changed"] = pulumi.ResourceHook(_name("changed"), self.changes.record)
        return self._hooks["changed"]

    def component_change_hook(self) -> pulumi.ResourceHook:
        """Return the hook that records the previous inputs of a component."""
        if "attaching" not in self._hooks:
            opts = pulumi.ResourceHookOptions(on_dry_run=True)
            self._hooks["attaching"] = pulumi.ResourceHook(_name("attaching"), self.earlier.record, opts)
        return self._hooks["attaching"]

    def association_error_hook(self, child: str, component: str) -> pulumi.ErrorHook:
        """Return the hook that handles an association that AWS refuses; *child* is created by *component*."""
        self._owners[child] = component
        if self._error_hook is None:
            self._error_hook = pulumi.ErrorHook(_name("refused"), self._retry_or_advise)
        return self._error_hook

    async def _retry_or_advise(self, args: pulumi.ErrorHookArgs) -> bool:
        inputs = args.new_inputs or {}
        advice = association_errors.advice(
            args.errors,
            cluster=_text_or(inputs.get("clusterName", ""), "CLUSTER"),
            region=_text_or(inputs.get("region") or "", "REGION"),
            urn=args.urn,
            name=args.name,
            parent=self._owners.get(args.name, args.name),
        )
        if advice.retry_after_seconds is not None:
            await asyncio.sleep(advice.retry_after_seconds)
            return True
        if advice.text:
            pulumi.log.error(advice.text)
        return False


def _text_or(value: object, placeholder: str) -> str:
    """Return an input, or *placeholder* if it is secret: hooks get secrets as Outputs."""
    return value if isinstance(value, str) else placeholder


def with_update_hook(opts: pulumi.ResourceOptions | None, *, needed: bool) -> pulumi.ResourceOptions | None:
    """Return the options of a component, with the hook that records its previous inputs where they are *needed*."""
    if not needed:
        return opts
    copied = copy.copy(opts) if opts is not None else pulumi.ResourceOptions()
    recording = pulumi.ResourceHookBinding(before_update=[hooks().component_change_hook()])
    copied.hooks = pulumi.ResourceHookBinding.merge(copied.hooks, recording)
    return copied


def hooks() -> Hooks:
    """Return the hooks of this connection to the engine."""
    return get_for_connection(Hooks)


@dataclass
class _HookNames:
    """Counts the hooks of a plugin process, where each component has its own hooks."""

    count: int = 0

    def next(self, purpose: str) -> str:
        self.count += 1
        return f"eks-pod-identity-plugin-{purpose}-{self.count}"


def _name(purpose: str) -> str:
    # A hook's name is unique in a run and stored in state, so it is the same in every run of the same program.
    if not inside_plugin.get():
        return f"eks-pod-identity-{purpose}"
    return get_for_run(_HookNames).next(purpose)
