"""A small client of the sandbox's API server, for the proof and the stand-ins."""

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any


class ApiServerError(Exception):
    """The API server returned an error; *status* is its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class ApiServer:
    """Calls *url* with the bearer *token*."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._token = token
        # The server signs its own certificate. It is on a loopback address, so the call must not go to a proxy.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def get(self, path: str) -> dict[str, Any]:
        """Return the object at *path*."""
        return self._call("GET", path)

    def create(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Post *body* and return the created object."""
        return self._call("POST", path, body)

    def apply(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create or change the object at *path* to be *body* (server-side apply)."""
        return self._call("PATCH", f"{path}?fieldManager=sandbox&force=true", body, "application/apply-patch+yaml")

    def delete(self, path: str) -> None:
        """Delete the object at *path* at once. Does nothing if there is none."""
        try:
            self._call("DELETE", f"{path}?gracePeriodSeconds=0")
        except ApiServerError as error:
            if error.status != http.client.NOT_FOUND:
                raise

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, content_type: str = "application/json"
    ) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self._url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": content_type},
        )
        try:
            with self._opener.open(request, timeout=15) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise ApiServerError(error.code, _message(error.read())) from None


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")[:200]
