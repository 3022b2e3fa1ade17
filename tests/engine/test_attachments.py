"""A managed policy moves to another key and stays attached: AWS identifies an attachment by role and policy alone."""

from typing import Any

import pytest

from engine_project import Project

READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
PROGRAM = """
import pulumi
import pulumi_aws as aws
from pulumi_eks_pod_identity import PodIdentity, PodIdentityRole, PodIdentityTargetRole

READ, AUDIT = "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SecurityAudit"
CLUSTER_ARGS = {"cluster_name": CLUSTER, "namespace": "payments", "service_account": "api"}
PodIdentity("api", {**CLUSTER_ARGS, "propagation_seconds": 0, "role_name": "api", "managed_policy_arns": ONE,
                    "create_target_role": True, "target_role_name": "target", "target_managed_policy_arns": ONE})
# An ARN that is an output, as of a policy that the same program makes.
later = pulumi.Output.from_input(READ)
PodIdentityRole("alone", {**CLUSTER_ARGS, "role_name": "alone",
                          "managed_policy_arns": {key: later for key in ONE if ONE[key] == READ}})
PodIdentityTargetRole("there", {**CLUSTER_ARGS, "cluster_region": "eu-west-1", "role_name": "there",
                                "source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/api", "managed_policy_arns": ONE})
"""
ROLES = ("api", "target", "alone", "there")


def program(component: dict[str, Any]) -> str:
    return f"ONE = {component!r}\n{PROGRAM}"


def attached_policies(project: Project, role: str) -> set[str]:
    attached = project.aws("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return {policy["PolicyArn"] for policy in attached}


def test_another_key_for_the_same_policy_changes_nothing_and_loses_nothing(project: Project):
    project.up(program({"read": READ}))

    planned = project.preview(program({"reading": READ})).changes
    changed = project.up(program({"reading": READ})).changes

    assert planned == []
    assert changed == []
    assert {role: attached_policies(project, role) for role in ROLES} == {role: {READ} for role in ROLES}
    assert project.up(None, "--refresh").changes == []
    # Another policy can use the old key, and removing the moved policy detaches it.
    project.up(program({"read": AUDIT, "reading": READ}))
    assert attached_policies(project, "api") == {READ, AUDIT}
    project.up(program({"read": AUDIT}))
    assert attached_policies(project, "api") == {AUDIT}


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        ({"a": READ, "b": AUDIT}, {"a": AUDIT, "b": READ}, ("managed_policy_arns.a", "managed_policy_arns.b")),
        ({"a": READ}, {"a": AUDIT, "b": READ}, ("managed_policy_arns.b",)),
        ({"a": READ, "b": AUDIT}, {"b": READ}, ("managed_policy_arns.b",)),
    ],
    ids=["two policies change places", "a policy makes room for another", "a policy takes another's key"],
)
def test_a_move_that_would_lose_a_policy_is_refused_before_anything_changes(
    project: Project, before: dict[str, str], after: dict[str, str], places: tuple[str, ...]
):
    project.up(program(before))

    for command, arguments in (("preview", ()), ("up", ("--yes", "--skip-preview"))):
        run = project.fails(command, program(after), *arguments)
        assert all(f"- {place}: " in run.text for place in places)
        assert "in one update and add it in the next" in run.text
        assert "Traceback" not in run.text

    assert attached_policies(project, "api") == set(before.values())
    assert attached_policies(project, "target") == set(before.values())
