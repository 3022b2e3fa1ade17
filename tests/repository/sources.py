"""The sources that the tests of the repository read."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: What users import or run.
PRODUCT = ("components", "policies", "stacks")


@cache
def tracked_files(*suffixes: str) -> tuple[Path, ...]:
    """Return the files of these suffixes that git knows."""
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return tuple(ROOT / name for name in names if name.endswith(suffixes) and (ROOT / name).is_file())


@cache
def modules(*folders: str) -> tuple[Path, ...]:
    """Return the Python modules of these folders."""
    return tuple(path for path in tracked_files(".py") if path.relative_to(ROOT).parts[0] in folders)


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def location(path: Path, line: int) -> str:
    """Return the file and line in the form that editors open."""
    return f"{path.relative_to(ROOT)}:{line}"
