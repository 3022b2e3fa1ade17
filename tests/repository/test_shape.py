"""Modules and functions are short, and all of them use one dialect of Python."""

import ast
from collections.abc import Iterator
from pathlib import Path

from sources import PRODUCT, location, modules, tree_of

MODULE_LINES = 300
FUNCTION_LINES = 60


def test_modules_fit_on_a_few_screens():
    lengths = {location(path, 1): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PRODUCT)}

    assert {where: length for where, length in lengths.items() if length > MODULE_LINES} == {}


def test_functions_fit_on_one_screen():
    lengths = {
        f"{location(path, node.lineno)} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in modules(*PRODUCT)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {where: length for where, length in lengths.items() if length > FUNCTION_LINES} == {}


def test_packages_have_no_code_beside_their_public_names():
    """A package's `__init__` imports and exports; the code is in modules with their own names."""
    code = [
        location(path, node.lineno)
        for path in modules(*PRODUCT)
        if path.name == "__init__.py"
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) or (isinstance(node, ast.FunctionDef) and node.name != "__getattr__")
    ]

    assert code == []


def test_all_modules_use_one_dialect():
    """No postponed annotations, no imports for the type checker alone, no Final; frozen dataclasses have slots.

    A dataclass that cannot have slots says why in a comment, `without slots: ...`.
    """
    assert [where for path in modules(*PRODUCT) for where in _other_dialect(path)] == []


def _other_dialect(path: Path) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            yield f"{location(path, node.lineno)} from __future__ import annotations"
        if isinstance(node, ast.ImportFrom) and node.module == "typing":
            for name in ("TYPE_CHECKING", "Final"):
                if name in {alias.name for alias in node.names}:
                    yield f"{location(path, node.lineno)} {name}"
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                text, line = ast.unparse(decorator), lines[decorator.lineno - 1]
                if text == "dataclass(frozen=True)" and "# without slots: " not in line:
                    yield f"{location(path, node.lineno)} {text}"
