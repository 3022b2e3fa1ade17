"""The parts of EKS Pod Identity around the control plane: the real webhook and its feed, and stand-ins for the rest.

``start_eks`` starts the stand-ins for EKS Auth and the node agent, the process that writes the webhook's list, and the
webhook.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.eks.webhook import start_webhook
from sandbox.processes import Child, free_port, listens

__all__ = ["NODE_CLUSTER", "Eks", "delay_feed", "follow_account", "forget_account", "start_agent", "start_eks"]

#: The cluster of the sandbox's one node. Pods of other clusters need another agent.
NODE_CLUSTER = "dev"

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Eks:
    """The addresses of the parts, and their processes."""

    directory: Path
    auth: str
    agent: str
    children: list[Child] = field(default_factory=list)

    @property
    def feed(self) -> Path:
        """Return the file with the ServiceAccounts that the webhook injects for."""
        return self.directory / "feed" / "identities.json"


def delay_feed(directory: Path, seconds: float, *, seed: int | None = None) -> None:
    """From now on, delay the time until the webhook of *directory* knows an association by *seconds*.

    With a *seed*, each association has its own delay of up to *seconds*.
    """
    _change(directory / "feed.json", delaySeconds=seconds, seed=seed)


def follow_account(directory: Path, account: str) -> None:
    """From now on, have the webhook of *directory* inject for the associations of *account* too."""
    path = directory / "feed.json"
    accounts = json.loads(path.read_text())["accounts"]
    if account not in accounts:
        _change(path, accounts=[*accounts, account])


def start_eks(
    directory: Path,
    *,
    webhook: Path,
    aws: str,
    service_secret: str,
    kubernetes: str,
    kubernetes_token: str,
    kubeconfig: Path,
    issuer: str,
    account: str,
    region: str,
    cluster: str = NODE_CLUSTER,
    delay_seconds: float = 0.0,
    documented_address: bool = False,
) -> Eks:
    """Start all parts and wait until they answer.

    Args:
        directory: Where configurations (with secrets, readable by the user only) and logs go.
        webhook: The built ``amazon-eks-pod-identity-webhook``.
        aws: The emulator's endpoint.
        service_secret: The secret for calls as a service principal.
        kubernetes: The API server.
        kubernetes_token: An administrator's token there.
        kubeconfig: The same for the webhook.
        issuer: The issuer of the API server's tokens.
        account: The account of the cluster.
        region: The region of the cluster.
        cluster: The cluster that the agent's node belongs to.
        delay_seconds: How long associations take to reach the webhook.
        documented_address: Keep the webhook's default for the agent's address, 169.254.170.23, to see what it injects.
        Nothing answers there in the sandbox.
    """
    aws_settings = {"endpoint": aws, "account": account, "region": region}
    feed_file = directory / "feed" / "identities.json"
    feed_file.parent.mkdir(parents=True, exist_ok=True)
    feed_file.write_text('{"identities": []}')
    feed_settings = aws_settings | {"accounts": [account], "file": str(feed_file), "delaySeconds": delay_seconds}
    feed = _python("feed", "sandbox.eks.feed", directory / "feed.json", feed_settings)

    port = free_port()
    auth = _python(
        "eks-auth",
        "sandbox.eks.auth",
        directory / "eks-auth.json",
        aws_settings
        | {
            "port": port,
            "serviceSecret": service_secret,
            "kubernetes": kubernetes,
            "kubernetesToken": kubernetes_token,
            "issuer": issuer,
        },
    )
    auth_url = f"http://127.0.0.1:{port}"
    agent, agent_url = start_agent(directory, auth=auth_url, cluster=cluster, account=account, region=region)
    auth.wait_until(lambda: listens(port))
    mutating = start_webhook(
        directory / "webhook",
        webhook,
        kubernetes=kubernetes,
        token=kubernetes_token,
        kubeconfig=kubeconfig,
        region=region,
        feed=feed_file,
        credentials_uri=None if documented_address else f"{agent_url}/v1/credentials",
    )
    return Eks(directory, auth_url, agent_url, [feed, auth, agent, mutating])


def forget_account(directory: Path, account: str) -> None:
    """From now on, have the webhook of *directory* ignore the associations of *account*."""
    path = directory / "feed.json"
    _change(path, accounts=[followed for followed in json.loads(path.read_text())["accounts"] if followed != account])


def start_agent(
    directory: Path,
    *,
    auth: str,
    cluster: str,
    account: str,
    region: str,
    renewal_seconds: float | None = None,
    timeout_seconds: float | None = None,
) -> tuple[Child, str]:
    """Start the agent of a node of *cluster*; return it and its address.

    Args:
        directory: Where its configuration and log go.
        auth: EKS Auth.
        cluster: The node's cluster.
        account: The cluster's account.
        region: The cluster's region.
        renewal_seconds: The age at which it renews credentials. None: three hours, as the real agent.
        timeout_seconds: How long it waits for an answer of EKS Auth. None: longer than the second of the real agent.
    """
    port = free_port()
    settings: dict[str, object] = {
        "port": port,
        "endpoint": auth,
        "cluster": cluster,
        "account": account,
        "region": region,
    }
    if renewal_seconds is not None:
        settings["renewalSeconds"] = renewal_seconds
    if timeout_seconds is not None:
        settings["timeoutSeconds"] = timeout_seconds
    child = _python(f"agent-{port}", "sandbox.eks.agent", directory / f"agent-{port}.json", settings)
    child.wait_until(lambda: listens(port))
    return child, f"http://127.0.0.1:{port}"


def _python(name: str, module: str, configuration: Path, settings: Mapping[str, object]) -> Child:
    _write(configuration, settings)
    start = f"import runpy, sys; sys.path.insert(0, {str(_ROOT)!r}); runpy.run_module({module!r}, run_name='__main__')"
    command = [sys.executable, "-u", "-c", start, str(configuration)]
    # AWS settings of the caller must not reach the parts.
    env = {"PATH": "/usr/bin:/bin", "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(configuration.parent)}
    return Child(name, command, configuration.parent / f"{name}.log", env).start()


def _change(path: Path, **changed: object) -> None:
    _write(path, json.loads(path.read_text()) | changed)


def _write(path: Path, settings: Mapping[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(settings, indent=1))
    draft.replace(path)
