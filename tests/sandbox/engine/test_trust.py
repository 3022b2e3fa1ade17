"""Only binaries that a build of this user put into the cache are run."""

import os
import stat
from pathlib import Path

import pytest

from sandbox.aws import environment
from sandbox.engine import binaries
from sandbox.engine.cache import binary_path, cache_folder
from sandbox.engine.recipes import RECIPES
from sandbox.engine.toolchain import find_toolchain
from sandbox.processes import SandboxError

NOBODY = 65534


def plant(fake_go, *, digest: str | None = None) -> Path:
    """Put a program where `etcd` is looked for, before anything was built."""
    target = binary_path("etcd", RECIPES["etcd"], find_toolchain())
    target.parent.mkdir(parents=True)
    target.write_text("planted")
    target.chmod(0o755)
    if digest is not None:
        target.with_name("etcd.sha256").write_text(digest)
    assert target.is_relative_to(fake_go.cache)
    return target


def test_a_binary_that_no_build_recorded_is_built_again(fake_go, capsys):
    plant(fake_go)

    assert binaries(["etcd"])["etcd"].read_text() == "binary of etcd"
    assert fake_go.builds == ["etcd"]
    assert "the cached file is not the one that was built; replacing it" in capsys.readouterr().err


def test_a_digest_of_something_else_is_not_enough(fake_go):
    plant(fake_go, digest="0" * 64)

    assert binaries(["etcd"])["etcd"].read_text() == "binary of etcd"


def test_a_binary_changed_after_its_build_is_built_again(fake_go):
    built = binaries(["etcd"])["etcd"]
    built.write_text("planted")

    assert binaries(["etcd"])["etcd"].read_text() == "binary of etcd"
    assert fake_go.builds == ["etcd", "etcd"]


def test_a_binary_that_others_can_write_is_built_again(fake_go):
    built = binaries(["etcd"])["etcd"]
    built.chmod(0o777)

    binaries(["etcd"])

    assert fake_go.builds == ["etcd", "etcd"]


def test_a_link_to_somewhere_else_is_built_again(fake_go, tmp_path):
    built = binaries(["etcd"])["etcd"]
    elsewhere = tmp_path / "elsewhere"
    built.rename(elsewhere)
    built.symlink_to(elsewhere)

    assert not binaries(["etcd"])["etcd"].is_symlink()


def test_folders_of_this_user_are_closed_to_others(fake_go):
    target = plant(fake_go)
    target.parent.chmod(0o777)
    cache_folder().chmod(0o775)

    binaries(["etcd"])

    for folder in (target.parent, target.parent.parent, cache_folder()):
        assert not stat.S_IMODE(folder.stat().st_mode) & 0o022


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
@pytest.mark.parametrize(
    "depth", [0, 1, 2], ids=["the binary's folder", "the folder of all its versions", "the cache"]
)
def test_a_folder_of_another_user_is_refused(fake_go, depth):
    target = plant(fake_go)
    folder = target.parents[depth]
    os.chown(folder, NOBODY, NOBODY)

    with pytest.raises(SandboxError, match="belongs to another user"):
        binaries(["etcd"])
    assert fake_go.builds == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_binary_of_another_user_is_built_again(fake_go):
    built = binaries(["etcd"])["etcd"]
    os.chown(built, NOBODY, NOBODY)

    binaries(["etcd"])

    assert fake_go.builds == ["etcd", "etcd"]


class TestEmulator:
    """The emulator's environment, created with an installer that only writes files."""

    @pytest.fixture
    def builds(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        monkeypatch.setenv("EKS_POD_IDENTITY_CACHE", str(tmp_path / "cache"))
        drafts: list[Path] = []

        def commands(draft: Path, _: Path) -> list[list[str]]:
            drafts.append(draft)
            write = "mkdir -p bin lib && echo real > lib/module.py && ln -s /bin/sh bin/python"
            return [["sh", "-c", f"cd {draft} && {write}"]]

        monkeypatch.setattr(environment, "_commands", commands)
        return drafts

    @pytest.mark.parametrize(
        "change",
        [
            "echo planted > lib/module.py",
            "echo planted > lib/sitecustomize.py",
            "rm lib/module.py",
            "ln -sf /bin/true bin/python",
            "echo 0 > content.sha256",
            "rm content.sha256",
        ],
    )
    def test_a_changed_one_is_created_again(self, builds: list[Path], change: str) -> None:
        folder = environment.emulator_python().parents[1]
        assert os.system(f"cd {folder} && {change}") == 0

        environment.emulator_python()

        assert len(builds) == 2
        assert (folder / "lib" / "module.py").read_text() == "real\n"
        assert sorted(path.name for path in (folder / "lib").iterdir()) == ["module.py"]
