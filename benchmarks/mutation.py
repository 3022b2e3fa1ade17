"""How good the tests are: `python benchmarks/mutation.py AREA [FOLDER]` mutates the modules of an area.

Areas are `rules` and `access` (the evaluator of IAM documents and what is built on it). mutmut writes the mutants and
notes which test reaches which function; `mutants_in_forks` then judges them in random order, so that a run that is
stopped has judged a fair sample. mutmut needs a `src` layout, so all of it happens in a copy. With the same FOLDER a
run continues where the last one ended, and a run that is over prints its score again.
"""

from __future__ import annotations

import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Area:
    """Modules that are mutated, and the tests that are to notice."""

    mutated: list[str]
    left_alone: list[str]
    tests: list[str]
    any_mutant: str


AREAS = {
    # The catalogue (texts), the reference and re-exports are not mutated. test_messages.py has the whole report on
    # every example, so test_examples.py would find nothing more.
    "rules": Area(
        ["src/eks_pod_identity/rules/*"],
        [
            "src/eks_pod_identity/rules/catalogue.py",
            "src/eks_pod_identity/rules/samples.py",
            "src/eks_pod_identity/rules/reference.py",
            "src/eks_pod_identity/rules/__init__.py",
        ],
        [
            "tests/rules/test_associations.py",
            "tests/rules/test_documented_trusts.py",
            "tests/rules/test_sentences.py",
            "tests/rules/test_session.py",
            "tests/rules/test_tags.py",
            "tests/rules/test_target_trust.py",
            "tests/rules/test_trust.py",
            "tests/policies/test_messages.py",
            "tests/policies/test_stack_rules.py",
            "tests/policies/test_roles_of_a_chain.py",
            "tests/policies/test_stack_graph.py",
            "tests/policies/test_unknown.py",
        ],
        "eks_pod_identity.rules.finding.x_merged__mutmut_1",
    ),
    # Properties, grids of callers and measurements of time are left out: they cost more than they find.
    "access": Area(
        ["src/eks_pod_identity/iam/*", "src/eks_pod_identity/access/*", "src/eks_pod_identity/testing.py"],
        [
            "src/eks_pod_identity/iam/elements.py",
            "src/eks_pod_identity/iam/canonical.py",
            "src/eks_pod_identity/*/__init__.py",
        ],
        [
            "tests/iam/test_decisions.py",
            "tests/iam/test_admission.py",
            "tests/iam/test_answers.py",
            "tests/iam/test_requests.py",
            "tests/iam/test_reading.py",
            "tests/access/test_decide.py",
            "tests/access/test_layers.py",
            "tests/access/test_state.py",
            "tests/access/test_wording.py",
            "tests/testing/test_assertions.py",
        ],
        "eks_pod_identity.iam.truth.x_negate__mutmut_1",
    ),
}
CONFIG = """
[tool.pytest.ini_options]
pythonpath = ["src", "policies", "tests/policies", "tests/components", "tests/access", "tests/iam"]
addopts = "-q --import-mode=importlib"
filterwarnings = ["error"]
markers = ["engine: needs the built engine"]

[tool.mutmut]
source_paths = ["src"]
only_mutate = {mutated}
do_not_mutate = {left_alone}
also_copy = ["policies", "tests"]
pytest_add_cli_args = ["-p", "no:randomly", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {tests}
"""


def prepare(folder: Path, area: Area) -> None:
    """Copy what a run needs, in the layout that mutmut expects."""
    ignored = shutil.ignore_patterns("__pycache__", "engine", "sandbox", "stacks", "cli", "examples")
    for source, target in (("components", "src"), ("policies", "policies"), ("tests", "tests")):
        shutil.copytree(ROOT / source, folder / target, ignore=ignored if source == "tests" else None)
    parts = {"mutated": area.mutated, "left_alone": area.left_alone, "tests": area.tests}
    texts = {key: json.dumps(value) for key, value in parts.items()}
    (folder / "pyproject.toml").write_text(CONFIG.format_map(texts), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Write the mutants, judge them, and print the score of each module."""
    area = AREAS[arguments[0]]
    if moved := [test for test in area.tests if not (ROOT / test).exists()]:
        sys.exit(f"These tests are not where AREAS says: {', '.join(moved)}.")
    folder = Path(arguments[1]) if arguments[1:] else Path(tempfile.mkdtemp(prefix="mutation-"))
    if not (folder / "pyproject.toml").exists():
        prepare(folder, area)
    mutants = folder / "mutants"
    if not (mutants / "mutmut-stats.json").exists():
        command = [
            sys.executable,
            "-m",
            "mutmut",
            "run",
            "--max-children",
            "1",
            area.any_mutant,
        ]  # it has no command that only prepares
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "MUTANT_UNDER_TEST": ""}
    session = [sys.executable, "-m", "pytest", "-p", "mutants_in_forks", "-p", "no:cacheprovider", "-p", "no:timeout"]
    subprocess.run([*session, *area.tests], cwd=mutants, env=environment, check=False, stdout=subprocess.DEVNULL)
    report(folder, json.loads((mutants / "verdicts.json").read_text(encoding="utf-8")))


def report(folder: Path, verdicts: dict[str, str]) -> None:
    """Print what became of the mutants."""
    modules: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for name, verdict in verdicts.items():
        module = name.rpartition(".")[0].removeprefix("eks_pod_identity.")
        modules[module]["survived" if verdict in ("survived", "no tests") else "killed"] += 1
    for module, counted in sorted(modules.items()):
        print(f"{module:<36} {counted['killed']:>5} killed {counted['survived']:>5} survived")
    killed = sum(counted["killed"] for counted in modules.values())
    print(f"{killed} of {len(verdicts)} killed ({killed / max(1, len(verdicts)):.1%}), in {folder}")


if __name__ == "__main__":
    main(sys.argv[1:])
