"""Stand-in for the EKS Pod Identity agent: what an SDK reaches at ``AWS_CONTAINER_CREDENTIALS_FULL_URI``.

``GET /v1/credentials`` with the pod's raw token in ``Authorization``. Answers, statuses and caching follow the agent's
published code. It listens on 127.0.0.1 instead of 169.254.170.23, and has no rate limits. Like the real agent it asks
EKS Auth up to three times, but by default it waits longer than a second for each answer, since EKS Auth on a laptop is
slower than at AWS.

Run as ``python -m sandbox.eks.agent CONFIGURATION``.
"""

import json
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.eks.cache import RENEWAL_SECONDS, CredentialCache, Credentials
from sandbox.eks.clients import client
from sandbox.eks.errors import EksAuthError, EksAuthUnreachableError
from sandbox.eks.serving import Request, Response, json_response, log, serve_until_ended, server

_PATH = "/v1/credentials"
_SERVER_ERROR = 500
_TIMEOUT_SECONDS = 15.0


class EksAuthClient:
    """Asks EKS Auth for the credentials of a token, through the SDK as the agent does."""

    def __init__(
        self, endpoint: str, cluster: str, account: str, region: str, *, timeout_seconds: float = _TIMEOUT_SECONDS
    ) -> None:
        self._cluster = cluster
        # The node's own credentials. The stand-in for EKS Auth only reads the account from them.
        self._client = client("eks-auth", endpoint, region=region, key_id=account, timeout_seconds=timeout_seconds)

    def fetch(self, token: str) -> Credentials:
        """Return the credentials of *token*.

        Raises:
            EksAuthError: If EKS Auth answered with an error.
            EksAuthUnreachableError: If it did not answer.
        """
        try:
            answer = self._client.assume_role_for_pod_identity(clusterName=self._cluster, token=token)
        except ClientError as failure:
            error, metadata = failure.response["Error"], failure.response["ResponseMetadata"]
            raise EksAuthError(
                error["Code"],
                error["Message"],
                reason=metadata.get("RequestId", ""),
                status=metadata["HTTPStatusCode"],
            ) from failure
        except BotoCoreError as unreachable:
            raise EksAuthUnreachableError(str(unreachable)) from unreachable
        credentials = answer["credentials"]
        return Credentials(
            access_key_id=credentials["accessKeyId"],
            secret_access_key=credentials["secretAccessKey"],
            session_token=credentials["sessionToken"],
            account_id=answer["assumedRoleUser"]["arn"].split(":")[4],
            expiration=credentials["expiration"],
        )


class Agent:
    """Answers the requests of SDKs.

    Args:
        cache: The source of credentials.
        hosts: The accepted values of ``Host``. Without this check, a web page could point a name at the agent's
        address (DNS rebinding) and read credentials.
    """

    def __init__(self, cache: CredentialCache, hosts: frozenset[str]) -> None:
        self._cache = cache
        self._hosts = hosts

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        if request.path.split("?")[0] != _PATH:
            return _text(404, "404 page not found")
        host = (request.headers.get("host") or "").rsplit(":", 1)[0].strip("[]")
        if host not in self._hosts:
            allowed = " ".join(sorted(self._hosts))
            hint = f"please use either [{allowed}] address not {host}"
            return _text(403, f"Access Denied. Called agent through invalid address, {hint}")
        token = request.headers.get("authorization") or ""
        if problem := _token_fault(token):
            return _text(400, problem)
        return self._credentials(token)

    def _credentials(self, token: str) -> Response:
        started = time.perf_counter()
        try:
            credentials = self._cache.get(token)
        except EksAuthUnreachableError as unreachable:
            log("unreachable", reason=unreachable.reason)
            # The real agent's error shows only the id of the answer, and here there was no answer.
            return _text(unreachable.status, "[]")
        except EksAuthError as failure:
            fault = "server" if failure.status >= _SERVER_ERROR else "client"
            request_id = failure.reason or uuid.uuid4()
            log("refused", code=failure.code, message=failure.message, requestId=str(request_id))
            return _text(failure.status, f"[{request_id}]: ({failure.code}): {failure.message}, fault: {fault}")
        log("credentials", account=credentials.account_id, seconds=round(time.perf_counter() - started, 4))
        return json_response(
            200,
            {
                "AccessKeyId": credentials.access_key_id,
                "SecretAccessKey": credentials.secret_access_key,
                "Token": credentials.session_token,
                "AccountId": credentials.account_id,
                "Expiration": credentials.expiration.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        )


def _token_fault(token: str) -> str | None:
    if not token:
        return "Service account token cannot be empty"
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as invalid:
        # A "Bearer " prefix fails here too: the header has only the token.
        return f"Service account token cannot be parsed: token is malformed: {invalid}"
    if (expires := claims.get("exp")) is not None and expires <= datetime.now(UTC).timestamp():
        return "Service account token failed basic claim validations: token has invalid claims: token is expired"
    return None


def _text(status: int, message: str) -> Response:
    headers = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}
    return Response(status, f"{message}\n".encode(), headers)


def create_agent(settings: Mapping[str, Any]) -> tuple[Agent, CredentialCache, float]:
    """Return the agent for *settings*, its cache, and the age at which entries are renewed."""
    client = EksAuthClient(
        settings["endpoint"],
        settings["cluster"],
        settings["account"],
        settings["region"],
        timeout_seconds=float(settings.get("timeoutSeconds", _TIMEOUT_SECONDS)),
    )
    renewal = float(settings.get("renewalSeconds", RENEWAL_SECONDS))
    cache = CredentialCache(client.fetch, renewal_seconds=renewal)
    return Agent(cache, frozenset({"127.0.0.1"})), cache, renewal


def main(configuration: Path) -> None:
    """Serve until ended; *configuration* has port, endpoint, cluster, account, region and perhaps more."""
    settings = json.loads(configuration.read_text())
    agent, cache, renewal = create_agent(settings)

    def renew_forever() -> None:
        while True:
            time.sleep(min(60.0, renewal / 2))
            cache.renew()

    threading.Thread(target=renew_forever, daemon=True).start()
    serve_until_ended(server(settings["port"], agent.handle))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
