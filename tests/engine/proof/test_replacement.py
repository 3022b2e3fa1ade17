"""An edit that replaces a role takes nothing from pods before the association has moved and its wait is over.

Two kinds of pods go through the edit: one that runs all along, with the credentials of the old role, and new ones,
each of which asks for credentials for the first time. A role that is deleted takes its sessions with it, so the pod
that runs is denied in the end, which is what `restart_token` is for.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine_project import Project
from proof_case import Case, read, reading, wait_until

CALLER = Path(__file__).with_name("caller.py")
WAIT = 5
PROGRAM = """
import pulumi
from pulumi_eks_pod_identity import PodIdentity

PodIdentity(NAME, {"cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": "api",
                   "propagation_seconds": WAIT} | ARGS, OPTIONS)
"""


def program(name: str, **args: Any) -> str:
    alias = "pulumi.ResourceOptions(aliases=[pulumi.Alias(name='api')])" if name != "api" else "None"
    return f"import pulumi\nNAME, WAIT, ARGS, OPTIONS = {name!r}, {WAIT}, {args!r}, {alias}\n{PROGRAM}"


@contextmanager
def run_pod(case: Case, bucket: str) -> Iterator[Callable[[], list[tuple[float, str | None]]]]:
    """Run a pod that reads once a second.

    The function returns when it called, and the code of each refusal or None.
    """
    printed = case.folder / "calls"
    home = case.folder / "home"
    home.mkdir(exist_ok=True)
    variables = case.variables(case.injected_pod(name="running"))
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "AWS_ENDPOINT_URL": case.aws, **variables}

    def calls() -> list[tuple[float, str | None]]:
        # The last line may be half written.
        lines = printed.read_text().rpartition("\n")[0].splitlines()
        return [(at, code) for at, code in map(json.loads, lines)]

    with printed.open("w") as output:
        process = subprocess.Popen([sys.executable, "-I", CALLER, bucket, "a"], env=environment, stdout=output)
        try:
            wait_until(calls, "the running pod makes its first call")
            yield calls
        finally:
            process.terminate()
            process.wait()


@dataclass
class Watch:
    """Observations during an update: the roles of the association with times, and the results of new pods."""

    case: Case
    bucket: str
    roles: list[tuple[float, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    pods: int = 0

    def look(self) -> None:
        """Record the role of the association, and let a new pod read."""
        eks = self.case.client("eks")
        began = time.time()
        [summary] = eks.list_pod_identity_associations(clusterName=self.case.cluster)["associations"]
        association = eks.describe_pod_identity_association(
            clusterName=self.case.cluster, associationId=summary["associationId"]
        )["association"]
        self.roles.append((began, association.get("targetRoleArn") or association["roleArn"]))
        self.pods += 1
        pod = self.case.pod(name=f"new-{self.pods}")
        run = self.case.run(pod, read(self.bucket, "a"))
        if not run.actions or not run.actions[0].ok:
            self.refused.append(f"{run.credentials.message or run.actions[0].message}")

    def during(self, process: "subprocess.Popen[str]") -> None:
        """Look once a second until the update ends, which must succeed."""
        while process.poll() is None:
            self.look()
            time.sleep(1)
        assert process.stdout is not None
        assert process.returncode == 0, process.stdout.read()

    @property
    def last_seen_unmoved(self) -> float:
        """Return the last time at which the association still had the old role; it moved later."""
        return max(at for at, role in self.roles if role == self.roles[0][1])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            {"role_name": "one", "exclusive_policies": True},
            {"role_name": "two", "exclusive_policies": True},
            id="another role_name",
        ),
        pytest.param(
            {"policy_kind": "managed"}, {"policy_kind": "managed", "name": "renamed"}, id="a renamed component"
        ),
        pytest.param({"role_path": "/one/"}, {"role_path": "/two/"}, id="another path"),
        pytest.param(
            {"create_target_role": True, "target_role_name": "one"},
            {"create_target_role": True, "target_role_name": "two"},
            id="another target_role_name",
        ),
    ],
)
def test_pods_keep_their_permissions_until_the_association_has_moved(
    case_project: Project, case: Case, before: dict[str, Any], after: dict[str, Any]
):
    bucket = case.bucket("invoices", "a")
    key = "target_policies" if "create_target_role" in before else "policies"
    policies = {key: {"read": reading(bucket)}}
    case_project.up(program("api", **before, **policies))
    edited = {"name": "api"} | after
    case_project.write(program(edited.pop("name"), **edited, **policies))

    with run_pod(case, bucket) as calls:
        watch = Watch(case, bucket)
        watch.look()
        with case_project.start("up", "--yes", "--skip-preview") as update:
            watch.during(update)
        watch.look()
        # The credentials of the running pod became invalid with the old role, or this test would see no denial.
        wait_until(lambda: any(code for _, code in calls()), "the running pod is denied")
        denied = [at for at, code in calls() if code is not None]

    assert watch.refused == []
    assert watch.roles[-1][1] != watch.roles[0][1]
    assert min(denied) > watch.last_seen_unmoved + WAIT
    assert len([at for at, _ in calls() if at < min(denied)]) > WAIT / 2
