"""Children of the sandbox: started, waited for, ended."""

import sys
import time
from pathlib import Path

import pytest

from sandbox.processes import Child, SandboxError, alive, free_port, stop_all


def child(tmp_path: Path, program: str) -> Child:
    return Child("a server", [sys.executable, "-c", program], tmp_path / "logs" / "server.log").start()


def test_a_child_that_becomes_ready_is_returned(tmp_path: Path):
    ready = tmp_path / "ready"
    started = child(tmp_path, f"import time; open({str(ready)!r}, 'w').close(); time.sleep(60)")

    started.wait_until(ready.exists, seconds=20)

    assert started.process is not None
    assert alive(started.process.pid)
    started.stop()


def test_a_child_that_ends_first_is_an_error_with_the_end_of_its_log(tmp_path: Path):
    started = child(tmp_path, "print('the port is taken'); raise SystemExit(3)")

    with pytest.raises(SandboxError, match=r"a server ended before it was ready.*\n.*the port is taken"):
        started.wait_until(lambda: False, seconds=20)


def test_a_child_that_is_never_ready_is_ended(tmp_path: Path):
    started = child(tmp_path, "import time; time.sleep(60)")

    with pytest.raises(SandboxError, match="was not ready after 0 s"):
        started.wait_until(lambda: False, seconds=0.1)

    assert started.process is not None
    assert not alive(started.process.pid)


def test_stopping_kills_a_child_that_ignores_sigterm(tmp_path: Path):
    marker = tmp_path / "marker"
    started = child(
        tmp_path,
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"open({str(marker)!r}, 'w').close(); time.sleep(60)",
    )
    started.wait_until(marker.exists, seconds=20)

    started.stop(seconds=0.2)

    assert started.process is not None
    assert not alive(started.process.pid)


def test_a_child_ends_with_a_parent_that_is_killed(tmp_path: Path):
    pid_file = tmp_path / "pid"
    program = (
        "from pathlib import Path; from sandbox.processes import Child; import sys, time\n"
        f"log = Path({str(tmp_path / 'log')!r})\n"
        "c = Child('grandchild', [sys.executable, '-c', 'import time; time.sleep(60)'], log).start()\n"
        f"d = Path({str(tmp_path / 'draft')!r}); d.write_text(str(c.process.pid)); d.rename({str(pid_file)!r})\n"
        "time.sleep(60)"
    )
    parent = child(tmp_path, program)
    parent.wait_until(pid_file.exists, seconds=20)
    grandchild = int(pid_file.read_text())
    assert alive(grandchild)

    assert parent.process is not None
    parent.process.kill()
    parent.process.wait()

    deadline = time.monotonic() + 5
    while alive(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(grandchild)


def test_free_ports_differ():
    """Linux returns some port twice in so many requests."""
    assert len({free_port() for _ in range(1000)}) == 1000


def test_several_children_share_the_time_to_stop(tmp_path: Path):
    children = []
    for name in ("one", "two", "three"):
        marker = tmp_path / name
        children.append(
            child(
                tmp_path,
                "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
                f"open({str(marker)!r}, 'w').close(); time.sleep(60)",
            ).wait_until(marker.exists, seconds=20)
        )

    began = time.monotonic()
    stop_all(children, seconds=0.3)

    assert 0.3 <= time.monotonic() - began < 5  # the time that one of them has
    assert not any(alive(each.process.pid) for each in children if each.process)
