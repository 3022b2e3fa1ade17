"""Diff: which changes of a program update a resource, and which replace it."""

from typing import Any

import pytest

from sandbox.aws_plugin.wire import UNKNOWN
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

ARN = "arn:aws:iam::111122223333:role/one"
OTHER_ARN = "arn:aws:iam::111122223333:role/two"
DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
COMPLETE: dict[str, dict[str, Any]] = {
    ROLE: {"assumeRolePolicy": TRUST, "name": "r", "path": "/a/"},
    ROLE_POLICY: {"policy": DOCUMENT, "role": "r", "name": "p"},
    POLICY: {"policy": DOCUMENT, "name": "p", "path": "/a/", "description": "d"},
    ATTACHMENT: {"role": "r", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    OIDC_PROVIDER: {"url": "https://oidc.example.com", "clientIdLists": ["sts.amazonaws.com"]},
    ASSOCIATION: {
        "clusterName": "dev",
        "namespace": "n",
        "serviceAccount": "s",
        "roleArn": ARN,
        "region": "eu-west-1",
    },
    ADDON: {"clusterName": "dev", "addonName": "agent", "region": "eu-west-1"},
    CLUSTER: {"name": "dev", "roleArn": ARN, "vpcConfig": {"subnetIds": ["a", "b"]}, "region": "eu-west-1"},
    FARGATE_PROFILE: {
        "clusterName": "dev",
        "fargateProfileName": "f",
        "podExecutionRoleArn": ARN,
        "selectors": [{"namespace": "n"}],
        "region": "eu-west-1",
    },
    BUCKET: {"bucket": "b", "region": "eu-west-1"},
}


def state_of(plugin: EngineClient, resource_type: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the state after a create, with a placeholder for what AWS chooses."""
    state = plugin.preview_create(resource_type, inputs)
    return {key: "set by AWS" if value is UNKNOWN else value for key, value in state.items()}


def diff(plugin: EngineClient, resource_type: str, before: dict[str, Any], after: dict[str, Any], **more: Any) -> Any:
    olds = plugin.check(resource_type, before)
    return plugin.diff(
        resource_type, state_of(plugin, resource_type, olds), plugin.check(resource_type, after, olds), **more
    )


@pytest.mark.parametrize("resource_type", COMPLETE)
def test_an_unchanged_program_is_no_change(plugin: EngineClient, resource_type: str) -> None:
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


def test_an_equivalent_document_is_no_change(plugin: EngineClient) -> None:
    answer = diff(plugin, ROLE, COMPLETE[ROLE], {**COMPLETE[ROLE], "assumeRolePolicy": EQUIVALENT_TRUST})

    assert answer.changes == answer.DIFF_NONE


def test_another_formatting_of_a_session_policy_is_a_change(plugin: EngineClient) -> None:
    """The plan compares text: internal/framework/types/iam_policy.go (`IAMPolicy.Equal`)."""
    before = {**COMPLETE[ASSOCIATION], "policy": DOCUMENT}

    answer = diff(plugin, ASSOCIATION, before, {**before, "policy": DOCUMENT.replace(":", ": ")})

    assert detailed_changes(answer) == {"policy": "UPDATE"}


def test_another_formatting_of_configuration_values_is_a_change(plugin: EngineClient) -> None:
    """`configuration_values` is a plain string: internal/service/eks/addon.go."""
    before = {**COMPLETE[ADDON], "configurationValues": '{"a":1,"b":2}'}

    answer = diff(plugin, ADDON, before, {**before, "configurationValues": '{"b":2,"a":1}'})

    assert detailed_changes(answer) == {"configurationValues": "UPDATE"}


def test_the_namespace_of_an_addon_replaces_it_and_stays_when_it_is_removed(plugin: EngineClient) -> None:
    """`namespace_config` is optional, computed and forces a new add-on: internal/service/eks/addon.go."""
    before = {**COMPLETE[ADDON], "namespaceConfig": {"namespace": "agents"}}

    changed = diff(plugin, ADDON, before, {**before, "namespaceConfig": {"namespace": "other"}})

    assert detailed_changes(changed) == {"namespaceConfig.namespace": "UPDATE_REPLACE"}
    assert not detailed_changes(diff(plugin, ADDON, before, COMPLETE[ADDON]))


@pytest.mark.parametrize(
    ("key", "before", "after", "path", "change"),
    [
        (
            "kubernetesNetworkConfig",
            {"serviceIpv4Cidr": "10.0.0.0/16"},
            {"serviceIpv4Cidr": "10.1.0.0/16"},
            "kubernetesNetworkConfig.serviceIpv4Cidr",
            "UPDATE_REPLACE",
        ),
        (
            "kubernetesNetworkConfig",
            {"ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": False}},
            {"ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": True}},
            "kubernetesNetworkConfig.elasticLoadBalancing.enabled",
            "UPDATE",
        ),
        (
            "accessConfig",
            {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
            {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
            "accessConfig.bootstrapClusterCreatorAdminPermissions",
            "UPDATE_REPLACE",
        ),
        (
            "accessConfig",
            {"authenticationMode": "CONFIG_MAP"},
            {"authenticationMode": "API"},
            "accessConfig.authenticationMode",
            "UPDATE",
        ),
        ("encryptionConfig", None, {"resources": ["secrets"]}, "encryptionConfig", "ADD"),
        ("encryptionConfig", {"resources": ["secrets"]}, None, "encryptionConfig", "DELETE_REPLACE"),
    ],
)
def test_only_some_members_of_a_cluster_s_objects_replace_it(
    *, plugin: EngineClient, key: str, before: object, after: object, path: str, change: str
) -> None:
    """Source: internal/service/eks/cluster.go (`ForceNew` of members, `ForceNewIfChange` of encryption_config)."""
    answer = diff(plugin, CLUSTER, {**COMPLETE[CLUSTER], key: before}, {**COMPLETE[CLUSTER], key: after})

    assert detailed_changes(answer) == {path: change}
    assert list(answer.replaces) == ([key] if change.endswith("REPLACE") else [])


def test_the_order_of_thumbprints_is_a_change(plugin: EngineClient) -> None:
    """`thumbprint_list` is a list, not a set: internal/service/iam/openid_connect_provider.go."""
    before = {**COMPLETE[OIDC_PROVIDER], "thumbprintLists": ["a" * 40, "b" * 40]}

    assert detailed_changes(diff(plugin, OIDC_PROVIDER, before, {**before, "thumbprintLists": ["b" * 40, "a" * 40]}))


def test_the_order_of_managed_policies_is_no_change(plugin: EngineClient) -> None:
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


def test_empty_tags_are_no_tags(plugin: EngineClient) -> None:
    answer = diff(plugin, ASSOCIATION, COMPLETE[ASSOCIATION], {**COMPLETE[ASSOCIATION], "tags": {}})

    assert answer.changes == answer.DIFF_NONE


def test_a_list_is_compared_element_by_element(plugin: EngineClient) -> None:
    answer = diff(
        plugin, CLUSTER, COMPLETE[CLUSTER], {**COMPLETE[CLUSTER], "vpcConfig": {"subnetIds": ["a", "c", "d"]}}
    )

    assert detailed_changes(answer) == {"vpcConfig.subnetIds[1]": "UPDATE", "vpcConfig.subnetIds[2]": "ADD"}


def test_members_that_aws_adds_to_an_object_are_no_change(plugin: EngineClient) -> None:
    inputs = plugin.check(CLUSTER, COMPLETE[CLUSTER])
    state = state_of(plugin, CLUSTER, inputs)
    state["vpcConfig"] = {**state["vpcConfig"], "vpcId": "vpc-1"}

    assert not plugin.diff(CLUSTER, state, inputs).detailedDiff


@pytest.mark.parametrize(
    ("ignored", "left"),
    [(("description",), {"maxSessionDuration"}), (("description", "maxSessionDuration"), set())],
)
def test_ignored_properties_are_no_change(plugin: EngineClient, ignored: tuple[str, ...], left: set[str]) -> None:
    after = {**COMPLETE[ROLE], "description": "d", "maxSessionDuration": 7200}

    assert set(detailed_changes(diff(plugin, ROLE, COMPLETE[ROLE], after, ignore=ignored))) == left
