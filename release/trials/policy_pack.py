"""Runs the pack in a folder as the engine does, with a role that trusts every cluster."""

import json
import subprocess
import sys

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime import proto
from pulumi.runtime.proto import analyzer_pb2_grpc

folder = sys.argv[1]
statement = {
    "Effect": "Allow",
    "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
}
role = {"assumeRolePolicy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}

with subprocess.Popen(
    [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", folder], cwd=folder, stdout=subprocess.PIPE, text=True
) as process:
    try:
        port = process.stdout.readline().strip() if process.stdout else ""
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            response = analyzer_pb2_grpc.AnalyzerStub(channel).Analyze(
                proto.AnalyzeRequest(
                    type="aws:iam/role:Role",
                    name="open",
                    urn="urn:pulumi:prod::shop::aws:iam/role:Role::open",
                    properties=json_format.ParseDict(role, struct_pb2.Struct()),
                )
            )
    finally:
        process.kill()

codes = [diagnostic.message.split("]")[0].strip("[") for diagnostic in response.diagnostics]
assert codes == ["PI104"], codes  # noqa: S101 - a trial
