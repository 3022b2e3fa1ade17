"""The cache of binaries: its keys, its folder, and the removal of unused binaries."""

import dataclasses
import os
import time
from pathlib import Path

import pytest

from sandbox.engine import binaries
from sandbox.engine.cache import cache_folder, key
from sandbox.engine.recipes import Recipe
from sandbox.engine.toolchain import Toolchain

TOOLCHAIN = Toolchain(Path("/usr/bin/go"), "go1.26.0", "linux/amd64")


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    module = tmp_path / "module"
    module.mkdir()
    (module / "go.mod").write_text("module sandbox.invalid/it\n\nrequire example.invalid/it v1.2.3 // indirect\n")
    (module / "go.sum").write_text("example.invalid/it v1.2.3 h1:abc=\n")
    (module / "main.go").write_text("package main\n")
    return Recipe(module=str(module), package="example.invalid/it", requirement="example.invalid/it")


def test_the_key_is_stable(recipe):
    assert key(recipe, TOOLCHAIN) == key(recipe, TOOLCHAIN)


@pytest.mark.parametrize("file", ["go.mod", "go.sum", "main.go"])
def test_the_key_changes_with_each_file_of_the_module(recipe, file):
    before = key(recipe, TOOLCHAIN)
    changed = recipe.folder / file

    changed.write_text(changed.read_text() + "// changed\n")

    assert before != key(recipe, TOOLCHAIN)


def test_the_key_changes_with_a_new_source_file(recipe):
    before = key(recipe, TOOLCHAIN)

    (recipe.folder / "other.go").write_text("package main\n")

    assert before != key(recipe, TOOLCHAIN)


def test_the_key_changes_with_the_flags(recipe):
    assert key(recipe, TOOLCHAIN) != key(dataclasses.replace(recipe, flags=()), TOOLCHAIN)


def test_the_key_changes_with_the_go_version(recipe):
    assert key(recipe, TOOLCHAIN) != key(recipe, dataclasses.replace(TOOLCHAIN, version="go1.26.1"))


def test_the_key_changes_with_the_platform(recipe):
    assert key(recipe, TOOLCHAIN) != key(recipe, dataclasses.replace(TOOLCHAIN, platform="darwin/arm64"))


def test_another_go_version_builds_anew_and_keeps_the_old_binary(fake_go):
    old = binaries(["etcd"])["etcd"]
    fake_go.set_version("go1.26.1")

    new = binaries(["etcd"])["etcd"]

    assert old != new
    assert old.exists()
    assert fake_go.builds == ["etcd", "etcd"]


def test_a_binary_unused_for_long_is_dropped_by_the_next_build(fake_go):
    old = binaries(["etcd"])["etcd"]
    long_ago = time.time() - 31 * 86_400
    os.utime(old.parent, (long_ago, long_ago))
    fake_go.set_version("go1.26.1")

    new = binaries(["etcd"])["etcd"]

    assert not old.exists()
    assert new.exists()


def test_using_a_binary_keeps_it(fake_go):
    used = binaries(["etcd"])["etcd"]
    long_ago = time.time() - 31 * 86_400
    os.utime(used.parent, (long_ago, long_ago))
    binaries(["etcd"])
    fake_go.set_version("go1.26.1")

    binaries(["etcd"])

    assert used.exists()


def test_the_cache_is_in_the_users_cache_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("EKS_POD_IDENTITY_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))

    assert tmp_path / ".cache" / "eks-pod-identity" == cache_folder()


def test_the_cache_follows_the_xdg_variable(monkeypatch, tmp_path):
    monkeypatch.delenv("EKS_POD_IDENTITY_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert tmp_path / "eks-pod-identity" == cache_folder()


def test_a_variable_overrides_the_location_of_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("EKS_POD_IDENTITY_CACHE", str(tmp_path / "mine"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))

    assert tmp_path / "mine" == cache_folder()
