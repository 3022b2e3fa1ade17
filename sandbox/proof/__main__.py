"""``python -m sandbox.proof [STACK]``: prove every identity of a stack that is up in the running sandbox."""

import argparse
import sys
import time

from sandbox.__main__ import DIRECTORY, environment
from sandbox.processes import SandboxError
from sandbox.proof import prove
from sandbox.running import find


def main() -> int:
    """Prove one stack; 1 when something is not as promised."""
    parser = argparse.ArgumentParser(prog="sandbox.proof", description=__doc__)
    parser.add_argument("stack", nargs="?", default="dev")
    stack = parser.parse_args().stack
    began = time.monotonic()
    sandbox = find(DIRECTORY)
    if sandbox is None:
        print("error: no sandbox is running; `make up` starts one", file=sys.stderr)
        return 1
    try:
        report = prove(sandbox, environment(stack))
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(report)
    count = len(report.shown)
    print(f"{count} proven in {time.monotonic() - began:.1f} s" if not report.problems else "NOT PROVEN")
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
