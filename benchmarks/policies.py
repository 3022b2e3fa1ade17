"""Measures the policy pack: `python benchmarks/policies.py`.

The pack, and an empty pack with the same number of policies, run as processes, as the engine runs them. Both analyze
the same 1,000 mixed resources, of which a tenth concern Pod Identity, as in a preview and as in an analysis of saved
state. Then new processes analyze whole stacks of roles, policies and associations. No association shows the region of
its cluster, so each is reported as one that could not be judged.

Times are processor time of the pack's process, so that other work on the machine matters little; for the ratios, the
two packs take turns at each resource. Each figure is a median, with minimum and maximum. Exits with 1 if a target is
missed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 11
STACK_ROUNDS = 3
RESOURCES = 1_000
ASSOCIATIONS = 5_000
ACCOUNT = "111122223333"
LARGE = 5_000
"""Resources of the stack whose memory is measured."""
EMPTY_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy, StackValidationPolicy

def nothing(args, report):
    pass

level = EnforcementLevel.MANDATORY
PolicyPack("empty", [
    *(ResourceValidationPolicy(f"empty-{i}", "Nothing.", validate=nothing, enforcement_level=level) for i in range(5)),
    StackValidationPolicy("empty-stack", "Nothing.", validate=nothing, enforcement_level=level),
])
"""
TAGS = {"Owner": "payments", "Environment": "dev", "CostCenter": "4711"}
OTHERS: list[tuple[str, dict[str, Any]]] = [
    ("aws:s3/bucket:Bucket", {"bucket": "b", "tags": TAGS, "versioning": {"enabled": True}}),
    (
        "aws:ec2/securityGroup:SecurityGroup",
        {"ingress": [{"fromPort": p, "toPort": p} for p in range(8)], "tags": TAGS},
    ),
    (
        "aws:lambda/function:Function",
        {"handler": "a", "environment": {"variables": {f"K{i}": "v" for i in range(10)}}},
    ),
    ("aws:sqs/queue:Queue", {"name": "q", "visibilityTimeoutSeconds": 30}),
    (
        "kubernetes:apps/v1:Deployment",
        {
            "metadata": {"name": "d", "labels": {"app": "d"}},
            "spec": {
                "template": {"spec": {"containers": [{"env": [{"name": f"K{i}", "value": "v"} for i in range(20)]}]}}
            },
        },
    ),
    ("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "c"}, "data": {f"k{i}": "v" * 40 for i in range(10)}}),
]


def trust(index: int) -> str:
    """Return a trust policy that no other role has, so that a cache of documents gains nothing."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": f"Role{index}",
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {"aws:SourceAccount": ACCOUNT},
                        "ArnEquals": {"aws:SourceArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/dev"},
                    },
                }
            ],
        }
    )


def session_policy(index: int) -> str:
    """Return a session policy that no other association has."""
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::invoices-{index}/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def identity(index: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Return a role with its policy, and an association."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/role-{index}"
    return [
        (
            f"role-{index}",
            "aws:iam/role:Role",
            {"name": f"role-{index}", "arn": arn, "assumeRolePolicy": trust(index), "tags": TAGS},
        ),
        (
            f"policy-{index}",
            "aws:iam/rolePolicy:RolePolicy",
            {"role": f"role-{index}", "policy": session_policy(index)},
        ),
        (
            f"association-{index}",
            "aws:eks/podIdentityAssociation:PodIdentityAssociation",
            {
                "clusterName": "dev",
                "namespace": "payments",
                "serviceAccount": f"sa-{index}",
                "roleArn": arn,
                "policy": session_policy(index),
                "disableSessionTags": True,
                "tags": TAGS,
            },
        ),
    ]


def mixed_resources() -> list[tuple[str, str, dict[str, Any]]]:
    """Return a thousand resources, of which a tenth concern Pod Identity."""
    ours = [resource for index in range(RESOURCES // 30 + 1) for resource in identity(index)][: RESOURCES // 10]
    others = [(f"other-{i}", *OTHERS[i % len(OTHERS)]) for i in range(RESOURCES - len(ours))]
    return [resource for pair in zip(others[::9], ours, strict=False) for resource in pair] + [
        resource for index, resource in enumerate(others) if index % 9
    ]


def requests(resources: list[tuple[str, str, dict[str, Any]]], message_type: type) -> list[Any]:
    """Return the resources as messages."""
    messages = []
    for name, token, properties in resources:
        struct = struct_pb2.Struct()
        struct.update(properties)
        messages.append(
            message_type(type=token, name=name, urn=f"urn:pulumi:dev::shop::{token}::{name}", properties=struct)
        )
    return messages


@dataclass
class Figures:
    """The measurements of one pack, run by run."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Return the median of the runs."""
        return statistics.median(self.values)

    def text(self, unit: str, digits: int = 2) -> str:
        """Return the median with minimum and maximum, as text."""
        least, greatest = min(self.values), max(self.values)
        return f"{self.median:.{digits}f} {unit} ({least:.{digits}f} to {greatest:.{digits}f})"

    def over(self, other: Figures) -> Figures:
        """Return the ratio of each round."""
        return Figures([mine / its for mine, its in zip(self.values, other.values, strict=True)])


@dataclass
class Stack:
    """The cost of a stack request for one pack, in a new process each time."""

    wall: Figures = field(default_factory=Figures)
    processor: Figures = field(default_factory=Figures)
    memory: Figures = field(default_factory=Figures)


@contextmanager
def running(folder: Path) -> Iterator[tuple[Any, int]]:
    """Run a pack; yield its stub and its process id once it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)], cwd=folder, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel), process.pid
    finally:
        process.kill()
        process.wait()


def begin_preview(stub: Any) -> None:
    """Make the call that the engine makes before a preview or an update, but not before it analyzes saved state."""
    with suppress(grpc.RpcError):  # versions of the SDK that do not know the call
        stub.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="dev", project="shop"))


def peak_memory(pid: int) -> float:
    """Return the peak memory of a process, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def processor_time(pid: int) -> float:
    """Return the processor time of a process, in seconds.

    The clock of another process has the number that clock_getcpuclockid(3) computes; /proc has hundredths of seconds.
    """
    return time.clock_gettime((~pid << 3) | 2)


def compile_once(folders: dict[str, Path], cache: Path) -> None:
    """Compile what the packs import, as an installer does. Otherwise every start does so, which takes 12 MB more."""
    os.environ["PYTHONPYCACHEPREFIX"] = str(cache)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for folder in folders.values():
        with running(folder):
            pass


def start(folder: Path) -> Figures:
    """Start a pack several times, and return the processor time until it is ready."""
    seconds = Figures()
    for _ in range(ROUNDS):
        with running(folder) as (_, pid):
            seconds.values.append(processor_time(pid))
    return seconds


def judge_one_by_one(folders: dict[str, Path], *, preview: bool) -> tuple[dict[str, Figures], float]:
    """Analyze the mixed resources one by one; return each pack's milliseconds per resource, and our pack's memory."""
    times = {label: Figures() for label in folders}
    messages = requests(mixed_resources(), proto.AnalyzeRequest)
    with running(folders["pack"]) as pack, running(folders["empty"]) as empty:
        packs = {"pack": pack, "empty": empty}
        for stub, _ in packs.values() if preview else ():
            begin_preview(stub)
        for index in range(ROUNDS + 1):
            before = {label: processor_time(pid) for label, (_, pid) in packs.items()}
            for message in messages:
                for stub, _ in packs.values():
                    stub.Analyze(message)
            for label, (_, pid) in packs.items() if index else ():  # the first round warms both up
                times[label].values.append((processor_time(pid) - before[label]) / RESOURCES * 1000)
        return times, peak_memory(pack[1])


def judge_whole_stack(folders: dict[str, Path], resources: list[tuple[str, str, dict[str, Any]]]) -> dict[str, Stack]:
    """Analyze *resources* as one stack."""
    request = proto.AnalyzeStackRequest(resources=requests(resources, proto.AnalyzerResource))
    costs = {label: Stack() for label in folders}
    for _ in range(STACK_ROUNDS):
        for label, folder in folders.items():
            with running(folder) as (stub, pid):
                begin_preview(stub)
                before, began = processor_time(pid), time.perf_counter()
                stub.AnalyzeStack(request)
                costs[label].wall.values.append(time.perf_counter() - began)
                costs[label].processor.values.append(processor_time(pid) - before)
                costs[label].memory.values.append(peak_memory(pid))
    return costs


def report_stack(size: int, costs: dict[str, Stack]) -> None:
    """Print the cost of a stack of *size* resources."""
    for label, stack in costs.items():
        print(
            f"stack of {size:,}, {label}: {stack.processor.text('s')} of processor time, "
            f"{stack.wall.text('s')} on the clock, {stack.memory.text('MB', 1)}"
        )


def main() -> int:
    """Measure, print, and return 1 if a target is missed."""
    with tempfile.TemporaryDirectory() as name:
        empty = Path(name) / "empty"
        empty.mkdir()
        (empty / "PulumiPolicy.yaml").write_text("runtime: python\n", encoding="utf-8")
        (empty / "__main__.py").write_text(EMPTY_PACK, encoding="utf-8")
        folders = {"pack": ROOT / "policies", "empty": empty}
        compile_once(folders, Path(name) / "compiled")
        ready, memory = start(folders["pack"]), Figures()
        ratios: dict[str, Figures] = {}
        for mode in ("preview", "saved state"):
            times, most = judge_one_by_one(folders, preview=mode == "preview")
            memory.values.append(most)
            ratios[mode] = times["pack"].over(times["empty"])
            text = ", ".join(f"{label} {taken.text('ms', 3)}" for label, taken in times.items())
            print(f"per resource, {mode}: {text}")
        everything = [resource for index in range(ASSOCIATIONS) for resource in identity(index)]
        stacks = {size: judge_whole_stack(folders, everything[:size]) for size in (LARGE, len(everything))}
    for size, costs in stacks.items():
        report_stack(size, costs)
    rows = [
        *((f"per resource, {mode}, against an empty pack", ratio, "times", 1.25) for mode, ratio in ratios.items()),
        ("stack rules over 5,000 associations with roles", stacks[len(everything)]["pack"].processor, "s", 4.0),
        ("ready after", ready, "s", 1.0),
        ("memory after 1,000 resources", memory, "MB", 100.0),
        (f"memory after a stack of {LARGE:,} resources", stacks[LARGE]["pack"].memory, "MB", 100.0),
    ]
    for label, figures, unit, limit in rows:
        print(f"{label}: {figures.text(unit)}, at most {limit:g}{'' if figures.median <= limit else '  MISSED'}")
    return int(any(figures.median > limit for _, figures, _, limit in rows))


if __name__ == "__main__":
    sys.exit(main())
