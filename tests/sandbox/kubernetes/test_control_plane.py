"""The control plane: namespaces, ServiceAccounts, tokens, admission, and its processes."""

import contextlib
import dataclasses
import itertools
import socket
import stat
import time
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
from lightkube import ApiError, Client, KubeConfig
from lightkube.models.authentication_v1 import TokenRequestSpec
from lightkube.models.core_v1 import Container, PodSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import Namespace, Pod, ServiceAccount, ServiceAccountToken
from lightkube.types import CascadeType

from sandbox.kubernetes import ControlPlane, start_control_plane
from sandbox.processes import SandboxError, alive

pytestmark = pytest.mark.engine

AUDIENCE = "pods.eks.amazonaws.com"
_numbers = itertools.count()


def eventually(true: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not happen within {seconds:.0f} s"
        time.sleep(0.05)


def client_of(plane: ControlPlane) -> Client:
    """Yield a client that knows only the kubeconfig."""
    return Client(config=KubeConfig.from_file(str(plane.kubeconfig)), trust_env=False)


def absent(client: Client, kind, name: str, namespace: str | None = None) -> bool:
    try:
        client.get(kind, name, namespace=namespace) if namespace else client.get(kind, name)
    except ApiError as error:
        if error.status.code == 404:
            return True
        raise
    return False


@pytest.fixture(scope="session")
def client(plane) -> Iterator[Client]:
    with client_of(plane) as connected:
        yield connected


@pytest.fixture
def namespace(client) -> str:
    """Create a Namespace for the test and wait for its default ServiceAccount."""
    name = f"payments-{next(_numbers)}"
    client.create(Namespace(metadata=ObjectMeta(name=name)))
    eventually(lambda: not absent(client, ServiceAccount, "default", name), seconds=10)
    return name


@pytest.fixture
def service_account(client, namespace) -> str:
    client.create(ServiceAccount(metadata=ObjectMeta(name="api", namespace=namespace)))
    return "api"


def test_a_namespace_gets_its_default_service_account(client, namespace):
    assert client.get(ServiceAccount, "default", namespace=namespace).metadata.namespace == namespace


def test_a_namespace_is_deleted_with_what_is_in_it(client, namespace, service_account):
    client.delete(Namespace, namespace)

    eventually(lambda: absent(client, Namespace, namespace), seconds=15)
    assert absent(client, ServiceAccount, service_account, namespace)


def test_a_service_account_is_deleted_in_the_foreground(client, namespace, service_account):
    client.delete(ServiceAccount, service_account, namespace=namespace, cascade=CascadeType.FOREGROUND)

    eventually(lambda: absent(client, ServiceAccount, service_account, namespace), seconds=15)


def test_a_token_for_pod_identity_is_signed_and_verifiable(plane, client, namespace, service_account):
    request = ServiceAccountToken(
        metadata=ObjectMeta(namespace=namespace), spec=TokenRequestSpec(audiences=[AUDIENCE], expirationSeconds=3600)
    )

    answer = client.create(request, service_account, namespace=namespace)

    keys = jwt.PyJWKSet.from_dict(plane.get("/openid/v1/jwks"))
    key = keys[jwt.get_unverified_header(answer.status.token)["kid"]]
    claims = jwt.decode(answer.status.token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=plane.issuer)
    assert claims["sub"] == f"system:serviceaccount:{namespace}:{service_account}"
    assert claims["aud"] == [AUDIENCE]


def test_the_issuer_publishes_the_location_of_its_keys(plane):
    discovery = plane.get("/.well-known/openid-configuration")

    assert discovery["issuer"] == plane.issuer
    assert discovery["jwks_uri"] == f"{plane.server}/openid/v1/jwks"


def pod(name: str, namespace: str, service_account: str) -> Pod:
    container = Container(name="app", image="registry.example.com/app:1")
    return Pod(
        metadata=ObjectMeta(name=name, namespace=namespace),
        spec=PodSpec(serviceAccountName=service_account, containers=[container]),
    )


def test_a_dry_run_pod_is_admitted_and_not_kept(client, namespace, service_account):
    answer = client.create(pod("probe", namespace, service_account), dry_run=True)

    assert answer.spec.serviceAccountName == service_account
    assert any(volume.name.startswith("kube-api-access-") for volume in answer.spec.volumes)
    assert absent(client, Pod, "probe", namespace)


def test_a_pod_of_an_unknown_service_account_is_refused(client, namespace):
    with pytest.raises(ApiError, match='serviceaccount "nobody" not found'):
        client.create(pod("probe", namespace, "nobody"), dry_run=True)


def test_a_wrong_token_is_refused(plane):
    stranger = dataclasses.replace(plane, token="wrong")

    with pytest.raises(urllib.error.HTTPError) as raised:
        stranger.get("/api/v1/namespaces")

    assert raised.value.code == 401
    raised.value.close()


def test_every_server_listens_on_loopback_only(plane):
    addresses = [address for child in plane.children for address in listening(child.process.pid)]

    assert len(addresses) >= 3
    assert {host for host, _ in addresses} == {"127.0.0.1"}


def listening(pid: int) -> list[tuple[str, int]]:
    """Return the TCP addresses a process listens on, according to Linux."""
    sockets: set[str] = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            sockets.add(str(descriptor.readlink()))
    names = []
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and f"socket:[{columns[9]}]" in sockets:
                host, port = columns[1].split(":")
                words = [bytes.fromhex(host[at : at + 8])[::-1] for at in range(0, len(host), 8)]
                names.append((socket.inet_ntop(family, b"".join(words)), int(port, 16)))
    return names


def test_the_files_that_hold_secrets_are_their_owners_alone(plane):
    files = [
        plane.kubeconfig,
        *plane.certificate_authority.parent.glob("*.key"),
        *plane.kubeconfig.parent.rglob("*.csv"),
    ]

    assert len(files) == 6
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_token_does_not_show_in_messages(plane):
    assert plane.token not in repr(plane)


def test_stopping_leaves_no_process_and_starting_again_finds_the_data(servers, tmp_path):
    first = start_control_plane(tmp_path, servers)
    pids = [child.process.pid for child in first.children if child.process]
    with client_of(first) as client:
        client.create(Namespace(metadata=ObjectMeta(name="kept")))

    first.stop()

    assert len(pids) == 3
    assert [pid for pid in pids if alive(pid)] == []
    second = start_control_plane(tmp_path, servers)
    try:
        assert second.token != first.token
        assert second.get("/api/v1/namespaces/kept")["status"]["phase"] == "Active"
    finally:
        second.stop()


def test_a_server_that_does_not_start_is_named_and_the_others_are_ended(servers, tmp_path):
    broken = dict(servers) | {"kube-apiserver": Path("/bin/false")}

    with pytest.raises(SandboxError, match="kube-apiserver ended before it was ready"):
        start_control_plane(tmp_path, broken)

    assert not [pid for pid in processes() if str(tmp_path) in command_line(pid)]


def processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
