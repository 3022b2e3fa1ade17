"""Compares the components with a program written by hand that creates the same resources, in time and memory.

    python -m benchmarks.components               100 identities: preview and up
    python -m benchmarks.components 1000          1,000
    python -m benchmarks.components --together 1000    the same with both programs at once, in half the time
    python -m benchmarks.components --bindings    one identity with 1,000, 2,500 and 5,000 bindings: preview
    python -m benchmarks.components --import      importing the package, and a program with one identity under mocks

The programs run in turns, five times each, and each pair of neighboring runs gives a ratio. A line shows the median of
the ratios and, in brackets, minimum and maximum. Memory is the peak of the sum over the CLI and everything it starts,
with shared pages counted once. Python may cache bytecode, as it does for installed packages.

A file backend writes the whole state at every step, so an update of many resources spends most of its time on that:
ten times the identities take a hundred times as long. The line "up, state once" is the same update with its state
written once, at the end.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sandbox.launch import ensure, prepare, stop
from sandbox.pulumi_cli import Pulumi
from sandbox.seed import create_cluster

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(__file__).with_name("programs")
PAIR = ("by_hand", "component")
UP = ("up", "--yes", "--skip-preview")
ACCOUNTS = iter(range(310000000000, 319999999999))


@dataclass(frozen=True)
class Cost:
    """The time and memory of a command."""

    seconds: float
    megabytes: float


def tree_memory(root: int) -> float:
    """Return the memory of a process and everything it started, in MB."""
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


def measure(pulumi: Pulumi, *arguments: str) -> Cost:
    """Run a command that must succeed, and return its cost."""
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

    def project(self, program: str, identities: int, changes: Mapping[str, str] = MappingProxyType({})) -> Pulumi:
        """Return a new project that runs *program* in its own account, with *changes* to the environment."""
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
        environment = _with_bytecode(self.sandbox.environment(self.cli)) | {
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "PULUMI_BACKEND_URL": f"file://{backend}",
            "PYTHONPATH": str(ROOT / "components"),
            "IDENTITIES": str(identities),
            **changes,
        }
        pulumi = Pulumi(self.cli, folder, environment)
        pulumi.select("bench")
        return pulumi


def compare(bench: Bench, identities: int, rounds: int, *, together: bool) -> None:
    """Print each command of both programs, and the ratios."""
    projects = {program: bench.project(program, identities) for program in PAIR}
    preview = _pairs(rounds, lambda program: measure(projects[program], "preview"), together=together)
    _print_pair("preview", identities, preview)
    once = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
    for name, changes in (("up, state once", once), ("up", {})):
        costs = _pairs(
            rounds,
            lambda program, changes=changes: measure(bench.project(program, identities, changes), *UP),
            together=together,
        )
        _print_pair(name, identities, costs)


def _pairs(rounds: int, run: Callable[[str], Cost], *, together: bool) -> dict[str, list[Cost]]:
    """Run both programs in turns, and return the costs of each in the order of the rounds."""
    costs: dict[str, list[Cost]] = {program: [] for program in PAIR}
    for turn in range(rounds):
        order = PAIR if turn % 2 == 0 else PAIR[::-1]
        with ThreadPoolExecutor(len(PAIR) if together else 1) as pool:
            for program, cost in zip(order, pool.map(run, order), strict=True):
                costs[program].append(cost)
    return costs


def _print_pair(command: str, identities: int, costs: Mapping[str, list[Cost]]) -> None:
    by_hand, component = (costs[program] for program in PAIR)
    time_ratios = [ours.seconds / hand.seconds for hand, ours in zip(by_hand, component, strict=True)]
    memory_ratios = [ours.megabytes / hand.megabytes for hand, ours in zip(by_hand, component, strict=True)]
    print(
        f"{command:14} {identities:5} identities   by hand {_median(by_hand)}   component {_median(component)}   "
        f"ratio {_spread(time_ratios)} time, {_spread(memory_ratios)} memory",
        flush=True,
    )


def _median(costs: list[Cost]) -> str:
    seconds = statistics.median(cost.seconds for cost in costs)
    megabytes = statistics.median(cost.megabytes for cost in costs)
    return f"{seconds:6.1f} s {megabytes:5.0f} MB"


def _spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def bindings(bench: Bench) -> None:
    """Print the cost of a preview of one identity with many bindings, and how it grows."""
    first: tuple[int, float] | None = None
    for number in (1000, 2500, 5000):
        cost = measure(bench.project("bindings", number), "preview")
        first = first or (number, cost.seconds)
        grown = (cost.seconds / first[1]) / (number / first[0])
        print(
            f"preview  {number:5} bindings     {cost.seconds:6.1f} s {cost.megabytes:5.0f} MB   "
            f"{grown:.2f} of linear growth",
            flush=True,
        )


FIRST_IDENTITY = """
import runpy, sys
import pulumi

class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return f"{args.name}-id", args.inputs

    def call(self, args):
        return {"accountId": "111122223333", "region": "eu-west-1", "partition": "aws"}

pulumi.runtime.set_mocks(Mocks(), preview=True)
pulumi.runtime.test(lambda: runpy.run_path(sys.argv[1]) and None)()
"""


def first_use() -> None:
    """Print the cost of the import and of a program with one identity under mocks, each in separate processes."""
    hand, ours = (str(PROGRAMS / f"{program}.py") for program in PAIR)
    _print_processes(
        "import",
        ["-c", "import pulumi_aws; pulumi_aws.iam.Role; pulumi_aws.eks.Addon"],
        ["-c", "import pulumi_eks_pod_identity"],
    )
    _print_processes("first identity", ["-c", FIRST_IDENTITY, hand], ["-c", FIRST_IDENTITY, ours])


def _print_processes(name: str, by_hand: list[str], component: list[str]) -> None:
    environment = _with_bytecode(os.environ) | {"PYTHONPATH": str(ROOT / "components"), "IDENTITIES": "1"}
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(15):
        for arguments, taken in zip((by_hand, component), seconds, strict=True):
            began = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, env=environment)
            taken.append(time.perf_counter() - began)
    hand, ours = (statistics.median(values) for values in seconds)
    ratios = [component / by_hand for by_hand, component in zip(*seconds, strict=True)]
    print(f"{name:14} by hand {hand * 1000:.0f} ms   component {ours * 1000:.0f} ms   ratio {_spread(ratios)}")


def _with_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in environment.items() if key != "PYTHONDONTWRITEBYTECODE"}


def main(arguments: list[str]) -> None:
    """Run the benchmark that the arguments name."""
    if "--import" in arguments:
        first_use()
        return
    directory = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        bench = Bench(directory)
        if "--bindings" in arguments:
            bindings(bench)
            return
        together = "--together" in arguments
        for identities in [int(argument) for argument in arguments if argument.isdigit()] or [100]:
            compare(bench, identities, rounds=5 if identities <= 100 else 1, together=together)
    finally:
        stop(directory)
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
