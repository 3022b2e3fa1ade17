"""Building binaries: once, completely, and without the user's flags."""

import contextlib
import io
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.engine import Progress, binaries
from sandbox.processes import SandboxError


def eventually(true: Callable[[], bool], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def has_open(pid: int, file: Path) -> bool:
    """Return whether a process has *file* open."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            if descriptor.readlink() == file:
                return True
    return False


def test_only_the_requested_binary_is_built(fake_go):
    paths = binaries(["etcd"])

    assert fake_go.builds == ["etcd"]
    assert list(paths) == ["etcd"]
    assert paths["etcd"].read_text() == "binary of etcd"


def test_a_binary_is_built_once(fake_go):
    first = binaries(["etcd", "pulumi"])

    assert first == binaries(["pulumi", "etcd"])
    assert fake_go.builds == ["etcd", "pulumi"]


def test_a_name_asked_for_twice_is_built_once(fake_go):
    binaries(["etcd", "etcd"])

    assert fake_go.builds == ["etcd"]


def test_a_binary_has_the_name_it_is_called_by(fake_go):
    paths = binaries(["amazon-eks-pod-identity-webhook"])

    assert paths["amazon-eks-pod-identity-webhook"].name == "amazon-eks-pod-identity-webhook"


def test_an_unknown_name_is_answered_with_the_known_ones(fake_go):
    with pytest.raises(SandboxError, match=r"Unknown binary: etdc\. Known are: pulumi, etcd,"):
        binaries(["etcd", "etdc"])

    assert fake_go.builds == []


def test_a_failed_build_shows_the_last_output_of_go(fake_go):
    fake_go.fail_on("etcd")

    with pytest.raises(SandboxError) as raised:
        binaries(["etcd"])

    message = str(raised.value)
    assert "[1/1] etcd v3.6.13: `go build` failed with exit code 1" in message
    assert "package.go:7:2: undefined: answer" in message
    assert "go: downloading" not in message
    assert str(fake_go.cache / "etcd.failed.log") in message
    assert "go: downloading" in (fake_go.cache / "etcd.failed.log").read_text()


def test_after_a_failed_build_finished_binaries_are_not_built_again(fake_go):
    fake_go.fail_on("pulumi")
    with pytest.raises(SandboxError):
        binaries(["etcd", "pulumi"])
    fake_go.fail_on(None)

    binaries(["etcd", "pulumi"])

    assert fake_go.builds == ["etcd", "pulumi", "pulumi"]
    assert fake_go.files() == {"etcd": "binary of etcd", "pulumi": "binary of pulumi"}


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_nothing(fake_go, started, ended_by):
    fake_go.delay(60)
    process = fake_go.command("etcd")
    started.append(process)
    eventually((fake_go.cache / "building" / "etcd").exists)

    process.send_signal(ended_by)
    _, errors = process.communicate(timeout=20)

    assert process.returncode == 130
    assert "Run the same command again" in errors
    assert "Traceback" not in errors
    assert fake_go.files() == {}
    assert not (fake_go.cache / "building").exists()


def test_a_build_that_was_killed_outright_is_repeated_to_completion(fake_go, started):
    fake_go.delay(60)
    killed = fake_go.command("etcd")
    started.append(killed)
    eventually((fake_go.cache / "building" / "etcd").exists)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert fake_go.files() == {}
    fake_go.delay(0)

    paths = binaries(["etcd"])

    assert paths["etcd"].read_text() == "binary of etcd"
    assert not (fake_go.cache / "building").exists()


def test_two_processes_build_once(fake_go, started):
    fake_go.delay(60)
    started += [fake_go.command("etcd") for _ in range(2)]
    eventually(lambda: all(has_open(process.pid, fake_go.cache / "build.lock") for process in started))
    fake_go.finish()

    outputs = [process.communicate(timeout=30) for process in started]

    assert [process.returncode for process in started] == [0, 0]
    assert fake_go.builds == ["etcd"]
    assert outputs[0][0] == outputs[1][0]
    assert any("built meanwhile by another process" in errors for _, errors in outputs)


def test_the_build_is_free_of_the_users_flags(fake_go, monkeypatch):
    monkeypatch.setenv("GOFLAGS", "-mod=mod -insecure")
    monkeypatch.setenv("GOWORK", "/elsewhere/go.work")
    monkeypatch.setenv("GOOS", "plan9")
    monkeypatch.setenv("CGO_ENABLED", "1")

    binaries(["etcd"])

    expected = {"GOFLAGS": "-mod=readonly", "GOWORK": "off", "GOOS": "linux", "GOARCH": "amd64", "CGO_ENABLED": "0"}
    assert expected == {name: fake_go.environment[name] for name in expected}


def test_the_users_proxy_and_checksum_database_are_kept(fake_go, monkeypatch):
    monkeypatch.setenv("GOPROXY", "https://proxy.example.com")
    monkeypatch.setenv("GOSUMDB", "sum.example.com")

    binaries(["etcd"])

    assert fake_go.environment["GOPROXY"] == "https://proxy.example.com"
    assert fake_go.environment["GOSUMDB"] == "sum.example.com"


def test_the_checksum_database_is_not_turned_off(fake_go, monkeypatch):
    monkeypatch.delenv("GOSUMDB", raising=False)
    monkeypatch.delenv("GONOSUMDB", raising=False)

    binaries(["etcd"])

    assert not {"GOSUMDB", "GONOSUMDB", "GONOSUMCHECK"} & set(fake_go.environment)


def test_progress_shows_each_binary_with_its_position_and_the_total(fake_go):
    seen = io.StringIO()

    binaries(["etcd", "pulumi"], progress=Progress(seen))

    lines = seen.getvalue().splitlines()
    assert lines[0].startswith("[1/2] etcd v3.6.13: building with go1.26.0")
    assert re.fullmatch(r"\[1/2\] etcd v3\.6\.13: built in \d+ s", lines[1])
    assert lines[2].startswith("[2/2] pulumi v3.259.0: building")
    assert lines[-1].startswith("Built 2 of 2 in ")


def test_a_long_build_shows_that_it_is_alive(fake_go):
    fake_go.delay(0.6)
    seen = io.StringIO()

    binaries(["etcd"], progress=Progress(seen, heartbeat=0.1))

    assert re.search(r"^\[1/1\] etcd v3\.6\.13: \d+ s, 1 package compiled$", seen.getvalue(), re.MULTILINE)


def test_nothing_is_printed_when_nothing_is_built(fake_go):
    binaries(["etcd"])
    seen = io.StringIO()

    binaries(["etcd"], progress=Progress(seen))

    assert seen.getvalue() == ""


def test_the_command_prints_where_each_binary_is(fake_go, started):
    process = fake_go.command("etcd")
    started.append(process)

    output, _ = process.communicate(timeout=20)

    assert f"etcd {binaries(['etcd'])['etcd']}\n" == output


def test_the_command_reports_a_failure_without_a_traceback(fake_go, started):
    fake_go.fail_on("etcd")
    process = fake_go.command("etcd")
    started.append(process)

    _, errors = process.communicate(timeout=20)

    assert process.returncode == 1
    assert "undefined: answer" in errors
    assert "Traceback" not in errors
