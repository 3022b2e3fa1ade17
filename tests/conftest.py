"""Settings and fixtures for all tests."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

# A shell ignores SIGINT in what it runs in the background, and the processes that tests interrupt would inherit that:
# the Kubernetes plugin then ends after five minutes, and a build when it is finished.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Otherwise gRPC starts its threads again in each child between fork and exec, where its files are already closed: one
# child in a hundred aborts before it runs.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"
# What it logs would stand in the middle of the output that a test reads.
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
