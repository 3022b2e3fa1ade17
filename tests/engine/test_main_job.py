"""The commands of the Makefile, in a sandbox of their own: what a newcomer runs first."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.launch import stop
from sandbox.processes import alive
from sandbox.pulumi_cli import Pulumi
from sandbox.running import Sandbox, find

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the sandbox that the commands of this module start."""
    folder = tmp_path_factory.mktemp("main-job")
    yield folder
    stop(folder)


def command(directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=ROOT,
        env=os.environ | {"EKS_POD_IDENTITY_SANDBOX": str(directory)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("cli")
def test_the_dev_environment_goes_up_is_read_back_and_proven_and_leaves_nothing(directory: Path):
    up = command(directory, "up", "dev")
    assert up.returncode == 0, up.stdout
    assert "\nno differences\n" in up.stdout
    for identity in ("payments-api", "external-dns", "reports-exporter"):
        assert re.search(
            rf"^{identity} +{identity}-dev-eu-west-1 +(service account|cluster) +a-\w{{17}} ", up.stdout, re.MULTILINE
        )
    assert up.stdout.count(": allowed\n") >= 3
    assert up.stdout.count(": denied (AccessDenied)\n") >= 3

    again = command(directory, "up", "dev")
    assert again.returncode == 0, again.stdout
    assert re.search(r"Resources:\n +\d+ unchanged\n", again.stdout)

    destroyed = command(directory, "destroy", "dev")
    assert destroyed.returncode == 0, destroyed.stdout
    assert "nothing left over in AWS or Kubernetes" in destroyed.stdout

    running = find(directory)
    assert running is not None
    assert command(directory, "down").returncode == 0
    assert not alive(running.supervisor)
    assert find(directory) is None
    assert not (directory / "run").exists()


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_the_other_environments_preview_under_their_policies(stack: str, sandbox: Sandbox, sandbox_directory: Path):
    previewed = command(sandbox_directory, "preview", stack)

    assert previewed.returncode == 0, previewed.stdout
    assert "to create" in previewed.stdout
    assert "✅ eks-pod-identity" in previewed.stdout


@pytest.fixture
def environment(tmp_path: Path, sandbox: Sandbox, cli: Path) -> Pulumi:
    """The repository's own project in a folder whose stack files a test may spoil."""
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    (folder / "components").symlink_to(ROOT / "components")
    pulumi = Pulumi(cli, folder, sandbox.environment(cli))
    pulumi.select("dev")
    return pulumi


@pytest.mark.parametrize(
    ("typed", "instead", "told"),
    [
        ("sessionPolicy:", "sessionPolcy:", "identities.payments-api.sessionPolcy: There is no such key."),
        ("namespace: payments", "namespace: a..b", "identities.payments-api.namespace: "),
        ('id: "444455556666"', "id: 044455556666", "accounts.data.id: This is text. Put the value in quotes. (line "),
        (
            "        namespace: payments",
            "        namespace: x\n        namespace: y",
            'key "namespace" already defined',
        ),
    ],
    ids=["mistyped key", "invalid name", "account id as a number", "key twice"],
)
def test_a_mistake_in_the_file_is_one_clear_error_and_nothing_is_touched(
    environment: Pulumi, typed: str, instead: str, told: str
):
    file = environment.project / "stacks" / "Pulumi.dev.yaml"
    text = file.read_text()
    assert typed in text
    file.write_text(text.replace(typed, instead, 1))

    run = environment.run("up", "--yes", "--skip-preview", check=False)

    assert run.returncode != 0
    assert told in run.stdout
    assert "Traceback" not in run.stdout
    assert "aws:" not in run.stdout


def test_a_key_that_stands_twice_is_told_with_its_path_before_the_engine_runs(tmp_path: Path):
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    shutil.copytree(ROOT / "sandbox", folder / "sandbox", ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "stacks" / "Pulumi.dev.yaml"
    file.write_text(
        file.read_text().replace("        namespace: payments\n", "        namespace: x\n        namespace: y\n")
    )

    run = subprocess.run(
        [sys.executable, "-m", "sandbox", "preview", "dev"],
        cwd=folder,
        env=os.environ | {"EKS_POD_IDENTITY_SANDBOX": str(tmp_path / "sandbox")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "identities.payments-api.namespace: the key stands twice, on lines" in run.stdout
    assert not (tmp_path / "sandbox").exists()


def test_an_unknown_stack_is_told_with_those_that_exist(tmp_path: Path):
    run = command(tmp_path / "sandbox", "preview", "production")

    assert run.returncode == 1
    assert "The stacks are: dev, prod, staging." in run.stdout
