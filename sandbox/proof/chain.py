"""The proof of one workload: its pod, injection, token, credentials and caller, and its allowed and denied calls."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.eks.api_server import ApiServer, ApiServerError
from sandbox.proof.expectations import Action, Proof
from sandbox.proof.node import PYTHON, Run, Sdk, run
from sandbox.proof.pods import Injection, Pod, admit, ensure, mount, remove

#: How long the proof waits until the webhook knows an association. AWS documents several seconds.
PATIENCE_SECONDS = 15.0


@dataclass(frozen=True)
class Workload:
    """One ServiceAccount of one identity."""

    identity: str
    namespace: str
    service_account: str
    role_arn: str | None
    proof: Proof

    @property
    def pod_name(self) -> str:
        """Return the name of its pod."""
        return f"proof-{self.identity}".lower().replace("_", "-")[:63].rstrip("-.")


@dataclass
class WorkloadResult:
    """The result for one workload. *problems* is empty if every expectation was met."""

    workload: Workload
    sdk: Sdk = PYTHON
    waited_seconds: float = 0.0
    admission_seconds: float = 0.0
    token_seconds: float = 0.0
    injection: Injection | None = None
    run: Run | None = None
    hops: Mapping[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@contextmanager
def admit_pod(
    api: ApiServer, workload: Workload, *, patience: float = PATIENCE_SECONDS
) -> Iterator[tuple[Pod, float]]:
    """Yield a pod of *workload* and the time until its injection. Everything created for it is removed afterwards.

    A dry run goes through the same admission, so the pod is created only when the webhook knows the association.
    """
    created = ensure(api, workload.namespace, workload.service_account)
    pod = None
    try:
        waited = _wait_for_injection(api, workload, patience)
        pod = admit(api, workload.namespace, workload.pod_name, workload.service_account)
        yield pod, waited
    finally:
        if pod is not None:
            remove(api, pod)
        for path in reversed(created):
            api.delete(path)


def _wait_for_injection(api: ApiServer, workload: Workload, patience: float) -> float:
    began = time.monotonic()
    while True:
        probe = admit(api, workload.namespace, workload.pod_name, workload.service_account, dry_run=True)
        waited = time.monotonic() - began
        if probe.injection or waited > patience:
            return waited
        time.sleep(0.1)


def prove_workload(
    api: ApiServer,
    workload: Workload,
    *,
    aws: str,
    agent: str | None = None,
    log: Path | None = None,
    sdk: Sdk = PYTHON,
) -> WorkloadResult:
    """Obtain credentials for *workload*, make its calls, and return the result.

    Args:
        api: The API server.
        workload: The workload of the pod.
        aws: The endpoint of AWS services for the workload.
        agent: The address of the agent on the pod's node, if it is not the one that the webhook injects. In a real
        cluster the same address leads to another agent on every node; here each agent has its own.
        log: The log of EKS Auth, which has the duration of each AssumeRole.
        sdk: The SDK whose default chain the workload uses.
    """
    result = WorkloadResult(workload, sdk)
    try:
        with admit_pod(api, workload) as (pod, waited), tempfile.TemporaryDirectory(prefix="pod-") as root:
            result.waited_seconds, result.admission_seconds = waited, pod.admission_seconds
            result.injection = pod.injection
            if pod.injection is None:
                result.problems.append("the webhook injected nothing into the pod. Is there an association?")
                return result
            began = time.perf_counter()
            variables = mount(api, pod, pod.injection, Path(root))
            result.token_seconds = time.perf_counter() - began
            if agent is not None:
                variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{agent}/v1/credentials"
            actions = [*workload.proof.allow, *workload.proof.deny]
            result.run = run(variables, aws, actions, home=Path(root), sdk=sdk)
            result.hops = _hops(log, pod.uid)
    except ApiServerError as error:
        result.problems.append(f"the API server answered {error}")
        return result
    result.problems += problems_of(workload, result.run, sdk)
    return result


def problems_of(workload: Workload, run: Run, sdk: Sdk) -> Iterator[str]:
    """Yield a sentence for each expectation that was not met."""
    if not run.credentials.ok:
        yield f"no credentials: {run.credentials.message}"
        return
    if run.method != sdk.container_step:
        yield f"the SDK took credentials from its step {run.method!r}, expected {sdk.container_step!r}"
    if run.arn is None:
        yield f"GetCallerIdentity failed: {run.identity.message if run.identity else 'not reached'}"
    elif workload.role_arn and not _session_of(run.arn, workload.role_arn):
        yield f"the pod is {run.arn}, expected a session of {workload.role_arn}"
    outcomes = list(run.actions)
    for action in workload.proof.allow:
        outcome = outcomes.pop(0)
        if not outcome.ok:
            yield f"should be allowed but failed: {action}: {outcome.message}"
    for action in workload.proof.deny:
        outcome = outcomes.pop(0)
        if outcome.ok:
            yield f"should be denied but was allowed: {action}"
        elif not outcome.denied:
            yield f"should be denied but failed for another reason: {action}: {outcome.message}"


def _session_of(session: str, role: str) -> bool:
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    return session.split(":")[4] == account and f":assumed-role/{name}/" in session


def _hops(log: Path | None, pod_uid: str) -> Mapping[str, Any]:
    if log is None or not log.exists():
        return {}
    for line in reversed(log.read_text(errors="replace").splitlines()):
        if pod_uid in line and '"assumed"' in line:
            return json.loads(line)
    return {}


def actions_of(workload: Workload) -> Iterator[tuple[str, Action]]:
    """Yield each call of the proof with its expected outcome, in the order of the run."""
    yield from (("allowed", action) for action in workload.proof.allow)
    yield from (("denied", action) for action in workload.proof.deny)
