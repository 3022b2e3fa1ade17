"""The plan after an edit of a program: no change, an update in place, or a replacement that deletes first."""

from typing import Any

import pytest

from engine_project import Project

PROGRAM = """
import pulumi
from pulumi_eks_pod_identity import PodIdentity

SINGLE = {"namespace": "payments", "service_account": "api"}
ARGUMENTS = {"cluster_name": CLUSTER, "propagation_seconds": 0} | (SINGLE if "bindings" not in ARGS else {}) | ARGS
PodIdentity(NAME, ARGUMENTS, OPTIONS)
"""
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
LIST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
API = {"namespace": "payments", "service_account": "api"}
WORKER = {"namespace": "payments", "service_account": "worker"}
REPLACED = ["create-replacement api-association", "delete-replaced api-association", "replace api-association"]


def program(name: str = "api", options: str = "None", **args: Any) -> str:
    return f"import pulumi\nARGS, NAME = {args!r}, {name!r}\nOPTIONS = {options}\n{PROGRAM}"


def children(changes: list[str]) -> list[str]:
    """Leave out the component itself: its arguments are its inputs, so every edit updates it."""
    return [change for change in changes if change != "update api"]


def preview_edit(project: Project, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    project.up(program(**before))
    return children(project.preview(program(**after)).changes)


@pytest.mark.parametrize(
    ("before", "after", "plan"),
    [
        pytest.param(
            {"policies": {"read": READ}},
            {"policies": {"reading": READ}},
            ["create api-policy-reading", "delete api-policy-read"],
            id="another key for a policy touches that policy alone",
        ),
        pytest.param(
            {"policies": {"read": READ}},
            {"policies": {"list": LIST, "read": READ}},
            ["create api-policy-list"],
            id="one more policy, before the others, touches none of them",
        ),
        pytest.param(
            {"tags": {"Owner": "a"}},
            {"tags": {"Owner": "b"}},
            ["update api-association", "update api-role"],
            id="other tags update in place",
        ),
        pytest.param(
            {},
            {"trust_scope": "cluster"},
            ["update api-role"],
            id="another trust scope updates the role in place",
        ),
        pytest.param(
            {},
            {"session_policy": READ},
            [*REPLACED, "update api-role"],
            id="a session policy replaces the association",
        ),
        pytest.param(
            {"session_policy": READ},
            {"session_policy": LIST},
            ["update api-association"],
            id="another session policy updates the association in place",
        ),
        pytest.param(
            {"target_role_arn": "arn:aws:iam::444455556666:role/a"},
            {"target_role_arn": "arn:aws:iam::444455556666:role/b"},
            ["update api-assume-target", "update api-association"],
            id="another target updates in place",
        ),
        pytest.param(
            {"role_name": "one"},
            {"role_name": "two"},
            [
                "create-replacement api-role",
                "delete-replaced api-role",
                "replace api-role",
                "update api-association",
            ],
            id="another role is created and the association moves to it",
        ),
        pytest.param(
            {},
            {"agent": "managed"},
            ["create api-agent"],
            id="an agent is made and touches nothing else",
        ),
        pytest.param(
            {},
            {"bindings": [API]},
            [],
            id="the short form and a list of the same pair are the same association",
        ),
        pytest.param(
            {"bindings": [API]},
            {},
            [],
            id="and back",
        ),
        pytest.param(
            {},
            {"bindings": [API, WORKER]},
            ["create api-association-payments.worker", "update api-role"],
            id="a list with one more pair keeps the one there was",
        ),
        pytest.param(
            {"bindings": [API, WORKER], "trust_scope": "cluster"},
            {"bindings": [WORKER, API], "trust_scope": "cluster"},
            [],
            id="the order of bindings is of no meaning",
        ),
        pytest.param(
            {"bindings": [API, WORKER], "trust_scope": "cluster"},
            {"bindings": [WORKER], "trust_scope": "cluster"},
            ["delete api-association-payments.api"],
            id="one binding less touches that one alone",
        ),
        pytest.param(
            {"propagation_seconds": 0},
            {"propagation_seconds": 15},
            [],
            id="another wait changes nothing that exists",
        ),
    ],
)
def test_an_edit_plans(project: Project, before: dict[str, Any], after: dict[str, Any], plan: list[str]):
    assert preview_edit(project, before, after) == sorted(plan)


def describe(project: Project) -> dict[str, Any]:
    eks = project.aws("eks")
    [association] = eks.list_pod_identity_associations(clusterName="main")["associations"]
    return eks.describe_pod_identity_association(clusterName="main", associationId=association["associationId"])[
        "association"
    ]


def test_removing_the_session_policy_removes_it_in_aws(project: Project):
    project.up(program(session_policy=READ))

    changes = children(project.up(program()).changes)

    assert changes == [*REPLACED, "update api-role"]
    assert not describe(project).get("policy")
    assert not describe(project).get("disableSessionTags")


def test_removing_the_target_role_removes_it_in_aws(project: Project):
    project.up(program(create_target_role=True))
    assert describe(project)["targetRoleArn"].endswith(f"/{project.default_role_name('api-target')}")

    changes = children(project.up(program()).changes)

    assert changes == sorted([*REPLACED, "delete api-assume-target", "delete api-target-role"])
    assert not describe(project).get("targetRoleArn")


def test_a_renamed_component_with_an_alias_replaces_nothing_but_the_name_of_its_role(project: Project):
    project.up(program(policies={"read": READ}, role_name="fixed"))
    alias = "pulumi.ResourceOptions(aliases=[pulumi.Alias(name='api')])"

    changes = project.preview(program("renamed", alias, policies={"read": READ}, role_name="fixed")).changes

    assert changes == []


def test_a_component_moved_under_a_parent_with_an_alias_replaces_nothing(project: Project):
    project.up(program(policies={"read": READ}))
    moved = (
        "pulumi.ResourceOptions(parent=pulumi.ComponentResource('test:index:Team', 'team'), "
        "aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])"
    )

    changes = project.preview(program("api", moved, policies={"read": READ})).changes

    assert changes == ["create team"]


def order(project: Project, before: str, after: str) -> list[str]:
    """Return the steps of an edit in the order in which the engine takes them."""
    project.up(before)
    return [str(step) for step in project.up(after).steps if step.op not in {"same", "replace"}]


ROLE_AND_POLICIES = {
    "policies": {"read": READ},
    "managed_policy_arns": {"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
    "create_target_role": True,
}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            program(role_name="one", **ROLE_AND_POLICIES),
            program(role_name="two", **ROLE_AND_POLICIES),
            id="role_name",
        ),
        pytest.param(
            program(**ROLE_AND_POLICIES),
            program("renamed", "pulumi.ResourceOptions(aliases=[pulumi.Alias(name='api')])", **ROLE_AND_POLICIES),
            id="the component's name",
        ),
        pytest.param(program(**ROLE_AND_POLICIES), program(role_path="/a/", **ROLE_AND_POLICIES), id="the path"),
        pytest.param(
            program(policy_kind="managed", **ROLE_AND_POLICIES),
            program(policy_kind="managed", role_name="two", **ROLE_AND_POLICIES),
            id="with managed policies",
        ),
    ],
)
def test_a_role_that_is_replaced_is_deleted_after_the_association_has_moved(project: Project, before: str, after: str):
    steps = order(project, before, after)

    name = "renamed" if "renamed" in after else "api"
    moved = steps.index(f"update {name}-association")
    created = [index for index, step in enumerate(steps) if step.startswith("create-replacement")]
    deleted = [index for index, step in enumerate(steps) if step.startswith("delete")]
    assert f"create-replacement {name}-role" in steps
    assert max(created) < moved < min(deleted)
    assert project.up().changes == []


@pytest.mark.parametrize("kind", ["inline", "managed"])
def test_a_role_that_moves_to_another_path_under_the_same_name_is_deleted_first(project: Project, kind: str):
    args: dict[str, Any] = {"role_name": "one", "policy_kind": kind, **ROLE_AND_POLICIES}

    steps = order(project, program(**args), program(role_path="/a/", **args))

    assert steps.index("delete-replaced api-role") < steps.index("create-replacement api-role")
    assert project.aws("iam").get_role(RoleName="one")["Role"]["Path"] == "/a/"
    assert project.up().changes == []
