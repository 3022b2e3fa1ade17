"""The types that own a role's policies exclusively.

Source: hashicorp/terraform-provider-aws, internal/service/iam/role_policies_exclusive.go and
role_policy_attachments_exclusive.go.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.aws_plugin.aws_stub import Answer, iam_error, ok, stub
from tests.sandbox.aws_plugin.engine_client import (
    ATTACHED_EXCLUSIVE,
    INLINE_EXCLUSIVE,
    EngineClient,
    RefusedError,
    detailed_changes,
)

AtAws = Callable[..., EngineClient]
Client = Callable[..., Any]
Start = Callable[..., EngineClient]
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


@pytest.fixture
def role_name(role: str, aws_client: Client) -> str:
    """A role with the inline policies `a` and `b`, and with one attached policy."""
    name = role.rsplit("/", 1)[-1]
    for policy in ("a", "b"):
        aws_client("iam").put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=DOCUMENT)
    aws_client("iam").attach_role_policy(RoleName=name, PolicyArn=READ_ONLY)
    return name


def inline(aws_client: Client, role_name: str) -> list[str]:
    return aws_client("iam").list_role_policies(RoleName=role_name)["PolicyNames"]


def attached_policies(aws_client: Client, role_name: str) -> list[str]:
    policies = aws_client("iam").list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]
    return [policy["PolicyArn"] for policy in policies]


def test_creating_it_deletes_the_inline_policies_it_does_not_list(
    at_aws: AtAws, aws_client: Client, role_name: str
) -> None:
    id_, inputs, state = at_aws().check_and_create(INLINE_EXCLUSIVE, {"roleName": role_name, "policyNames": ["a"]})

    assert id_ == role_name
    assert inputs == {"roleName": role_name, "policyNames": ["a"]}
    assert state == {**inputs, "id": role_name}
    assert inline(aws_client, role_name) == ["a"]
    assert attached_policies(aws_client, role_name) == [READ_ONLY]


def test_creating_it_attaches_and_detaches_until_the_attached_policies_are_the_listed_ones(
    at_aws: AtAws, aws_client: Client, role_name: str
) -> None:
    id_, _, _ = at_aws().check_and_create(ATTACHED_EXCLUSIVE, {"roleName": role_name, "policyArns": [AUDIT]})

    assert id_ == role_name
    assert attached_policies(aws_client, role_name) == [AUDIT]
    assert sorted(inline(aws_client, role_name)) == ["a", "b"]


@pytest.mark.parametrize(
    ("resource_type", "key", "listed"),
    [(INLINE_EXCLUSIVE, "policyNames", inline), (ATTACHED_EXCLUSIVE, "policyArns", attached_policies)],
)
def test_an_empty_list_removes_every_policy(
    *,
    at_aws: AtAws,
    aws_client: Client,
    role_name: str,
    resource_type: str,
    key: str,
    listed: Callable[..., list[str]],
) -> None:
    at_aws().check_and_create(resource_type, {"roleName": role_name, key: []})

    assert listed(aws_client, role_name) == []


def test_an_inline_policy_that_does_not_exist_fails_before_anything_is_deleted(
    at_aws: AtAws, aws_client: Client, role_name: str
) -> None:
    with pytest.raises(RefusedError) as error:
        at_aws().check_and_create(INLINE_EXCLUSIVE, {"roleName": role_name, "policyNames": ["a", "missing"]})

    assert str(error.value) == (
        f"creating IAM Role Policies Exclusive ({role_name}): operation error IAM: PutRolePolicy, "
        "1 validation error(s) found. - missing required field, PutRolePolicyInput.PolicyDocument."
    )
    assert sorted(inline(aws_client, role_name)) == ["a", "b"]


@pytest.mark.parametrize(
    ("resource_type", "key", "value", "drifted"),
    [(INLINE_EXCLUSIVE, "policyNames", ["a"], ["a", "b"]), (ATTACHED_EXCLUSIVE, "policyArns", [], [READ_ONLY])],
)
def test_a_policy_added_by_hand_shows_only_after_a_refresh_and_the_next_update_removes_it(
    *,
    at_aws: AtAws,
    aws_client: Client,
    role_name: str,
    resource_type: str,
    key: str,
    value: list[str],
    drifted: list[str],
) -> None:
    plugin, iam = at_aws(), aws_client("iam")
    id_, inputs, state = plugin.check_and_create(resource_type, {"roleName": role_name, key: value})
    iam.put_role_policy(RoleName=role_name, PolicyName="b", PolicyDocument=DOCUMENT)
    iam.attach_role_policy(RoleName=role_name, PolicyArn=READ_ONLY)
    assert not plugin.diff(resource_type, state, inputs).detailedDiff

    _, read_state, read_inputs = plugin.read(resource_type, id_, state, inputs)

    assert sorted(read_state[key]) == sorted(read_inputs[key]) == drifted
    assert plugin.diff(resource_type, read_state, inputs).detailedDiff
    after = plugin.update(resource_type, id_, read_state, inputs)
    assert after[key] == value
    assert plugin.read(resource_type, id_, after, inputs)[1] == {**inputs, "id": id_}


@pytest.mark.parametrize(
    ("resource_type", "key"), [(INLINE_EXCLUSIVE, "policyNames"), (ATTACHED_EXCLUSIVE, "policyArns")]
)
def test_deleting_it_leaves_the_policies(
    at_aws: AtAws, aws_client: Client, role_name: str, resource_type: str, key: str
) -> None:
    plugin = at_aws()
    values = {"policyNames": ["a"], "policyArns": [READ_ONLY]}
    id_, _, state = plugin.check_and_create(resource_type, {"roleName": role_name, key: values[key]})

    plugin.delete(resource_type, id_, state)

    assert "a" in inline(aws_client, role_name)
    assert attached_policies(aws_client, role_name) == [READ_ONLY]


def test_it_is_imported_by_role_name(at_aws: AtAws, role_name: str) -> None:
    plugin = at_aws()

    id_, _, inputs = plugin.read(INLINE_EXCLUSIVE, role_name)

    assert id_ == role_name
    assert inputs["roleName"] == role_name
    assert sorted(inputs["policyNames"]) == ["a", "b"]
    assert plugin.read(ATTACHED_EXCLUSIVE, role_name)[2] == {"roleName": role_name, "policyArns": [READ_ONLY]}


@pytest.mark.parametrize("resource_type", [INLINE_EXCLUSIVE, ATTACHED_EXCLUSIVE])
def test_it_is_gone_with_its_role(at_aws: AtAws, resource_type: str) -> None:
    assert at_aws().read(resource_type, "no-such-role", {"roleName": "no-such-role"}) == ("", {}, {})


@pytest.mark.parametrize(
    ("resource_type", "key"), [(INLINE_EXCLUSIVE, "policyNames"), (ATTACHED_EXCLUSIVE, "policyArns")]
)
def test_another_role_replaces_it_and_is_not_deleted_first(plugin: EngineClient, resource_type: str, key: str) -> None:
    state = {"roleName": "one", key: ["a"]}

    answer = plugin.diff(resource_type, state, plugin.check(resource_type, {"roleName": "two", key: ["a"]}))

    assert detailed_changes(answer) == {"roleName": "UPDATE_REPLACE"}
    assert not answer.deleteBeforeReplace


@pytest.mark.parametrize(
    ("resource_type", "key"), [(INLINE_EXCLUSIVE, "policyNames"), (ATTACHED_EXCLUSIVE, "policyArns")]
)
def test_the_order_of_the_list_does_not_matter(plugin: EngineClient, resource_type: str, key: str) -> None:
    inputs = plugin.check(resource_type, {"roleName": "r", key: ["b", "a"]})

    assert not plugin.diff(resource_type, {"roleName": "r", key: ["a", "b"]}, inputs).detailedDiff


def test_a_failed_update_is_not_recorded(start: Start) -> None:
    """A type of the plugin framework keeps its old state, so the next update makes the change again."""

    def answer(_method: str, _path: str, body: str, _before: int) -> Answer:
        if "Action=ListRolePolicies" in body:
            return ok(
                "<R><ListRolePoliciesResult><PolicyNames><member>a</member></PolicyNames></ListRolePoliciesResult></R>"
            )
        return iam_error(403, "AccessDenied", "not allowed")

    with stub(answer) as served:
        plugin = start({"accessKey": "1", "secretKey": "x", "endpoints": [{"iam": served.address}]})
        inputs = plugin.check(INLINE_EXCLUSIVE, {"roleName": "r", "policyNames": []})
        with pytest.raises(RefusedError) as error:
            plugin.update(INLINE_EXCLUSIVE, "r", {"roleName": "r", "policyNames": ["a"]}, inputs)

    assert str(error.value) == "updating IAM Role Policies Exclusive (r): AccessDenied: not allowed"
    assert "grpc-status-details-bin" not in error.value.metadata
