"""``proof`` of an identity in the stack's file: what it must be allowed, and what it must be denied.

::

    identities:
      payments-api:
        proof:
          allow:
            - {service: s3, action: get_object, arguments: {Bucket: invoices, Key: 2026/january.json}}
          deny:
            - {service: s3, action: get_object, arguments: {Bucket: invoices, Key: archive/2019.json}}

*service* and *action* are boto3's names of the client and its method, *arguments* those of the method.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.processes import SandboxError


@dataclass(frozen=True)
class Action:
    """One call of an AWS service."""

    service: str
    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """As the report shows it."""
        shown = ", ".join(f"{key}={value}" for key, value in self.arguments.items())
        return f"{self.service} {self.action}({shown})"

    def plain(self) -> dict[str, Any]:
        """As the workload's process reads it."""
        return {"service": self.service, "action": self.action, "arguments": dict(self.arguments)}


@dataclass(frozen=True)
class Proof:
    """What is tried with an identity's credentials."""

    allow: tuple[Action, ...] = ()
    deny: tuple[Action, ...] = ()


def declared(name: str, identity: Mapping[str, Any]) -> Proof:
    """Return the proof of the identity called *name*; an empty one when none is declared.

    Raises:
        SandboxError: If it has another shape; names every place.
    """
    proof = identity.get("proof") or {}
    path = f"identities.{name}.proof"
    problems: list[str] = []
    if not isinstance(proof, Mapping):
        raise SandboxError(f"{path}: must be an object with the lists allow and deny.")
    problems += [
        f"{path}.{key}: unknown key; known are allow and deny." for key in proof if key not in ("allow", "deny")
    ]
    allow = _actions(f"{path}.allow", proof.get("allow", []), problems)
    deny = _actions(f"{path}.deny", proof.get("deny", []), problems)
    if problems:
        raise SandboxError("\n".join(problems))
    return Proof(allow, deny)


def _actions(path: str, items: Any, problems: list[str]) -> tuple[Action, ...]:
    if not isinstance(items, list):
        problems.append(f"{path}: must be a list of {{service, action, arguments}}.")
        return ()
    found: list[Action] = []
    for position, item in enumerate(items):
        place = f"{path}[{position}]"
        if not isinstance(item, Mapping) or not isinstance(item.get("service"), str):
            problems.append(f"{place}.service: required, the name of a boto3 client such as s3.")
        elif not isinstance(item.get("action"), str):
            problems.append(f"{place}.action: required, a method of the {item['service']} client such as get_object.")
        elif not isinstance(item.get("arguments", {}), Mapping):
            problems.append(f"{place}.arguments: must be an object with the arguments of {item['action']}.")
        elif unknown := sorted(set(item) - {"service", "action", "arguments"}):
            problems.append(f"{place}.{unknown[0]}: unknown key; known are service, action and arguments.")
        else:
            found.append(Action(item["service"], item["action"], item.get("arguments", {})))
    return tuple(found)
