"""Plugins for the tests of this folder, with and without the emulator."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest

from sandbox.aws import Aws, start_aws
from tests.sandbox.aws_plugin.engine_client import CLUSTER, ROLE, TRUST, EngineClient

SOURCE = "111122223333"
_numbers = itertools.count(1)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., EngineClient]]:
    """Start plugins that find only the AWS configuration of the test."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with ExitStack() as stack:

        def begin(configuration: dict[str, Any] | None = None, **more: Any) -> EngineClient:
            plugin = EngineClient(configuration, **more)
            stack.callback(plugin.close)
            return plugin

        yield begin


@pytest.fixture
def plugin(start: Callable[..., EngineClient]) -> EngineClient:
    """A configured plugin whose tests make no call to AWS."""
    return start({})


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    running = start_aws(tmp_path_factory.mktemp("emulator"))
    yield running
    running.stop()


@pytest.fixture
def at_aws(start: Callable[..., EngineClient], emulator: Aws) -> Callable[..., EngineClient]:
    """Start a plugin that acts as an account in the emulator."""

    def begin(account: str = SOURCE, **configuration: Any) -> EngineClient:
        services = ("iam", "sts", "eks", "s3", "route53")
        return start(
            {
                "accessKey": account,
                "secretKey": "any",
                "endpoints": [dict.fromkeys(services, emulator.endpoint)],
                **configuration,
            }
        )

    return begin


@pytest.fixture
def aws_client(emulator: Aws) -> Callable[..., Any]:
    """Look at the emulator without the plugin."""

    def make(service: str, account: str = SOURCE) -> Any:
        return boto3.client(
            service,  # pyright: ignore[reportArgumentType,reportCallIssue] # any service name, not one literal
            region_name="eu-west-1",
            endpoint_url=emulator.endpoint,
            aws_access_key_id=account,
            aws_secret_access_key="any",
        )

    return make


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Make a name that no other test uses."""
    return lambda stem: f"{stem}-{next(_numbers)}"


@pytest.fixture
def cluster(at_aws: Callable[..., EngineClient], unique: Callable[[str], str], role: str) -> str:
    """A cluster of this test, created by the plugin."""
    vpc = {"subnetIds": ["subnet-0a", "subnet-0b"]}
    return at_aws().check_and_create(CLUSTER, {"name": unique("cluster"), "roleArn": role, "vpcConfig": vpc})[0]


@pytest.fixture
def role(at_aws: Callable[..., EngineClient], unique: Callable[[str], str]) -> str:
    """The ARN of a role that trusts Pod Identity, created by the plugin."""
    return at_aws().check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": unique("role")})[2]["arn"]
