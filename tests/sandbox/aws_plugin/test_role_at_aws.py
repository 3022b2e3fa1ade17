"""IAM roles in the emulator."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.aws_plugin.engine_client import (
    EQUIVALENT_TRUST,
    ROLE,
    TRUST,
    EngineClient,
    RefusedError,
    after_refresh,
    detailed_changes,
    policy_document,
)

AtAws = Callable[..., EngineClient]
Client = Callable[..., Any]
Unique = Callable[[str], str]
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_a_role_is_created_from_its_inputs(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    name = unique("role")
    plugin = at_aws(defaultTags={"tags": {"Environment": "dev"}})

    id_, _, state = plugin.check_and_create(
        ROLE,
        {
            "assumeRolePolicy": TRUST,
            "name": name,
            "path": "/pods/",
            "description": "one",
            "maxSessionDuration": 7200,
            "permissionsBoundary": READ_ONLY,
            "tags": {"Owner": "payments"},
        },
    )

    role = aws_client("iam").get_role(RoleName=name)["Role"]
    assert id_ == name
    assert state["arn"] == role["Arn"] == f"arn:aws:iam::111122223333:role/pods/{name}"
    assert (role["Description"], role["MaxSessionDuration"], role["Path"]) == ("one", 7200, "/pods/")
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == READ_ONLY
    assert {tag["Key"]: tag["Value"] for tag in role["Tags"]} == {"Environment": "dev", "Owner": "payments"}
    assert (state["tags"], state["tagsAll"]) == ({"Owner": "payments"}, {"Environment": "dev", "Owner": "payments"})
    assert state["uniqueId"] == role["RoleId"]


def test_a_new_role_has_no_diff(at_aws: AtAws, unique: Unique) -> None:
    plugin = at_aws(defaultTags={"tags": {"Environment": "dev"}})
    id_, inputs, state = plugin.check_and_create(ROLE, {"assumeRolePolicy": EQUIVALENT_TRUST, "name": unique("role")})

    read_id, read_state, read_inputs = plugin.read(ROLE, id_, state, inputs)

    assert not plugin.diff(ROLE, state, inputs).detailedDiff
    assert (read_id, read_state, read_inputs) == (id_, state, after_refresh(inputs))
    assert not plugin.diff(ROLE, read_state, read_inputs).detailedDiff


def test_a_role_is_changed_in_place(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    plugin, name = at_aws(), unique("role")
    before = {"assumeRolePolicy": TRUST, "name": name, "description": "one", "permissionsBoundary": READ_ONLY}
    id_, _, state = plugin.check_and_create(ROLE, {**before, "tags": {"Gone": "1", "Kept": "1"}})
    trust = TRUST.replace('"sts:AssumeRole",', "")

    after = plugin.check_and_update(
        ROLE,
        id_,
        state,
        {"assumeRolePolicy": trust, "name": name, "maxSessionDuration": 7200, "tags": {"Kept": "2"}},
    )

    role = aws_client("iam").get_role(RoleName=name)["Role"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Action"] == ["sts:TagSession"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("", 7200)
    assert "PermissionsBoundary" not in role
    assert role["Tags"] == [{"Key": "Kept", "Value": "2"}]
    assert (after["arn"], after["tagsAll"]) == (state["arn"], {"Kept": "2"})


def test_a_role_changed_by_hand_shows_as_drift(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    plugin = at_aws()
    id_, inputs, state = plugin.check_and_create(
        ROLE, {"assumeRolePolicy": TRUST, "name": unique("role"), "tags": {"a": "b"}}
    )
    iam = aws_client("iam")
    iam.update_role(RoleName=id_, MaxSessionDuration=7200)
    iam.tag_role(RoleName=id_, Tags=[{"Key": "by", "Value": "hand"}])
    iam.update_role_description(RoleName=id_, Description="by hand")

    _, read_state, read_inputs = plugin.read(ROLE, id_, state, inputs)

    assert (read_inputs["maxSessionDuration"], read_inputs["tags"]) == (7200, {"a": "b", "by": "hand"})
    assert detailed_changes(plugin.diff(ROLE, read_state, inputs)) == {
        "description": "DELETE",
        "maxSessionDuration": "UPDATE",
        "tags.by": "DELETE",
        "tagsAll.by": "DELETE",
    }


def test_a_role_is_imported_by_its_name(at_aws: AtAws, unique: Unique) -> None:
    plugin = at_aws()
    news = {"assumeRolePolicy": TRUST, "name": unique("role"), "path": "/pods/", "tags": {"a": "b"}}
    id_, inputs, state = plugin.check_and_create(ROLE, news)

    read_id, read_state, read_inputs = plugin.read(ROLE, id_)

    assert (read_id, read_state["arn"]) == (id_, state["arn"])
    assert {key: value for key, value in read_inputs.items() if key != "assumeRolePolicy"} == {
        "name": id_,
        "path": "/pods/",
        "tags": {"a": "b"},
    }
    assert not plugin.diff(ROLE, read_state, inputs).detailedDiff
    assert not plugin.diff(ROLE, read_state, plugin.check(ROLE, read_inputs)).detailedDiff


def test_a_role_with_foreign_policies_is_not_deleted(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    plugin = at_aws()
    id_, _, state = plugin.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": unique("role")})
    aws_client("iam").attach_role_policy(RoleName=id_, PolicyArn=READ_ONLY)

    with pytest.raises(RefusedError, match=rf"^deleting IAM Role \({id_}\): DeleteConflict: "):
        plugin.delete(ROLE, id_, state)


def test_a_role_with_force_detach_policies_is_deleted_with_foreign_policies(
    at_aws: AtAws, aws_client: Client, unique: Unique
) -> None:
    plugin = at_aws()
    news = {"assumeRolePolicy": TRUST, "name": unique("role"), "forceDetachPolicies": True}
    id_, _, state = plugin.check_and_create(ROLE, news)
    iam = aws_client("iam")
    iam.attach_role_policy(RoleName=id_, PolicyArn=READ_ONLY)
    iam.put_role_policy(RoleName=id_, PolicyName="by-hand", PolicyDocument=policy_document("s3:GetObject"))

    plugin.delete(ROLE, id_, state)

    assert plugin.read(ROLE, id_, state)[0] == ""


def test_a_role_is_deleted_with_its_own_policies(at_aws: AtAws, unique: Unique) -> None:
    plugin = at_aws()
    own = {
        "inlinePolicies": [{"name": "p", "policy": policy_document("s3:GetObject")}],
        "managedPolicyArns": [READ_ONLY],
    }
    id_, inputs, state = plugin.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": unique("role"), **own})
    assert not plugin.diff(ROLE, state, inputs).detailedDiff

    plugin.delete(ROLE, id_, state)

    assert plugin.read(ROLE, id_, state)[0] == ""


def test_a_role_is_removed_from_its_instance_profiles_before_it_is_deleted(
    at_aws: AtAws, aws_client: Client, unique: Unique
) -> None:
    """Source: internal/service/iam/role.go (`deleteRoleInstanceProfiles`)."""
    plugin, iam, profile = at_aws(), aws_client("iam"), unique("profile")
    id_, _, state = plugin.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": unique("role")})
    iam.create_instance_profile(InstanceProfileName=profile)
    iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=id_)

    plugin.delete(ROLE, id_, state)

    assert iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"] == []


def test_a_role_is_created_with_a_name_prefix(at_aws: AtAws, unique: Unique) -> None:
    prefix = unique("pods") + "-"

    id_, inputs, state = at_aws().check_and_create(ROLE, {"assumeRolePolicy": TRUST, "namePrefix": prefix})

    assert id_.startswith(prefix)
    assert len(id_) == len(prefix) + 26
    assert state["name"] == id_
    assert "name" not in inputs
    imported = at_aws().read(ROLE, id_)[
        1
    ]  # without a state, the prefix is read off the name: create.NamePrefixFromName
    assert (state["namePrefix"], imported["namePrefix"]) == (prefix, prefix)
