"""Measures the tests by mutation: `python benchmarks/mutation.py AREA [FOLDER [EARLIER]]`.

The areas are `rules` and `access` (the evaluator of IAM documents and what is built on it). `mutants_written` writes
the mutants into a copy of the modules, and `mutants_in_forks` tests them in random order, so that a run that is
stopped has tested a random sample. With the same FOLDER, a run continues where the last one stopped; a finished run
prints its score again. After a change of the code, start a run in a new folder and pass the folder of an earlier run:
the test that killed a mutant then is tried first. Mutants that do not change the program (the first argument of
`cast`) are counted separately and not tested. `mutants_survived.py` shows what the survivors change.
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

from mutants_written import write_mutants

ROOT = Path(__file__).resolve().parent.parent
DOMAIN = "components/eks_pod_identity"


@dataclass(frozen=True)
class Area:
    """The modules that are mutated and those that are not (globs in the domain), and the tests that run."""

    mutated: list[str]
    left_alone: list[str]
    tests: list[str]


AREAS = {
    # Not mutated: the catalogue and the samples, which are texts, the reference generated from them, and re-exports.
    # Not run: tests of processes and components, fuzz tests, and test_examples.py, whose reports are in
    # test_messages.py.
    "rules": Area(
        ["rules/**/*.py"],
        ["rules/catalogue.py", "rules/samples.py", "rules/reference.py", "**/__init__.py"],
        [
            "tests/rules/test_argument_checks.py",
            "tests/rules/test_association_messages.py",
            "tests/rules/test_associations.py",
            "tests/rules/test_chain_messages.py",
            "tests/rules/test_chains.py",
            "tests/rules/test_differences.py",
            "tests/rules/test_document_messages.py",
            "tests/rules/test_documented_trusts.py",
            "tests/rules/test_permission_policies.py",
            "tests/rules/test_role_policies.py",
            "tests/rules/test_role_policy_messages.py",
            "tests/rules/test_session.py",
            "tests/rules/test_stack_contents.py",
            "tests/rules/test_stack_links.py",
            "tests/rules/test_stack_messages.py",
            "tests/rules/test_tags.py",
            "tests/rules/test_target_trust.py",
            "tests/rules/test_trust.py",
            "tests/policies/test_adapter.py",
            "tests/policies/test_findings.py",
            "tests/policies/test_hard_policies.py",
            "tests/policies/test_hard_trusts.py",
            "tests/policies/test_messages.py",
            "tests/policies/test_not_applicable.py",
            "tests/policies/test_roles_of_a_chain.py",
            "tests/policies/test_settings.py",
            "tests/policies/test_stack_graph.py",
            "tests/policies/test_stack_rules.py",
            "tests/policies/test_unknown.py",
        ],
    ),
    # Not run: property tests, grids of callers and time measurements. They cost more than they find.
    "access": Area(
        ["iam/*.py", "access/*.py", "testing.py"],
        ["**/__init__.py"],
        [
            "tests/iam/test_actions.py",
            "tests/iam/test_admission.py",
            "tests/iam/test_answers.py",
            "tests/iam/test_checks.py",
            "tests/iam/test_decisions.py",
            "tests/iam/test_operators.py",
            "tests/iam/test_patterns.py",
            "tests/iam/test_reading.py",
            "tests/iam/test_requests.py",
            "tests/iam/test_statements.py",
            "tests/access/test_chain.py",
            "tests/access/test_decide.py",
            "tests/access/test_layers.py",
            "tests/access/test_questions.py",
            "tests/access/test_resources.py",
            "tests/access/test_state.py",
            "tests/access/test_wording.py",
            "tests/domain/test_documents.py",
            "tests/domain/test_session_tags.py",
            "tests/domain/test_target_trust.py",
            "tests/domain/test_trust.py",
            "tests/rules/test_associations.py",
            "tests/rules/test_documented_trusts.py",
            "tests/rules/test_document_messages.py",
            "tests/rules/test_session.py",
            "tests/rules/test_target_trust.py",
            "tests/rules/test_trust.py",
            "tests/testing/test_assertions.py",
        ],
    ),
}
CONFIG = """
[tool.pytest.ini_options]
pythonpath = ["components", "policies", "tests/policies", "tests/access", "tests/iam", "tests/rules"]
addopts = "-q --import-mode=importlib"
filterwarnings = ["error"]
markers = ["engine: needs the built engine", "no_cover: measures time", "claim(number, part): a sentence of AWS's"]

[tool.mutmut]
source_paths = ["components"]
"""
OPTIONS = [
    *("-p", "no:cacheprovider", "-p", "no:timeout", "-p", "no:randomly"),
    *("--assert=plain", "--tb=native", "-s"),
    "--snapshot-warn-unused",  # the session itself runs no test
]


def prepare(folder: Path, area: Area) -> None:
    """Copy what a run needs, and write the mutants into the copy."""
    ignored = shutil.ignore_patterns("__pycache__", "engine", "sandbox", "stacks", "cli", "examples")
    for part in ("components", "policies", "tests"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignored if part == "tests" else None)
    (folder / "pyproject.toml").write_text(CONFIG, encoding="utf-8")
    os.chdir(folder)  # mutmut reads its configuration there
    domain = folder / DOMAIN
    left_alone = {path for pattern in area.left_alone for path in domain.glob(pattern)}
    names, without_effect = [], []
    for path in sorted({path for pattern in area.mutated for path in domain.glob(pattern)} - left_alone):
        module = ".".join(path.relative_to(domain.parent).with_suffix("").parts)
        mutants = write_mutants(module, path.read_text(encoding="utf-8"))
        path.write_text(mutants.code, encoding="utf-8")
        names += mutants.names
        without_effect += mutants.without_effect
    text = json.dumps({"names": names, "without_effect": without_effect}, indent=1)
    (folder / "mutants.json").write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Write the mutants, test them, and print the score of each module."""
    area = AREAS[arguments[0]]
    missing = [test for test in area.tests if not (ROOT / test).exists()]
    missing += [pattern for pattern in area.mutated + area.left_alone if not any((ROOT / DOMAIN).glob(pattern))]
    if missing:
        sys.exit(f"AREAS lists paths that do not exist: {', '.join(missing)}.")
    folder = Path(arguments[1]) if arguments[1:] else Path(tempfile.mkdtemp(prefix="mutation-"))
    if not (folder / "mutants.json").exists():
        prepare(folder, area)
    if arguments[2:]:
        shutil.copy(Path(arguments[2]) / "verdicts.json", folder / "earlier.json")
    session = [sys.executable, "-m", "pytest", "-p", "mutants_in_forks", *OPTIONS, *area.tests]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run(session, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    report(folder)


def report(folder: Path) -> None:
    """Print how many mutants were killed, by module."""
    written = json.loads((folder / "mutants.json").read_text(encoding="utf-8"))
    verdicts = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
    modules: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for name, judged in verdicts.items():
        module = name.rpartition(".")[0].removeprefix("eks_pod_identity.")
        modules[module]["survived" if judged["verdict"] in ("survived", "no tests") else "killed"] += 1
    for module, counted in sorted(modules.items()):
        print(f"{module:<36} {counted['killed']:>5} killed {counted['survived']:>5} survived")
    killed = sum(counted["killed"] for counted in modules.values())
    seconds = sum(judged["seconds"] for judged in verdicts.values())
    print(f"{killed} of {len(verdicts)} killed ({killed / max(1, len(verdicts)):.1%}), {seconds:,.0f} s, in {folder}")
    print(f"{len(written['names']) - len(verdicts)} not tested, {len(written['without_effect'])} without effect")


if __name__ == "__main__":
    main(sys.argv[1:])
