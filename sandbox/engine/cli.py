"""Chooses the Pulumi CLI: a suitable one on PATH, or else one that is built."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.engine.build import binaries
from sandbox.engine.progress import Progress
from sandbox.engine.recipes import RECIPES

LANGUAGE_HOST = "pulumi-language-python"


@dataclass(frozen=True)
class PulumiCli:
    """The `pulumi` that runs the stacks."""

    path: Path
    version: str
    """As it reports itself: `v3.259.0`."""
    built: bool
    """True if the sandbox built it. Such a CLI has no language host next to it."""


def pulumi_cli(*, progress: Progress | None = None) -> PulumiCli:
    """Return the CLI to use, and report which: a suitable one on PATH, or else one that is built.

    A CLI is suitable if it is at least as new as the pinned version and has its Python language host next to it.

    Raises:
        SandboxError: If it must be built and cannot be.
    """
    progress = progress or Progress()
    pinned = RECIPES["pulumi"].version
    on_path = shutil.which("pulumi")
    if on_path is not None:
        path = Path(on_path)
        version = _reported_version(path)
        unsuited = _version_fault(path, version, pinned)
        if unsuited is None:
            progress.report(f"Pulumi engine: {version}, found on PATH ({path})")
            return PulumiCli(path, version, built=False)
        progress.report(f"Pulumi engine: {path} is not used: {unsuited}")
    path = binaries(["pulumi"], progress=progress)["pulumi"]
    progress.report(f"Pulumi engine: {pinned}, built from its Go module")
    return PulumiCli(path, pinned, built=True)


def _reported_version(path: Path) -> str:
    try:
        completed = subprocess.run(
            [path, "version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return completed.stdout.strip()


def _version_fault(path: Path, version: str, pinned: str) -> str | None:
    if _release(version) is None:
        return "it does not report its version"
    if (_release(version) or ()) < (_release(pinned) or ()):
        return f"its version {version} is older than {pinned}"
    # A symbolic link in a folder of links is common; the CLI looks next to the target of the link.
    if not (path.resolve().parent / LANGUAGE_HOST).exists():
        return f"there is no {LANGUAGE_HOST} next to it"
    return None


def _release(version: str) -> tuple[int, ...] | None:
    numbers = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?", version)
    return tuple(map(int, numbers.groups())) if numbers else None
