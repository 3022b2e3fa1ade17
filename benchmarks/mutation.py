"""How good the tests of the rules are: `python benchmarks/mutation.py [FOLDER]` runs mutmut on the rule modules.

mutmut wants a `src` layout, so it runs in a copy. The catalogue (texts), the reference and re-exports are not mutated.
A run takes about half an hour on two cores; the same FOLDER given again goes on where the last run ended.
"""

from __future__ import annotations

import collections
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIG = """
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
pytest_add_cli_args_test_selection = [
  "tests/knowledge/rules/test_iam.py",
  "tests/knowledge/rules/test_trust_rules.py",
  "tests/knowledge/rules/test_documented_trusts.py",
  "tests/knowledge/rules/test_other_rules.py",
  "tests/policies/test_messages.py",
  "tests/policies/test_stack_links.py",
  "tests/policies/test_roles_of_a_chain.py",
  "tests/policies/test_unknown.py",
  "tests/policies/test_examples.py",
]
"""
_KILLED, _SURVIVED, _NO_TESTS = 1, 0, 33


def prepare(folder: Path) -> None:
    """Copy what a run needs, in the layout that mutmut expects."""
    ignored = shutil.ignore_patterns("__pycache__", "engine", "sandbox", "stacks", "cli", "examples")
    for source, target in (("components", "src"), ("policies", "policies"), ("tests", "tests")):
        shutil.copytree(ROOT / source, folder / target, ignore=ignored if source == "tests" else None)
    (folder / "pyproject.toml").write_text(CONFIG, encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Run mutmut and print the score of each module."""
    folder = Path(arguments[0]) if arguments else Path(tempfile.mkdtemp(prefix="mutation-"))
    if not (folder / "pyproject.toml").exists():
        prepare(folder)
    subprocess.run([sys.executable, "-m", "mutmut", "run"], cwd=folder, check=False, stdout=subprocess.DEVNULL)
    total: collections.Counter[str] = collections.Counter()
    for file in sorted((folder / "mutants" / "src" / "eks_pod_identity" / "rules").rglob("*.meta")):
        codes = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"].values()
        counted = collections.Counter(
            "open" if code is None else "survived" if code in (_SURVIVED, _NO_TESTS) else "killed" for code in codes
        )
        total += counted
        name = file.relative_to(folder / "mutants" / "src" / "eks_pod_identity").as_posix().removesuffix(".meta")
        print(
            f"{name:<40} {counted['killed']:>5} killed {counted['survived']:>5} survived {counted['open']:>5} not run"
        )
    tried = total["killed"] + total["survived"]
    print(f"{total['killed']} of {tried} killed ({total['killed'] / max(1, tried):.1%}), in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
