"""Plugins for the tests of this folder: without AWS, and before one emulator."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from sandbox.aws import Aws, start_aws
from tests.sandbox.aws_plugin.engine_side import EngineSide

SOURCE = "111122223333"


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., EngineSide]]:
    """Start plugins that find no AWS configuration but what a test gives."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with ExitStack() as stack:

        def begin(configuration: dict[str, Any] | None = None, **more: Any) -> EngineSide:
            plugin = EngineSide(configuration, **more)
            stack.callback(plugin.close)
            return plugin

        yield begin


@pytest.fixture
def plugin(start: Callable[..., EngineSide]) -> EngineSide:
    """A configured plugin that no test lets near AWS."""
    return start({})


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    running = start_aws(tmp_path_factory.mktemp("emulator"))
    yield running
    running.stop()


@pytest.fixture
def at_aws(start: Callable[..., EngineSide], emulator: Aws) -> Callable[..., EngineSide]:
    """Start a plugin that acts as an account in the emulator."""

    def begin(account: str = SOURCE, **configuration: Any) -> EngineSide:
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
