"""One emulator for all tests of this folder. Each test uses its own names."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from sandbox.aws import Aws, start_aws
from tests.sandbox.aws.emulated_aws import Chain
from tests.sandbox.aws.emulated_cluster import Cluster

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    running = start_aws(tmp_path_factory.mktemp("aws"))
    yield running
    running.stop()


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Make a name that no other test uses."""
    return lambda stem: f"{stem}-{next(_numbers)}"


@pytest.fixture
def chain(aws: Aws, unique: Callable[[str], str]) -> Chain:
    return Chain(aws, unique)


@pytest.fixture
def cluster(chain: Chain) -> Cluster:
    return Cluster(chain)
