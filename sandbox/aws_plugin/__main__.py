"""The plugin's process: serve, print the port, end at once when asked or when the engine is gone."""

import importlib.util
import os
import signal
import sys
import threading
import types
from pathlib import Path

_GRACE_SECONDS = 4.0
"""Running calls may end first; the engine kills a plugin that takes five seconds."""
_VARIABLE = "SANDBOX_AWS_RETRY_SECONDS"
"""How long a call is repeated that waits for IAM; 120 is what the official provider takes."""


def _skip_sdk() -> None:
    """Let the protocol's modules be imported without the whole Pulumi SDK around them.

    The SDK's `__init__` costs 0.35 s and 24 MB, in every plugin process of every preview, for nothing that is used here.
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
    """Serve until the engine cancels, a signal asks for the end, or the engine is gone."""
    asked = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: asked.set())
    engine = os.getppid()
    _skip_sdk()
    from sandbox.aws_plugin.account import RETRY_SECONDS  # noqa: PLC0415 - after _skip_sdk
    from sandbox.aws_plugin.server import Plugin, serve  # noqa: PLC0415 - after _skip_sdk

    plugin = Plugin(end=asked.set, retry_seconds=float(os.environ.get(_VARIABLE, RETRY_SECONDS)))
    _server, port = serve(plugin)
    print(port, flush=True)
    while not asked.wait(1.0):
        if os.getppid() != engine:
            break
    plugin.finish(_GRACE_SECONDS)
    # The interpreter's own end would wait for the server's threads.
    os._exit(0)


if __name__ == "__main__":
    main()
