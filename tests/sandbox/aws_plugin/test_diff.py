"""Diff: which changes of a program update a resource, and which replace it."""

import pytest

from sandbox.aws_plugin.wire import UNKNOWN
from tests.sandbox.aws_plugin.diffs import COMPLETE, DOCUMENT, OTHER_ARN, diff, state_of
from tests.sandbox.aws_plugin.engine_client import (
    ADDON,
    ASSOCIATION,
    ATTACHMENT,
    BUCKET,
    CLUSTER,
    EQUIVALENT_TRUST,
    FARGATE_PROFILE,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
    detailed_changes,
)


@pytest.mark.parametrize("resource_type", COMPLETE)
def test_an_unchanged_program_has_no_diff(plugin: EngineClient, resource_type: str) -> None:
    answer = diff(plugin, resource_type, COMPLETE[resource_type], COMPLETE[resource_type])

    assert answer.changes == answer.DIFF_NONE
    assert not answer.detailedDiff


@pytest.mark.parametrize(
    ("resource_type", "key", "value"),
    [
        (ROLE, "name", "q"),
        (ROLE, "path", "/b/"),
        (ROLE_POLICY, "role", "q"),
        (ROLE_POLICY, "name", "q"),
        (POLICY, "name", "q"),
        (POLICY, "path", "/b/"),
        (POLICY, "description", "e"),
        (ATTACHMENT, "role", "q"),
        (ATTACHMENT, "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
        (OIDC_PROVIDER, "url", "https://other.example.com"),
        (ASSOCIATION, "clusterName", "prod"),
        (ASSOCIATION, "namespace", "m"),
        (ASSOCIATION, "serviceAccount", "t"),
        (ASSOCIATION, "region", "us-east-1"),
        (ADDON, "clusterName", "prod"),
        (ADDON, "addonName", "coredns"),
        (ADDON, "region", "us-east-1"),
        (CLUSTER, "name", "prod"),
        (CLUSTER, "roleArn", OTHER_ARN),
        (FARGATE_PROFILE, "clusterName", "prod"),
        (BUCKET, "bucket", "c"),
        (BUCKET, "region", "us-east-1"),
    ],
)
def test_a_change_that_replaces_the_resource(plugin: EngineClient, resource_type: str, key: str, value: str) -> None:
    answer = diff(plugin, resource_type, COMPLETE[resource_type], {**COMPLETE[resource_type], key: value})

    assert answer.changes == answer.DIFF_SOME
    assert list(answer.replaces) == [key]
    assert detailed_changes(answer) == {key: "UPDATE_REPLACE"}


@pytest.mark.parametrize(
    ("resource_type", "key", "value", "change"),
    [
        (ROLE, "assumeRolePolicy", TRUST.replace("pods", "pots"), "UPDATE"),
        (ROLE, "description", "d", "ADD"),
        (ROLE, "maxSessionDuration", 7200, "UPDATE"),
        (ROLE, "permissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess", "ADD"),
        (ROLE_POLICY, "policy", DOCUMENT.replace("GetObject", "PutObject"), "UPDATE"),
        (POLICY, "policy", DOCUMENT.replace("GetObject", "PutObject"), "UPDATE"),
        (ASSOCIATION, "roleArn", OTHER_ARN, "UPDATE"),
        (ASSOCIATION, "targetRoleArn", OTHER_ARN, "ADD"),
        (ASSOCIATION, "policy", DOCUMENT, "ADD"),
        (ASSOCIATION, "disableSessionTags", True, "UPDATE"),
        (ADDON, "addonVersion", "v1.3.10-eksbuild.2", "UPDATE"),
        (ADDON, "configurationValues", '{"a":1}', "UPDATE"),
    ],
)
def test_a_change_in_place_replaces_nothing(
    plugin: EngineClient, resource_type: str, key: str, value: object, change: str
) -> None:
    answer = diff(plugin, resource_type, COMPLETE[resource_type], {**COMPLETE[resource_type], key: value})

    assert not answer.replaces
    assert detailed_changes(answer) == {key: change}


@pytest.mark.parametrize(
    ("resource_type", "key", "value"),
    [
        (ROLE, "description", "d"),
        (ROLE, "permissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        (ASSOCIATION, "targetRoleArn", OTHER_ARN),
        (ASSOCIATION, "policy", DOCUMENT),
        (ASSOCIATION, "disableSessionTags", True),
    ],
)
def test_a_removed_property_is_reported_as_deleted(
    plugin: EngineClient, resource_type: str, key: str, value: object
) -> None:
    answer = diff(plugin, resource_type, {**COMPLETE[resource_type], key: value}, COMPLETE[resource_type])

    assert detailed_changes(answer) == {key: "DELETE"}


@pytest.mark.parametrize(
    ("resource_type", "key", "value"),
    [
        (ROLE, "managedPolicyArns", ["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
        (ADDON, "addonVersion", "v1.3.10-eksbuild.2"),
        (ADDON, "configurationValues", '{"a":1}'),
        (CLUSTER, "version", "1.34"),
    ],
)
def test_a_value_that_aws_may_choose_stays_when_the_program_removes_it(
    plugin: EngineClient, resource_type: str, key: str, value: object
) -> None:
    answer = diff(plugin, resource_type, {**COMPLETE[resource_type], key: value}, COMPLETE[resource_type])

    assert answer.changes == answer.DIFF_NONE


def test_an_equivalent_document_has_no_diff(plugin: EngineClient) -> None:
    answer = diff(plugin, ROLE, COMPLETE[ROLE], {**COMPLETE[ROLE], "assumeRolePolicy": EQUIVALENT_TRUST})

    assert answer.changes == answer.DIFF_NONE


def test_the_order_of_managed_policies_has_no_diff(plugin: EngineClient) -> None:
    arns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/SecurityAudit"]

    answer = diff(
        plugin,
        ROLE,
        {**COMPLETE[ROLE], "managedPolicyArns": arns},
        {**COMPLETE[ROLE], "managedPolicyArns": arns[::-1]},
    )

    assert answer.changes == answer.DIFF_NONE


def test_a_parameter_that_becomes_unknown_may_replace(plugin: EngineClient) -> None:
    answer = diff(plugin, ASSOCIATION, COMPLETE[ASSOCIATION], {**COMPLETE[ASSOCIATION], "namespace": UNKNOWN})

    assert detailed_changes(answer) == {"namespace": "UPDATE_REPLACE"}


def test_each_changed_tag_has_its_own_path(plugin: EngineClient) -> None:
    answer = diff(
        plugin,
        ROLE,
        {**COMPLETE[ROLE], "tags": {"Gone": "1", "Owner": "a", "Same": "s"}},
        {**COMPLETE[ROLE], "tags": {"Owner": "b", "Same": "s", "example.com/new": "n"}},
    )

    assert not answer.replaces
    assert detailed_changes(answer) == {
        "tags.Gone": "DELETE",
        "tags.Owner": "UPDATE",
        'tags["example.com/new"]': "ADD",
        "tagsAll.Gone": "DELETE",
        "tagsAll.Owner": "UPDATE",
        'tagsAll["example.com/new"]': "ADD",
    }


def test_a_change_of_default_tags_changes_tags_all_only(plugin: EngineClient) -> None:
    olds = plugin.check(ASSOCIATION, COMPLETE[ASSOCIATION])
    state = state_of(plugin, ASSOCIATION, olds)
    plugin.configure({"defaultTags": {"tags": {"Environment": "dev"}}})

    answer = plugin.diff(ASSOCIATION, state, plugin.check(ASSOCIATION, COMPLETE[ASSOCIATION], olds))

    assert detailed_changes(answer) == {"tagsAll": "UPDATE"}


def test_empty_tags_mean_no_tags(plugin: EngineClient) -> None:
    answer = diff(plugin, ASSOCIATION, COMPLETE[ASSOCIATION], {**COMPLETE[ASSOCIATION], "tags": {}})

    assert answer.changes == answer.DIFF_NONE


def test_a_list_is_compared_element_by_element(plugin: EngineClient) -> None:
    answer = diff(
        plugin, CLUSTER, COMPLETE[CLUSTER], {**COMPLETE[CLUSTER], "vpcConfig": {"subnetIds": ["a", "c", "d"]}}
    )

    assert detailed_changes(answer) == {"vpcConfig.subnetIds[1]": "UPDATE", "vpcConfig.subnetIds[2]": "ADD"}


def test_members_that_aws_adds_to_an_object_have_no_diff(plugin: EngineClient) -> None:
    inputs = plugin.check(CLUSTER, COMPLETE[CLUSTER])
    state = state_of(plugin, CLUSTER, inputs)
    state["vpcConfig"] = {**state["vpcConfig"], "vpcId": "vpc-1"}

    assert not plugin.diff(CLUSTER, state, inputs).detailedDiff


@pytest.mark.parametrize(
    ("ignored", "left"),
    [(("description",), {"maxSessionDuration"}), (("description", "maxSessionDuration"), set())],
)
def test_ignored_properties_have_no_diff(plugin: EngineClient, ignored: tuple[str, ...], left: set[str]) -> None:
    after = {**COMPLETE[ROLE], "description": "d", "maxSessionDuration": 7200}

    assert set(detailed_changes(diff(plugin, ROLE, COMPLETE[ROLE], after, ignore=ignored))) == left
