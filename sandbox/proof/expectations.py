"""Reads the expectations of a proof: the calls that each identity must and must not be allowed.

``sandbox/expectations/STACK.yaml`` has them for the identities of the stack ``STACK``::

    payments-api:
      allow:
        - {service: s3, action: get_object, arguments: {Bucket: invoices, Key: 2026/january.json}}
      deny:
        - {service: s3, action: get_object, arguments: {Bucket: invoices, Key: archive/2019.json}}

*service* and *action* are the names of a boto3 client and its method, *arguments* those of the method.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sandbox.processes import SandboxError
from sandbox.stack_files import load_yaml

FOLDER = Path(__file__).resolve().parents[1] / "expectations"


@dataclass(frozen=True)
class Action:
    """One call of an AWS service."""

    service: str
    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the call as the report shows it."""
        arguments = ", ".join(f"{key}={value}" for key, value in self.arguments.items())
        return f"{self.service} {self.action}({arguments})"

    def plain(self) -> dict[str, Any]:
        """Return the call as the workload's process reads it."""
        return {"service": self.service, "action": self.action, "arguments": dict(self.arguments)}


@dataclass(frozen=True)
class Proof:
    """The calls to try with an identity's credentials."""

    allow: tuple[Action, ...] = ()
    deny: tuple[Action, ...] = ()


def read_expectations(stack: str, identities: Collection[str], *, folder: Path = FOLDER) -> dict[str, Proof]:
    """Return the expectations of the *identities* of *stack* by name, or nothing if the stack has no file.

    Raises:
        SandboxError: If the file is not valid. Has a line for each problem.
    """
    file = folder / f"{stack}.yaml"
    if not file.exists():
        return {}
    try:
        content = load_yaml(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise SandboxError(f"{_short_path(file)} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, Mapping):
        raise SandboxError(f"{_short_path(file)} must be a map of identities with the lists allow and deny.")
    problems: list[str] = []
    proofs = {str(name): _proof(str(name), expected, problems) for name, expected in content.items()}
    problems += [
        f"{name}: the stack has no identity of this name; it has {', '.join(sorted(identities)) or 'none'}."
        for name in proofs
        if name not in identities
    ]
    if problems:
        raise SandboxError("\n".join([f"{_short_path(file)}:", *(f"- {problem}" for problem in problems)]))
    return proofs


def _short_path(file: Path) -> str:
    return "/".join(file.parts[-3:])


def _proof(name: str, expected: Any, problems: list[str]) -> Proof:
    if not isinstance(expected, Mapping):
        problems.append(f"{name}: must be a map with the lists allow and deny.")
        return Proof()
    problems += [f"{name}.{key}: unknown key. Known are allow and deny." for key in expected if key not in _LISTS]
    return Proof(*(_actions(f"{name}.{key}", expected.get(key, []), problems) for key in _LISTS))


_LISTS = ("allow", "deny")


def _actions(path: str, items: Any, problems: list[str]) -> tuple[Action, ...]:
    if not isinstance(items, list):
        problems.append(f"{path}: must be a list of {{service, action, arguments}}.")
        return ()
    actions: list[Action] = []
    for position, item in enumerate(items):
        item_path = f"{path}[{position}]"
        if not isinstance(item, Mapping) or not isinstance(item.get("service"), str):
            problems.append(f"{item_path}.service: required, the name of a boto3 client such as s3.")
        elif not isinstance(item.get("action"), str):
            problems.append(
                f"{item_path}.action: required, a method of the {item['service']} client such as get_object."
            )
        elif not isinstance(item.get("arguments", {}), Mapping):
            problems.append(f"{item_path}.arguments: must be a map with the arguments of {item['action']}.")
        elif unknown := sorted(map(str, set(item) - {"service", "action", "arguments"})):
            problems.append(f"{item_path}.{unknown[0]}: unknown key. Known are service, action and arguments.")
        else:
            actions.append(Action(item["service"], item["action"], item.get("arguments", {})))
    return tuple(actions)
