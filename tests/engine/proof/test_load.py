"""Many associations and many requests at once.

1,000 credential requests 50 at a time, and as many associations as a cluster holds.

The 5,000 of the quota take minutes and are made when EKS_POD_IDENTITY_LONG is set; a short run makes some hundreds.
"""

import os
import statistics
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from proof_case import REGION, Case
from sandbox.eks import start_agent
from sandbox.proof.pods import admit, ensure, mount

QUOTA, REQUESTS, AT_ONCE = 5_000, 1_000, 50
ASSOCIATIONS = QUOTA if "EKS_POD_IDENTITY_LONG" in os.environ else 300


def in_parallel(number: int, do: Callable[[int], object], *, at_once: int = 16) -> None:
    """Call *do* with each number below *number*."""
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(do, range(number)))


def percentile(values: list[float], share: int) -> float:
    """Return the percentile of *values*."""
    return statistics.quantiles(values, n=100)[share - 1]


def test_a_thousand_requests_fifty_at_a_time_are_all_answered(
    case: Case, record_property: Callable[[str, object], None]
):
    """Each token is a pod's own, so each request goes through agent, EKS Auth and STS, none to a cache."""
    case.associate(case.role("api", case.trust()))
    pod = case.injected_pod()
    injection = pod.injection
    assert injection is not None
    tokens: list[str] = []
    lock = threading.Lock()
    local = threading.local()

    def token(number: int) -> None:
        if not hasattr(local, "root"):
            local.root = case.folder / f"tokens-{threading.get_ident()}"
        variables = mount(case.api, pod, injection, local.root / str(number))
        with lock:
            tokens.append(Path(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text())

    in_parallel(REQUESTS, token)
    seconds: list[float] = []

    def ask(number: int) -> None:
        request = urllib.request.Request(f"{address}/v1/credentials", headers={"Authorization": tokens[number]})
        began = time.perf_counter()
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200
            answer.read()
        with lock:
            seconds.append(time.perf_counter() - began)

    # A separate process, as on a node: in this one it would share the interpreter with the clients.
    agent, address = start_agent(case.folder, auth=case.auth, cluster="main", account=case.account, region=REGION)
    began = time.perf_counter()
    in_parallel(REQUESTS, ask, at_once=AT_ONCE)
    total = time.perf_counter() - began
    agent.stop()

    assert len(seconds) == REQUESTS
    p50, p99 = percentile(seconds, 50), percentile(seconds, 99)
    report = f"{REQUESTS} requests, {AT_ONCE} at once: {total:.1f} s, p50 {p50:.3f} s, p99 {p99:.3f} s"
    record_property("load", report)
    print(report)  # noqa: T201 - the measurement, shown with -s


@pytest.mark.timeout(900)
def test_the_webhook_learns_of_every_association_of_a_full_cluster(
    case: Case, record_property: Callable[[str, object], None]
):
    """Quota of the EKS User Guide: 5,000 per cluster, and not one more. The proof of one pod succeeds."""
    role = case.role("api", case.trust())
    numbers = count()
    began = time.perf_counter()
    in_parallel(ASSOCIATIONS, lambda number: case.associate(role, "api" if number == 0 else f"api-{next(numbers)}"))
    created = time.perf_counter() - began

    if ASSOCIATIONS == QUOTA:
        with pytest.raises(ClientError, match="ResourceLimitExceededException"):
            case.associate(role, "one-more")
    ensure(case.api, case.namespace, "api")
    began = time.perf_counter()
    while admit(case.api, case.namespace, "probe", "api", dry_run=True).injection is None:
        assert time.perf_counter() - began < 300
        time.sleep(0.5)
    visible = time.perf_counter() - began
    run = case.run(case.injected_pod())

    assert run.credentials.ok
    report = (
        f"{ASSOCIATIONS} associations: created in {created:.0f} s, visible after {visible:.1f} s, "
        f"credentials in {run.credentials.seconds:.2f} s"
    )
    record_property("load", report)
    print(report)  # noqa: T201 - the measurement, shown with -s
