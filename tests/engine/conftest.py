"""A running sandbox for all engine tests, and for each test a project with its own AWS accounts and namespace."""

import itertools
import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine_project import Project
from sandbox.launch import TOOLS, ensure, prepare, stop
from sandbox.pulumi_cli import Pulumi
from sandbox.running import Sandbox, find_sandbox, isolate
from sandbox.seed import create_cluster

isolate()  # AWS settings of the user must not reach the sandbox
ROOT = Path(__file__).resolve().parents[2]
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder as needing the built engine."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.engine)


@pytest.fixture(scope="session")
def sandbox_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for a sandbox of this test run alone; whatever runs in it ends with the run."""
    directory = tmp_path_factory.mktemp("sandbox")
    yield directory
    stop(directory)


@pytest.fixture(scope="session")
def cli(sandbox_directory: Path) -> Path:
    """The Pulumi CLI, built when it is not in the cache, with hosts and plugins laid out."""
    return prepare(sandbox_directory, tools=[*TOOLS, "pulumi-language-yaml"])


@pytest.fixture(scope="session")
def sandbox(sandbox_directory: Path, cli: Path) -> Sandbox:
    """A running sandbox: AWS emulator and Kubernetes control plane."""
    return ensure(sandbox_directory)


@pytest.fixture
def running_sandbox(sandbox: Sandbox) -> Sandbox:
    """The sandbox, which would stop after an hour without use. If it has stopped, the test shows why."""
    log = sandbox.directory / "run" / "supervisor.log"
    assert find_sandbox(sandbox.directory) == sandbox, log.read_text() if log.exists() else "the sandbox was stopped"
    return sandbox


@pytest.fixture
def project(running_sandbox: Sandbox, cli: Path, tmp_path: Path) -> Project:
    """An empty Pulumi project in Python, in two AWS accounts and a namespace that no other test uses.

    Its `cluster` exists in the emulator. Programs see the components on their path.
    """
    number = next(_numbers)
    account, target_account = f"{100000000000 + number}", f"{200000000000 + number}"
    credentials = tmp_path / "credentials"
    credentials.write_text(
        "".join(
            f"[{profile}]\naws_access_key_id = {key}\naws_secret_access_key = sandbox\n\n"
            for profile, key in (("default", account), ("data", target_account))
        )
    )
    environment = running_sandbox.environment(cli) | {
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "PYTHONPATH": f"{ROOT / 'components'}{os.pathsep}{ROOT / 'policies'}",
        "PULUMI_DEBUG_COMMANDS": "true",  # `--event-log`, the engine's own events as JSON
    }
    create_cluster(running_sandbox.aws, "main", account)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(
        textwrap.dedent(f"""\
        name: test-{number}
        runtime: python
        config:
          aws:region: {{value: eu-west-1}}
        """)
    )
    pulumi = Pulumi(cli, folder, environment)
    pulumi.select("test")
    return Project(
        sandbox=running_sandbox,
        pulumi=pulumi,
        folder=folder,
        account=account,
        target_account=target_account,
        cluster="main",
        namespace=f"test-{number}",
    )
