"""The AWS stand-in on the real engine: what the official provider's answers make the engine do.

Sources: pulumi/pulumi-terraform-bridge, pkg/tfbridge/schema.go and provider.go; pulumi/pulumi-aws,
provider/resource_overrides.go.
"""

from dataclasses import replace
from typing import Any

import pytest

from engine_project import Project, Run
from sandbox.faults import Fault, FaultProxy, Kind, Plan

PROGRAM = """
import json
import pulumi
import pulumi_aws as aws

trust = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ACTIONS},
]})
role = aws.iam.Role("role", assume_role_policy=trust, opts=pulumi.ResourceOptions(delete_before_replace=FIRST), **ROLE)
if MANAGED:
    aws.iam.RolePolicyAttachment("attachment", role=role.name, policy_arn=f"arn:aws:iam::aws:policy/{MANAGED}")
if ASSOCIATED:
    aws.eks.PodIdentityAssociation(
        "association", cluster_name=CLUSTER, namespace=NAMESPACE, service_account="api", role_arn=role.arn
    )
"""
BOTH = ["sts:AssumeRole", "sts:TagSession"]
NARROWED = ["sts:AssumeRole"]
GIVEN = {"path": "/pods/", "max_session_duration": 7200}


def program(
    *, actions: list[str] = BOTH, managed: str = "", associated: bool = False, first: bool | None = None, **role: Any
) -> str:
    constants = {"ACTIONS": actions, "MANAGED": managed, "ASSOCIATED": associated, "FIRST": first, "ROLE": role}
    return "".join(f"{name} = {value!r}\n" for name, value in constants.items()) + PROGRAM


def order(run: Run) -> list[str]:
    """Return the changes in the order in which they began."""
    return [str(step) for step in run.steps if str(step) in run.changes and step.op not in ("replace", "update-stack")]


def trusted_actions(project: Project, role: str) -> list[str]:
    document = project.aws("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    actions: str | list[str] = document["Statement"][0]["Action"]
    return [actions] if isinstance(actions, str) else actions


def test_a_renamed_role_is_deleted_before_its_association_moves(project: Project) -> None:
    project.up(program(name="one", associated=True))

    run = project.up(program(name="two", associated=True))

    assert order(run) == ["delete-replaced role", "create-replacement role", "update association"]


def test_a_program_can_ask_to_create_a_renamed_role_first(project: Project) -> None:
    project.up(program(name="one", associated=True, first=False))

    run = project.up(program(name="two", associated=True, first=False))

    assert order(run) == ["create-replacement role", "update association", "delete-replaced role"]


def test_another_managed_policy_is_attached_after_the_old_one_is_detached(project: Project) -> None:
    project.up(program(name="one", managed="ReadOnlyAccess"))

    run = project.up(program(name="one", managed="SecurityAudit"))

    assert order(run) == ["delete-replaced attachment", "create-replacement attachment"]


@pytest.fixture
def narrowing_failed(project: Project) -> Project:
    """A project with a role whose trust policy could not be narrowed: IAM throttled the call."""
    project.up(program(name="one"))
    with FaultProxy(project.sandbox.aws, Plan([Fault(Kind.THROTTLE, r"iam:UpdateAssumeRolePolicy")])) as proxy:
        environment = {**project.pulumi.environment, "AWS_ENDPOINT_URL": proxy.url}
        throttled = replace(project, pulumi=replace(project.pulumi, environment=environment))
        run = throttled.fails("up", program(name="one", actions=NARROWED), "--yes", "--skip-preview")
    assert "Rate exceeded" in run.text
    return project


def test_the_next_update_after_a_failed_one_succeeds_and_changes_nothing(narrowing_failed: Project) -> None:
    again = narrowing_failed.up(program(name="one", actions=NARROWED))

    assert again.changes == ["update role"]
    assert trusted_actions(narrowing_failed, "one") == BOTH
    third = narrowing_failed.up(program(name="one", actions=NARROWED))
    assert third.changes == ["update role"]
    assert trusted_actions(narrowing_failed, "one") == NARROWED


def test_an_update_with_a_refresh_repairs_a_failed_one(narrowing_failed: Project) -> None:
    narrowing_failed.up(program(name="one", actions=NARROWED), "--refresh")

    assert trusted_actions(narrowing_failed, "one") == NARROWED


def test_a_property_removed_after_a_refresh_keeps_its_value(project: Project) -> None:
    project.up(program(name="one", **GIVEN))
    project.run("refresh", "--yes", "--skip-preview")

    run = project.up(program(name="one", path="/pods/"))

    assert run.changes == []
    assert project.aws("iam").get_role(RoleName="one")["Role"]["MaxSessionDuration"] == 7200
