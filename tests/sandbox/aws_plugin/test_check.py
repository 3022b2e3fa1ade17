"""Check: validation and defaults."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.aws_plugin.wire import UNKNOWN
from tests.sandbox.aws_plugin.engine_client import (
    ASSOCIATION,
    BUCKET,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
    RefusedError,
)

BOUND = {
    "clusterName": "dev",
    "namespace": "payments",
    "serviceAccount": "api",
    "roleArn": "arn:aws:iam::111122223333:role/r",
}


def test_a_role_gets_defaults_that_are_marked_as_such(plugin: EngineClient) -> None:
    inputs = plugin.check(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})

    assert inputs == {
        "__defaults": ["maxSessionDuration", "path"],
        "assumeRolePolicy": TRUST,
        "maxSessionDuration": 3600,
        "name": "r",
        "path": "/",
        "tagsAll": {},
    }


def test_an_automatic_name_is_the_logical_name_and_seven_hexadecimal_digits(plugin: EngineClient) -> None:
    name = plugin.check(ROLE, {"assumeRolePolicy": TRUST})["name"]

    assert name.startswith("api-")
    assert len(name) == len("api-") + 7
    assert int(name.removeprefix("api-"), 16) >= 0


def test_the_seed_of_the_engine_determines_the_automatic_name(plugin: EngineClient) -> None:
    first = plugin.check(ROLE, {"assumeRolePolicy": TRUST}, randomSeed=b"one")
    again = plugin.check(ROLE, {"assumeRolePolicy": TRUST}, randomSeed=b"one")
    other = plugin.check(ROLE, {"assumeRolePolicy": TRUST}, randomSeed=b"two")

    assert first["name"] == again["name"] != other["name"]


def test_an_automatic_name_is_kept_by_later_updates(plugin: EngineClient) -> None:
    olds = plugin.check(ROLE, {"assumeRolePolicy": TRUST}, randomSeed=b"one")

    assert plugin.check(ROLE, {"assumeRolePolicy": TRUST}, olds, randomSeed=b"two")["name"] == olds["name"]


def test_a_given_name_is_not_kept_when_it_is_removed(plugin: EngineClient) -> None:
    olds = plugin.check(ROLE, {"assumeRolePolicy": TRUST, "name": "mine"})

    assert plugin.check(ROLE, {"assumeRolePolicy": TRUST}, olds)["name"].startswith("api-")


def test_the_engine_may_propose_the_automatic_name(plugin: EngineClient) -> None:
    options = provider_pb2.CheckRequest.AutonamingOptions(proposed_name="proposed")

    assert plugin.check(ROLE, {"assumeRolePolicy": TRUST}, autonaming=options)["name"] == "proposed"


def test_the_engine_may_turn_automatic_names_off(plugin: EngineClient) -> None:
    options = provider_pb2.CheckRequest.AutonamingOptions(mode=provider_pb2.CheckRequest.AutonamingOptions.DISABLE)

    failures = plugin.check_failures(ROLE, {"assumeRolePolicy": TRUST}, autonaming=options)

    assert "automatic naming is disabled" in failures["name"]


def test_a_logical_name_too_long_for_an_automatic_name_is_refused(plugin: EngineClient) -> None:
    failures = plugin.check_failures(ROLE, {"assumeRolePolicy": TRUST}, name="x" * 60)

    assert failures["name"].startswith(f"name '{'x' * 60}-' plus 7 random chars is longer than maximum length 64")


def test_a_name_prefix_leaves_the_name_to_the_create(plugin: EngineClient) -> None:
    inputs = plugin.check(ROLE, {"assumeRolePolicy": TRUST, "namePrefix": "api-"})

    assert "name" not in inputs


def test_a_name_and_a_prefix_exclude_each_other(plugin: EngineClient) -> None:
    failures = plugin.check_failures(ROLE, {"assumeRolePolicy": TRUST, "name": "a", "namePrefix": "b"})

    assert failures == {"name": 'Conflicting configuration arguments. "name" conflicts with "namePrefix".'}


def test_the_automatic_name_of_a_bucket_is_lower_case(plugin: EngineClient) -> None:
    assert plugin.check(BUCKET, {}, name="Reports")["bucket"].startswith("reports-")


def test_a_document_given_as_an_object_becomes_text(plugin: EngineClient) -> None:
    inputs = plugin.check(ROLE_POLICY, {"role": "r", "policy": {"Version": "2012-10-17", "Statement": []}})

    assert inputs["policy"] in ('{"Version":"2012-10-17","Statement":[]}', '{"Statement":[],"Version":"2012-10-17"}')


def test_a_document_with_an_unknown_part_is_unknown(plugin: EngineClient) -> None:
    inputs = plugin.check(ROLE_POLICY, {"role": "r", "policy": {"Statement": [{"Resource": UNKNOWN}]}})

    assert inputs["policy"] is UNKNOWN


def test_a_regional_resource_gets_the_provider_s_region(plugin: EngineClient) -> None:
    assert plugin.check(ASSOCIATION, BOUND)["region"] == "eu-west-1"


def test_the_region_of_a_resource_overrides_the_provider(plugin: EngineClient) -> None:
    assert plugin.check(ASSOCIATION, {**BOUND, "region": "us-east-1"})["region"] == "us-east-1"


def test_a_region_from_the_profile_is_planned_and_is_not_an_input(
    start: Callable[..., EngineClient], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check looks at the configuration and the environment only: pulumi/pulumi-aws, provider/region.go."""
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    plugin = start({"region": None})

    inputs = plugin.check(ASSOCIATION, BOUND)

    state = plugin.preview_create(ASSOCIATION, inputs)
    assert "region" not in inputs
    assert state["region"] == "eu-north-1"
    assert not plugin.diff(ASSOCIATION, state, inputs).detailedDiff


def test_a_global_resource_has_no_region(plugin: EngineClient) -> None:
    assert "region" not in plugin.check(ROLE, {"assumeRolePolicy": TRUST})


def test_an_unsupported_resource_type_is_reported_by_name(plugin: EngineClient) -> None:
    with pytest.raises(RefusedError) as error:
        plugin.check("aws:lambda/function:Function", {})

    assert str(error.value) == (
        "The resource type 'aws:lambda/function:Function' is not supported by "
        "the sandbox's stand-in for the AWS plugin."
    )
