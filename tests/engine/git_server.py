"""A git server over TLS on a loopback address, for `pulumi package add`."""

import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sandbox.kubernetes.credentials import make_credentials

HOST = "127.0.0.1"
_PORT = 443
"""No other port works: it would be part of the path of the package's virtual environment, and Python refuses to make
one in a path with a colon."""


@contextmanager
def serve(repositories: Path, folder: Path) -> Iterator[Path]:
    """Serve the bare repositories under a folder; yield the authorities to trust, ours and the system's.

    Raises:
        PermissionError, OSError: If this user may not listen on port 443, or another process does.
    """
    server = ThreadingHTTPServer((HOST, _PORT), _handler(repositories))
    try:
        credentials = make_credentials(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(credentials.serving_certificate, credentials.serving_key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        authorities = folder / "authorities.crt"
        paths = ssl.get_default_verify_paths()
        system = next(
            (Path(file) for file in (paths.cafile, paths.openssl_cafile) if file and Path(file).exists()), None
        )
        authorities.write_bytes((system.read_bytes() if system else b"") + credentials.authority.read_bytes())
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield authorities
        finally:
            server.shutdown()
            thread.join()
    finally:
        server.server_close()


def _handler(repositories: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers with git's own server, which speaks CGI."""

        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            path, _, query = self.path.partition("?")
            git = shutil.which("git") or "git"
            done = subprocess.run(
                [git, "http-backend"],
                input=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
                env={
                    "PATH": os.environ["PATH"],
                    "GIT_PROJECT_ROOT": str(repositories),
                    "GIT_HTTP_EXPORT_ALL": "1",
                    "REQUEST_METHOD": self.command,
                    "PATH_INFO": path,
                    "QUERY_STRING": query,
                    "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                    "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                    "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                },
                capture_output=True,
                check=False,
            )
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
            self.send_response(int(fields.pop("Status", "200 OK").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            """Print nothing."""

    return Handler
