"""Build binaries of the sandbox: `python -m sandbox.engine NAME...` (all of them without a name), paths on stdout."""

import signal
import sys

from sandbox.engine import RECIPES, binaries
from sandbox.processes import SandboxError


def main(names: list[str]) -> int:
    """Build, print one `name path` line each, and return the exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # both end the build in the same tidy way
    try:
        for name, path in binaries(names or RECIPES).items():
            print(name, path)
    except SandboxError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Finished binaries are kept. Run the same command again to continue.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
