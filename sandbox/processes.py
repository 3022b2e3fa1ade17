"""Starts child processes of the sandbox, waits until they are ready, and stops them."""

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Position of the start time in /proc/PID/stat, after the name of the command (proc(5), field 22).
_START_TIME = 19
_returned_ports: set[int] = set()
# Looked up once, in the parent: between fork and exec, a child must not wait for a lock that another thread had.
_prctl = getattr(ctypes.CDLL(None), "prctl", None)


class SandboxError(Exception):
    """A part of the sandbox could not be built, started or reached. The message says what to do."""


def free_port() -> int:
    """Return a loopback TCP port that nothing listens on at this moment, and that was not returned before."""
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = int(listener.getsockname()[1])
        if port not in _returned_ports:  # a server that got it may not listen yet
            _returned_ports.add(port)
            return port


def listens(port: int) -> bool:
    """Return whether something accepts connections on a loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def die_with_parent() -> None:
    """Have the system end this process when its parent ends. Called in a child, between fork and exec."""
    # A killed parent cannot clean up; Linux ends the child (PR_SET_PDEATHSIG = 1). Other systems do not have the call,
    # and only the supervisor ends its children.
    if _prctl is not None:
        _prctl(1, signal.SIGKILL)


@dataclass
class Child:
    """A process of the sandbox, and the file for its output."""

    name: str
    command: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> "Child":
        """Start the process with no standard input and its output in the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.env) if self.env is not None else None,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - started from the main thread, before any other thread runs
            )
        return self

    def wait_until(self, ready: Callable[[], bool], *, seconds: float = 30.0) -> "Child":
        """Poll *ready* until it is true.

        Raises:
            SandboxError: If the process ends first or the time runs out. Has the end of its log.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process is None or self.process.poll() is not None:
                raise SandboxError(f"{self.name} ended before it was ready. Its log ends with:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.stop()
                raise SandboxError(
                    f"{self.name} was not ready after {seconds:.0f} s. Its log ends with:\n{self.log_tail()}"
                )
            time.sleep(0.05)
        return self

    def stop(self, *, seconds: float = 5.0) -> None:
        """Terminate the process, and kill it if it does not end in time."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log_tail(self, lines: int = 15) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


def stop_all(children: Sequence[Child], *, seconds: float = 15.0) -> None:
    """Stop the processes in reverse order, within *seconds* in total.

    Each has up to five seconds to end before it is killed, as with `Child.stop`, and less when the time runs out.
    """
    deadline = time.monotonic() + seconds
    for child in reversed(children):
        child.stop(seconds=min(5.0, max(0.0, deadline - time.monotonic())))


def started_at(pid: int) -> str:
    """Return when the process *pid* started, in a form of the system's. Empty if there is no such process.

    The system reuses process ids. Together with its start time, an id identifies one process.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return _started_by_ps(pid)
    return f"{boot} {fields[_START_TIME]}"


def _started_by_ps(pid: int) -> str:
    """Return the start time where there is no /proc, as on macOS."""
    if Path("/proc/self/stat").exists():
        return ""
    completed = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False, env={"LC_ALL": "C"}
    )
    return completed.stdout.strip()


def alive(pid: int) -> bool:
    """Return whether a process of this id exists and has not ended."""
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return True
