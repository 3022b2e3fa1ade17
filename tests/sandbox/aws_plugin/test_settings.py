"""The provider's configuration, in every form in which it arrives."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.aws_plugin.account import partition_of
from sandbox.aws_plugin.settings import problems, settings
from sandbox.aws_plugin.wire import UNKNOWN
from tests.sandbox.aws_plugin.engine_client import ASSOCIATION, EngineClient, RefusedError

NESTED = {
    "endpoints": [{"iam": "http://127.0.0.1:1", "eks": "http://127.0.0.1:2"}, {"s3": ""}],
    "defaultTags": {"tags": {"Environment": "dev"}},
    "ignoreTags": {"keys": ["a"], "keyPrefixes": ["b:"]},
    "assumeRoles": [{"roleArn": "arn:aws:iam::444455556666:role/r"}],
    "allowedAccountIds": ["111122223333"],
    "s3UsePathStyle": True,
    "maxRetries": 3,
}


@pytest.mark.parametrize("shape", [lambda value: value, json.dumps], ids=["objects", "JSON text"])
def test_nested_values_are_read_as_objects_and_as_json_text(shape: Callable[[object], object]) -> None:
    settled = settings({"region": "eu-west-1", **{key: shape(value) for key, value in NESTED.items()}}, {})

    assert settled.endpoints == {"iam": "http://127.0.0.1:1", "eks": "http://127.0.0.1:2"}
    assert settled.default_tags == {"Environment": "dev"}
    assert (settled.ignored_tags, settled.ignored_tag_prefixes) == (("a",), ("b:",))
    assert settled.assume_roles == ({"roleArn": "arn:aws:iam::444455556666:role/r"},)
    assert settled.allowed_accounts == ("111122223333",)
    assert (settled.path_style, settled.max_retries) == (True, 3)


def test_the_region_comes_from_the_provider_then_the_environment_then_the_profile(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-north-1\n[profile other]\nregion = eu-south-1\n")
    environment = {"AWS_CONFIG_FILE": str(config)}

    assert settings({"region": "eu-west-1"}, {"AWS_REGION": "eu-west-2"}).region == "eu-west-1"
    assert settings({}, {"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"}).region == "eu-west-2"
    assert settings({}, {"AWS_DEFAULT_REGION": "eu-west-3"}).region == "eu-west-3"
    assert settings({}, environment).region == "eu-north-1"
    assert settings({"profile": "other"}, environment).region == "eu-south-1"
    assert settings({}, {**environment, "AWS_PROFILE": "other"}).region == "eu-south-1"


def test_a_missing_region_is_an_error(start: Callable[..., EngineClient]) -> None:
    plugin = start()

    with pytest.raises(RefusedError, match=r"^Missing region information\. Set aws:region"):
        plugin.configure({"region": None})


def test_keys_are_never_shown() -> None:
    text = repr(settings({"region": "r", "accessKey": "AKIA", "secretKey": "hidden", "token": "hidden"}, {}))

    assert "AKIA" not in text
    assert "hidden" not in text


def test_every_problem_of_the_configuration_is_reported_without_values(start: Callable[..., EngineClient]) -> None:
    wrong = {
        "endpoints": "not json",
        "maxRetries": "many",
        "secret": "hidden",
        "assumeRoleWithWebIdentity": {"a": "b"},
    }

    answer = start().check_config({"region": "eu-west-1", "version": "7.51.1", **wrong})

    assert answer == {
        "endpoints": "'endpoints' must be a list, or JSON text of one.",
        "maxRetries": "'maxRetries' must be a number, or JSON text of one.",
        "secret": "'secret' is not a configuration property of the AWS provider.",
        "assumeRoleWithWebIdentity": "'assumeRoleWithWebIdentity' is not supported by "
        "the sandbox's stand-in for the AWS plugin.",
    }


def test_unknown_values_are_not_a_problem_yet() -> None:
    assert problems({"region": UNKNOWN, "endpoints": UNKNOWN}) == []


def test_an_unknown_provider_configuration_previews_without_aws(start: Callable[..., EngineClient]) -> None:
    plugin = start({"region": UNKNOWN, "accessKey": UNKNOWN})
    bound = {"clusterName": "dev", "namespace": "n", "serviceAccount": "s", "roleArn": UNKNOWN}

    state = plugin.preview_create(ASSOCIATION, plugin.check(ASSOCIATION, bound))

    assert (state["region"], state["tagsAll"], state["associationId"]) == (UNKNOWN, UNKNOWN, UNKNOWN)
    assert plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity") == {}


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
    ],
)
def test_a_region_belongs_to_a_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition


def test_the_partition_and_the_region_need_no_aws(start: Callable[..., EngineClient]) -> None:
    plugin = start({"region": "cn-north-1"})

    assert plugin.invoke("aws:index/getPartition:getPartition") == {
        "dnsSuffix": "amazonaws.com.cn",
        "id": "aws-cn",
        "partition": "aws-cn",
        "reverseDnsPrefix": "cn.com.amazonaws",
    }
    assert plugin.invoke("aws:index/getRegion:getRegion")["region"] == "cn-north-1"
    assert plugin.invoke("aws:index/getRegion:getRegion", {"region": "eu-west-1"})["description"] == "Europe (Ireland)"


def test_an_unsupported_function_is_reported_by_name(plugin: EngineClient) -> None:
    with pytest.raises(RefusedError) as error:
        plugin.invoke("aws:ec2/getAmi:getAmi")

    assert str(error.value) == (
        "The function 'aws:ec2/getAmi:getAmi' is not supported by the sandbox's stand-in for the AWS plugin."
    )
