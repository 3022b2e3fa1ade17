"""The pack in another repository: the wheel in a clean environment, and three files that a command writes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import proto

from eks_pod_identity.rules.resource import ROLE
from policy_harness import struct, urn_of
from test_process import UNSCOPED, run_pack

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")


def call(*command: object, cwd: Path | None = None) -> str:
    done = subprocess.run(
        [str(argument) for argument in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy so that nothing is left in this tree."""
    tree = tmp_path_factory.mktemp("tree")
    for name in ("components", "policies"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, tree / name)
    call(
        UV,
        "build",
        "--quiet",
        "--wheel",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        "out",
        cwd=tree,
    )
    (wheel,) = (tree / "out").glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def pack(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clean environment with the wheel, and the pack that its own command wrote."""
    folder = tmp_path_factory.mktemp("elsewhere")
    environment = folder / "policies" / "venv"
    call(UV, "venv", "--quiet", "--python", sys.executable, environment)
    python = environment / "bin" / "python"
    lock = ROOT / "locks" / "development.txt"
    # The versions of the lock, so that the installer finds them in the cache of the development environment.
    call(UV, "pip", "install", "--quiet", "--python", python, "--constraint", lock, wheel)
    call(python.with_name("eks-pod-identity"), "policy-pack", "init", folder / "policies", "--library", wheel)
    requirements = folder / "policies" / "requirements.txt"
    call(UV, "pip", "install", "--quiet", "--python", python, "--constraint", lock, "-r", requirements)
    return python, folder / "policies"


def test_the_pack_runs_from_the_three_files(pack: tuple[Path, Path]):
    python, folder = pack

    with run_pack(python, folder) as (stub, _):
        info = stub.GetAnalyzerInfo(empty_pb2.Empty())
        response = stub.Analyze(
            proto.AnalyzeRequest(
                type=ROLE, name="open", urn=urn_of("open", ROLE), properties=struct({"assumeRolePolicy": UNSCOPED})
            )
        )

    assert len(info.policies) == 6
    assert [diagnostic.message.split("]")[0] for diagnostic in response.diagnostics] == ["[PI104"]


def test_the_command_explains_rules_there(pack: tuple[Path, Path]):
    python, _ = pack

    assert "PI104  The Pod Identity statement is scoped" in call(
        python.with_name("eks-pod-identity"), "rules", "PI104"
    )
