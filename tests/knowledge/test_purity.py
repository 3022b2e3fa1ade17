"""The knowledge knows nothing of Pulumi, Kubernetes clients or AWS clients."""

import subprocess
import sys

import pytest

MODULES = [
    "arns",
    "bindings",
    "documents",
    "limits",
    "names",
    "problems",
    "restart",
    "session_policy",
    "tags",
    "target_trust",
    "trust",
]
STRANGERS = {"pulumi", "pulumi_aws", "pulumi_kubernetes", "boto3", "botocore"}


@pytest.mark.parametrize("module", MODULES)
def test_importing_the_knowledge_imports_no_client(module):
    code = f"import sys, eks_pod_identity.{module}; print(*sorted(set(sys.modules) & {STRANGERS!r}))"

    found = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": "components"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.split() == []
