"""The plugin as a process: it starts, stays small, and stops at once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.aws_plugin.wire import encode
from sandbox.processes import alive
from tests.sandbox.aws_plugin.aws_stub import eks_error, stub
from tests.sandbox.aws_plugin.engine_client import ASSOCIATION, ROLE, TRUST, urn

ROOT = Path(__file__).resolve().parents[3]


class Process:
    def __init__(self, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.aws_plugin", "127.0.0.1:1"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.channel = grpc.insecure_channel(f"127.0.0.1:{int(self.process.stdout.readline())}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def close(self) -> None:
        """Stop the process if it still runs."""
        self.channel.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def wait_for_end(self) -> tuple[int, str, float]:
        """Wait for the process; return its exit status, its standard error, and how long it took."""
        began = time.monotonic()
        errors = self.process.communicate(timeout=10)[1]
        return self.process.returncode, errors, time.monotonic() - began


@pytest.fixture
def process() -> Iterator[Process]:
    with closing(Process()) as running:
        yield running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_at_once_and_silently_on_a_signal(process: Process, number: signal.Signals) -> None:
    process.process.send_signal(number)

    status, errors, seconds = process.wait_for_end()
    assert (status, errors) == (0, "")
    assert seconds < 1


def test_it_stops_at_once_when_the_engine_cancels(process: Process) -> None:
    process.stub.Cancel(empty_pb2.Empty())

    status, errors, seconds = process.wait_for_end()
    assert (status, errors) == (0, "")
    assert seconds < 1


def test_it_stops_when_the_engine_is_gone() -> None:
    plugin = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-m', 'sandbox.aws_plugin', 'x']); "
        "print(p.pid, flush=True); sys.stdin.read()"
    )
    engine = subprocess.Popen(
        [sys.executable, "-c", plugin], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert engine.stdout is not None
    pid = int(engine.stdout.readline())
    assert int(engine.stdout.readline()) > 0  # its port: it serves

    engine.kill()
    engine.communicate()

    deadline = time.monotonic() + 20
    while alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_preview_imports_neither_the_pulumi_sdk_nor_botocore(process: Process) -> None:
    process.stub.Configure(provider_pb2.ConfigureRequest(args=encode({"region": "eu-west-1"})))
    inputs = process.stub.Check(
        provider_pb2.CheckRequest(urn=urn(ROLE), news=encode({"assumeRolePolicy": TRUST}))
    ).inputs
    process.stub.Create(provider_pb2.CreateRequest(urn=urn(ROLE), properties=inputs, preview=True))

    mapped = Path(f"/proc/{process.process.pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in mapped.splitlines() if line.startswith("VmRSS"))
    assert resident < 60_000, f"{resident} kB: the SDK or botocore was imported"


@pytest.mark.parametrize("seconds", [0.5, 2.5])
def test_the_environment_sets_for_how_long_calls_are_retried(seconds: float) -> None:
    refusal = eks_error(400, "InvalidParameterException", "Role provided in the request does not exist.")
    bound = {"clusterName": "dev", "namespace": "n", "serviceAccount": "s", "roleArn": "arn:aws:iam::1:role/r"}
    with stub(lambda *_: refusal) as served, closing(Process(SANDBOX_AWS_RETRY_SECONDS=str(seconds))) as process:
        process.stub.Configure(
            provider_pb2.ConfigureRequest(
                args=encode(
                    {
                        "region": "eu-west-1",
                        "accessKey": "1",
                        "secretKey": "x",
                        "endpoints": [{"eks": served.address}],
                    }
                )
            )
        )
        # The first call of a process imports botocore, which takes seconds on a busy machine.
        with pytest.raises(grpc.RpcError, match="does not exist"):
            process.stub.Read(provider_pb2.ReadRequest(urn=urn(ASSOCIATION), id="dev,a-1"))
        began = time.monotonic()
        with pytest.raises(grpc.RpcError, match="does not exist"):
            process.stub.Create(
                provider_pb2.CreateRequest(urn=urn(ASSOCIATION), properties=encode({**bound, "region": "eu-west-1"}))
            )

    # The pauses double from a tenth of a second, and the last one ends before the time is up.
    assert seconds / 3 < time.monotonic() - began < seconds + 2


def test_version_and_schema_name_the_stand_in(process: Process) -> None:
    described = json.loads(process.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)

    assert process.stub.GetPluginInfo(empty_pb2.Empty()).version == "7.51.1+sandbox-stand-in"
    assert "stand-in" in described["description"]
    assert ROLE in described["resources"]
    assert described["resources"][ROLE]["requiredInputs"] == ["assumeRolePolicy"]
