"""The domain package imports no Pulumi SDK and no client of AWS or Kubernetes."""

import pkgutil
import subprocess
import sys

import eks_pod_identity

CLIENTS = {"pulumi", "pulumi_aws", "pulumi_kubernetes", "boto3", "botocore", "kubernetes"}


def test_importing_every_module_but_the_command_line_imports_no_client():
    modules = [
        module.name
        for module in pkgutil.walk_packages(eks_pod_identity.__path__, "eks_pod_identity.")
        if not module.name.startswith("eks_pod_identity.cli")
    ]
    code = f"import sys, {', '.join(modules)}; print(*sorted(set(sys.modules) & {CLIENTS!r}))"

    result = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": "components"}, capture_output=True, text=True, check=True
    )

    assert len(modules) > 20
    assert result.stdout.split() == []
