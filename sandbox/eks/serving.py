"""A small threaded HTTP server on the loopback address, shared by the stand-ins of EKS Auth and the node agent."""

import json
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """An HTTP request. The names of its headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """The answer of a handler."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(status: int, document: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """Return *document* as a JSON answer."""
    return Response(status, json.dumps(document).encode(), {"Content-Type": "application/json", **(headers or {})})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # a node starts many pods at once; the default of 5 refuses connections


def server(port: int, handle: Callable[[Request], Response]) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1 that answers every request with *handle*; port 0 picks a free one."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # head and body in one packet: two of them wait for an acknowledgement in between
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            response = handle(
                Request(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            )
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815 - the names http.server looks for

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server calls
            pass  # a line for each request would hide what log() below writes

    return _Server(("127.0.0.1", port), Handler)


def serve_until_ended(running: ThreadingHTTPServer) -> None:
    """Serve until SIGTERM or SIGINT, then end at once."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    running.serve_forever(poll_interval=0.1)


def log(event: str, **fields: object) -> None:
    """Write one JSON line to standard output, which the sandbox keeps as the log of this process."""
    # In one piece. `print` writes the end of the line separately, so that lines of two threads could run together.
    sys.stdout.write(json.dumps({"time": round(time.time(), 3), "event": event, **fields}) + "\n")
    sys.stdout.flush()
