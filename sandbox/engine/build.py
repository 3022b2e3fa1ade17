"""Builds the requested binaries that are not in the cache, one after the other."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from sandbox.engine.cache import binary_path, build_folder, build_lock, cache_folder, is_built, mark_used, store
from sandbox.engine.progress import Progress, readable_duration
from sandbox.engine.recipes import RECIPES, Recipe
from sandbox.engine.toolchain import Toolchain, find_toolchain
from sandbox.processes import SandboxError, die_with_parent

_TAIL = 25
_DOWNLOADING = "go: downloading "
# `go build -v` prints the import path of each package it compiles, alone on a line.
_PACKAGE = re.compile(r"[\w.~/+-]+")


def binaries(names: Iterable[str], *, progress: Progress | None = None) -> dict[str, Path]:
    """Return the paths of the requested binaries, and build those that are not in the cache.

    Args:
        names: Keys of `RECIPES`.
        progress: Where to report progress. Default: standard error.

    Raises:
        SandboxError: If a name is unknown, Go is missing or too old, or a build fails. Binaries built before stay in
        the cache.
    """
    requested = list(dict.fromkeys(names))
    if unknown := [name for name in requested if name not in RECIPES]:
        raise SandboxError(f"Unknown binary: {', '.join(unknown)}. Known are: {', '.join(RECIPES)}.")
    progress = progress or Progress()
    toolchain = find_toolchain()
    targets = {name: binary_path(name, RECIPES[name], toolchain) for name in requested}
    missing = [name for name, target in targets.items() if not is_built(target)]
    started = time.monotonic()
    for position, name in enumerate(missing, 1):
        title = f"[{position}/{len(missing)}] {name} {RECIPES[name].version}"
        with build_lock(title, progress):
            if is_built(targets[name]):
                progress.report(f"{title}: built meanwhile by another process")
            else:
                _build(title, RECIPES[name], toolchain, targets[name], progress)
    if missing:
        took = readable_duration(time.monotonic() - started)
        progress.report(f"Built {len(missing)} of {len(requested)} in {took}: {cache_folder()}")
    for target in targets.values():
        mark_used(target)
    return targets


def _build(title: str, recipe: Recipe, toolchain: Toolchain, target: Path, progress: Progress) -> None:
    if target.exists():
        progress.report(f"{title}: the cached file is not the one that was built; replacing it")
    progress.report(f"{title}: building with {toolchain.version} (once; later runs take it from the cache)")
    started = time.monotonic()
    with build_folder() as folder:
        built, log = folder / target.name, folder / "go.log"
        process = _start(toolchain, recipe, built, log, changed_module(toolchain, recipe, folder))
        try:
            while (code := _wait(process, 0.2)) is None:
                progress.update(f"{title}: {readable_duration(time.monotonic() - started)}, {_state(log)}")
        finally:
            _end(process)
        if code != 0:
            raise SandboxError(_failure(title, code, log.replace(cache_folder() / f"{target.name}.failed.log")))
        store(built, target)
    progress.report(f"{title}: built in {readable_duration(time.monotonic() - started)}")


def changed_module(toolchain: Toolchain, recipe: Recipe, folder: Path) -> list[str]:
    """Copy the module of *recipe* into *folder* with its changes, and return the options that build the copy.

    Go has verified the module against go.sum when it downloaded it. Nothing else of the build changes.

    Raises:
        SandboxError: If the module cannot be downloaded, or does not contain a text to change exactly once.
    """
    if not recipe.changes:
        return []
    requirement, version = recipe.changed_module
    module = _download(toolchain, recipe.folder, requirement, version)
    copy = folder / "module"
    shutil.copytree(module, copy, copy_function=shutil.copyfile)
    for parent, _, _ in os.walk(copy):
        Path(parent).chmod(0o755)  # Go's own copy is read-only
    for change in recipe.changes:
        file = copy / change.file
        text = file.read_text()
        if text.count(change.text) != 1:
            raise SandboxError(f"{requirement} {version}: {change.file} must contain {change.text!r} exactly once.")
        file.write_text(text.replace(change.text, change.instead))
    modfile = folder / "changed.mod"
    modfile.write_text(f"{(recipe.folder / 'go.mod').read_text()}\nreplace {requirement} => {copy}\n")
    shutil.copyfile(recipe.folder / "go.sum", modfile.with_suffix(".sum"))
    return [f"-modfile={modfile}"]


def _download(toolchain: Toolchain, folder: Path, requirement: str, version: str) -> Path:
    completed = subprocess.run(
        [toolchain.go, "mod", "download", "-json", f"{requirement}@{version}"],
        cwd=folder,
        env=toolchain.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    answer = json.loads(completed.stdout or "{}")
    if completed.returncode or "Dir" not in answer:
        raise SandboxError(f"{requirement} was not downloaded: {answer.get('Error') or completed.stderr.strip()}")
    return Path(answer["Dir"])


def _start(
    toolchain: Toolchain, recipe: Recipe, built: Path, log: Path, options: list[str]
) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [toolchain.go, "build", "-v", "-o", built, *options, *recipe.arguments],
            cwd=recipe.folder,
            env={**toolchain.environment, "GOTMPDIR": str(built.parent)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,  # its compilers stop with it
            preexec_fn=die_with_parent,  # noqa: PLW1509 - it makes one system call and allocates nothing
        )


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _state(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    downloads = sum(line.startswith(_DOWNLOADING) for line in lines)
    packages = sum(_PACKAGE.fullmatch(line) is not None for line in lines)
    if downloads and not packages:
        return f"{downloads} {'module' if downloads == 1 else 'modules'} downloaded"
    return f"{packages} {'package' if packages == 1 else 'packages'} compiled"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)  # go cleans up when it is interrupted
    if _wait(process, 5) is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _failure(title: str, code: int, log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    telling = [line for line in lines if not line.startswith(_DOWNLOADING) and not _PACKAGE.fullmatch(line)]
    tail = "\n".join(f"  {line}" for line in telling[-_TAIL:]) or "  (no output)"
    return (
        f"{title}: `go build` failed with exit code {code}:\n{tail}\n"
        f"All of its output: {log}. Finished binaries are kept. Run the same command again to continue."
    )
