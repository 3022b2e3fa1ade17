"""`pulumi install` installs everything that a stack and the policy pack of this repository import."""

import ast
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
OURS = {"eks_pod_identity", "pulumi_eks_pod_identity", "eks_pod_identity_policies"}


def requirements(file: Path) -> set[str]:
    """Return the names of the distributions in *file* and in the files that it includes."""
    names: set[str] = set()
    for line in file.read_text().splitlines():
        entry = line.partition("#")[0].strip()
        if entry.startswith("-r "):
            names |= requirements(file.parent / entry.removeprefix("-r "))
        elif entry:
            names.add(Requirement(entry).name.lower())
    return names


def imported_packages(folder: Path) -> set[str]:
    """Return the top-level packages from elsewhere that the modules in *folder* import."""
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    local = {path.stem for path in folder.iterdir()}
    return names - OURS - local - sys.stdlib_module_names


@pytest.mark.parametrize("folder", ["components", "policies", "stacks"])
def test_pulumi_install_installs_what_is_imported(folder: str):
    installed = requirements(ROOT / "stacks" / "requirements.txt")
    distributions = packages_distributions()

    missing = {
        name
        for name in imported_packages(ROOT / folder)
        if not installed & {distribution.lower().replace("_", "-") for distribution in distributions.get(name, [name])}
    }

    # The plugin's protocol comes with the SDK itself.
    assert missing <= {"google", "grpc", "pydantic_core"}
