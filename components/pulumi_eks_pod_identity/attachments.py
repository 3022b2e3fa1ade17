"""Attachments of managed policies, which AWS knows by role and policy alone.

Pulumi makes what is new before it deletes what is old. Under another key an attachment would be made (AWS says yes to what
is attached already) and then deleted under its old one, and the role would be left without the policy while the state
says otherwise. So a component remembers under which key it attached a policy the last time: its own inputs say so. An
attachment under another key becomes an alias of the old one, and nothing is made or deleted.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi

from eks_pod_identity.errors import Problem, camel_case
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater, combine

KEYS = ("managed_policy_arns", "target_managed_policy_arns")


@dataclass
class EarlierAttachments:
    """What the components of a run attached the last time, by URN, argument and key."""

    of: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=dict[str, dict[str, Mapping[str, Any]]])

    def note(self, args: pulumi.ResourceHookArgs) -> None:
        """Note what a component attached the last time; it is about to be updated.

        Raises:
            PodIdentityInputError: If a policy moves to a key, or from a key, that another policy has.
        """
        problems: list[Problem] = []
        for key in KEYS:
            old, new = _map(args.old_inputs, key), _map(args.new_inputs, key)
            self.of.setdefault(args.urn, {})[key] = old
            problems += _impossible(key, old, new)
        if problems:
            raise PodIdentityInputError(f'{args.type.rsplit(":", 1)[-1]} "{args.name}"', problems)

    def name_of(self, urn: str, argument: str, key: str, arn: str) -> str:
        """Return the key under which the component of this *urn* attached a policy the last time, or else *key*."""
        old = self.of.get(urn, {}).get(argument, {})
        return key if key in old else next((earlier for earlier, value in old.items() if value == arn), key)


def with_hook(opts: pulumi.ResourceOptions | None, hook: pulumi.ResourceHook) -> pulumi.ResourceOptions:
    """Return the options of a component with the *hook* that notes what it attached the last time."""
    found = copy.copy(opts) if opts is not None else pulumi.ResourceOptions()
    found.hooks = pulumi.ResourceHookBinding.merge(found.hooks, pulumi.ResourceHookBinding(before_update=[hook]))
    return found


def earlier_name(
    earlier: EarlierAttachments,
    component: pulumi.Resource,
    argument: str,
    *,
    key: str,
    arn: MaybeLater[str],
    prefix: str,
) -> pulumi.Alias | pulumi.Output[pulumi.Alias]:
    """Return the name that an attachment had the last time, as an alias. Where it is the same, the alias is of no effect."""

    def alias(urn: str, arn: str) -> pulumi.Alias:
        return pulumi.Alias(name=f"{prefix}-attachment-{earlier.name_of(urn, argument, key, arn)}")

    # A component has its URN when it is registered, and so when the hook is over.
    return combine(alias, component.urn, arn)


def _map(inputs: Mapping[str, Any] | None, argument: str) -> Mapping[str, Any]:
    found = (inputs or {}).get(camel_case(argument))
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _impossible(argument: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Problem]:
    keys = {arn: key for key, arn in old.items() if isinstance(arn, str)}
    problems: list[Problem] = []
    for key, arn in new.items():
        earlier = keys.get(arn) if isinstance(arn, str) else None
        if earlier is None or earlier == key or (earlier not in new and key not in old):
            continue
        taken = earlier if earlier in new else key
        problems.append(
            Problem(
                (argument, key),
                f'The policy moves here from "{earlier}", and "{taken}" stays in use. AWS attaches a policy once, and '
                "Pulumi would detach it here when it ends there.",
                "Give it a key that is new and leave its old one unused; or remove it in one update and add it in the next.",
            )
        )
    return problems
