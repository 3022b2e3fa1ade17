"""The sandbox's commands, as the Makefile calls them: `python -m sandbox up|preview|destroy|down|status [STACK]`."""

import argparse
import os
import sys
import time
from pathlib import Path

import yaml

from sandbox.home import ROOT
from sandbox.launch import ensure, prepare, stop
from sandbox.processes import SandboxError
from sandbox.pulumi_cli import Pulumi
from sandbox.running import Sandbox, find

sys.path.insert(0, str(ROOT / "stacks"))
DIRECTORY = Path(os.environ.get("EKS_POD_IDENTITY_SANDBOX", ROOT / ".sandbox")).resolve()


def engine(stack: str) -> tuple[Pulumi, Sandbox]:
    """Bring the sandbox up and return the CLI on the repository's project, with *stack* selected."""
    refuse_duplicates(stack)
    cli = prepare(DIRECTORY)
    sandbox = ensure(DIRECTORY)
    pulumi = Pulumi(cli, ROOT, sandbox.environment(cli))
    pulumi.select(stack)
    return pulumi, sandbox


def refuse_duplicates(stack: str) -> None:
    """Refuse a stack's file with a key that stands twice: the engine tells its line, but not where it belongs.

    Raises:
        SandboxError: With a line for each, or if there is no such file.
    """
    from stack_file import values  # noqa: PLC0415 - of the stacks, which are a program and no package

    file = ROOT / "stacks" / f"Pulumi.{stack}.yaml"
    if not file.exists():
        known = ", ".join(sorted(path.name.split(".")[1] for path in file.parent.glob("Pulumi.*.yaml")))
        raise SandboxError(f"There is no stack {stack!r}: stacks/{file.name} does not exist. The stacks are: {known}.")
    _, twice = values(file)
    if twice:
        raise SandboxError(f"stacks/{file.name}:\n" + "\n".join(f"- {line}" for line in twice))


def policies(stack: str) -> list[str]:
    """Return the options that put a run under the policy pack, with the configuration of the stack's environment."""
    configuration = ROOT / "policies" / "config" / f"{stack}.json"
    return ["--policy-pack", "policies", "--policy-pack-config", str(configuration)] if configuration.exists() else []


def environment(stack: str) -> dict:
    """Return the environment object of a stack's file; `pulumi up` has checked it by now."""
    file = ROOT / "stacks" / f"Pulumi.{stack}.yaml"
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["config"][
        "eks-pod-identity:environment"
    ]


def up(stack: str) -> int:
    """Run `pulumi up`, read all of it back and say whether it differs, and go the way of each pod."""
    from sandbox.proof import prove  # noqa: PLC0415 - what only this command needs is loaded by it alone
    from sandbox.readback import agents, read  # noqa: PLC0415
    from sandbox.table import table  # noqa: PLC0415

    began = time.monotonic()
    pulumi, sandbox = engine(stack)
    if code := pulumi.show("up", "--yes", "--skip-preview", "--suppress-outputs", *policies(stack)):
        return code
    wanted = environment(stack)
    rows = read(sandbox, wanted, pulumi.outputs(stack))
    print(f"\n{table(rows)}\n")
    differences = [line for row in rows for line in row.differences] + list(agents(sandbox, wanted))
    print("\n".join(differences) or "no differences")
    proof = prove(sandbox, wanted)
    print(f"\n{proof}\n\n{stack}: {time.monotonic() - began:.0f} s")
    return 1 if differences or proof.problems else 0


def preview(stack: str) -> int:
    """Run `pulumi preview`."""
    pulumi, _ = engine(stack)
    return pulumi.show("preview", *policies(stack))


def destroy(stack: str) -> int:
    """Run `pulumi destroy`, then list what AWS and Kubernetes still hold."""
    from sandbox.inventory import leftovers  # noqa: PLC0415 - as in `up`

    pulumi, sandbox = engine(stack)
    if code := pulumi.show("destroy", "--yes", "--skip-preview"):
        return code
    left = leftovers(sandbox)
    print("\n".join(f"left over: {item}" for item in left) or "nothing left over in AWS or Kubernetes")
    return 1 if left else 0


def down() -> int:
    """End the sandbox and forget what it held."""
    print("the sandbox has ended" if stop(DIRECTORY) else "no sandbox was running")
    return 0


def status() -> int:
    """Say where the running sandbox is reached, and how to point a shell at it."""
    sandbox = find(DIRECTORY)
    if sandbox is None:
        print("no sandbox is running; `make up` starts one")
        return 1
    cli = prepare(DIRECTORY)
    for name, value in sorted(sandbox.environment(cli, inherit={"PATH": os.environ["PATH"]}).items()):
        print(f"export {name}='{value}'")
    return 0


def main() -> int:
    """Parse the command line and run one command."""
    # What the engine prints goes straight to the terminal or pipe; these lines must come in between, not after.
    sys.stdout.reconfigure(line_buffering=True)  # pyright: ignore[reportAttributeAccessIssue] # always a text stream here
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("command", choices=["up", "preview", "destroy", "down", "status"])
    parser.add_argument("stack", nargs="?", default="dev")
    arguments = parser.parse_args()
    try:
        if arguments.command in ("down", "status"):
            return {"down": down, "status": status}[arguments.command]()
        return {"up": up, "preview": preview, "destroy": destroy}[arguments.command](arguments.stack)
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
