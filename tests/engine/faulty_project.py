"""A project that reaches AWS through the fault proxy, and its state in the emulator and the engine."""

import json
from dataclasses import dataclass

from engine_project import Project, Run
from sandbox.faults import Fault, FaultProxy, Plan

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
    """Return the program with these ServiceAccounts, by default two."""
    return f"SERVICE_ACCOUNTS = {list(service_accounts) or ['api', 'worker']!r}\n{PROGRAM}"


@dataclass(frozen=True)
class FaultyProject:
    """A project whose AWS is reached through the proxy."""

    project: Project
    proxy: FaultProxy

    def up(self, *faults: Fault, seed: int = 0, text: str | None = None) -> Run:
        """Run `pulumi up` with these faults, with any result."""
        self.proxy.plan = Plan(faults, seed=seed)
        return self.project.run("up", "--yes", "--skip-preview", program=text or program())

    def up_without_faults(self, text: str | None = None) -> Run:
        """Run `pulumi up` without faults. It must succeed."""
        self.proxy.plan = Plan([])
        return self.project.up(text or program())

    def in_aws(self) -> dict[str, list[str]]:
        """Return the roles with their policies, and the associations in the emulator."""
        iam, eks = self.project.aws("iam"), self.project.aws("eks")
        roles = [role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"] != "cluster"]
        policies = [f"{name}/{key}" for name in roles for key in iam.list_role_policies(RoleName=name)["PolicyNames"]]
        pages = eks.get_paginator("list_pod_identity_associations").paginate(clusterName="main")
        associations = [association for page in pages for association in page["associations"]]
        return {
            "roles": sorted(roles),
            "policies": sorted(policies),
            "pairs": sorted(
                f"{association['namespace']}/{association['serviceAccount']}" for association in associations
            ),
            "associations": sorted(association["associationId"] for association in associations),
        }

    def in_state(self) -> dict[str, list[str]]:
        """Return the same from the engine's state, and its pending operations."""
        deployment = json.loads(self.project.pulumi.run("stack", "export").stdout)["deployment"]
        resources = deployment["resources"]
        outputs = {
            resource_type: [resource["outputs"] for resource in resources if resource["type"] == resource_type]
            for resource_type in _TYPES
        }
        roles, policies, associations = (outputs[resource_type] for resource_type in _TYPES)
        return {
            "roles": sorted(role["name"] for role in roles),
            "policies": sorted(f"{policy['role']}/{policy['name']}" for policy in policies),
            "pairs": sorted(
                f"{association['namespace']}/{association['serviceAccount']}" for association in associations
            ),
            "associations": sorted(association["associationId"] for association in associations),
        }

    def assert_consistent(self, *service_accounts: str) -> None:
        """Assert that emulator and state have the same resources, each once."""
        in_aws = self.in_aws()
        assert in_aws == self.in_state()
        assert in_aws["pairs"] == sorted(
            f"{self.project.namespace}/{name}" for name in service_accounts or ("api", "worker")
        )
        assert len(in_aws["roles"]) == 2
        assert len(in_aws["policies"]) == 4


_TYPES = (
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
)


def assert_clear_error(run: Run) -> None:
    """Assert that a failed run shows the resource and the message of AWS, without a traceback."""
    assert "error:" in run.text
    assert "Traceback" not in run.text
    assert "panic:" not in run.text
