"""Settings and fixtures for all tests."""

import asyncio
import os
from collections.abc import Iterator

import pytest

# gRPC logs every fork of a process that has channels open, in the middle of the output that a test reads.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


@pytest.fixture(scope="session", autouse=True)
def _event_loop() -> Iterator[None]:
    """Keep the loop that programs under mocks run in: one that is dropped unclosed fails whichever test runs then."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
