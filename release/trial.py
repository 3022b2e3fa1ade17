"""The wheel in an empty environment: its command line, a program with the components under mocks, the policy pack."""

import sys
from collections.abc import Iterator
from pathlib import Path

from release.packages import ROOT, UV, run

TRIALS = Path(__file__).resolve().parent / "trials"


def problems_in_use(wheel: Path, folder: Path) -> Iterator[str]:
    """Install *wheel* in an empty environment under *folder*, use it there, and yield what does not work."""
    environment = folder / "environment"
    # With the versions of the lock, because our package is under test, not the latest releases of its dependencies.
    constraint = ("--constraint", ROOT / "locks" / "development.txt")
    run(UV, "venv", "--quiet", "--python", sys.executable, environment)
    python = environment / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", python, *constraint, wheel)
    command = environment / "bin" / "eks-pod-identity"
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    attempts = {
        "the version of the command line": (command, "--version"),
        "the command `rules`": (command, "rules", "PI104"),
        "a program under mocks": (python, TRIALS / "mocked_program.py"),
        "writing a policy pack": (command, "policy-pack", "init", elsewhere / "policies", "--library", wheel),
        "installing that pack": (
            *(UV, "pip", "install", "--quiet", "--python", python, *constraint),
            *("-r", elsewhere / "policies" / "requirements.txt"),
        ),
        "the policy pack": (python, TRIALS / "policy_pack.py", elsewhere / "policies"),
    }
    for name, attempt in attempts.items():
        try:
            run(*attempt, cwd=elsewhere)
        except RuntimeError as error:
            yield f"{name} does not work from {wheel.name}: {error}"
