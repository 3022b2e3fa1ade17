"""Shows the changes of surviving mutants: `python benchmarks/mutants_survived.py FOLDER [PART]`.

FOLDER is the folder of a run of `mutation.py`, which may still be in progress. PART limits the output to modules whose
names contain it.
"""

from __future__ import annotations

import ast
import difflib
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADERS = ("---", "+++", "@@")


def survivors(folder: Path, part: str) -> dict[str, list[str]]:
    """Return the names of the mutants that survived, by module."""
    verdicts = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
    names: dict[str, list[str]] = defaultdict(list)
    for name, judged in sorted(verdicts.items()):
        module, _, function = name.rpartition(".")
        if judged["verdict"] in ("survived", "no tests") and part in module:
            names[module].append(function)
    return names


def changes(functions: dict[str, list[str]], name: str) -> Iterator[str]:
    """Return the lines of a function that a mutant changes, before and after."""
    function, original = name.rpartition("__mutmut_")[0], f"{name.rpartition('__mutmut_')[0]}__mutmut_orig"
    before, after = ([line.replace(variant, function) for line in functions[variant]] for variant in (original, name))
    lines = difflib.unified_diff(before, after, lineterm="", n=0)
    return (line for line in lines if not line.startswith(_HEADERS))


def main(arguments: list[str]) -> None:
    """Print the survivors of a run."""
    folder = Path(arguments[0])
    for module, names in survivors(folder, "".join(arguments[1:])).items():
        path = folder / "components" / f"{module.replace('.', '/')}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        functions = {node.name: ast.unparse(node).splitlines() for node in nodes}
        print(module)
        for name in names:
            print(f"  {name}", *changes(functions, name), sep="\n    ")


if __name__ == "__main__":
    main(sys.argv[1:])
