"""``python -m sandbox.proof [STACK]``: prove every identity of a stack that is up in the running sandbox.

With ``--kubeconfig FILE``, prove it on that cluster instead, with the caller's AWS profile and none of the stand-ins.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.__main__ import DIRECTORY, stack_argument, summary
from sandbox.processes import SandboxError
from sandbox.proof import Report, prove
from sandbox.proof.expectations import Proof, read_expectations
from sandbox.proof.real import IMAGE, prove_on
from sandbox.running import find_sandbox, isolate
from sandbox.stack_files import read_environment


def main() -> int:
    """Prove one stack, and return 1 if an expectation was not met."""
    parser = argparse.ArgumentParser(prog="sandbox.proof", description=__doc__)
    parser.add_argument("stack", nargs="?", default="dev")
    parser.add_argument("--verbose", action="store_true", help="print sessions, injected variables and times")
    parser.add_argument("--kubeconfig", type=Path, help="prove on the cluster of this file instead of in the sandbox")
    parser.add_argument("--image", default=IMAGE, help="with --kubeconfig: an image that has python3 and boto3")
    args = parser.parse_args()
    began = time.monotonic()
    try:
        environment = read_environment(args.stack)
        expected = read_expectations(args.stack, environment["identities"])
        if args.kubeconfig:
            report = prove_on(args.kubeconfig, environment, expected, image=args.image)
        else:
            isolate()
            report = in_sandbox(args.stack, environment, expected)
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(report.text(verbose=args.verbose))
    seconds = time.monotonic() - began
    print(f"\n{summary(args.stack, len(environment['identities']), len(report.problems), seconds)}")
    return 1 if report.problems else 0


def in_sandbox(stack: str, environment: Mapping[str, Any], expected: Mapping[str, Proof]) -> Report:
    """Prove in the running sandbox.

    Raises:
        SandboxError: If none runs, or if it has nothing to prove: waiting for each pod would take a minute.
    """
    from sandbox.seed import client  # noqa: PLC0415 - importing the clients of AWS reads the profile of the caller

    sandbox = find_sandbox(DIRECTORY)
    if sandbox is None:
        raise SandboxError("No sandbox is running. `make up` starts one.")
    cluster = environment["cluster"]["name"]
    if not client("eks", sandbox.aws).list_pod_identity_associations(clusterName=cluster)["associations"]:
        deploy = f"make up{stack_argument(stack)}"
        raise SandboxError(f"The cluster {cluster} has no associations. `{deploy}` deploys the stack and proves it.")
    return prove(sandbox, environment, expected)


if __name__ == "__main__":
    sys.exit(main())
