"""The Go toolchain: which versions are accepted, and the errors."""

import pytest

from sandbox.engine import binaries
from sandbox.engine.toolchain import find_toolchain
from sandbox.processes import SandboxError


def test_a_missing_go_gives_one_error_with_both_remedies(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SandboxError) as raised:
        binaries(["pulumi", "etcd"])

    message = str(raised.value)
    assert "there is no `go` on PATH" in message
    assert "install Go 1.26+ (https://go.dev/dl/)" in message
    assert "put a `pulumi` of version 3.259.0 or newer on PATH" in message


def test_the_command_prints_the_same_without_a_traceback(fake_go, started, monkeypatch):
    (fake_go.folder / "go").unlink()
    monkeypatch.setenv("PATH", str(fake_go.folder))
    process = fake_go.command("etcd")
    started.append(process)

    _, errors = process.communicate(timeout=20)

    assert process.returncode == 1
    assert errors.startswith("Go 1.26 or newer builds the programs of the sandbox, but there is no `go` on PATH.")
    assert "Traceback" not in errors


@pytest.mark.parametrize("version", ["go1.25.9", "go1.20", "go1.9.2"])
def test_a_go_that_is_too_old_is_refused_with_both_remedies(fake_go, version):
    fake_go.set_version(version)

    with pytest.raises(SandboxError) as raised:
        binaries(["etcd"])

    message = str(raised.value)
    assert f"go is {version}." in message
    assert "install Go 1.26+" in message
    assert "put a `pulumi`" in message
    assert fake_go.builds == []


def test_a_go_that_cannot_fetch_a_newer_one_is_refused_with_its_reason(fake_go):
    fake_go.refuse("go: download go1.26.0 for linux/amd64:\n toolchain not available\n")

    with pytest.raises(SandboxError) as raised:
        find_toolchain()

    message = str(raised.value)
    assert "(go: download go1.26.0 for linux/amd64: toolchain not available)" in message
    assert "install Go 1.26+" in message


@pytest.mark.parametrize("version", ["go1.26.0", "go1.26", "go1.30.2", "devel go1.27-3f9a1c2 linux/amd64", "go2.0"])
def test_a_go_that_is_new_enough_is_used(fake_go, version):
    fake_go.set_version(version)

    assert version == find_toolchain().version
