"""The components against a program written by hand that makes the same resources: time and memory, from one run.

    python -m benchmarks.components               100 identities: preview and up
    python -m benchmarks.components 100 1000      and 1,000
    python -m benchmarks.components --bindings    one identity with 1,000, 2,500 and 5,000 bindings: preview
    python -m benchmarks.components --import      what importing the package costs

Each pair is run in turns and the best of its runs counts: what else the machine does only ever adds. Memory is the
largest sum over the CLI and everything it starts, shared pages counted once.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.launch import ensure, prepare, stop
from sandbox.pulumi_cli import Pulumi
from sandbox.seed import create_cluster

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(__file__).with_name("programs")
ACCOUNTS = iter(range(310000000000, 319999999999))


@dataclass(frozen=True)
class Cost:
    """What a command took."""

    seconds: float
    megabytes: float


def tree_memory(root: int) -> float:
    """Return the memory of a process and all it started, in MB."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    members, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in members} - members
        members |= more
        grown = bool(more)
    total = 0
    for pid in members:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def measured(pulumi: Pulumi, *arguments: str) -> Cost:
    """Run a command that must succeed, and return what it took."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [pulumi.cli, *arguments, "--non-interactive", "--color", "never"],
        cwd=pulumi.project,
        env=dict(pulumi.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    most = [0.0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.25):
            most[0] = max(most[0], tree_memory(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - began
    done.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(output)
    return Cost(seconds, most[0])


class Bench:
    """A sandbox, and a project for each program."""

    def __init__(self, directory: Path) -> None:
        """Start the sandbox in *directory*."""
        self.directory = directory
        self.cli = prepare(directory)
        self.sandbox = ensure(directory)

    def project(self, program: str, identities: int) -> Pulumi:
        """Return a new project that runs *program*, in an account of its own."""
        account = str(next(ACCOUNTS))
        create_cluster(self.sandbox.aws, "main", account)
        folder = self.directory / "projects" / f"{program}-{account}"
        folder.mkdir(parents=True)
        backend = folder / "state"
        backend.mkdir()
        (folder / "Pulumi.yaml").write_text(
            f"name: bench-{account}\nruntime: python\nconfig:\n  aws:region: {{value: eu-west-1}}\n"
        )
        shutil.copy(PROGRAMS / f"{program}.py", folder / "__main__.py")
        environment = self.sandbox.environment(self.cli) | {
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "PULUMI_BACKEND_URL": f"file://{backend}",
            "PYTHONPATH": str(ROOT / "components"),
            "IDENTITIES": str(identities),
        }
        pulumi = Pulumi(self.cli, folder, environment)
        pulumi.select("bench")
        return pulumi


def best(costs: list[Cost]) -> Cost:
    """Return the least of each."""
    return Cost(min(cost.seconds for cost in costs), min(cost.megabytes for cost in costs))


def compare(bench: Bench, identities: int, rounds: int) -> None:
    """Print preview and up of both programs, and the ratios."""
    programs = ("by_hand", "component")
    projects = {program: bench.project(program, identities) for program in programs}
    preview: dict[str, list[Cost]] = {program: [] for program in programs}
    up: dict[str, list[Cost]] = {program: [] for program in programs}
    for turn in range(rounds):
        for program in programs if turn % 2 == 0 else programs[::-1]:
            preview[program].append(measured(projects[program], "preview"))
    for turn in range(rounds if identities <= 100 else 1):
        for program in programs if turn % 2 == 0 else programs[::-1]:
            project = projects[program] if turn == 0 else bench.project(program, identities)
            up[program].append(measured(project, "up", "--yes", "--skip-preview"))
    for command, costs in (("preview", preview), ("up", up)):
        hand, ours = best(costs["by_hand"]), best(costs["component"])
        print(
            f"{command:8} {identities:5} identities   by hand {hand.seconds:6.1f} s {hand.megabytes:5.0f} MB   "
            f"component {ours.seconds:6.1f} s {ours.megabytes:5.0f} MB   "
            f"ratio {ours.seconds / hand.seconds:.2f} time, {ours.megabytes / hand.megabytes:.2f} memory",
            flush=True,
        )


def bindings(bench: Bench) -> None:
    """Print the preview of one identity with many bindings, and how it grows."""
    first: tuple[int, float] | None = None
    for number in (1000, 2500, 5000):
        cost = measured(bench.project("bindings", number), "preview")
        first = first or (number, cost.seconds)
        grown = (cost.seconds / first[1]) / (number / first[0])
        print(
            f"preview  {number:5} bindings     {cost.seconds:6.1f} s {cost.megabytes:5.0f} MB   "
            f"{grown:.2f} of linear growth",
            flush=True,
        )


def imports() -> None:
    """Print what importing costs, in processes of their own, in turns."""
    codes = {
        "pulumi_aws with iam and eks": "import pulumi_aws; pulumi_aws.iam.Role; pulumi_aws.eks.Addon",
        "pulumi_eks_pod_identity": "import pulumi_eks_pod_identity",
    }
    times: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(15):
        for name, code in codes.items():
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": str(ROOT / "components")}
            )
            times[name].append(time.perf_counter() - began)
    hand, ours = (statistics.median(values) for values in times.values())
    print(f"import   {hand * 1000:.0f} ms {next(iter(codes))}, {ours * 1000:.0f} ms ours   ratio {ours / hand:.2f}")


def main(arguments: list[str]) -> None:
    """Run what is asked for."""
    if "--import" in arguments:
        imports()
        return
    directory = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        bench = Bench(directory)
        if "--bindings" in arguments:
            bindings(bench)
            return
        for identities in [int(argument) for argument in arguments] or [100]:
            compare(bench, identities, rounds=3 if identities <= 100 else 1)
    finally:
        stop(directory)
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
