"""Settings and fixtures for all tests."""

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

# gRPC logs every fork of a process that has channels open, in the middle of the output that a test reads.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


@pytest.fixture(scope="session", autouse=True)
def _event_loops() -> Iterator[None]:
    """Keep the loops that programs under mocks run in: one that is dropped unclosed fails whichever test runs then.

    Pulumi calls mocks in threads of the loop's executor, and gives each of them a loop of its own.
    """
    loops = [asyncio.new_event_loop()]

    def give_thread_a_loop() -> None:
        loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(loops[-1])

    asyncio.set_event_loop(loops[0])
    loops[0].set_default_executor(ThreadPoolExecutor(initializer=give_thread_a_loop))
    yield
    loops[0].run_until_complete(loops[0].shutdown_default_executor())
    for loop in loops:
        loop.close()
