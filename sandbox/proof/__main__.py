"""``python -m sandbox.proof [STACK]``: prove every identity of a stack that is up in the running sandbox.

With ``--kubeconfig FILE`` it is proven on that cluster instead, with the caller's AWS profile and none of the stand-ins.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.__main__ import DIRECTORY, environment, refuse_duplicates
from sandbox.processes import SandboxError
from sandbox.proof import Report, prove
from sandbox.proof.real import IMAGE, prove_on
from sandbox.running import find


def main() -> int:
    """Prove one stack; 1 when something is not as promised."""
    parser = argparse.ArgumentParser(prog="sandbox.proof", description=__doc__)
    parser.add_argument("stack", nargs="?", default="dev")
    parser.add_argument("--kubeconfig", type=Path, help="prove on the cluster of this file instead of in the sandbox")
    parser.add_argument("--image", default=IMAGE, help="with --kubeconfig: an image that has python3 and boto3")
    given = parser.parse_args()
    began = time.monotonic()
    try:
        refuse_duplicates(given.stack)
        wanted = environment(given.stack)
        report = prove_on(given.kubeconfig, wanted, image=given.image) if given.kubeconfig else in_sandbox(wanted)
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(report)
    count = len(report.shown)
    print(f"{count} proven in {time.monotonic() - began:.1f} s" if not report.problems else "NOT PROVEN")
    return 1 if report.problems else 0


def in_sandbox(wanted: Mapping[str, Any]) -> Report:
    """Prove in the running sandbox.

    Raises:
        SandboxError: If none runs.
    """
    sandbox = find(DIRECTORY)
    if sandbox is None:
        raise SandboxError("no sandbox is running; `make up` starts one")
    return prove(sandbox, wanted)


if __name__ == "__main__":
    sys.exit(main())
