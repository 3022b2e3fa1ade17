"""Writes the mutants of a module into it, with mutmut's operators.

mutmut does not mutate decorated functions, which here are all properties and all cached functions. So a decorator is
first moved below its function: `@property def name` becomes `def name_undecorated` and
`name = property(name_undecorated)`, which is equivalent.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst
from mutmut.mutation.file_mutation import mutate_file_contents

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORIGINAL = "__mutmut_orig"


@dataclass(frozen=True)
class Mutants:
    """The code of a module with its mutants, and the names of those that change something and those that do not."""

    code: str
    names: list[str]
    without_effect: list[str]


def write_mutants(module: str, code: str) -> Mutants:
    """Return the code of *module* with all its mutants."""
    written = mutate_file_contents(module, cst.parse_module(code).visit(_DecoratorsBelow()).code)
    same = set(_without_effect(written.code))
    names = [name for name in written.mutant_names if name not in same]
    return Mutants(written.code, [f"{module}.{name}" for name in names], [f"{module}.{name}" for name in same])


class _DecoratorsBelow(cst.CSTTransformer):
    """Moves the decorators of functions and methods below them."""

    def leave_FunctionDef(  # noqa: N802 - the name that libcst calls
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        if not original_node.decorators or _is_kept(original_node):
            return updated_node
        name = updated_node.name.value
        undecorated = cst.Name(f"{name}_undecorated")
        value: cst.BaseExpression = undecorated
        for decorator in reversed(updated_node.decorators):
            value = cst.Call(decorator.decorator, [cst.Arg(value)])
        target = cst.AssignTarget(cst.Name(name))
        below = cst.SimpleStatementLine([cst.Assign([target], value)])
        return cst.FlattenSentinel([updated_node.with_changes(name=undecorated, decorators=[]), below])


def _is_kept(function: cst.FunctionDef) -> bool:
    """Return whether mutmut mutates the function although it is decorated."""
    names = [
        decorated.decorator.value for decorated in function.decorators if isinstance(decorated.decorator, cst.Name)
    ]
    return any(name in ("staticmethod", "classmethod") for name in names)


def _without_effect(code: str) -> Iterator[str]:
    """Yield the mutants without effect: `cast` returns its second argument, whatever the first is."""
    functions = {node.name: node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)}
    for name, function in functions.items():
        original = functions.get(name.rpartition("__mutmut_")[0] + _ORIGINAL)
        if original and original is not function and _meaning(original) == _meaning(function):
            yield name


def _meaning(function: ast.FunctionDef) -> str:
    changed = _WithoutCasts().visit(ast.parse(ast.unparse(function)).body[0])
    changed.name = ""
    return ast.dump(changed)


class _WithoutCasts(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        is_cast = isinstance(node.func, ast.Name) and node.func.id == "cast" and not node.keywords
        return node.args[1] if is_cast and len(node.args) == 2 else node
