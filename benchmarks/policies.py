"""What the policy pack costs: `python benchmarks/policies.py`.

The pack and an empty one with as many policies run as processes, as the engine runs them, and judge the same resources
in one run of this program: 1,000 mixed resources of which a tenth concern Pod Identity. Then the stack rules judge
5,000 associations with their roles. Exits with 1 when a target is missed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
RESOURCES = 1_000
ASSOCIATIONS = 5_000
ACCOUNT = "111122223333"
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
    """A trust policy that no other role has, so that nothing is gained by reading one twice."""
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
    """A session policy that no other association has."""
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::invoices-{index}/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def own(index: int) -> list[tuple[str, str, dict[str, Any]]]:
    """A role with its policy, and an association."""
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


def mixed() -> list[tuple[str, str, dict[str, Any]]]:
    """A thousand resources, a tenth of them of Pod Identity."""
    ours = [resource for index in range(RESOURCES // 30 + 1) for resource in own(index)][: RESOURCES // 10]
    others = [(f"other-{i}", *OTHERS[i % len(OTHERS)]) for i in range(RESOURCES - len(ours))]
    return [resource for pair in zip(others[::9], ours, strict=False) for resource in pair] + [
        resource for index, resource in enumerate(others) if index % 9
    ]


def requests(resources: list[tuple[str, str, dict[str, Any]]], message_type: type) -> list[Any]:
    """The resources as messages."""
    messages = []
    for name, token, properties in resources:
        struct = struct_pb2.Struct()
        struct.update(properties)
        messages.append(
            message_type(type=token, name=name, urn=f"urn:pulumi:dev::shop::{token}::{name}", properties=struct)
        )
    return messages


@contextmanager
def running(folder: Path) -> Iterator[tuple[Any, float, int]]:
    """A running pack: its stub, the seconds until it was ready, its process id."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)], cwd=folder, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        port = int(process.stdout.readline())
        ready = time.monotonic() - began
        options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel), ready, process.pid
    finally:
        process.kill()
        process.wait()


def memory(pid: int) -> float:
    """The most memory that a process has had, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def processor(pid: int) -> float:
    """The seconds of processor time that a process has had: what is left when others use the machine too."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seconds(call: Any) -> float:
    """How long *call* takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def whole_stack(
    empty: Path, resources: list[tuple[str, str, dict[str, Any]]]
) -> dict[str, tuple[float, float, float]]:
    """Seconds, seconds of processor, and memory of one stack request, for the pack and for the empty one."""
    request = proto.AnalyzeStackRequest(resources=requests(resources, proto.AnalyzerResource))
    costs = {}
    for label, folder in (("pack", ROOT / "policies"), ("empty", empty)):
        with running(folder) as (stub, _, pid):
            before = processor(pid)
            taken = seconds(lambda stub=stub: stub.AnalyzeStack(request))
            costs[label] = (taken, processor(pid) - before, memory(pid))
    return costs


def main() -> int:
    """Measure, print, and say whether a target is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "PulumiPolicy.yaml").write_text("runtime: python\n", encoding="utf-8")
        (folder / "__main__.py").write_text(EMPTY_PACK, encoding="utf-8")
        starts = []
        for _ in range(ROUNDS):
            with running(ROOT / "policies") as (_, ready, _):
                starts.append(ready)
        with running(ROOT / "policies") as (pack, _, pid), running(folder) as (empty, _, _):
            one_by_one = requests(mixed(), proto.AnalyzeRequest)
            times: dict[str, list[float]] = {"pack": [], "empty": []}
            for index in range(ROUNDS + 1):
                for label, stub in (("pack", pack), ("empty", empty)):
                    taken = seconds(lambda stub=stub: [stub.Analyze(request) for request in one_by_one])
                    if index:  # the first round warms both up
                        times[label].append(taken)
            after_resources = memory(pid)
            whole = proto.AnalyzeStackRequest(resources=requests(mixed(), proto.AnalyzerResource))
            stack = {
                label: seconds(lambda stub=stub: stub.AnalyzeStack(whole))
                for label, stub in (("pack", pack), ("empty", empty))
            }
        big = [resource for index in range(ASSOCIATIONS) for resource in own(index)]
        whole_stacks = {size: whole_stack(folder, big[:size]) for size in (5_000, len(big))}
    per = {label: statistics.median(taken) / RESOURCES * 1000 for label, taken in times.items()}
    rows = [
        ("per resource, against an empty pack", per["pack"] / per["empty"], "times", 1.25),
        ("stack rules over 5,000 associations with roles", whole_stacks[len(big)]["pack"][0], "s", 4.0),
        ("ready after", statistics.median(starts), "s", 1.0),
        ("memory of the process after 1,000 resources", after_resources, "MB", 100.0),
        ("memory after a stack request of 5,000 resources", whole_stacks[5_000]["pack"][2], "MB", 100.0),
    ]
    print(f"per resource: pack {per['pack']:.3f} ms, empty pack {per['empty']:.3f} ms (medians of {ROUNDS})")
    print(f"stack of 1,000: pack {stack['pack'] * 1000:.0f} ms, empty pack {stack['empty'] * 1000:.0f} ms")
    for size, costs in whole_stacks.items():
        pack, empty = costs["pack"], costs["empty"]
        print(
            f"stack request of {size:,}: pack {pack[0]:.1f} s ({pack[1]:.1f} s of processor) and {pack[2]:.0f} MB, "
            f"empty pack {empty[0]:.1f} s ({empty[1]:.1f} s) and {empty[2]:.0f} MB: {pack[2] / empty[2]:.2f} times "
            "the memory, which the SDK needs to read the request"
        )
    for label, value, unit, limit in rows:
        print(f"{label}: {value:.2f} {unit} (at most {limit:g}){'' if value <= limit else '  MISSED'}")
    return int(any(value > limit for _, value, _, limit in rows))


if __name__ == "__main__":
    sys.exit(main())
