"""Checks and copies the stack files, so that the engine writes nothing into the originals.

The engine stores the salt of a passphrase in the stack's file. The sandbox's passphrase is public, so its salt must
not end up in a committed file that is later used with another passphrase.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.home import ROOT
from sandbox.processes import SandboxError

STACKS = ROOT / "stacks"
CONFIG_KEY = "eks-pod-identity:environment"

_SECRET_SETTINGS = ("encryptionsalt", "secretsprovider", "encryptedkey")
_STACK_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class _Loader(yaml.CSafeLoader):
    """Reads values without quotes as the engine does: `12:30` and `yes` are text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - the name PyYAML looks up


for _kind, _form, _first in (
    ("null", r"|~|null|Null|NULL", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0[xob])?[0-9][0-9a-fA-F_]*", "-+0123456789"),
    ("float", r"[-+]?[0-9][0-9_]*(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?", "-+0123456789"),
    ("merge", r"<<", "<"),
):
    for _character in _first:
        _Loader.yaml_implicit_resolvers.setdefault(_character.strip("\0"), []).append(
            (f"tag:yaml.org,2002:{_kind}", re.compile(rf"(?:{_form})\Z"))
        )


def load_yaml(text: str) -> Any:
    """Return the value of the YAML *text*."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - derived from the safe loader


def checked_file(stack: str) -> Path:
    """Return the file of *stack*, if it has no problem that the engine would not report.

    Raises:
        SandboxError: With one line for each problem, or if there is no such file.
    """
    sys.path.insert(0, str(STACKS))
    try:
        from stack_file import read  # noqa: PLC0415 - of the stacks, which are a program and no package
    finally:
        sys.path.remove(str(STACKS))

    file = STACKS / f"Pulumi.{stack}.yaml"
    if not _STACK_NAME.fullmatch(stack) or not file.exists():
        known = ", ".join(sorted(path.name.split(".")[1] for path in STACKS.glob("Pulumi.*.yaml")))
        raise SandboxError(f"There is no stack {stack!r}: stacks/{file.name} does not exist. The stacks are: {known}.")
    if problems := read(file).problems:
        raise SandboxError("\n".join([f"stacks/{file.name}:", *(f"- {problem}" for problem in problems)]))
    return file


def read_environment(stack: str) -> dict[str, Any]:
    """Return the environment object of the file of *stack*.

    Raises:
        SandboxError: If the file has none, or none with a cluster and identities.
    """
    file = checked_file(stack)
    content = load_yaml(file.read_text(encoding="utf-8-sig"))
    configuration = content.get("config") if isinstance(content, Mapping) else None
    configuration = configuration.get(CONFIG_KEY) if isinstance(configuration, Mapping) else None
    if not isinstance(configuration, Mapping) or not _has_identities(configuration):
        raise SandboxError(f"stacks/{file.name}: {CONFIG_KEY} is not valid. `make preview` lists its problems.")
    return {"identities": {}} | dict(configuration)


def _has_identities(configuration: Mapping[str, Any]) -> bool:
    cluster, identities = configuration.get("cluster"), configuration.get("identities", {})
    return (
        isinstance(cluster, Mapping)
        and isinstance(cluster.get("name"), str)
        and isinstance(identities, Mapping)
        and all(isinstance(identity, Mapping) for identity in identities.values())
    )


def text_for_engine(stack: str) -> str:
    """Return the text of the file of *stack* without its settings for secrets.

    Raises:
        SandboxError: If the file has encrypted values: only the passphrase or key of its owner decrypts those.
    """
    file = checked_file(stack)
    text = file.read_text(encoding="utf-8-sig")
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    if encrypted := list(_encrypted_values(root, ())):
        reason = f"stacks/{file.name} has secrets, which the sandbox cannot decrypt. Remove them to use it here:"
        raise SandboxError("\n".join([reason, *(f"- line {line}: {path} is encrypted." for path, line in encrypted)]))
    return _without_secret_settings(text, root)


def write_copy(stack: str, text: str, folder: Path) -> Path:
    """Write *text* to *folder* as the file of *stack*, with a project file, and return the copy."""
    folder.mkdir(parents=True, exist_ok=True)
    project = load_yaml((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]
    (folder / "Pulumi.yaml").write_text(f"name: {project}\nruntime: python\n")
    copy = folder / f"Pulumi.{stack}.yaml"
    copy.write_text(text, encoding="utf-8")
    return copy


def _encrypted_values(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "secure" and len(node.value) == 1 and path[:1] == ("config",):
                yield ".".join(path[1:]), key.start_mark.line + 1
            yield from _encrypted_values(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _encrypted_values(item, (*path, str(position)))


def _without_secret_settings(text: str, root: yaml.Node | None) -> str:
    if not isinstance(root, yaml.MappingNode):
        return text
    starts = [key.start_mark.index for key, _ in root.value]
    ends = [*starts[1:], root.end_mark.index - 1 if root.flow_style else len(text)]
    for (key, _), start, end in reversed(list(zip(root.value, starts, ends, strict=True))):
        if key.value in _SECRET_SETTINGS:
            text = text[:start] + text[end:]
    return text
