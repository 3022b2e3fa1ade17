"""The paths of the emulator itself are closed, all but its health.

AWS has none of them. MiniStack's take calls of anybody who reaches its port: `POST /_ministack/reset` deletes every
account, `/_ministack/config` changes how it works. A call with the secret of this start is answered.
"""

import os
import secrets
from typing import Any

from sandbox.aws.emulator.patching import replace

_PREFIXES = ("/_ministack", "/_localstack")
_OPEN = ("/_ministack/health", "/_ministack/ready")
_SECRET = b"x-sandbox-service-secret"
_FORBIDDEN = b'{"message": "This path needs the secret of the sandbox that started the emulator."}'


def apply() -> None:
    """Answer calls of the emulator's own paths only with the secret."""
    replace("app.app", "scope receive send", _close)


def _close(original: Any) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] not in ("http", "websocket") or _is_open(scope):
            await original(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_FORBIDDEN)).encode())]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": _FORBIDDEN})

    return app


def _is_open(scope: Any) -> bool:
    path = scope["path"].lower()
    if not path.startswith(_PREFIXES) or path in _OPEN:
        return True
    secret = next((value for name, value in scope.get("headers", []) if name.lower() == _SECRET), b"")
    return secrets.compare_digest(secret, os.environ["SANDBOX_SERVICE_SECRET"].encode())
