"""A Pulumi project of an engine test, and the events of the engine."""

import json
import shutil
import subprocess
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eks_pod_identity.values import names
from sandbox.pulumi_cli import Pulumi
from sandbox.running import Sandbox
from sandbox.seed import client

ROOT = Path(__file__).resolve().parents[2]

_RECORDS = ("pulumi:", "eks-pod-identity:")
_CHANGES = {"create", "update", "delete", "replace", "create-replacement", "delete-replaced", "import", "discard"}


@dataclass(frozen=True)
class Step:
    """One thing the engine did, or at preview would do, to a resource."""

    op: str
    urn: str
    type: str
    name: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    diff: frozenset[str]

    def __str__(self) -> str:
        """As tests compare it: `update payments-role`."""
        return f"{self.op} {self.name}"


@dataclass(frozen=True)
class Run:
    """One run of the CLI: its exit status, everything it printed, and its steps in the order they began."""

    code: int
    text: str
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, code: int, text: str, events: Iterable[Mapping[str, Any]]) -> "Run":
        """Return a run from the engine's events."""
        metadata = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
        return cls(code, text, tuple(_step(item) for item in metadata))

    @property
    def changes(self) -> list[str]:
        """Return the steps that change something in AWS or Kubernetes, as `op name`, sorted.

        The stack, providers and components are left out: a component is updated whenever its arguments are.
        """
        return sorted(str(step) for step in self.steps if step.op in _CHANGES and not step.type.startswith(_RECORDS))

    def step(self, name: str) -> Step:
        """Return the first step of the resource called *name*."""
        return next(step for step in self.steps if step.name == name)


@dataclass(frozen=True)
class Project:
    """One project folder, the accounts it works in, and the CLI that runs it."""

    sandbox: Sandbox
    pulumi: Pulumi
    folder: Path
    account: str
    target_account: str
    cluster: str
    namespace: str

    def write(self, program: str) -> None:
        """Make *program* the project's `__main__.py`; it finds its accounts, cluster and namespace as constants."""
        head = "".join(
            f"{name.upper()} = {getattr(self, name)!r}\n"
            for name in ("account", "target_account", "cluster", "namespace")
        )
        (self.folder / "__main__.py").write_text(head + textwrap.dedent(program))

    def up(self, program: str | None = None, *arguments: str) -> Run:
        """Run `pulumi up`, which must succeed; with *program*, write it first."""
        return self._run_successfully("up", "--yes", "--skip-preview", *arguments, program=program)

    def preview(self, program: str | None = None, *arguments: str) -> Run:
        """Run `pulumi preview`, which must succeed; with *program*, write it first."""
        return self._run_successfully("preview", *arguments, program=program)

    def destroy(self) -> Run:
        """Run `pulumi destroy`, which must succeed."""
        return self._run_successfully("destroy", "--yes", "--skip-preview")

    def fails(self, command: str, program: str | None = None, *arguments: str) -> Run:
        """Run a command that must fail."""
        run = self.run(command, *arguments, program=program)
        assert run.code != 0, run.text
        return run

    def run(self, command: str, *arguments: str, program: str | None = None) -> Run:
        """Run a command and gather what the engine reported, whether it succeeds or not."""
        if program is not None:
            self.write(program)
        log = self.folder.parent / "events.json"
        log.unlink(missing_ok=True)
        done = self.pulumi.run(command, "--event-log", str(log), *arguments, check=False)
        events = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return Run.of(done.returncode, done.stdout, events)

    def start(self, command: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command in its own process group, so that a test can watch or kill it."""
        return subprocess.Popen(
            [self.pulumi.cli, command, *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=dict(self.pulumi.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs."""
        return self.pulumi.outputs("test")

    def aws(self, service: str, account: str | None = None) -> Any:
        """Return a client of the emulator in this project's account, or in *account*."""
        return client(service, self.sandbox.aws, account or self.account)

    def role_names(self, account: str | None = None) -> set[str]:
        """Return the names of all roles in this project's account, or in *account*, with the cluster's own."""
        return {role["RoleName"] for role in self.aws("iam", account).list_roles()["Roles"]}

    def default_role_name(self, component: str, cluster: str | None = None) -> str:
        """Return the name that a component gives to its role, in the stack that tests work in."""
        parts = (component, cluster or self.cluster, "eu-west-1")
        return names.default_role_name(*parts, unique=(self.namespace, "test", *parts))

    def _run_successfully(self, command: str, *arguments: str, program: str | None = None) -> Run:
        run = self.run(command, *arguments, program=program)
        assert run.code == 0, run.text
        return run


def _step(metadata: Mapping[str, Any]) -> Step:
    new, old = metadata.get("new") or {}, metadata.get("old") or {}
    return Step(
        op=metadata["op"],
        urn=metadata["urn"],
        type=metadata["type"],
        name=metadata["urn"].rsplit("::", 1)[1],
        inputs=new.get("inputs") or old.get("inputs") or {},
        outputs=new.get("outputs") or old.get("outputs") or {},
        diff=frozenset(metadata.get("detailedDiff") or metadata.get("diffs") or ()),
    )


def copy_repository(folder: Path) -> None:
    """Copy the program of the environments into *folder*: `pulumi stack init` writes a salt into the stack files."""
    for name in ("stacks", "policies", "components"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "venv"))
    shutil.copy(ROOT / "Pulumi.yaml", folder)
