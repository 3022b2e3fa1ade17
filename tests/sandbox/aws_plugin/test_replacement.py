"""Which replacements delete the old resource before they create the new one.

Sources: pulumi/pulumi-terraform-bridge, pkg/tfbridge/schema.go (`nameRequiresDeleteBeforeReplace`) and
pkg/pf/tfbridge/provider_diff.go; pulumi/pulumi-aws, provider/resource_overrides.go (`DeleteBeforeReplace` of
RolePolicyAttachment).
"""

from typing import Any

import pytest

from tests.sandbox.aws_plugin.engine_client import (
    ADDON,
    ASSOCIATION,
    ATTACHMENT,
    CLUSTER,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
)

ARN = "arn:aws:iam::111122223333:role/one"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
NAMED: dict[str, dict[str, Any]] = {
    ROLE: {"assumeRolePolicy": TRUST, "name": "a"},
    ROLE_POLICY: {"policy": TRUST, "role": "r", "name": "a"},
    POLICY: {"policy": TRUST, "name": "a"},
    CLUSTER: {"name": "a", "roleArn": ARN, "vpcConfig": {"subnetIds": ["a", "b"]}},
}
BOUND = {"clusterName": "dev", "namespace": "n", "serviceAccount": "s", "roleArn": ARN}


def replacement(plugin: EngineClient, resource_type: str, before: dict[str, Any], after: dict[str, Any]) -> Any:
    olds = plugin.check(resource_type, before)
    answer = plugin.diff(
        resource_type, plugin.preview_create(resource_type, olds), plugin.check(resource_type, after, olds)
    )
    assert answer.replaces
    return answer


@pytest.mark.parametrize("resource_type", NAMED)
def test_a_resource_named_by_the_program_is_deleted_first_even_when_the_name_changes(
    plugin: EngineClient, resource_type: str
) -> None:
    answer = replacement(plugin, resource_type, NAMED[resource_type], {**NAMED[resource_type], "name": "b"})

    assert answer.deleteBeforeReplace


@pytest.mark.parametrize(
    ("resource_type", "key", "value"),
    [
        (ROLE, "path", "/b/"),
        (ROLE_POLICY, "role", "q"),
        (POLICY, "description", "d"),
        (CLUSTER, "roleArn", f"{ARN}-2"),
    ],
)
def test_a_resource_named_by_the_program_is_deleted_first_under_the_same_name(
    plugin: EngineClient, resource_type: str, key: str, value: str
) -> None:
    assert replacement(
        plugin, resource_type, NAMED[resource_type], {**NAMED[resource_type], key: value}
    ).deleteBeforeReplace


@pytest.mark.parametrize(
    ("resource_type", "key", "value"),
    [(ROLE, "path", "/b/"), (ROLE_POLICY, "role", "q"), (POLICY, "description", "d")],
)
def test_a_resource_with_an_automatic_name_is_created_first(
    plugin: EngineClient, resource_type: str, key: str, value: str
) -> None:
    before = {name: part for name, part in NAMED[resource_type].items() if name != "name"}

    assert not replacement(plugin, resource_type, before, {**before, key: value}).deleteBeforeReplace


def test_a_name_that_the_program_gives_for_the_first_time_deletes_first(plugin: EngineClient) -> None:
    assert replacement(plugin, ROLE, {"assumeRolePolicy": TRUST}, NAMED[ROLE]).deleteBeforeReplace


def test_a_name_that_the_program_no_longer_gives_creates_first(plugin: EngineClient) -> None:
    before = {**NAMED[ROLE], "path": "/a/"}

    assert not replacement(plugin, ROLE, before, {"assumeRolePolicy": TRUST, "path": "/b/"}).deleteBeforeReplace


@pytest.mark.parametrize("changed", [{"role": "b"}, {"policyArn": f"{READ_ONLY}2"}])
def test_an_attachment_is_always_deleted_first(plugin: EngineClient, changed: dict[str, str]) -> None:
    before = {"role": "a", "policyArn": READ_ONLY}

    assert replacement(plugin, ATTACHMENT, before, {**before, **changed}).deleteBeforeReplace


@pytest.mark.parametrize(
    ("resource_type", "before", "changed"),
    [
        (ADDON, {"clusterName": "dev", "addonName": "agent"}, {"clusterName": "prod"}),
        (
            OIDC_PROVIDER,
            {"url": "https://a.example.com", "clientIdLists": ["sts.amazonaws.com"]},
            {"url": "https://b.example.com"},
        ),
        (ASSOCIATION, BOUND, {"namespace": "m"}),
    ],
)
def test_a_type_without_an_automatic_name_is_created_first(
    plugin: EngineClient, resource_type: str, before: dict[str, Any], changed: dict[str, str]
) -> None:
    assert not replacement(plugin, resource_type, before, {**before, **changed}).deleteBeforeReplace
