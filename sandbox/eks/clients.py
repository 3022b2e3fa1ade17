"""AWS clients for the sandbox's own parts: one endpoint, short timeouts, few retries, no settings of the caller."""

import functools
import threading
from typing import Any

import boto3
from botocore.config import Config

# Threads can share a boto3 client, but must not create clients at the same time.
_creating = threading.Lock()


@functools.cache
def _session() -> boto3.Session:
    # Created on first use: it reads the AWS settings of the process, which are removed when the process starts.
    return boto3.Session(aws_access_key_id="unused", aws_secret_access_key="unused")  # noqa: S106 - no secret


def client(
    service: str,
    endpoint: str,
    *,
    region: str,
    key_id: str,
    secret: str = "sandbox",  # noqa: S107 - the emulator takes any
    session_token: str | None = None,
    attempts: int = 3,
    timeout_seconds: float = 15,
) -> Any:
    """Return a client of *service* at *endpoint*; a 12-digit *key_id* is the root of that account in the emulator."""
    config = Config(
        connect_timeout=min(2.0, timeout_seconds),
        read_timeout=timeout_seconds,
        max_pool_connections=64,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    with _creating:
        return _session().client(  # pyright: ignore[reportCallIssue] - the name of the service is a variable
            service,  # pyright: ignore[reportArgumentType] - likewise
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=session_token,
            config=config,
        )
