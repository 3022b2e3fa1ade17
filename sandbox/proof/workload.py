"""The workload: a separate process that has only the variables and the token of its pod.

It names no credential provider: boto3's default chain finds one. It reads the calls to try as JSON from standard input
and writes their outcomes as JSON to standard output. With `--hurry`, boto3 does not wait between its three tries of
the agent, for tests of permanent errors.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.utils import ContainerMetadataFetcher

# With retries, as most workloads have them: a broken connection is no denial, and denials are not retried.
_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard"})


def main() -> None:
    """Obtain credentials, make the calls and print the report."""
    if "--hurry" in sys.argv:
        ContainerMetadataFetcher.SLEEP_TIME = 0  # pyright: ignore[reportAttributeAccessIssue] - typed as its one value
    session = boto3.Session()
    report: dict[str, Any] = {"method": None}

    def credentials() -> dict[str, Any]:
        resolved = session.get_credentials()
        if resolved is None:
            raise LookupError("Unable to locate credentials")
        report["method"] = resolved.method
        resolved.get_frozen_credentials()
        return {}

    def whoami() -> dict[str, Any]:
        answer = session.client("sts", config=_CONFIG).get_caller_identity()
        return {"arn": answer["Arn"], "account": answer["Account"]}

    report["credentials"] = attempt(credentials)
    if report["credentials"]["ok"]:
        report["identity"] = attempt(whoami)
        report["actions"] = [attempt(call(session, action)) for action in json.load(sys.stdin)]
    json.dump(report, sys.stdout)


def call(session: Any, action: dict[str, Any]) -> Callable[[], dict[str, Any]]:
    """Return a function that makes one call and reads its body, if it has one."""

    def make_call() -> dict[str, Any]:
        if action["service"] not in session.get_available_services():
            raise LookupError(f"boto3 has no client called {action['service']!r}")
        method = getattr(session.client(action["service"], config=_CONFIG), action["action"], None)
        if method is None:
            raise LookupError(f"boto3's {action['service']} client has no method {action['action']!r}")
        answer = method(**action["arguments"])
        if "Body" in answer and hasattr(answer["Body"], "read"):
            answer["Body"].read()
        return {}

    return make_call


def attempt(do: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return the result of *do* or its error, and its duration."""
    began = time.perf_counter()
    try:
        outcome = {"ok": True, **do()}
    except ClientError as error:
        outcome = {"ok": False, "code": error.response["Error"]["Code"], "message": str(error)}
    except (BotoCoreError, LookupError) as failed:
        outcome = {"ok": False, "code": type(failed).__name__, "message": str(failed)}
    return outcome | {"seconds": round(time.perf_counter() - began, 4)}


if __name__ == "__main__":
    main()
