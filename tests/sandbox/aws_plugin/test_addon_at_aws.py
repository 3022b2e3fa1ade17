"""EKS add-ons in the emulator."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.aws_plugin.engine_client import (
    ADDON,
    EngineClient,
    RefusedError,
    after_refresh,
    detailed_changes,
)

AtAws = Callable[..., EngineClient]
Client = Callable[..., Any]
Unique = Callable[[str], str]
SESSION_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


def test_an_addon_is_created_read_updated_and_deleted(at_aws: AtAws, aws_client: Client, cluster: str) -> None:
    plugin = at_aws(defaultTags={"tags": {"Environment": "dev"}})
    news = {"clusterName": cluster, "addonName": "eks-pod-identity-agent", "resolveConflictsOnCreate": "OVERWRITE"}
    id_, inputs, state = plugin.check_and_create(ADDON, news)
    assert id_ == f"{cluster}:eks-pod-identity-agent"
    assert plugin.read(ADDON, id_, state, inputs) == (id_, state, after_refresh(inputs))
    assert not plugin.diff(ADDON, state, inputs).detailedDiff
    changed = plugin.check(ADDON, {**news, "configurationValues": '{"agent":{}}', "tags": {"a": "b"}})

    after = plugin.update(ADDON, id_, state, changed)

    addon = aws_client("eks").describe_addon(clusterName=cluster, addonName="eks-pod-identity-agent")["addon"]
    assert (addon["configurationValues"], addon["tags"]) == ('{"agent":{}}', {"Environment": "dev", "a": "b"})
    assert not plugin.diff(ADDON, after, changed).detailedDiff
    plugin.delete(ADDON, id_, after)
    plugin.delete(ADDON, id_, after)
    assert plugin.read(ADDON, id_, after) == ("", {}, {})


def test_the_associations_of_an_addon_follow_the_program(
    at_aws: AtAws, aws_client: Client, cluster: str, role: str
) -> None:
    plugin = at_aws()
    news = {"clusterName": cluster, "addonName": "vpc-cni"}
    own = {"podIdentityAssociations": [{"roleArn": role, "serviceAccount": "aws-node"}]}
    id_, inputs, state = plugin.check_and_create(ADDON, {**news, **own})
    assert state["podIdentityAssociations"] == own["podIdentityAssociations"]
    assert not plugin.diff(ADDON, state, inputs).detailedDiff
    without = plugin.check(ADDON, news)
    assert detailed_changes(plugin.diff(ADDON, state, without)) == {"podIdentityAssociations": "DELETE"}

    after = plugin.update(ADDON, id_, state, without)

    assert after["podIdentityAssociations"] == []
    assert aws_client("eks").list_pod_identity_associations(clusterName=cluster)["associations"] == []


def test_an_addon_and_its_associations_use_the_namespace_of_the_program(
    at_aws: AtAws, aws_client: Client, cluster: str, role: str
) -> None:
    plugin = at_aws()
    own = {"podIdentityAssociations": [{"roleArn": role, "serviceAccount": "agent"}]}
    news = {"clusterName": cluster, "addonName": "adot", "namespaceConfig": {"namespace": "telemetry"}, **own}

    id_, inputs, state = plugin.check_and_create(ADDON, news)

    assert state["namespaceConfig"] == {"namespace": "telemetry"}
    (association,) = aws_client("eks").list_pod_identity_associations(clusterName=cluster)["associations"]
    assert association["namespace"] == "telemetry"
    assert plugin.read(ADDON, id_)[2]["namespaceConfig"] == {"namespace": "telemetry"}
    assert not plugin.diff(ADDON, state, inputs).detailedDiff


def test_version_and_role_of_an_addon_change_in_place(
    at_aws: AtAws, aws_client: Client, cluster: str, role: str
) -> None:
    plugin = at_aws()
    news = {"clusterName": cluster, "addonName": "vpc-cni"}
    id_, _, state = plugin.check_and_create(ADDON, {**news, "addonVersion": "v1.20.0-eksbuild.1"})
    inputs = plugin.check(ADDON, {**news, "addonVersion": "v1.21.0-eksbuild.1", "serviceAccountRoleArn": role})

    after = plugin.update(ADDON, id_, state, inputs)

    addon = aws_client("eks").describe_addon(clusterName=cluster, addonName="vpc-cni")["addon"]
    assert (addon["addonVersion"], addon["serviceAccountRoleArn"]) == ("v1.21.0-eksbuild.1", role)
    assert not plugin.diff(ADDON, after, inputs).detailedDiff


def test_a_second_addon_of_one_name_is_refused(at_aws: AtAws, cluster: str) -> None:
    plugin = at_aws()
    _, inputs, _ = plugin.check_and_create(ADDON, {"clusterName": cluster, "addonName": "eks-pod-identity-agent"})

    with pytest.raises(
        RefusedError, match=rf"^creating EKS Add-On \({cluster}:eks-pod-identity-agent\): ResourceInUse"
    ):
        plugin.create(ADDON, inputs)
