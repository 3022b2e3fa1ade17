"""The proof: obtains credentials as a pod does, for every identity of an environment, and makes calls with them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.eks import NODE_CLUSTER, start_agent
from sandbox.eks.api_server import ApiServer
from sandbox.eks.clients import client
from sandbox.engine import binaries
from sandbox.proof.chain import Workload, WorkloadResult, prove_workload
from sandbox.proof.expectations import Proof
from sandbox.proof.node import PYTHON, Sdk, go_sdk
from sandbox.proof.report import Report
from sandbox.proof.workloads import workloads
from sandbox.running import REGION, SOURCE_ACCOUNT, Sandbox

__all__ = ["Report", "prove"]

_GO = "proof-go"


def prove(
    sandbox: Sandbox,
    environment: Mapping[str, Any],
    expected: Mapping[str, Proof],
    *,
    report: Callable[[str], object] | None = None,
) -> Report:
    """Obtain credentials as a pod does for every ServiceAccount of *environment*, and make the expected calls.

    Args:
        sandbox: The running sandbox, on which the environment's stack is up.
        environment: The object ``eks-pod-identity:environment`` of the stack's file.
        expected: The calls to try for each identity (see `sandbox.proof.expectations`).
        report: Called with the name of each workload before it is tried.

    Raises:
        SandboxError: If the sandbox does not answer.
    """
    cluster = environment["cluster"]["name"]
    eks_api = client("eks", sandbox.aws, region=REGION, key_id=SOURCE_ACCOUNT)
    listed = list(workloads(eks_api, environment, expected, cluster))
    api = ApiServer(sandbox.kubernetes, sandbox.token)
    eks = sandbox.directory / "run" / "eks"
    with _agent(sandbox, cluster, eks) as agent:
        results: list[WorkloadResult] = []
        for workload, sdk in [*((workload, PYTHON) for workload in listed), *_go_workload(listed)]:
            if report:
                report(
                    f"proving {workload.identity} ({workload.namespace}/{workload.service_account}) with {sdk.name}"
                )
            results.append(
                prove_workload(api, workload, aws=sandbox.aws, agent=agent, log=eks / "eks-auth.log", sdk=sdk)
            )
    return Report(tuple(results))


def _go_workload(listed: list[Workload]) -> list[tuple[Workload, Sdk]]:
    """Return the workload that the SDK for Go also proves: the first whose actions its workload implements."""
    for workload in listed:
        actions = [*workload.proof.allow, *workload.proof.deny]
        if actions and all((action.service, action.action) == ("s3", "get_object") for action in actions):
            return [(workload, go_sdk(binaries([_GO])[_GO]))]
    return []


@contextmanager
def _agent(sandbox: Sandbox, cluster: str, directory: Path) -> Iterator[str | None]:
    """Yield the agent of a node of *cluster*; None if it is the sandbox's own, whose address the webhook injects."""
    if cluster == NODE_CLUSTER:
        yield None
        return
    child, address = start_agent(
        directory, auth=sandbox.eks_auth, cluster=cluster, account=SOURCE_ACCOUNT, region=REGION
    )
    try:
        yield address
    finally:
        child.stop()
