"""How good the tests of the rules are: `python benchmarks/mutation.py [FOLDER]` mutates the rule modules.

mutmut writes the mutants and notes which test reaches which function; `mutants_in_forks` then judges them. mutmut
needs a `src` layout, so all of it happens in a copy. The catalogue (texts), the reference and re-exports are not
mutated. With the same FOLDER a run continues where the last one ended.
"""

from __future__ import annotations

import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# test_messages.py has the whole report on every example, so test_examples.py would find nothing more.
TESTS = [
    "tests/knowledge/rules/test_iam.py",
    "tests/knowledge/rules/test_trust_rules.py",
    "tests/knowledge/rules/test_documented_trusts.py",
    "tests/knowledge/rules/test_other_rules.py",
    "tests/knowledge/rules/test_sentences.py",
    "tests/knowledge/rules/test_text.py",
    "tests/policies/test_messages.py",
    "tests/policies/test_stack_links.py",
    "tests/policies/test_roles_of_a_chain.py",
    "tests/policies/test_links_of_a_stack.py",
    "tests/policies/test_unknown.py",
]
CONFIG = f"""
[tool.pytest.ini_options]
pythonpath = ["src", "policies", "tests/policies", "tests/components"]
addopts = "-q --import-mode=importlib"
filterwarnings = ["error"]

[tool.mutmut]
source_paths = ["src"]
only_mutate = ["src/eks_pod_identity/rules/*"]
do_not_mutate = [
  "src/eks_pod_identity/rules/catalogue/*",
  "src/eks_pod_identity/rules/reference.py",
  "src/eks_pod_identity/rules/__init__.py",
]
also_copy = ["policies", "tests"]
pytest_add_cli_args = ["-p", "no:randomly", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {json.dumps(TESTS)}
"""
_ANY_MUTANT = "eks_pod_identity.rules.text.x_quoted__mutmut_1"
"""mutmut has no command that only prepares: it is asked for one mutant."""


def prepare(folder: Path) -> None:
    """Copy what a run needs, in the layout that mutmut expects."""
    ignored = shutil.ignore_patterns("__pycache__", "engine", "sandbox", "stacks", "cli", "examples")
    for source, target in (("components", "src"), ("policies", "policies"), ("tests", "tests")):
        shutil.copytree(ROOT / source, folder / target, ignore=ignored if source == "tests" else None)
    (folder / "pyproject.toml").write_text(CONFIG, encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Write the mutants, judge them, and print the score of each module."""
    folder = Path(arguments[0]) if arguments else Path(tempfile.mkdtemp(prefix="mutation-"))
    if not (folder / "pyproject.toml").exists():
        prepare(folder)
    mutants = folder / "mutants"
    if not (mutants / "mutmut-stats.json").exists():
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", _ANY_MUTANT]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "MUTANT_UNDER_TEST": ""}
    session = [sys.executable, "-m", "pytest", "-p", "mutants_in_forks", "-p", "no:cacheprovider", "-p", "no:timeout"]
    subprocess.run([*session, *TESTS], cwd=mutants, env=environment, check=False, stdout=subprocess.DEVNULL)
    report(folder, json.loads((mutants / "verdicts.json").read_text(encoding="utf-8")))


def report(folder: Path, verdicts: dict[str, str]) -> None:
    """Print what became of the mutants."""
    modules: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for name, verdict in verdicts.items():
        module = name.rpartition(".")[0].removeprefix("eks_pod_identity.")
        modules[module]["survived" if verdict in ("survived", "no tests") else "killed"] += 1
    for module, counted in sorted(modules.items()):
        print(f"{module:<36} {counted['killed']:>5} killed {counted['survived']:>5} survived")
    killed = sum(one["killed"] for one in modules.values())
    print(f"{killed} of {len(verdicts)} killed ({killed / max(1, len(verdicts)):.1%}), in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
