"""The sandbox's API server over plain HTTP.

What the prover and the stand-ins ask of it, with the server's own bytes.
"""

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any


class ApiServerError(Exception):
    """The API server refused; *status* is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class ApiServer:
    """Calls *url* with the bearer *token*."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        # It signs its own certificate, on the loopback address, which no proxy may stand before.
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
        )

    def get(self, path: str) -> dict[str, Any]:
        """Return the object at *path*."""
        return self._call("GET", path)

    def create(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post *body* and return what was made of it."""
        return self._call("POST", path, body)

    def apply(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create or change the object at *path* to be *body* (server-side apply)."""
        return self._call("PATCH", f"{path}?fieldManager=sandbox&force=true", body, "application/apply-patch+yaml")

    def delete(self, path: str) -> None:
        """Delete the object at *path*, at once; nothing happens when there is none."""
        try:
            self._call("DELETE", f"{path}?gracePeriodSeconds=0")
        except ApiServerError as refused:
            if refused.status != http.client.NOT_FOUND:
                raise

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, content_type: str = "application/json"
    ) -> dict[str, Any]:
        asked = urllib.request.Request(
            f"{self._url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": content_type},
        )
        try:
            with self._opener.open(asked, timeout=15) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                raise ApiServerError(refused.code, _message(refused.read())) from None


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:200]
