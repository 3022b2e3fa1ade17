"""A running sandbox: the addresses of its parts, and the environment that points the engine at them."""

import json
import os
import shlex
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.processes import alive, started_at

#: The account of the clusters, and the account of the target roles. MiniStack takes a 12-digit access key as the
#: account.
SOURCE_ACCOUNT = "111122223333"
TARGET_ACCOUNT = "444455556666"
REGION = "eu-west-1"
#: The AWS profile that reaches the target account, in the sandbox as in `stacks/Pulumi.*.yaml`.
TARGET_PROFILE = "data"

#: Settings of the caller that would change what the engine and the clients of AWS and Kubernetes do.
FOREIGN = ("AWS_", "PULUMI_", "KUBE", "EKS_POD_IDENTITY_")
_PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Sandbox:
    """The parts of a running sandbox. All its files are in `directory`."""

    directory: Path
    supervisor: int
    started: str
    """When the supervisor started: its process id alone may belong to another process by now."""
    aws: str
    kubernetes: str
    kubeconfig: Path
    token: str
    issuer: str
    service_secret: str
    eks_auth: str
    agent: str

    def is_alive(self) -> bool:
        """Return whether the supervisor still runs."""
        return alive(self.supervisor) and started_at(self.supervisor) == self.started

    def save(self) -> None:
        """Write the record by which other processes find this sandbox. It is complete or absent."""
        record = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        path = record_file(self.directory)
        draft = path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(record, indent=1))
        draft.replace(path)

    def environment(self, engine: Path, *, inherit: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return the environment in which *engine*, and any AWS or Kubernetes client, reaches this sandbox alone.

        AWS, Pulumi and Kubernetes settings of the caller are left out, so that no real account is reached.
        """
        inherited = {name: value for name, value in inherit.items() if not name.startswith(FOREIGN)}
        return (
            inherited
            | no_proxy_settings(inherited)
            | {
                "PATH": f"{engine.parent}{os.pathsep}{inherited.get('PATH', '')}",
                "PULUMI_HOME": str(self.directory / "home"),
                # Without attribute files next to the state: the engine writes them in place, and a kill can truncate
                # one.
                "PULUMI_BACKEND_URL": (self.directory / "run" / "state").as_uri() + "?metadata=skip",
                "PULUMI_CONFIG_PASSPHRASE": "sandbox",
                # The salt of the passphrase is in the state. Without this, the engine makes another for each copied
                # file.
                "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "AWS_ENDPOINT_URL": self.aws,
                "AWS_ACCESS_KEY_ID": SOURCE_ACCOUNT,
                "AWS_SECRET_ACCESS_KEY": "sandbox",
                "AWS_REGION": REGION,
                "AWS_DEFAULT_REGION": REGION,
                "AWS_CONFIG_FILE": str(self.directory / "run" / "aws" / "config"),
                "AWS_SHARED_CREDENTIALS_FILE": str(self.directory / "run" / "aws" / "credentials"),
                "AWS_EC2_METADATA_DISABLED": "true",
                "KUBECONFIG": str(self.kubeconfig),
            }
        )


def shell_commands(environment: Mapping[str, str]) -> str:
    """Return the commands that give a POSIX shell *environment* for its AWS, Pulumi and Kubernetes settings."""
    # Several expressions, because sed on macOS has no alternatives.
    expressions = " ".join(rf"-e 's/^\({prefix}[A-Za-z0-9_]*\)=.*/\1/p'" for prefix in FOREIGN)
    names = f"$(env | sed -n {expressions})"
    lines = [f"unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL {names}"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in sorted(environment.items())]
    return "\n".join(lines)


def no_proxy_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that keep loopback addresses from a proxy, added to the exceptions of *environment*."""
    if not any(environment.get(name) for name in _PROXIES):
        return {}
    exceptions = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    listed = ",".join(dict.fromkeys([*filter(None, exceptions.split(",")), *_LOOPBACK]))
    return {"NO_PROXY": listed, "no_proxy": listed}


def isolate(environment: MutableMapping[str, str] = os.environ) -> None:
    """Remove the caller's AWS and Kubernetes settings from this process, and exclude loopback from a proxy.

    Otherwise a profile that does not exist, or a custom endpoint, would affect the sandbox's AWS clients.
    """
    for name in [name for name in environment if name.startswith(("AWS_", "KUBE"))]:
        del environment[name]
    environment.update(no_proxy_settings(environment))
    environment["AWS_CONFIG_FILE"] = environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    environment["AWS_EC2_METADATA_DISABLED"] = "true"


def record_file(directory: Path) -> Path:
    """Return the path of the record of the sandbox under *directory*."""
    return directory / "run" / "sandbox.json"


def find_sandbox(directory: Path) -> Sandbox | None:
    """Return the sandbox that runs under *directory*, or None. A sandbox that is found stays in use.

    A record whose supervisor has ended is stale, even if another process has its id by now.
    """
    path = record_file(directory)
    try:
        record = json.loads(path.read_text())
        sandbox = Sandbox(
            **record | {"directory": Path(record["directory"]), "kubeconfig": Path(record["kubeconfig"])},
        )
        if not sandbox.is_alive():
            return None
        path.touch()
    except (OSError, ValueError, TypeError, KeyError):  # absent, or not written by this version
        return None
    return sandbox
