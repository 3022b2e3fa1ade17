"""The processes that a process has started, as Linux shows them."""

import time
from pathlib import Path

from sandbox.processes import alive, started_at


def processes_below(root: int) -> dict[int, str]:
    """Return every process below *root* with its start time, because the system reuses process ids."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):  # it has ended meanwhile
            continue
    below: set[int] = set()
    while more := {pid for pid, parent in parents.items() if parent in below | {root}} - below:
        below |= more
    return {pid: started_at(pid) for pid in below}


def command_line(pid: int) -> str:
    """Return the command of a process, empty if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def still_running(processes: dict[int, str]) -> list[str]:
    """Return the commands of those of *processes* that have not ended."""
    return [command_line(pid) for pid, started in processes.items() if alive(pid) and started_at(pid) == started]


def wait_for_the_end(processes: dict[int, str], *, seconds: float = 60.0) -> None:
    """Wait until all of *processes* have ended."""
    deadline = time.monotonic() + seconds
    while running := still_running(processes):
        assert time.monotonic() < deadline, running
        time.sleep(0.1)
