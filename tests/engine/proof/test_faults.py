"""`pulumi up` while AWS has a bad day: it completes or says clearly what failed, and the next `up` makes it right.

What is right is read from the emulator, never from the engine: every role and association once, and those in the state.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from engine_project import Project, Run
from sandbox.faults import Fault, FaultProxy, Kind, Plan

PROGRAM = """
from pulumi_eks_pod_identity import PodIdentity

READ = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]},
]}
identity = PodIdentity("payments", {
    "cluster_name": CLUSTER,
    "bindings": [{"namespace": NAMESPACE, "service_account": name} for name in SERVICE_ACCOUNTS],
    "policies": {"read": READ, "again": READ},
    "create_target_role": True,
    "target_policies": {"read": READ},
    "propagation_seconds": 0,
})
"""


def program(*service_accounts: str) -> str:
    """The program with these ServiceAccounts, by default two."""
    return f"SERVICE_ACCOUNTS = {list(service_accounts) or ['api', 'worker']!r}\n{PROGRAM}"


@dataclass(frozen=True)
class Weather:
    """A project whose AWS is reached through the proxy."""

    project: Project
    proxy: FaultProxy

    def up(self, *faults: Fault, seed: int = 0, text: str | None = None) -> Run:
        """Run `pulumi up` under these faults, whatever comes of it."""
        self.proxy.plan = Plan(faults, seed=seed)
        return self.project.run("up", "--yes", "--skip-preview", program=text or program())

    def clear_up(self, text: str | None = None) -> Run:
        """Run `pulumi up` in good weather, which must succeed."""
        self.proxy.plan = Plan([])
        return self.project.up(text or program())

    def held(self) -> dict[str, list[str]]:
        """What the emulator holds: roles with their policies, and associations."""
        iam, eks = self.project.aws("iam"), self.project.aws("eks")
        roles = [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"] != "cluster"]
        policies = [f"{name}/{key}" for name in roles for key in iam.list_role_policies(RoleName=name)["PolicyNames"]]
        pages = eks.get_paginator("list_pod_identity_associations").paginate(clusterName="main")
        found = [one for page in pages for one in page["associations"]]
        return {
            "roles": sorted(roles),
            "policies": sorted(policies),
            "pairs": sorted(f"{one['namespace']}/{one['serviceAccount']}" for one in found),
            "associations": sorted(one["associationId"] for one in found),
        }

    def in_state(self) -> dict[str, list[str]]:
        """The same of the engine's state, and what it has pending."""
        deployment = json.loads(self.project.pulumi.run("stack", "export").stdout)["deployment"]
        resources = deployment["resources"]
        outputs = {kind: [one["outputs"] for one in resources if one["type"] == kind] for kind in _TYPES}
        roles, policies, associations = (outputs[kind] for kind in _TYPES)
        return {
            "roles": sorted(one["name"] for one in roles),
            "policies": sorted(f"{one['role']}/{one['name']}" for one in policies),
            "pairs": sorted(f"{one['namespace']}/{one['serviceAccount']}" for one in associations),
            "associations": sorted(one["associationId"] for one in associations),
        }

    def agrees(self, *service_accounts: str) -> None:
        """Assert that emulator and state hold the same, and all of it once."""
        held = self.held()
        assert held == self.in_state()
        assert held["pairs"] == sorted(
            f"{self.project.namespace}/{name}" for name in service_accounts or ("api", "worker")
        )
        assert len(held["roles"]) == 2
        assert len(held["policies"]) == 4


_TYPES = (
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
)


@pytest.fixture
def weather(project: Project) -> Iterator[Weather]:
    """A project behind a proxy in good weather."""
    with FaultProxy(project.sandbox.aws) as proxy:
        environment = {**project.pulumi.environment, "AWS_ENDPOINT_URL": proxy.url}
        yield Weather(replace(project, pulumi=replace(project.pulumi, environment=environment)), proxy)


def said_clearly(run: Run) -> None:
    """Assert that a failed run names the resource and what AWS said, without a traceback."""
    assert "error:" in run.text
    assert "Traceback" not in run.text
    assert "panic:" not in run.text


PASSING = {
    "throttling": Fault(Kind.THROTTLE, chance=0.3),
    "throttled associations": Fault(Kind.THROTTLE, "eks:CreatePodIdentityAssociation", times=2),
    "server errors": Fault(Kind.SERVER_ERROR, chance=0.15),
    "unavailable": Fault(Kind.UNAVAILABLE, chance=0.15),
    "dropped connections": Fault(Kind.DROP, chance=0.2),
    "slow answers": Fault(Kind.SLOW, chance=0.3, seconds=0.5),
    "a lost answer of an association": Fault(Kind.LOST_ANSWER, "eks:CreatePodIdentityAssociation", times=1),
    "an association delivered twice": Fault(Kind.DUPLICATE, "eks:CreatePodIdentityAssociation"),
    "policies delivered twice": Fault(Kind.DUPLICATE, "iam:PutRolePolicy"),
}


@pytest.mark.parametrize("kind", PASSING)
def test_up_in_bad_weather_completes_or_says_why_and_the_next_up_is_right(weather: Weather, kind: str):
    run = weather.up(PASSING[kind], seed=7)
    met = list(weather.proxy.plan.met)
    if run.code:
        said_clearly(run)
    weather.clear_up()

    assert met
    weather.agrees()
    assert weather.clear_up().changes == []


@pytest.mark.parametrize("operation", ["iam:CreateRole", "iam:PutRolePolicy", "eks:CreatePodIdentityAssociation"])
def test_an_operation_that_never_works_fails_with_its_name_and_the_next_up_is_right(weather: Weather, operation: str):
    run = weather.up(Fault(Kind.SERVER_ERROR, operation))

    assert run.code != 0
    said_clearly(run)
    weather.clear_up()
    weather.agrees()


def test_changing_and_deleting_in_bad_weather_converges(weather: Weather):
    weather.clear_up()

    run = weather.up(Fault(Kind.THROTTLE, chance=0.3), seed=3, text=program("api", "batch"))
    if run.code:
        said_clearly(run)
    weather.clear_up(program("api", "batch"))

    weather.agrees("api", "batch")


def test_a_delete_that_still_conflicts_is_overcome(weather: Weather):
    """An association made again right after its deletion meets 409 for some seconds."""
    weather.clear_up()
    weather.up(Fault(Kind.STALE_DELETE, "eks:DeletePodIdentityAssociation", seconds=4), text=program("api"))

    run = weather.project.run("up", "--yes", "--skip-preview", program=program("api", "worker"))
    if run.code:
        said_clearly(run)
        assert "Association already exists" in run.text
    time.sleep(4)
    weather.clear_up()

    weather.agrees()


def test_destroying_in_bad_weather_leaves_nothing_after_another_try(weather: Weather):
    weather.clear_up()
    weather.proxy.plan = Plan([Fault(Kind.SERVER_ERROR, chance=0.4)], seed=5)
    run = weather.project.run("destroy", "--yes", "--skip-preview")
    if run.code:
        said_clearly(run)
    weather.proxy.plan = Plan([])
    weather.project.destroy()

    assert weather.held() == {"roles": [], "policies": [], "pairs": [], "associations": []}
