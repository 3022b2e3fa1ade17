"""Less common edits: their plan, and the result in AWS."""

import json
from typing import Any

import pytest

from engine_project import Project
from test_stability import LIST, READ, REPLACED, children, describe, preview_edit, program

BOUNDARY = "arn:aws:iam::aws:policy/PowerUserAccess"
SECOND = {"namespace": "payments", "service_account": "worker"}


@pytest.mark.parametrize(
    ("before", "after", "plan"),
    [
        pytest.param({}, {"service_account": "web"}, [*REPLACED, "update api-role"], id="another ServiceAccount"),
        pytest.param({}, {"disable_session_tags": True}, ["update api-association", "update api-role"], id="no tags"),
        pytest.param({"agent": "managed"}, {}, ["delete api-agent"], id="no agent any more"),
    ],
)
def test_an_edit_plans(project: Project, before: dict[str, Any], after: dict[str, Any], plan: list[str]):
    assert preview_edit(project, before, after) == sorted(plan)


def test_a_namespace_that_changes_moves_the_association_deleting_it_first(project: Project):
    project.up(program())

    run = project.up(program(namespace="billing"))

    steps = [step.op for step in run.steps if step.name == "api-association"]
    assert steps.index("delete-replaced") < steps.index("create-replacement")
    assert describe(project)["namespace"] == "billing"


def test_arguments_removed_from_a_role_and_its_association_are_removed_in_aws(project: Project):
    """Descriptions, boundaries, durations, tags and `session_tags`: all removed in one edit, in place."""
    project.up(
        program(
            role_name="api",
            role_description="Reads invoices",
            permissions_boundary_arn=BOUNDARY,
            max_session_duration_seconds=7200,
            disable_session_tags=True,
            tags={"Owner": "payments", "Turn": "1"},
        )
    )
    iam = project.aws("iam")
    before = iam.get_role(RoleName="api")["Role"]
    assert before["PermissionsBoundary"]["PermissionsBoundaryArn"] == BOUNDARY
    assert describe(project)["disableSessionTags"]

    changes = children(project.up(program(role_name="api", tags={"Owner": "payments"})).changes)

    role = iam.get_role(RoleName="api")["Role"]
    assert changes == ["update api-association", "update api-role"]
    assert not role.get("Description")
    assert not role.get("PermissionsBoundary")
    assert role["MaxSessionDuration"] == 3600
    assert {tag["Key"]: tag["Value"] for tag in role["Tags"]} == {"Owner": "payments"}
    assert describe(project)["tags"] == {"Owner": "payments"}
    assert not describe(project).get("disableSessionTags")
    assert "aws:RequestTag/kubernetes-namespace" in json.dumps(role["AssumeRolePolicyDocument"])

    project.up(program(role_name="api"))

    assert not iam.get_role(RoleName="api")["Role"].get("Tags")
    assert not describe(project).get("tags")


def test_policies_that_become_managed_and_back_are_in_force_all_along(project: Project):
    project.up(program(role_name="api", policies={"read": READ}))

    project.up(program(role_name="api", policies={"read": READ}, policy_kind="managed"))

    iam = project.aws("iam")
    [attached] = iam.list_attached_role_policies(RoleName="api")["AttachedPolicies"]
    assert attached["PolicyName"] == "api-read"
    assert iam.list_role_policies(RoleName="api")["PolicyNames"] == []

    project.up(program(role_name="api", policies={"read": READ}))

    assert iam.list_attached_role_policies(RoleName="api")["AttachedPolicies"] == []
    assert iam.list_role_policies(RoleName="api")["PolicyNames"] == ["read"]


def test_an_added_target_role_is_assumed_and_another_one_replaces_it(project: Project):
    first, second = (f"arn:aws:iam::{project.target_account}:role/{name}" for name in ("first", "second"))
    project.up(program(role_name="api"))

    added = children(project.up(program(role_name="api", target_role_arn=first)).changes)
    moved = children(project.up(program(role_name="api", target_role_arn=second)).changes)

    assert added == sorted([*REPLACED, "create api-assume-target"])
    assert moved == ["update api-association", "update api-assume-target"]
    assert describe(project)["targetRoleArn"] == second
    permission = project.aws("iam").get_role_policy(RoleName="api", PolicyName="assume-target")["PolicyDocument"]
    assert permission["Statement"][0]["Resource"] == second


def test_a_service_account_comes_and_goes_and_touches_nothing_else(project: Project):
    args = {"namespace": project.namespace, "create_namespace": True, "create_service_account": True}
    project.up(program(namespace=project.namespace))

    added = children(project.up(program(**args)).changes)
    removed = children(project.preview(program(namespace=project.namespace)).changes)

    assert added == ["create api-namespace", "create api-service-account"]
    assert removed == ["delete api-namespace", "delete api-service-account"]


def test_a_binding_can_be_narrowed_and_widened_alone(project: Project):
    api = {"namespace": "payments", "service_account": "api"}
    project.up(program(bindings=[api, SECOND]))

    narrowed = children(project.up(program(bindings=[api | {"session_policy": READ}, SECOND])).changes)
    changed = children(project.up(program(bindings=[SECOND, api | {"session_policy": LIST}])).changes)
    eks = project.aws("eks")
    associations = eks.list_pod_identity_associations(clusterName="main", serviceAccount="api")["associations"]
    held = eks.describe_pod_identity_association(clusterName="main", associationId=associations[0]["associationId"])
    widened = children(project.up(program(bindings=[api, SECOND])).changes)

    replaced = [f"{change}-payments.api" for change in REPLACED]
    assert narrowed == sorted([*replaced, "update api-role"])
    assert changed == ["update api-association-payments.api"]
    assert json.loads(held["association"]["policy"]) == LIST
    assert held["association"]["disableSessionTags"]
    assert widened == sorted([*replaced, "update api-role"])


def test_the_same_service_account_on_a_blue_and_a_green_cluster(project: Project):
    from sandbox.seed import create_cluster  # noqa: PLC0415 - beside its use

    create_cluster(project.sandbox.aws, "green", project.account)
    blue, green = ({**SECOND, "cluster_name": name} for name in (project.cluster, "green"))
    project.up(program(bindings=[blue]))

    added = children(project.up(program(bindings=[green, blue])).changes)
    retired = children(project.up(program(bindings=[green])).changes)

    assert added == ["create api-association-green.payments.worker", "update api-role"]
    assert retired == ["delete api-association-main.payments.worker", "update api-role"]
    eks = project.aws("eks")
    assert eks.list_pod_identity_associations(clusterName="main")["associations"] == []
    assert len(eks.list_pod_identity_associations(clusterName="green")["associations"]) == 1
