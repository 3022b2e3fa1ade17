"""Finds the Go toolchain that builds the sandbox, and gives it an environment without the user's settings."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.engine.recipes import MODULES, RECIPES
from sandbox.processes import SandboxError

MINIMUM = (1, 26)

_PULUMI_DOWNLOADS = "https://www.pulumi.com/docs/install/"
_GO_DOWNLOADS = "https://go.dev/dl/"


@dataclass(frozen=True)
class Toolchain:
    """A Go that is new enough."""

    go: Path
    version: str
    """As Go names itself: `go1.26.8`."""
    platform: str
    """Operating system and architecture of this machine: `linux/amd64`."""

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of a build.

        The user's proxy, checksum database and cache folders stay. Settings that would change the result are removed.
        """
        system, architecture = self.platform.split("/")
        return _build_environment(
            CGO_ENABLED="0",
            GOOS=system,
            GOARCH=architecture,
            # The compiler collects garbage less often: the CLI was built in 228 s instead of 261 s, from an empty
            # cache.
            GOGC="800",
        )


def _build_environment(**values: str) -> dict[str, str]:
    # An empty variable would fall back to the user's `go env -w` file, so each has a value.
    return {
        "HOME": str(Path.home()),
        **os.environ,
        "GOFLAGS": "-mod=readonly",
        "GOWORK": "off",
        "GO111MODULE": "on",
        **values,
    }


def find_toolchain() -> Toolchain:
    """Return the Go on PATH, or the newer one that it downloads.

    Raises:
        SandboxError: If none is new enough. The message has both remedies.
    """
    go = shutil.which("go")
    if go is None:
        raise _missing("there is no `go` on PATH")
    completed = subprocess.run(
        [go, "env", "-json", "GOVERSION", "GOHOSTOS", "GOHOSTARCH"],
        # In a module's folder, Go 1.21 or newer reads the required version and may download it.
        cwd=MODULES / RECIPES["pulumi"].module,
        env=_build_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode != 0:
        output = " ".join(completed.stderr.split())
        raise _missing(f"{go} is older and could not get a newer one ({output})")
    facts = json.loads(completed.stdout)
    if _release(facts["GOVERSION"]) < MINIMUM:
        raise _missing(f"{go} is {facts['GOVERSION']}")
    return Toolchain(Path(go), facts["GOVERSION"], f"{facts['GOHOSTOS']}/{facts['GOHOSTARCH']}")


def _release(version: str) -> tuple[int, int]:
    # A development version ("devel go1.27-abcdef") names the release it precedes.
    numbers = re.search(r"go(\d+)\.(\d+)", version)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)


def _missing(reason: str) -> SandboxError:
    minimum = ".".join(map(str, MINIMUM))
    engine = RECIPES["pulumi"].version.removeprefix("v")
    return SandboxError(
        f"Go {minimum} or newer builds the programs of the sandbox, but {reason}.\n"
        f"Either install Go {minimum}+ ({_GO_DOWNLOADS}) and run this again;\n"
        f"or, if only the Pulumi engine is needed, put a `pulumi` of version {engine} or newer on PATH, with its"
        f" `pulumi-language-python` next to it ({_PULUMI_DOWNLOADS})."
    )
