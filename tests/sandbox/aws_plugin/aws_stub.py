"""An AWS whose responses a test defines, for errors that the emulator never returns."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, str | dict[str, Any], dict[str, str]]


@dataclass
class Stub:
    """The requests received, and the address that received them."""

    address: str
    requests: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])


def eks_error(status: int, code: str, message: str) -> Answer:
    return status, {"message": message}, {"x-amzn-ErrorType": code}


def iam_error(status: int, code: str, message: str) -> Answer:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, f"<ErrorResponse>{error}</ErrorResponse>", {}


def ok(body: dict[str, Any] | str) -> Answer:
    return 200, body, {}


@contextmanager
def stub(answer: Callable[[str, str, str, int], Answer]) -> Iterator[Stub]:
    """Serve *answer*, called with method, path, body and how many requests came before."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            served.requests.append((self.command, self.path, body))
            status, content, headers = answer(self.command, self.path, body, len(served.requests) - 1)
            raw = (json.dumps(content) if isinstance(content, dict) else content).encode()
            self.send_response(status)
            for key, value in {**headers, "content-length": str(len(raw))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_DELETE = do_PUT = do_GET  # noqa: N815 - the names that the server looks for

        def log_message(self, *_: Any) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Stub(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
