"""Check: which values the provider refuses before it calls AWS."""

import json
from typing import Any

import pytest

from tests.sandbox.aws_plugin.engine_client import (
    ADDON,
    ASSOCIATION,
    ATTACHMENT,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
)

BOUND = {
    "clusterName": "dev",
    "namespace": "payments",
    "serviceAccount": "api",
    "roleArn": "arn:aws:iam::111122223333:role/r",
}


@pytest.mark.parametrize(
    ("resource_type", "news", "missing"),
    [
        (ROLE, {}, {"assumeRolePolicy"}),
        (ROLE_POLICY, {}, {"policy", "role"}),
        (POLICY, {}, {"policy"}),
        (ATTACHMENT, {}, {"policyArn", "role"}),
        (ADDON, {"clusterName": "dev"}, {"addonName"}),
        (ASSOCIATION, {"roleArn": BOUND["roleArn"]}, {"clusterName", "namespace", "serviceAccount"}),
    ],
)
def test_every_missing_required_property_is_reported(
    plugin: EngineClient, resource_type: str, news: dict[str, str], missing: set[str]
) -> None:
    failures = plugin.check_failures(resource_type, news)

    assert set(failures) == missing
    assert all(reason.startswith("Missing required argument.") for reason in failures.values())


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"name": "x" * 65}, "expected length to be in the range (1 - 64)"),
        ({"name": "a b"}, "must match"),
        ({"maxSessionDuration": 60}, "expected to be in the range (3600 - 43200), got 60"),
        ({"maxSessionDuration": "soon"}, "expected a whole number, got a string"),
        ({"assumeRolePolicy": "not json"}, "contains an invalid JSON policy"),
        ({"permissionsBoundary": "not-an-arn"}, "(not-an-arn) is an invalid ARN"),
        ({"tags": ["a"]}, "expected a map of strings, got a list"),
        ({"trustPolicy": TRUST}, "Invalid or unknown key"),
    ],
)
def test_an_invalid_value_is_refused_with_its_location(
    plugin: EngineClient, changed: dict[str, object], reason: str
) -> None:
    failures = plugin.check_failures(ROLE, {"assumeRolePolicy": TRUST, **changed})

    (key,) = changed
    assert set(failures) == {key}
    assert failures[key].startswith(reason)
    assert failures[key].endswith(f"Examine values at 'api.{key}'.")


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "is an empty string"),
        (f" {TRUST}", "contains an invalid JSON policy: leading space characters are not allowed"),
        (f"[{TRUST}]", "contains an invalid JSON policy: contains a JSON array, not a JSON object"),
        (json.dumps(TRUST), "contains an invalid JSON policy: contains a JSON-encoded string, not a JSON-encoded obj"),
        ("true", "contains an invalid JSON policy: not a JSON object"),
        ('{"Statement": []', "contains an invalid JSON policy: "),
        ('{"Statement": [], "Statement": []}', 'contains duplicate JSON keys: duplicate key "Statement"'),
        ('{"Statement": [{"Action": "a", "Action": "b"}]}', 'contains duplicate JSON keys: duplicate key "Action"'),
    ],
)
@pytest.mark.parametrize(
    ("resource_type", "key", "others"),
    [(ROLE, "assumeRolePolicy", {}), (ROLE_POLICY, "policy", {"role": "r"}), (POLICY, "policy", {})],
)
def test_a_policy_document_that_the_provider_refuses(
    *, plugin: EngineClient, resource_type: str, key: str, others: dict[str, str], document: str, reason: str
) -> None:
    """Source: internal/verify/validate.go (`ValidIAMPolicyJSON`)."""
    failures = plugin.check_failures(resource_type, {**others, key: document})

    assert set(failures) == {key}
    assert failures[key].startswith(reason)


OIDC = {"url": "https://oidc.example.com", "clientIdLists": ["sts.amazonaws.com"]}
AGENT = {"clusterName": "dev", "addonName": "eks-pod-identity-agent"}


@pytest.mark.parametrize(
    ("resource_type", "news", "key", "value", "reason"),
    [
        # internal/service/iam/validate.go: validRolePolicyRole
        (ROLE_POLICY, {"policy": TRUST}, "role", BOUND["roleArn"], "must be the role's name not its ARN"),
        # internal/service/iam/policy.go: validPolicyPath
        (POLICY, {"policy": TRUST}, "path", "/a//b/", "must not contain consecutive forward slashes (//)"),
        (POLICY, {"policy": TRUST}, "path", "/a", "must begin and end with a forward slash (/)"),
        (POLICY, {"policy": TRUST}, "path", f"/{'a' * 511}/", "expected length to be in the range (1 - 512)"),
        # internal/service/iam/role.go
        (ROLE, {"assumeRolePolicy": TRUST}, "path", f"/{'a' * 511}/", "expected length to be in the range (0 - 512)"),
        (
            ROLE,
            {"assumeRolePolicy": TRUST},
            "description",
            "a" * 1001,
            "expected length to be in the range (0 - 1000)",
        ),
        (ROLE, {"assumeRolePolicy": TRUST}, "description", "“a”", "cannot contain specially formatted"),
        # internal/service/iam/openid_connect_provider.go, and validOpenIDURL
        (OIDC_PROVIDER, OIDC, "url", "http://oidc.example.com", 'expected to have a url with schema of: "https"'),
        (OIDC_PROVIDER, OIDC, "url", "https://oidc.example.com?a=b", "cannot contain query parameters"),
        (OIDC_PROVIDER, OIDC, "clientIdLists", ["a", ""], "expected length to be in the range (1 - 255)"),
        (OIDC_PROVIDER, OIDC, "thumbprintLists", ["a" * 39], "expected length to be in the range (40 - 40)"),
        # internal/service/eks/addon.go
        (ADDON, AGENT, "addonVersion", "1.3.2-eksbuild.2", "must follow semantic version format"),
        (ADDON, AGENT, "namespaceConfig", {"namespace": "Agents_1"}, "must be a valid DNS label"),
        # internal/service/eks/pod_identity_association.go, and internal/framework/types/arn.go: '' is no ARN
        (ASSOCIATION, BOUND, "targetRoleArn", "", "The provided value cannot be parsed as an ARN"),
        (ASSOCIATION, BOUND, "roleArn", "role/r", "The provided value cannot be parsed as an ARN"),
        (ASSOCIATION, BOUND, "policy", {"Version": "2012-10-17"}, "expected a string, got an object"),
    ],
)
def test_a_value_that_the_provider_refuses_before_it_calls_aws(
    *, plugin: EngineClient, resource_type: str, news: dict[str, Any], key: str, value: object, reason: str
) -> None:
    failures = plugin.check_failures(resource_type, {**news, key: value})

    assert set(failures) == {key}
    assert failures[key].startswith(reason)


@pytest.mark.parametrize(
    ("resource_type", "news", "key", "value"),
    [
        (ROLE_POLICY, {"policy": TRUST}, "role", "api-role"),
        (POLICY, {"policy": TRUST}, "path", "/a/b/"),
        (ROLE, {"assumeRolePolicy": TRUST}, "path", "/a//b/"),
        (ROLE, {"assumeRolePolicy": TRUST}, "permissionsBoundary", ""),
        (ADDON, AGENT, "addonVersion", "v1.3.2-eksbuild.2"),
        (ADDON, AGENT, "namespaceConfig", {"namespace": "agents"}),
        (ASSOCIATION, BOUND, "roleArn", "arn:aws:iam::1:x"),
    ],
)
def test_a_value_that_the_provider_accepts(
    plugin: EngineClient, resource_type: str, news: dict[str, Any], key: str, value: object
) -> None:
    assert plugin.check(resource_type, {**news, key: value})[key] == value


def test_numbers_and_booleans_given_as_text_are_converted(plugin: EngineClient) -> None:
    inputs = plugin.check(
        ROLE, {"assumeRolePolicy": TRUST, "maxSessionDuration": "7200", "forceDetachPolicies": "true"}
    )

    assert (inputs["maxSessionDuration"], inputs["forceDetachPolicies"]) == (7200, True)


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_a_region_of_another_partition_is_refused(plugin: EngineClient, region: str) -> None:
    """Source: internal/provider/sdkv2/region.go and framework/region.go (`ValidateInContextRegionInPartition`)."""
    partition = {"cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"}[region]

    assert plugin.check_failures(ASSOCIATION, {**BOUND, "region": region}) == {
        "region": f"partition ({partition}) for per-resource Region ({region}) is not the provider's configured "
        "partition (aws). Examine values at 'api.region'."
    }
