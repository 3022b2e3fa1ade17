"""The stack's configuration file as it was typed: what the engine no longer tells once it has parsed it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Typed:
    """One value of the file: the path of its keys, the line it stands on, and whether its quotes matter."""

    path: tuple[str, ...]
    line: int
    text: str
    plain_number: bool


def values(file: Path) -> tuple[list[Typed], list[str]]:
    """Return the scalars of *file* and one line per key that is written twice.

    The engine keeps the last of two equal keys in some places and refuses the file in others; it never names the path.
    """
    root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    if root is None:
        return [], []
    twice: list[str] = []
    return list(_walk(root, (), twice)), twice


def _walk(node: yaml.Node, path: tuple[str, ...], twice: list[str]) -> Iterator[Typed]:
    if isinstance(node, yaml.MappingNode):
        first: dict[str, int] = {}
        for key, value in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in first:
                twice.append(
                    f"{'.'.join((*path, name))}: the key stands twice, on lines {first[name]} and {line}; keep one of them."
                )
            first.setdefault(name, line)
            yield from _walk(value, (*path, name), twice)
    elif isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            yield from _walk(item, (*path, str(position)), twice)
    elif isinstance(node, yaml.ScalarNode):
        # Loaders differ on 0123 (octal, decimal or text); none of them keeps it as it was typed.
        plain = not node.style
        number = plain and re.fullmatch(r"[-+]?[0-9][0-9_.eE]*", str(node.value)) is not None
        yield Typed(path, node.start_mark.line + 1, str(node.value), number)
