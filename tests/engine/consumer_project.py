"""A project in another language that uses our package, as `pulumi package add` leaves it."""

import subprocess
from dataclasses import replace
from pathlib import Path

from engine_project import Project
from sandbox.pulumi_cli import Pulumi

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "tests" / "components" / "schema.json"
SDK = "sdks/eks-pod-identity-eks-pod-identity"
"""The folder of the SDK that `pulumi package add` creates in a project: namespace and name of the package."""


def open_example(project: Project, name: str) -> Project:
    """Give the project of an example to a test: its accounts, and its own state.

    The folder holds the example's `Pulumi.yaml` alone; the program is compiled elsewhere, once for all tests.
    """
    folder = project.folder.parent / "consumer"
    folder.mkdir()
    declared = (ROOT / "examples" / name / "Pulumi.yaml").read_text()
    (folder / "Pulumi.yaml").write_text(declared.replace("../../components", str(ROOT / "components")))
    cli = project.pulumi.cli
    environment = {
        **project.pulumi.environment,
        "PATH": f"{cli.parent}:{project.pulumi.environment['PATH']}",  # where the Automation API looks for the CLI
        "PULUMI_BACKEND_URL": f"file://{folder}",
    }
    pulumi = Pulumi(cli, folder, environment)
    pulumi.select("test")
    pulumi.run("config", "set", "cluster", project.cluster)
    return replace(project, pulumi=pulumi, folder=folder)


def run_program(project: Project, *command: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run a program that drives the CLI itself; both streams in one."""
    return subprocess.run(
        command,
        cwd=project.folder,
        env=dict(project.pulumi.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
