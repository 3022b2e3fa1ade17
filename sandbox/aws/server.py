"""The emulator as a child process of the sandbox."""

import http.client
import json
import os
import secrets
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from sandbox.aws.environment import emulator_python
from sandbox.processes import Child, SandboxError, free_port, stop_all

#: The services that the stacks, the examples and the proof use. Any other answers that it is not available.
SERVICES = ("iam", "sts", "eks", "s3", "route53", "dynamodb", "sqs")
_ROOT = Path(__file__).resolve().parent.parent.parent
_ATTEMPTS = 3
_READY_SECONDS = 60.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback addresses need no proxy


@dataclass
class Aws:
    """The running emulator: its address, its process, and the secret for calls as a service principal."""

    endpoint: str
    children: list[Child]
    service_secret: str

    def stop(self) -> None:
        """Stop the emulator. Everything in it is lost."""
        stop_all(self.children)


def start_aws(directory: Path) -> Aws:
    """Start the emulator on a free loopback port, and return once it answers.

    Accounts need no setup: a 12-digit access key id, with any secret, is the root of that account.

    Args:
        directory: The folder for its log and temporary files. It stores nothing beyond its process.

    Raises:
        SandboxError: If its environment cannot be made, a correction does not fit it, or it does not start.
    """
    python = emulator_python()
    secret = secrets.token_urlsafe(32)
    for attempt in range(1, _ATTEMPTS + 1):
        port = free_port()
        mark = secrets.token_hex(8)
        settings = _settings(directory, port, secret, mark)
        child = Child("MiniStack", _command(python), directory / "ministack.log", env=settings)
        try:
            child.start().wait_until(lambda port=port, mark=mark: _ready(port, mark), seconds=_READY_SECONDS)
        except SandboxError as error:
            # Between finding a free port and listening on it, another program may take it.
            if attempt < _ATTEMPTS and "already in use" in str(error):
                continue
            raise
        return Aws(f"http://127.0.0.1:{port}", [child], secret)
    raise SandboxError("MiniStack found no free port.")


def service_headers(secret: str, *, account: str, cluster_arn: str) -> dict[str, str]:
    """Return the headers that make an AssumeRole request a call of the service principal `pods.eks.amazonaws.com`.

    EKS calls STS as a service, which no AWS client can do. The emulator accepts a request as such a call if it has the
    secret of this start. Only AssumeRole reads the headers.

    Args:
        secret: `Aws.service_secret`.
        account: The account of the cluster: `aws:SourceAccount` of the call.
        cluster_arn: The cluster: `aws:SourceArn` of the call.
    """
    return {
        "X-Sandbox-Service-Secret": secret,
        "X-Sandbox-Source-Account": account,
        "X-Sandbox-Source-Arn": cluster_arn,
    }


def _command(python: Path) -> list[str]:
    return [str(python), "-m", "sandbox.aws.emulator"]


def _settings(directory: Path, port: int, secret: str, mark: str) -> dict[str, str]:
    """Return the whole environment of the emulator: an AWS variable of the caller would change its behavior."""
    temporary = directory / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    quota = {name: value for name, value in os.environ.items() if name.startswith("EKS_POD_IDENTITY_QUOTA_")}
    return (
        inherited
        | quota
        | {
            "PYTHONPATH": str(_ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",  # its environment must not change
            "TMPDIR": str(temporary),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "SERVICES": ",".join(SERVICES),
            "AUTH": "true",
            "LOG_LEVEL": "WARNING",
            "MINISTACK_EDITION": mark,
            "SANDBOX_SERVICE_SECRET": secret,
        }
    )  # fmt: skip - one setting per line


def _ready(port: int, mark: str) -> bool:
    """Return whether the emulator answers. Another program that took the port does not return the mark."""
    try:
        with _DIRECT.open(f"http://127.0.0.1:{port}/_ministack/health", timeout=2) as answer:
            health = json.load(answer)
    except (OSError, ValueError, http.client.HTTPException):  # the port may be another program's by now
        return False
    return health.get("edition") == mark and health.get("auth") == "enabled"
