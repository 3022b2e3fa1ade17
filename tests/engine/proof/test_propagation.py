"""The component's wait is what makes the first pod of a workload succeed: associations become visible late.

Fifty workloads are deployed in two runs, each association with its own seeded delay before the webhook knows it.
Their pods use the gated `service_account_name`, so each is created as soon as the component lets it.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from engine_project import Project
from sandbox.eks import delay_feed, follow_account, forget_account
from sandbox.eks.api_server import ApiServer
from sandbox.proof.pods import read_injection

RUNS, AT_ONCE = 2, 25
LONGEST = 3.0
PROGRAM = """
import pulumi_kubernetes as kubernetes
from pulumi_eks_pod_identity import PodIdentity

for number in range(COUNT):
    name = f"workload-{number}"
    identity = PodIdentity(name, {
        "cluster_name": CLUSTER,
        "namespace": NAMESPACE,
        "service_account": name,
        "create_service_account": True,
        "propagation_seconds": WAIT,
    })
    kubernetes.core.v1.Pod(
        name,
        metadata={"name": name, "namespace": NAMESPACE, "annotations": {"pulumi.com/skipAwait": "true"}},
        spec={
            "service_account_name": identity.service_account_name,
            "containers": [{"name": "workload", "image": "workload:1"}],
        },
    )
"""


@pytest.fixture
def late(project: Project, parts: Any) -> Iterator[Project]:
    """A project whose associations reach the webhook up to LONGEST seconds late."""
    ApiServer(project.sandbox.kubernetes, project.sandbox.token).create(
        "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": project.namespace}}
    )
    follow_account(parts.directory, project.account)
    delay_feed(parts.directory, LONGEST, seed=11)
    yield project
    delay_feed(parts.directory, 0.0)
    forget_account(parts.directory, project.account)


def failures(project: Project, wait: int) -> int:
    """Deploy the workloads and count the pods without credentials."""
    for run in range(1, RUNS + 1):
        project.up(f"COUNT, WAIT = {run * AT_ONCE}, {wait}\n{PROGRAM}")
    api = ApiServer(project.sandbox.kubernetes, project.sandbox.token)
    pods = api.get(f"/api/v1/namespaces/{project.namespace}/pods")["items"]
    assert len(pods) == RUNS * AT_ONCE
    return sum(read_injection(pod) is None for pod in pods)


@pytest.mark.claim(17, part="real webhook and engine; delay put in")
def test_with_the_wait_every_first_pod_has_credentials(late: Project):
    assert failures(late, wait=5) == 0


@pytest.mark.claim(17, part="real webhook and engine; delay put in")
def test_without_the_wait_some_first_pods_have_none(late: Project):
    assert failures(late, wait=0) > 0
