"""What the components of a program were given in the run before, where that decides what an edit does.

AWS knows the attachment of a managed policy by role and policy alone, and Pulumi creates what is new before it deletes
what is old. Under another key an attachment would be created (AWS accepts what is attached already) and then deleted
under its old key, and the role would be left without the policy while the state says otherwise. So a component records
under which key it attached a policy the last time: its own inputs contain it. An attachment under another key becomes
an alias of the old one, and nothing is created or deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import pulumi

from eks_pod_identity.errors import Problem, camel_case
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all
from pulumi_eks_pod_identity.errors import PodIdentityInputError

_ATTACHMENT_KEYS = ("managed_policy_arns", "target_managed_policy_arns")


@dataclass
class EarlierInputs:
    """The inputs that the components of a run had the last time, by URN."""

    _inputs: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])

    def record(self, args: pulumi.ResourceHookArgs) -> None:
        """Record the inputs that a component had the last time; it is about to be updated.

        Raises:
            PodIdentityInputError: If a policy moves to a key, or from a key, that another policy has.
        """
        self._inputs[args.urn] = args.old_inputs or {}
        problems: list[Problem] = []
        for key in _ATTACHMENT_KEYS:
            problems += _impossible_moves(key, _map(args.old_inputs, key), _map(args.new_inputs, key))
        if problems:
            raise PodIdentityInputError(f'{args.type.rsplit(":", 1)[-1]} "{args.name}"', problems)

    def attachment_alias(
        self, component: pulumi.Resource, argument: str, *, key: str, arn: ValueOrOutput[str], prefix: str
    ) -> ValueOrOutput[pulumi.Alias]:
        """Return the name that an attachment had the last time, as an alias. The same name has no effect."""

        def alias(urn: str, arn: str) -> pulumi.Alias:
            old = _map(self._inputs.get(urn), argument)
            earlier = key if key in old else next((name for name, value in old.items() if value == arn), key)
            return pulumi.Alias(name=f"{prefix}-attachment-{earlier}")

        # A component has its URN when it is registered, and so when the hook is over.
        return apply_all(alias, component.urn, arn)

    async def of(self, component: pulumi.Resource) -> Mapping[str, Any] | None:
        """Return the inputs that *component* had the last time; None where it is new or has not changed."""
        return self._inputs.get(await component.urn.future() or "")


def _map(inputs: Mapping[str, Any] | None, argument: str) -> Mapping[str, Any]:
    value = (inputs or {}).get(camel_case(argument))
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}


def _impossible_moves(argument: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Problem]:
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
                "Choose a new key and leave the old one unused; or remove the policy in one update and add it in the "
                "next.",
            )
        )
    return problems
