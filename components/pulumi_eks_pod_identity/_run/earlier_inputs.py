"""The inputs of components in the previous run, for edits whose effect depends on them.

AWS identifies the attachment of a managed policy by role and policy alone, and Pulumi creates new resources before it
deletes old ones. An attachment that moves to another key would be created (AWS accepts a policy that is already
attached) and then deleted under its old key: the role would lack the policy although the state lists it. So a
component looks up in its previous inputs under which key it attached a policy. An attachment under another key becomes
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
    """The previous inputs of the components of a run, by URN."""

    _inputs: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])

    def record(self, args: pulumi.ResourceHookArgs) -> None:
        """Record the previous inputs of a component that is about to be updated.

        Raises:
            PodIdentityInputError: If a policy moves to or from a key that another policy uses.
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
        """Return the previous name of an attachment as an alias, which has no effect if the name is the same."""

        def alias(urn: str, arn: str) -> pulumi.Alias:
            old = _map(self._inputs.get(urn), argument)
            earlier = key if key in old else next((name for name, value in old.items() if value == arn), key)
            return pulumi.Alias(name=f"{prefix}-attachment-{earlier}")

        # A component gets its URN when it is registered, which is after the hook.
        return apply_all(alias, component.urn, arn)

    async def of(self, component: pulumi.Resource) -> Mapping[str, Any] | None:
        """Return the previous inputs of *component*, or None if it is new or has not changed."""
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
