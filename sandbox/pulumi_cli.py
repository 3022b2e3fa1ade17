"""Runs the Pulumi CLI for the sandbox's commands and the engine tests."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.processes import SandboxError


@dataclass(frozen=True)
class Pulumi:
    """Runs the CLI in a project's folder, without questions to the user."""

    cli: Path
    project: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command and capture both output streams together.

        Raises:
            SandboxError: If it fails and *check* is true. Has its output.
        """
        completed = subprocess.run(
            [self.cli, *arguments, "--non-interactive", "--color", "never"],
            cwd=self.project,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if check and completed.returncode:
            raise SandboxError(f"`pulumi {' '.join(arguments)}` failed:\n{completed.stdout}")
        return completed

    def show(self, *arguments: str) -> int:
        """Run a command whose output goes to the user; return its exit status."""
        return subprocess.run(
            [self.cli, *arguments, "--non-interactive"],
            cwd=self.project,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode

    def select(self, stack: str) -> None:
        """Select *stack*, and create it if it does not exist."""
        self.run("stack", "select", "--create", stack)

    def stacks_with_resources(self) -> list[str]:
        """Return the stacks of all projects in the backend that have resources."""
        stacks = json.loads(self.run("stack", "ls", "--all", "--json").stdout)
        return [stack["name"].removeprefix("organization/") for stack in stacks if stack.get("resourceCount")]

    def outputs(self, stack: str) -> dict[str, Any]:
        """Return the outputs of *stack*, secrets included."""
        return json.loads(self.run("stack", "output", "--json", "--show-secrets", "--stack", stack).stdout)
