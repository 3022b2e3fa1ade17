"""The emulator's own Python environment, because MiniStack pins another botocore.

It is created once per content of the lock file, in the cache outside the work tree, and never changed.
"""

import fcntl
import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sandbox.processes import SandboxError

LOCK_FILE = Path(__file__).resolve().parent.parent.parent / "locks" / "ministack.txt"


def emulator_python(requirements: Path = LOCK_FILE) -> Path:
    """Return the interpreter of the emulator's environment, which is created if it is missing or was changed.

    Raises:
        SandboxError: If it cannot be created. Has the last output of the installer.
    """
    # Imported here: the emulator's own process, which has another environment, imports this module.
    from sandbox.engine.cache import cache_folder  # noqa: PLC0415 - as explained above
    from sandbox.engine.trust import make_private  # noqa: PLC0415 - likewise

    target = _folder() / _key(requirements)
    interpreter = target / "bin" / "python"
    make_private(target.parent, below=cache_folder())
    if _is_created(target):
        return interpreter
    with (target.parent / "ministack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may have created it meanwhile
        if not _is_created(target):
            _create(target, requirements)
    return interpreter


def _is_created(target: Path) -> bool:
    """Return whether the environment exists, with nothing added, changed or missing."""
    from sandbox.engine.trust import is_recorded_tree, make_private  # noqa: PLC0415 - as in `emulator_python`

    if not (target / "bin" / "python").exists():
        return False
    make_private(target, below=target)
    return is_recorded_tree(target)


def _folder() -> Path:
    from sandbox.engine.cache import cache_folder  # noqa: PLC0415 - as in `emulator_python`

    return cache_folder() / "ministack"


def _key(requirements: Path) -> str:
    digest = hashlib.sha256(requirements.read_bytes())
    digest.update(f"{platform.python_version()} {platform.machine()}".encode())
    return digest.hexdigest()[:20]


def _create(target: Path, requirements: Path) -> None:
    """Create the environment in a temporary folder and move it: an interrupted run leaves nothing behind."""
    from sandbox.engine.trust import record_tree  # noqa: PLC0415 - as in `emulator_python`

    draft = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    try:
        for command in _commands(draft, requirements):
            _run(command)
        record_tree(draft)
        shutil.rmtree(target, ignore_errors=True)  # one that has changed since it was created
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _commands(draft: Path, requirements: Path) -> list[list[str]]:
    # Both tools check every file against its hash in the lock; uv is merely faster.
    python, interpreter = sys.executable, str(draft / "bin" / "python")
    uv = Path(python).parent / "uv"
    if uv.exists():
        return [
            [str(uv), "venv", "--quiet", "--clear", "--relocatable", "--python", python, str(draft)],
            [
                *(str(uv), "pip", "install", "--quiet", "--compile-bytecode", "--require-hashes"),
                *("--python", interpreter, "-r", str(requirements)),
            ],
        ]
    return [
        [python, "-m", "venv", "--clear", str(draft)],
        [interpreter, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(requirements)],
    ]


def _run(command: list[str]) -> None:
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    if completed.returncode != 0:
        output = "\n".join((completed.stderr or completed.stdout).strip().splitlines()[-15:])
        raise SandboxError(
            f"The environment of the AWS emulator could not be created ({Path(command[0]).name}):\n{output}"
        )
