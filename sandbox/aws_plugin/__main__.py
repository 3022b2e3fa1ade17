"""The plugin's process: print the port and serve until the engine cancels, a signal arrives, or the engine is gone."""

import importlib.util
import os
import signal
import sys
import threading
import types
from pathlib import Path

_GRACE_SECONDS = 4.0
"""Time for running calls to finish; the engine kills a plugin after five seconds."""
_VARIABLE = "SANDBOX_AWS_RETRY_SECONDS"
"""For how long a call is retried while IAM catches up; the official provider retries for 120 seconds."""


def _skip_sdk() -> None:
    """Make the protocol's modules importable without importing the Pulumi SDK.

    The SDK's `__init__` would cost every plugin process 0.35 s and 24 MB for nothing that it uses.
    """
    spec = importlib.util.find_spec("pulumi")
    if spec is None or spec.origin is None:
        return
    root = Path(spec.origin).parent
    for name, folder in (("pulumi", root), ("pulumi.runtime", root / "runtime")):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def main() -> None:
    """Serve until the engine cancels, a signal arrives, or the engine is gone."""
    stop_requested = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop_requested.set())
    engine = os.getppid()
    _skip_sdk()
    from sandbox.aws_plugin.account import RETRY_SECONDS  # noqa: PLC0415 - after _skip_sdk
    from sandbox.aws_plugin.server import Plugin, serve  # noqa: PLC0415 - after _skip_sdk

    plugin = Plugin(end=stop_requested.set, retry_seconds=float(os.environ.get(_VARIABLE, RETRY_SECONDS)))
    _server, port = serve(plugin)
    print(port, flush=True)
    while not stop_requested.wait(1.0):
        if os.getppid() != engine:
            break
    plugin.finish(_GRACE_SECONDS)
    # A normal exit would wait for the server's threads.
    os._exit(0)


if __name__ == "__main__":
    main()
