"""Diff: single properties, as the provider's source treats them."""

import pytest

from tests.sandbox.aws_plugin.diffs import COMPLETE, DOCUMENT, diff
from tests.sandbox.aws_plugin.engine_client import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    OIDC_PROVIDER,
    EngineClient,
    detailed_changes,
)


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
