"""Checks that the files in the cache are those that the sandbox put there, and runs no others.

Building a binary writes its digest next to it. That helps only if other users cannot write there, so the folders of
the cache must belong to this user (or root), and others must not have write access.
"""

import functools
import hashlib
import os
import stat
from pathlib import Path

from sandbox.processes import SandboxError

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def make_private(folder: Path, *, below: Path) -> None:
    """Create *folder* and its parents up to *below* if they do not exist, and remove write access for other users.

    Raises:
        SandboxError: If one of them belongs to another user, or is a symbolic link of another user.
    """
    below.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    for part in (below, *reversed([parent for parent in folder.parents if parent.is_relative_to(below)]), folder):
        status = part.stat()
        if not _ours(part.lstat()) or not _ours(status):
            raise SandboxError(
                f"{part} belongs to another user, who could have put any program there. "
                "Remove it, or set EKS_POD_IDENTITY_CACHE to a folder of your own."
            )
        if status.st_mode & _OTHERS_WRITE:
            _close(part, status)


def _close(folder: Path, status: os.stat_result) -> None:
    try:
        folder.chmod(stat.S_IMODE(status.st_mode) & ~_OTHERS_WRITE)
    except OSError as error:
        raise SandboxError(
            f"Other users can write to {folder}. Set EKS_POD_IDENTITY_CACHE to a folder of your own."
        ) from error


def record(file: Path, target: Path) -> None:
    """Write the digest of *file*, which will be moved to *target*, next to *target*."""
    _write(_digest_file(target), _digest(file, _version(file)))


def is_recorded(target: Path) -> bool:
    """Return whether *target* belongs to this user and has the recorded content."""
    noted = _digest_file(target)
    if not all(_is_private_file(path) for path in (target, noted)):
        return False
    return noted.read_text() == _digest(target, _version(target))


def record_tree(folder: Path) -> None:
    """Write the digest of everything below *folder* into it."""
    _write(folder / _TREE, tree_digest(folder))


def is_recorded_tree(folder: Path) -> bool:
    """Return whether everything below *folder* has the recorded content."""
    noted = folder / _TREE
    return _is_private_file(noted) and noted.read_text() == tree_digest(folder)


def tree_digest(folder: Path) -> str:
    """Return a digest of the names, the content and the links of everything below *folder*."""
    digest = hashlib.sha256()
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted([*files, *(folder for folder in folders if (Path(parent) / folder).is_symlink())]):
            path = Path(parent) / name
            if path == folder / _TREE:
                continue
            content = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            entry = f"{path.relative_to(folder)}\0{path.is_symlink()}\0{hashlib.sha256(content).hexdigest()}\n"
            digest.update(entry.encode(errors="surrogateescape"))
    return digest.hexdigest()


_TREE = "content.sha256"


def _digest_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


def _write(path: Path, digest: str) -> None:
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(digest)
    draft.replace(path)


def _is_private_file(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and _ours(status) and not status.st_mode & _OTHERS_WRITE


def _ours(status: os.stat_result) -> bool:
    return status.st_uid in (0, os.geteuid())


def _version(file: Path) -> tuple[int, ...]:
    """Return values that change when *file* is written, so that an unchanged file is read once."""
    status = file.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@functools.lru_cache(maxsize=64)
def _digest(file: Path, version: tuple[int, ...]) -> str:  # noqa: ARG001 - part of the key
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
