"""Starts, finds or stops the sandbox of a folder."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox.aws.environment import emulator_python
from sandbox.engine import binaries, pulumi_cli
from sandbox.home import ROOT, install
from sandbox.processes import SandboxError
from sandbox.running import Sandbox, find_sandbox, record_file
from sandbox.supervisor import SERVERS

#: The plugins that the engine needs for the stacks.
TOOLS = ("pulumi-resource-kubernetes",)
_START_SECONDS = 90
# Supervisors outlive the command that starts them. Without the handle, Python warns of a running child.
_started: list["subprocess.Popen[bytes]"] = []


def prepare(directory: Path, *, tools: Sequence[str] = TOOLS) -> Path:
    """Build the engine and its plugins if they are missing, lay them out, and return the path of the CLI.

    Raises:
        SandboxError: If something has to be built and cannot be.
    """
    return install(directory, pulumi_cli(), binaries(tools))


def ensure(directory: Path, *, report: Callable[[str], None] = print) -> Sandbox:
    """Return the running sandbox of *directory*. If there is none, build its servers and start them.

    When a sandbox ends, its AWS and its cluster are lost. So the files of an earlier one, including the engine's
    state, are removed before a new one starts.

    Raises:
        SandboxError: If a part cannot be built or does not start.
    """
    if sandbox := find_sandbox(directory):
        return sandbox
    binaries(SERVERS)
    emulator_python()
    began = time.monotonic()
    run = directory / "run"
    shutil.rmtree(run, ignore_errors=True)
    directory.mkdir(parents=True, exist_ok=True)
    run.mkdir(mode=0o700)
    log = run / "supervisor.log"
    log.touch(mode=0o600)
    with log.open("ab") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "sandbox.supervisor", str(directory)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _started.append(supervisor)
    while not (sandbox := find_sandbox(directory)):
        if supervisor.poll() is not None:
            raise SandboxError(f"The sandbox did not start:\n{log.read_text(errors='replace').strip()}")
        if time.monotonic() - began > _START_SECONDS:
            supervisor.terminate()
            raise SandboxError(f"The sandbox was not ready after {_START_SECONDS} s; see {log}.")
        time.sleep(0.05)
    report(
        f"sandbox ready after {time.monotonic() - began:.1f} s (AWS {sandbox.aws}, Kubernetes {sandbox.kubernetes})"
    )
    return sandbox


def stop(directory: Path, *, seconds: float = 20.0) -> bool:
    """Stop the sandbox of *directory*, delete its data, and return whether one was running.

    Raises:
        SandboxError: If its supervisor does not end in *seconds*, which is longer than it waits for its servers.
    """
    sandbox = find_sandbox(directory)
    if sandbox:
        os.kill(sandbox.supervisor, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while sandbox.is_alive():
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"The sandbox's supervisor (process {sandbox.supervisor}) did not end in {seconds:.0f} s."
                )
            time.sleep(0.05)
    record_file(directory).unlink(missing_ok=True)
    shutil.rmtree(directory / "run", ignore_errors=True)
    return sandbox is not None
