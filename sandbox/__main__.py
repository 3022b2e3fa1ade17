"""The sandbox's commands, as the Makefile calls them: `python -m sandbox up|preview|destroy|down|status [STACK]`."""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.home import ROOT
from sandbox.launch import ensure, prepare, stop
from sandbox.processes import SandboxError
from sandbox.pulumi_cli import Pulumi
from sandbox.running import Sandbox, find_sandbox, isolate, shell_commands
from sandbox.stack_files import read_environment, text_for_engine, write_copy

DIRECTORY = Path(os.environ.get("EKS_POD_IDENTITY_SANDBOX", ROOT / ".sandbox")).resolve()


@dataclass(frozen=True)
class Engine:
    """The engine on the repository's project, with one stack."""

    pulumi: Pulumi
    sandbox: Sandbox
    stack: str
    file: Path
    """The copy of the stack file that the engine reads and writes."""

    def show(self, command: str, *options: str) -> int:
        """Run a command of the engine, whose output goes to the user, and return its exit status."""
        return self.pulumi.show(command, "--stack", self.stack, "--config-file", str(self.file), *options)

    def policies(self) -> list[str]:
        """Return the options that apply the policy pack, with the configuration for this stack."""
        configuration = ROOT / "policies" / "config" / f"{self.stack}.json"
        if not configuration.exists():
            return []
        return ["--policy-pack", "policies", "--policy-pack-config", str(configuration)]


def start_engine(stack: str) -> Engine:
    """Start the sandbox if it is not running, and return the engine with *stack*, created if it is missing."""
    text = text_for_engine(stack)
    cli = prepare(DIRECTORY)
    sandbox = ensure(DIRECTORY)
    file = write_copy(stack, text, DIRECTORY / "run" / "stacks")
    settings = sandbox.environment(cli)
    # Created next to the copy, because the engine writes the salt into the file that it finds.
    Pulumi(cli, file.parent, settings).select(stack)
    return Engine(Pulumi(cli, ROOT, settings), sandbox, stack, file)


def up(stack: str, *, verbose: bool) -> int:
    """Run `pulumi up`, compare the result with the stack file, and prove every identity."""
    from sandbox.proof import prove  # noqa: PLC0415 - only this command needs it
    from sandbox.proof.expectations import read_expectations  # noqa: PLC0415 - likewise
    from sandbox.readback import agent_differences, read_rows  # noqa: PLC0415 - likewise

    began = time.monotonic()
    engine = start_engine(stack)
    if code := engine.show("up", "--yes", "--skip-preview", "--suppress-outputs", *engine.policies()):
        return code
    environment = read_environment(stack)
    expected = read_expectations(stack, environment["identities"])
    rows = read_rows(engine.sandbox, environment, engine.pulumi.outputs(stack))
    differences = [line for row in rows for line in row.differences]
    differences += agent_differences(engine.sandbox, environment)
    report = prove(engine.sandbox, environment, expected)
    details = {(row.identity, row.workload): row.lines(verbose=verbose) for row in rows}
    print(f"\n{report.text(details, verbose=verbose)}\n")
    print("\n".join(differences) or "no differences")
    print(summary(stack, len(environment["identities"]), len(report.problems), time.monotonic() - began))
    if differences or report.problems:
        return 1
    print(f"Next: `make destroy{stack_argument(stack)}` (remove the stack), `make down` (stop the sandbox),")
    print('      `eval "$(make -s status)"` (use the sandbox in this shell)')
    return 0


def stack_argument(stack: str) -> str:
    """Return the argument with which `make` works on *stack*, with a space before it; empty for the default."""
    return "" if stack == "dev" else f" STACK={stack}"


def summary(stack: str, identities: int, problems: int, seconds: float) -> str:
    """Return the summary line of a run."""
    count = f"{identities} {'identity' if identities == 1 else 'identities'}"
    if problems:
        unmet = f"{problems} {'problem' if problems == 1 else 'problems'}"
        return f"{stack}: NOT PROVEN ({count}, {unmet}), {seconds:.0f} s"
    return f"{stack}: {count} proven, {seconds:.0f} s"


def preview(stack: str) -> int:
    """Run `pulumi preview`."""
    engine = start_engine(stack)
    return engine.show("preview", *engine.policies())


def destroy(stack: str) -> int:
    """Run `pulumi destroy`, then list what AWS and Kubernetes still have, unless it belongs to other stacks."""
    from sandbox.inventory import leftovers  # noqa: PLC0415 - as in `up`

    engine = start_engine(stack)
    if code := engine.show("destroy", "--yes", "--skip-preview"):
        return code
    if others := engine.pulumi.stacks_with_resources():
        print(f"leftovers are not listed while other stacks have resources: {', '.join(others)}")
        return 0
    left = leftovers(engine.sandbox)
    print("\n".join(f"left over: {item}" for item in left) or "nothing left over in AWS or Kubernetes")
    return 1 if left else 0


def down() -> int:
    """Stop the sandbox and delete its data."""
    print("the sandbox is stopped" if stop(DIRECTORY) else "no sandbox was running")
    return 0


def status() -> int:
    """Print the commands that point a shell at the running sandbox: `eval "$(make -s status)"`."""
    sandbox = find_sandbox(DIRECTORY)
    if sandbox is None:
        print("No sandbox is running. `make up` starts one.", file=sys.stderr)
        return 1
    cli = prepare(DIRECTORY)
    print(shell_commands(sandbox.environment(cli, inherit={"PATH": os.environ["PATH"]})))
    return 0


def main() -> int:
    """Parse the command line and run one command."""
    # The engine writes directly to the terminal or pipe; these lines must appear in between, not after.
    sys.stdout.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue] # always a text stream here
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("command", choices=["up", "preview", "destroy", "down", "status"])
    parser.add_argument("stack", nargs="?", default="dev")
    parser.add_argument("--verbose", action="store_true", help="with up: print sessions, injected variables and times")
    args = parser.parse_args()
    isolate()
    try:
        return run(args.command, args.stack, verbose=args.verbose)
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run the same command again to continue.", file=sys.stderr)
        return 130


def run(command: str, stack: str, *, verbose: bool) -> int:
    """Run one command and return its exit status."""
    match command:
        case "up":
            return up(stack, verbose=verbose)
        case "preview":
            return preview(stack)
        case "destroy":
            return destroy(stack)
        case "down":
            return down()
        case _:
            return status()


if __name__ == "__main__":
    sys.exit(main())
