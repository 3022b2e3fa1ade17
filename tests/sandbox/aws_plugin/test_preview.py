"""Previews: known inputs, and unknown values where AWS chooses."""

from sandbox.aws_plugin.documents import normalize
from sandbox.aws_plugin.wire import UNKNOWN
from tests.sandbox.aws_plugin.engine_client import ADDON, ASSOCIATION, ROLE, TRUST, EngineClient

ARN = "arn:aws:iam::111122223333:role/one"
BOUND = {"clusterName": "dev", "namespace": "n", "serviceAccount": "s", "roleArn": ARN}


def test_a_preview_of_a_create_shows_the_inputs_of_a_role_and_no_arn(plugin: EngineClient) -> None:
    inputs = plugin.check(ROLE, {"assumeRolePolicy": TRUST, "name": "r", "tags": {"a": "b"}})

    assert plugin.preview_create(ROLE, inputs) == {
        "arn": UNKNOWN,
        "assumeRolePolicy": normalize(TRUST),
        "createDate": UNKNOWN,
        "forceDetachPolicies": False,
        "inlinePolicies": UNKNOWN,
        "managedPolicyArns": UNKNOWN,
        "maxSessionDuration": 3600,
        "name": "r",
        "namePrefix": UNKNOWN,
        "path": "/",
        "tags": {"a": "b"},
        "tagsAll": {"a": "b"},
        "uniqueId": UNKNOWN,
    }


def test_a_name_from_a_prefix_is_unknown_until_the_create(plugin: EngineClient) -> None:
    inputs = plugin.check(ROLE, {"assumeRolePolicy": TRUST, "namePrefix": "api-"})

    assert plugin.preview_create(ROLE, inputs)["name"] is UNKNOWN


def test_a_preview_of_a_create_shows_what_the_plan_knows_of_an_association(plugin: EngineClient) -> None:
    state = plugin.preview_create(ASSOCIATION, plugin.check(ASSOCIATION, BOUND))

    assert state == {
        **BOUND,
        "associationArn": UNKNOWN,
        "associationId": UNKNOWN,
        "disableSessionTags": False,
        "externalId": UNKNOWN,
        "region": "eu-west-1",
        "tagsAll": {},
    }


def test_default_tags_are_in_tags_all_unless_the_resource_overrides_them(plugin: EngineClient) -> None:
    plugin.configure({"defaultTags": '{"tags": {"Environment": "dev", "Owner": "platform"}}'})

    state = plugin.preview_create(
        ADDON, plugin.check(ADDON, {"clusterName": "c", "addonName": "a", "tags": {"Owner": "me"}})
    )

    assert (state["tags"], state["tagsAll"]) == ({"Owner": "me"}, {"Environment": "dev", "Owner": "me"})


def test_ignored_tags_are_not_in_tags_all(plugin: EngineClient) -> None:
    plugin.configure({"ignoreTags": {"keys": ["Seen"], "keyPrefixes": ["team:"]}})

    state = plugin.preview_create(
        ROLE, plugin.check(ROLE, {"assumeRolePolicy": TRUST, "tags": {"Seen": "1", "team:x": "2", "Kept": "3"}})
    )

    assert state["tagsAll"] == {"Kept": "3"}


def test_an_unknown_tag_makes_tags_all_unknown(plugin: EngineClient) -> None:
    state = plugin.preview_create(
        ROLE, plugin.check(ROLE, {"assumeRolePolicy": TRUST, "tags": {"Owner": UNKNOWN, "Known": "1"}})
    )

    assert state["tags"] == {"Owner": UNKNOWN, "Known": "1"}
    assert state["tagsAll"] is UNKNOWN


def test_an_update_keeps_what_does_not_change(plugin: EngineClient) -> None:
    inputs = plugin.check(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})
    state = {**plugin.preview_create(ROLE, inputs), "arn": ARN, "uniqueId": "AROA", "managedPolicyArns": ["x"]}

    after = plugin.update(ROLE, "r", state, {**inputs, "description": "new"}, preview=True)

    assert after == {**state, "description": "new"}


def test_an_update_drops_what_the_program_removed(plugin: EngineClient) -> None:
    inputs = plugin.check(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})
    state = {**inputs, "description": "old", "arn": ARN}

    assert "description" not in plugin.update(ROLE, "r", state, inputs, preview=True)


def test_the_external_id_is_unknown_while_an_association_changes(plugin: EngineClient) -> None:
    inputs = plugin.check(ASSOCIATION, BOUND)
    state = {**inputs, "associationId": "a-1", "externalId": "eu-west-1/111122223333/dev/n/s"}

    after = plugin.update(ASSOCIATION, "a-1", state, {**inputs, "targetRoleArn": ARN}, preview=True)

    assert (after["associationId"], after["externalId"]) == ("a-1", UNKNOWN)


def test_an_unknown_input_is_shown_as_unknown(plugin: EngineClient) -> None:
    state = plugin.preview_create(ASSOCIATION, plugin.check(ASSOCIATION, {**BOUND, "roleArn": UNKNOWN}))

    assert state["roleArn"] is UNKNOWN
