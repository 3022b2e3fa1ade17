"""The cache of built binaries, outside the work tree: a folder for each binary and content key."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox.engine.progress import Progress, readable_duration
from sandbox.engine.recipes import Recipe
from sandbox.engine.toolchain import Toolchain
from sandbox.engine.trust import is_recorded, make_private, record

VARIABLE = "EKS_POD_IDENTITY_CACHE"
UNUSED_DAYS = 30


def cache_folder() -> Path:
    """Return the folder of the built binaries: `$EKS_POD_IDENTITY_CACHE`, or one in the user's cache folder."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen).absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "eks-pod-identity"


def key(recipe: Recipe, toolchain: Toolchain) -> str:
    """Return the content key of a binary, a hash of everything that its bytes depend on."""
    digest = hashlib.sha256()
    sources = sorted(recipe.folder.glob("*.go"))
    for file in [recipe.folder / "go.mod", recipe.folder / "go.sum", *sources]:
        digest.update(f"{file.name} {file.stat().st_size}\n".encode())
        digest.update(file.read_bytes())
    for fact in [
        toolchain.version,
        toolchain.platform,
        "CGO_ENABLED=0",
        *recipe.arguments,
        *map(repr, recipe.changes),
    ]:
        digest.update(f"{fact}\n".encode())
    return digest.hexdigest()[:20]


def binary_path(name: str, recipe: Recipe, toolchain: Toolchain) -> Path:
    """Return the path of a binary, built or not."""
    return cache_folder() / name / key(recipe, toolchain) / name


@contextlib.contextmanager
def build_lock(purpose: str, progress: Progress) -> Iterator[None]:
    """Hold the lock of the cache: parallel builds gain nothing, and the second build finds the first one's result."""
    folder = cache_folder()
    make_private(folder, below=folder)
    with (folder / "build.lock").open("a+") as lock:
        started = time.monotonic()
        while not _try_lock(lock.fileno()):
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            progress.update(f"{purpose}: waiting {readable_duration(time.monotonic() - started)} for {holder}")
            time.sleep(0.2)
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, which builds {purpose}")
        lock.flush()
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def build_folder() -> Iterator[Path]:
    """Yield an empty folder on the cache's file system to build in, and delete it afterwards.

    Only the holder of the lock uses it, so anything in it at the start was left by a killed build.
    """
    folder = cache_folder() / "building"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def store(built: Path, target: Path) -> None:
    """Move a finished binary into the cache, record its digest, and delete its long unused predecessors."""
    make_private(target.parent, below=cache_folder())
    built.chmod(0o755)
    record(built, target)
    built.replace(target)
    oldest = time.time() - UNUSED_DAYS * 86_400
    for other in target.parent.parent.iterdir():
        if other != target.parent and other.is_dir() and other.stat().st_mtime < oldest:
            shutil.rmtree(other, ignore_errors=True)


def is_built(target: Path) -> bool:
    """Return whether a binary is in the cache as it was built.

    Raises:
        SandboxError: If its folder belongs to another user.
    """
    if not target.exists():
        return False
    make_private(target.parent, below=cache_folder())
    return is_recorded(target)


def mark_used(target: Path) -> None:
    """Mark a binary as in use, so that it is not dropped."""
    with contextlib.suppress(OSError):  # the cache may be read-only
        os.utime(target.parent)
