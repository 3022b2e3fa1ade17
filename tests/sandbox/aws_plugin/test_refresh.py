"""What a refresh does to the inputs of a resource, and which defaults the program then gets.

Source: pulumi/pulumi-terraform-bridge, pkg/tfbridge/schema.go (`extractInputs` drops an empty list of defaults, and
`applyDefaults` takes every old input for a default where there is no such list).
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws_plugin.documents import normalize
from tests.sandbox.aws_plugin.engine_client import ROLE, TRUST, EngineClient, detailed_changes

AtAws = Callable[..., EngineClient]
Client = Callable[..., Any]
Unique = Callable[[str], str]
COMPLETE = {"path": "/pods/", "maxSessionDuration": 7200}


@pytest.mark.parametrize("removed", COMPLETE)
def test_a_property_removed_after_a_refresh_keeps_its_value_if_nothing_was_a_default(
    at_aws: AtAws, unique: Unique, removed: str
) -> None:
    plugin = at_aws()
    news = {"assumeRolePolicy": TRUST, "name": unique("role"), **COMPLETE}
    id_, inputs, state = plugin.check_and_create(ROLE, news)
    shorter = {key: value for key, value in news.items() if key != removed}

    _, read_state, read_inputs = plugin.read(ROLE, id_, state, inputs)

    assert "__defaults" in inputs
    assert "__defaults" not in read_inputs
    after = plugin.check(ROLE, shorter, read_inputs)
    assert after[removed] == COMPLETE[removed]
    assert removed in after["__defaults"]
    assert not detailed_changes(plugin.diff(ROLE, read_state, after))


@pytest.mark.parametrize("removed", COMPLETE)
def test_without_a_refresh_it_gets_the_default_of_its_type(at_aws: AtAws, unique: Unique, removed: str) -> None:
    plugin = at_aws()
    news = {"assumeRolePolicy": TRUST, "name": unique("role"), **COMPLETE}
    _, inputs, _ = plugin.check_and_create(ROLE, news)

    after = plugin.check(ROLE, {key: value for key, value in news.items() if key != removed}, inputs)

    assert after[removed] == {"path": "/", "maxSessionDuration": 3600}[removed]


def test_a_refresh_keeps_the_defaults_of_a_resource_that_has_some(at_aws: AtAws, unique: Unique) -> None:
    plugin = at_aws()
    news = {"assumeRolePolicy": TRUST, "name": unique("role"), "maxSessionDuration": 7200}
    id_, inputs, state = plugin.check_and_create(ROLE, news)

    _, _, read_inputs = plugin.read(ROLE, id_, state, inputs)

    del news["maxSessionDuration"]
    assert read_inputs["__defaults"] == ["path"]
    assert plugin.check(ROLE, news, read_inputs)["maxSessionDuration"] == 3600


def test_a_document_that_drifted_shows_in_the_state_and_not_in_the_inputs(
    at_aws: AtAws, aws_client: Client, unique: Unique
) -> None:
    plugin = at_aws()
    id_, inputs, state = plugin.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": unique("role")})
    drifted = TRUST.replace('"sts:AssumeRole",', "")
    aws_client("iam").update_assume_role_policy(RoleName=id_, PolicyDocument=drifted)

    _, read_state, read_inputs = plugin.read(ROLE, id_, state, inputs)

    assert read_inputs["assumeRolePolicy"] == TRUST
    assert read_state["assumeRolePolicy"] == normalize(drifted)
    assert detailed_changes(plugin.diff(ROLE, read_state, inputs)) == {"assumeRolePolicy": "UPDATE"}


def test_a_document_is_sent_and_stored_normalized(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    """Source: internal/service/iam/role.go (`StateFunc`, and `NormalizeJsonString` in the create)."""
    plugin = at_aws()

    id_, _, state = plugin.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": unique("role")})

    assert state["assumeRolePolicy"] == normalize(TRUST)
    assert aws_client("iam").get_role(RoleName=id_)["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)
