"""Starts etcd, kube-apiserver and kube-controller-manager on loopback, waits for them, and ends them."""

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.kubernetes.credentials import Credentials, make_credentials, write_kubeconfig
from sandbox.processes import Child, free_port, stop_all

# Without the namespace controller, deleting a Namespace never finishes. Without the garbage collector, neither does a
# foreground deletion, which the Pulumi Kubernetes plugin uses.
_CONTROLLERS = (
    "namespace-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "garbage-collector-controller",
)


@dataclass(frozen=True)
class ControlPlane:
    """A running control plane, and how to reach it as an administrator."""

    server: str
    token: str = field(repr=False)
    kubeconfig: Path
    issuer: str
    """Issuer of the ServiceAccount tokens; its keys are at `/openid/v1/jwks`."""
    certificate_authority: Path
    children: list[Child] = field(repr=False)

    def get(self, path: str) -> Any:
        """Return the API server's response to a GET of *path*: JSON, or plain text."""
        request = urllib.request.Request(self.server + path, headers={"Authorization": f"Bearer {self.token}"})
        context = ssl.create_default_context(cafile=str(self.certificate_authority))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        with opener.open(request, timeout=5) as answer:
            content = answer.read().decode()
        return json.loads(content) if content.startswith(("{", "[")) else content

    def stop(self) -> None:
        """Stop its processes, in reverse order."""
        stop_all(self.children)


def start_control_plane(directory: Path, binaries: Mapping[str, Path]) -> ControlPlane:
    """Start a control plane whose data, credentials and logs lie under *directory*.

    It is ready when the API server answers and the controllers have created the default ServiceAccount. From then on,
    deletions finish.

    Args:
        directory: Its own folder. Data of an earlier control plane in it is used again.
        binaries: Paths of `etcd`, `kube-apiserver` and `kube-controller-manager`.

    Raises:
        SandboxError: If one of them ends or is not ready in time; those already started are stopped.
    """
    directory = directory.absolute()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    credentials = make_credentials(directory / "credentials")
    port, store = free_port(), f"https://127.0.0.1:{free_port()}"
    server = f"https://127.0.0.1:{port}"
    plane = ControlPlane(
        server=server,
        token=credentials.token,
        kubeconfig=write_kubeconfig(directory / "kubeconfig.yaml", server, credentials),
        issuer=server,
        certificate_authority=credentials.authority,
        children=[],
    )
    etcd = Child("etcd", _etcd(binaries["etcd"], credentials, directory, store), directory / "etcd.log")
    apiserver = Child(
        "kube-apiserver", _apiserver(binaries["kube-apiserver"], credentials, port, store), directory / "apiserver.log"
    )
    controllers = Child(
        "kube-controller-manager",
        _controller_manager(binaries["kube-controller-manager"], credentials, plane.kubeconfig),
        directory / "controller-manager.log",
    )
    try:
        # The API server waits for its store, so both start at the same time.
        for child in (etcd, apiserver):
            plane.children.append(child.start())
        apiserver.wait_until(lambda: _answers(plane, "/readyz"), seconds=90)
        plane.children.append(controllers.start())
        controllers.wait_until(
            lambda: _answers(plane, "/api/v1/namespaces/default/serviceaccounts/default"), seconds=60
        )
    except BaseException:
        plane.stop()
        raise
    return plane


def _answers(plane: ControlPlane, path: str) -> bool:
    try:
        plane.get(path)
    except urllib.error.HTTPError as answer:  # it answers with an error as long as it is not ready
        answer.close()
        return False
    except (OSError, http.client.HTTPException):
        return False
    return True


def _etcd(binary: Path, credentials: Credentials, directory: Path, client: str) -> list[str]:
    """Return the command of etcd, which answers only those who have a certificate: loopback is open to every user."""
    peer = f"https://127.0.0.1:{free_port()}"
    tls = (
        f"cert-file={credentials.store_certificate}",
        f"key-file={credentials.store_key}",
        f"trusted-ca-file={credentials.authority}",
        "client-cert-auth",
    )
    return [
        str(binary),
        "--name=sandbox",
        f"--data-dir={directory / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=sandbox={peer}",
        *(f"--{option}" for option in tls),
        *(f"--peer-{option}" for option in tls),
        "--enable-grpc-gateway=false",  # it would call etcd with the server's own certificate
        "--unsafe-no-fsync",  # its data need not survive a power failure
        "--log-level=warn",
    ]


def _apiserver(binary: Path, credentials: Credentials, port: int, store: str) -> list[str]:
    issuer = f"https://127.0.0.1:{port}"
    return [
        str(binary),
        f"--etcd-servers={store}",
        f"--etcd-cafile={credentials.authority}",
        f"--etcd-certfile={credentials.store_client_certificate}",
        f"--etcd-keyfile={credentials.store_client_key}",
        "--bind-address=127.0.0.1",
        # Otherwise both come from the network interfaces, and a laptop may have none that is up.
        "--advertise-address=127.0.0.1",
        "--external-hostname=127.0.0.1",
        f"--secure-port={port}",
        f"--tls-cert-file={credentials.serving_certificate}",
        f"--tls-private-key-file={credentials.serving_key}",
        "--service-cluster-ip-range=10.96.0.0/16",
        f"--service-account-issuer={issuer}",
        f"--service-account-jwks-uri={issuer}/openid/v1/jwks",
        f"--service-account-key-file={credentials.service_account_key}",
        f"--service-account-signing-key-file={credentials.service_account_key}",
        f"--api-audiences={issuer}",
        "--authorization-mode=RBAC",
        f"--token-auth-file={credentials.tokens}",
        "--endpoint-reconciler-type=none",  # no Service leads here, and loopback cannot be an endpoint
    ]


def _controller_manager(binary: Path, credentials: Credentials, kubeconfig: Path) -> list[str]:
    return [
        str(binary),
        f"--controllers={','.join(_CONTROLLERS)}",
        f"--kubeconfig={kubeconfig}",
        f"--service-account-private-key-file={credentials.service_account_key}",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
        "--secure-port=0",  # it serves nobody
        # A Namespace's deletion lists every kind of resource; the default of 20 requests a second makes that slow.
        "--kube-api-qps=500",
        "--kube-api-burst=500",
    ]
