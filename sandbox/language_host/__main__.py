"""Serve the language host: `python -m sandbox.language_host <engine address>` prints its port, as plugins do."""

import os
import signal
import sys
from concurrent import futures

# Otherwise gRPC prints a warning at every fork, and now and then its threads abort the child before it runs a program.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from sandbox.language_host.host import PythonHost

_MESSAGE_LIMIT = 400 * 1024 * 1024  # the engine's own limit for one message


def main() -> None:
    """Start the server, print its port, and end at once when asked to."""
    # The engine waits five seconds for a plugin that does not end. Children end with this process (see `host`).
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    parent = os.getppid()
    engine = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), "")
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=32),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_LIMIT),
            ("grpc.max_send_message_length", _MESSAGE_LIMIT),
        ],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(PythonHost(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # A killed engine sends no request to end. Without it, this process and its program have no purpose.
    while server.wait_for_termination(timeout=1):
        if os.getppid() != parent:
            os._exit(0)


if __name__ == "__main__":
    main()
