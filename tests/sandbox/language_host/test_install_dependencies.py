"""The language host installs the dependencies of a downloaded plugin, and nothing for a checkout."""

from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import language_pb2

from sandbox.language_host import host


class Context:
    """The part of a call that the host reads."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise RuntimeError(f"{code.name}: {details}")


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A toolchain that writes what it is called with into a file, and fails for uv."""
    script = tmp_path / "toolchain"
    script.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path / "calls"}\necho installing\n[ "$2" != uv ]\n')
    script.chmod(0o755)
    monkeypatch.setattr(host, "binaries", lambda names: dict.fromkeys(names, script))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    return tmp_path / "calls"


def install(folder: Path, *, is_plugin: bool, toolchain: str = "pip") -> str:
    """Ask the host to install; return what it prints."""
    request = language_pb2.InstallDependenciesRequest(is_plugin=is_plugin)
    request.info.root_directory = str(folder)
    request.info.options["toolchain"] = toolchain
    answers = host.PythonHost("").InstallDependencies(request, Context())  # type: ignore[arg-type]
    return b"".join(answer.stdout for answer in answers).decode()


def test_a_downloaded_plugin_is_installed_with_the_toolchain_of_its_manifest(calls: Path, tmp_path: Path):
    folder = tmp_path / "home" / "plugins" / "resource-x-v1.0.0" / "components"

    assert install(folder, is_plugin=True) == "installing\n"
    assert calls.read_text() == f"{folder} pip\n"


@pytest.mark.parametrize("is_plugin", [True, False])
def test_nothing_is_installed_in_a_checkout(calls: Path, tmp_path: Path, *, is_plugin: bool):
    assert "nothing to install" in install(tmp_path / "checkout" / "components", is_plugin=is_plugin)
    assert not calls.exists()


def test_a_failed_installation_is_an_error(calls: Path, tmp_path: Path):
    folder = tmp_path / "home" / "plugins" / "resource-x-v1.0.0" / "components"

    with pytest.raises(RuntimeError, match=r"installing the dependencies of .*components failed"):
        install(folder, is_plugin=True, toolchain="uv")
