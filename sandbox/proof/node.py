"""Runs a workload on the agent's node, with the container's variables and nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.processes import SandboxError
from sandbox.proof.expectations import Action

WORKLOAD = Path(__file__).with_name("workload.py")
#: The error codes for a missing permission. A missing object proves no denial.
_DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403"})


@dataclass(frozen=True)
class Outcome:
    """The outcome of one call."""

    ok: bool
    seconds: float
    code: str = ""
    message: str = ""

    @property
    def denied(self) -> bool:
        """Return whether AWS denied it because a permission is missing."""
        return self.code in _DENIALS


@dataclass(frozen=True)
class Run:
    """The report of a workload: the step of the SDK's chain that had credentials, the caller, and the outcomes."""

    method: str | None
    credentials: Outcome
    arn: str | None
    identity: Outcome | None
    actions: tuple[Outcome, ...]


@dataclass(frozen=True)
class Sdk:
    """An SDK whose default chain a workload uses: its command, and its name for the container step."""

    name: str
    command: tuple[str, ...]
    container_step: str


PYTHON = Sdk("boto3", (sys.executable, "-I", "-u", str(WORKLOAD)), "container-role")
#: The same without delays between its tries.
HURRIED = Sdk(PYTHON.name, (*PYTHON.command, "--hurry"), PYTHON.container_step)


def go_sdk(binary: Path) -> Sdk:
    """Return the AWS SDK for Go v2, in the workload built as *binary*."""
    return Sdk("aws-sdk-go-v2", (str(binary),), "CredentialsEndpointProvider")


def run(
    variables: Mapping[str, str], aws: str, actions: Iterable[Action] = (), *, home: Path, sdk: Sdk = PYTHON
) -> Run:
    """Run a workload with *variables* and nothing else, in an empty home.

    Args:
        variables: The variables that the webhook injected.
        aws: The endpoint of the services.
        actions: The calls to try with the credentials.
        home: An empty folder.
        sdk: The SDK whose default chain finds the credentials.

    Raises:
        SandboxError: If it prints no report. Has its error output.
    """
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "AWS_ENDPOINT_URL": aws, **variables}
    calls = json.dumps([action.plain() for action in actions])
    completed = subprocess.run(
        sdk.command, env=environment, cwd=home, input=calls, capture_output=True, text=True, timeout=120, check=False
    )
    try:
        return parse_report(json.loads(completed.stdout))
    except (ValueError, KeyError) as broken:
        raise SandboxError(
            f"The workload ended with {completed.returncode}:\n{completed.stderr.strip()[-2000:]}"
        ) from broken


def parse_report(report: Mapping[str, Any]) -> Run:
    """Return what a workload reported."""
    identity = report.get("identity")
    return Run(
        method=report["method"],
        credentials=_outcome(report["credentials"]),
        arn=None if identity is None else identity.get("arn"),
        identity=None if identity is None else _outcome(identity),
        actions=tuple(_outcome(answer) for answer in report.get("actions") or ()),
    )


def _outcome(answer: Mapping[str, Any]) -> Outcome:
    return Outcome(answer["ok"], answer["seconds"], answer.get("code") or "", answer.get("message") or "")
