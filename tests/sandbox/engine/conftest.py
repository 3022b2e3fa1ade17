"""A fake Go: it records its calls, and builds, fails or waits as the test configures it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.engine import RECIPES

ROOT = Path(__file__).parents[3]

_SCRIPT = """#!/bin/sh
folder={folder}
if [ "$1" = env ]; then
    cat "$folder/refusal" >&2 2>/dev/null && exit 1
    cat "$folder/env.json"
    exit 0
fi
if [ "$1" = mod ]; then
    echo '{{"Dir": "{folder}/module"}}'
    exit 0
fi
out=$4
echo "$(basename "$out")" >>"$folder/builds"
env >"$folder/environment"
pwd >"$folder/cwd"
echo "$@" >"$folder/arguments"
echo "go: downloading example.invalid/module v1.0.0"
echo "example.invalid/module/package"
if [ -e "$folder/failing" ] && [ "$(cat "$folder/failing")" = "$(basename "$out")" ]; then
    echo "# example.invalid/module/package"
    echo "package.go:7:2: undefined: answer"
    exit 1
fi
printf half >"$out"
if [ -e "$folder/tenths" ]; then
    for _ in $(seq "$(cat "$folder/tenths")"); do
        [ -e "$folder/finish" ] && break
        sleep 0.1
    done
fi
printf 'binary of %s' "$(basename "$out")" >"$out"
"""


@dataclass
class FakeGo:
    """The Go on PATH, the cache, and the calls of Go."""

    folder: Path
    cache: Path

    @property
    def builds(self) -> list[str]:
        noted = self.folder / "builds"
        return noted.read_text().split() if noted.exists() else []

    @property
    def environment(self) -> dict[str, str]:
        lines = (self.folder / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def set_version(self, version: str) -> None:
        facts = {"GOVERSION": version, "GOHOSTOS": "linux", "GOHOSTARCH": "amd64"}
        (self.folder / "env.json").write_text(json.dumps(facts))

    def refuse(self, reason: str) -> None:
        (self.folder / "refusal").write_text(reason)

    def fail_on(self, name: str | None) -> None:
        (self.folder / "failing").write_text(name or "")

    def delay(self, seconds: float) -> None:
        (self.folder / "tenths").write_text(str(round(seconds * 10)))

    def finish(self) -> None:
        """End the delay of running and later builds."""
        (self.folder / "finish").touch()

    def command(self, *names: str) -> subprocess.Popen[str]:
        """Start `python -m sandbox.engine` as a user would, in a separate process."""
        return subprocess.Popen(
            [sys.executable, "-m", "sandbox.engine", *names],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
            start_new_session=True,
        )

    def files(self) -> Mapping[str, str]:
        """Return the contents of the binaries in the cache by name."""
        return {
            path.name: path.read_text()
            for path in self.cache.glob("*/*/*")
            if path.is_file() and path.suffix != ".sha256"
        }


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "go"
    script.write_text(_SCRIPT.format(folder=folder))
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("EKS_POD_IDENTITY_CACHE", str(tmp_path / "cache"))
    module = folder / "module"
    module.mkdir()
    for change in [change for recipe in RECIPES.values() for change in recipe.changes]:
        file = module / change.file
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a") as source:
            source.write(f"{change.text}\n")
    go = FakeGo(folder, tmp_path / "cache")
    go.set_version("go1.26.0")
    return go


@pytest.fixture
def started(fake_go: FakeGo) -> Iterator[list[subprocess.Popen[str]]]:
    """Yield a list for the processes of a test. The end of the test stops those that still run."""
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
