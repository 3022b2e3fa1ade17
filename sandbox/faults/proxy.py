"""The proxy, which forwards requests to one upstream unless the plan injects a fault."""

import contextlib
import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from sandbox.faults.plan import Fault, Kind, Plan
from sandbox.faults.requests import Request, error, not_visible, throttling_error

Answer = tuple[int, dict[str, str], bytes]
_REFUSALS = {
    Kind.SERVER_ERROR: (500, "InternalFailure", "Internal failure"),
    Kind.UNAVAILABLE: (503, "ServiceUnavailable", "Service unavailable"),
}
#: How often a request is delivered before the fault's seconds pass.
_DELIVERIES = {Kind.TIMEOUT: 0, Kind.DROP: 0, Kind.SLOW: 0, Kind.LOST_ANSWER: 1, Kind.DUPLICATE: 2}
_NOT_PASSED_ON = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


class FaultProxy:
    """A proxy on the loopback address in front of *upstream*, running while the ``with`` block does.

    Args:
        upstream: The server that requests are forwarded to.
        plan: The faults. Can be replaced at any time.
    """

    def __init__(self, upstream: str, plan: Plan | None = None) -> None:
        self.plan = plan or Plan([])
        self.operations: list[str] = []
        self._upstream = urlsplit(upstream)
        self._deleted: dict[tuple[str, str, str, str], tuple[str, float]] = {}
        self._server = _server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """Return the address of the proxy."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Start it."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: Request) -> Answer | None:
        """Return the answer for the client, None for a closed connection."""
        operation = request.operation
        self.operations.append(operation)
        if stale := self._stale(request):
            return error(request, 409, "ResourceInUseException", f"Association already exists: {stale}")
        fault = self.plan.choose(operation)
        return self._deliver(request) if fault is None else self._faulty(request, fault)

    def _faulty(self, request: Request, fault: Fault) -> Answer | None:
        if fault.kind in _REFUSALS:
            return error(request, *_REFUSALS[fault.kind])
        if fault.kind is Kind.THROTTLE:
            return throttling_error(request)
        if fault.kind is Kind.NOT_YET:
            return not_visible(request)
        if fault.kind is Kind.STALE_DELETE:
            return self._delete_slowly(request, fault.seconds)
        delivered = [self._deliver(request) for _ in range(_DELIVERIES[fault.kind])]
        time.sleep(fault.seconds)
        if fault.kind is Kind.SLOW:
            return self._deliver(request)
        return delivered[0] if fault.kind is Kind.DUPLICATE else None

    def _deliver(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection(self._upstream.hostname or "", self._upstream.port, timeout=60)
        try:
            headers = {name: value for name, value in request.headers.items() if name not in _NOT_PASSED_ON}
            connection.request(request.method, request.path, body=request.body, headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            answer_headers = {name: value for name, value in answer.getheaders() if name.lower() not in _NOT_PASSED_ON}
            return answer.status, answer_headers, body
        finally:
            connection.close()

    def _delete_slowly(self, request: Request, seconds: float) -> Answer:
        answer = self._deliver(request)
        if answer[0] == http.client.OK:
            gone = json.loads(answer[2])["association"]
            key = (_account(request), gone["clusterName"], gone["namespace"], gone["serviceAccount"])
            self._deleted[key] = (gone["associationId"], time.monotonic() + seconds)
        return answer

    def _stale(self, request: Request) -> str | None:
        if not self._deleted or request.operation != "eks:CreatePodIdentityAssociation":
            return None
        body = json.loads(request.body)
        cluster = request.path.split("/")[2]
        deleted = self._deleted.get((_account(request), cluster, body["namespace"], body["serviceAccount"]))
        return deleted[0] if deleted and time.monotonic() < deleted[1] else None


def _account(request: Request) -> str:
    return request.headers.get("authorization", "").partition("Credential=")[2].split("/")[0]


def _server(proxy: FaultProxy) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536
        disable_nagle_algorithm = True

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = proxy.answer(Request(self.command, self.path, headers, body))
            if answer is None:
                self.close_connection = True
                return
            status, answer_headers, content = answer
            self.send_response_only(status)
            for name, value in answer_headers.items():
                self.send_header(name, value)
            if self.command == "HEAD" and "Content-Length" not in answer_headers:
                self.send_header("Content-Length", "0")
            else:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _pass  # noqa: N815 - names http.server looks for

        def handle(self) -> None:
            with contextlib.suppress(ConnectionError):  # clients that are killed or give up are expected here
                super().handle()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server calls
            pass  # `operations` and the plan's `injected` have what matters

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

    return Server(("127.0.0.1", 0), Handler)
