"""The sockets of a running sandbox: all on loopback, and none of them serves another user of the machine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from process_tree import processes_below
from sandbox.running import Sandbox

LISTENING = "0A"

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads the sockets of Linux")


@dataclass(frozen=True)
class Socket:
    """A socket that listens, and the program it belongs to."""

    program: str
    address: str
    port: int


def program_of(pid: int) -> str:
    """Return the name of a binary, or of the module that an interpreter runs."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    module = next((word for word in words if word.startswith("sandbox.") or "run_module('sandbox." in word), "")
    return module.split("run_module('")[-1].split("'")[0] or Path(words[0]).name


def listening(pids: Iterable[int]) -> Iterator[Socket]:
    """Yield every TCP socket that one of *pids* listens on."""
    owners: dict[str, int] = {}
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            try:
                owners.setdefault(str(descriptor.readlink()), pid)
            except OSError:
                continue
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            owner = owners.get(f"socket:[{fields[9]}]")
            if fields[3] == LISTENING and owner is not None:
                address, port = fields[1].split(":")
                yield Socket(program_of(owner), address, int(port, 16))


@pytest.fixture(scope="module")
def sockets(sandbox: Sandbox) -> list[Socket]:
    return list(listening([sandbox.supervisor, *processes_below(sandbox.supervisor)]))


def test_every_part_listens_on_loopback(sockets: list[Socket]):
    assert {socket.program for socket in sockets} == {
        "amazon-eks-pod-identity-webhook",
        "etcd",
        "kube-apiserver",
        "sandbox.aws.emulator",
        "sandbox.eks.agent",
        "sandbox.eks.auth",
    }
    assert [socket for socket in sockets if socket.address != "0100007F"] == []


# Requests of another user, by program: method, path and the statuses that mean "no access".
REFUSED = {
    "sandbox.aws.emulator": [
        ("POST", "/_ministack/reset", (403,)),
        ("POST", "/_MINISTACK/reset", (403,)),
        ("POST", "/_ministack/config", (403,)),
        ("GET", "/_ministack/sqs/messages", (403,)),
        ("POST", "/_ministack/eks-auth/clusters/dev", (403,)),
        ("GET", "/_localstack/state", (403,)),
    ],
    "etcd": [("GET", path, ("refused",)) for path in ("/health", "/metrics", "/v3/kv/range", "/version", "/raft")],
    "kube-apiserver": [
        ("GET", "/api/v1/secrets", (401, 403)),
        ("GET", "/api/v1/namespaces", (401, 403)),
        ("POST", "/api/v1/namespaces/kube-system/serviceaccounts/default/token", (401, 403)),
        ("GET", "/metrics", (401, 403)),
    ],
    "sandbox.eks.auth": [("POST", "/clusters/dev/assume-role-for-pod-identity", (400, 401, 403, 404))],
    "sandbox.eks.agent": [("GET", "/v1/credentials", (400, 401, 403, 404))],
    # It changes the pod in the request, and knows no secret.
    "amazon-eks-pod-identity-webhook": [("GET", "/debug/alpha/cache", (404, "refused"))],
}

# Only root may be able to read the interpreter, so it becomes the other user after loading.
PROBE = """
import encodings.idna, http.client, json, os, ssl, sys
os.setgroups([]); os.setgid(65534); os.setuid(65534)
found = []
for port, method, path in json.load(sys.stdin):
    statuses = set()
    for tls in (False, True):
        context = ssl._create_unverified_context()
        make = http.client.HTTPSConnection if tls else http.client.HTTPConnection
        connection = make("127.0.0.1", port, timeout=10, **({"context": context} if tls else {}))
        try:
            connection.request(method, path, body=b"{}" if method == "POST" else None)
            statuses.add(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            statuses.add("refused")
        finally:
            connection.close()
    found.append(sorted(statuses, key=str))
json.dump(found, sys.stdout)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process as another user")
def test_no_part_serves_another_user(sockets: list[Socket]):
    tries = [
        (socket, method, path, refused) for socket in sockets for method, path, refused in REFUSED[socket.program]
    ]

    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE],
        input=json.dumps([(socket.port, method, path) for socket, method, path, _ in tries]),
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )

    for (socket, method, path, refused), statuses in zip(tries, json.loads(done.stdout), strict=True):
        # Each port speaks one of the two protocols; 400 is Go's answer to HTTP where it expects TLS.
        assert set(statuses) <= {*refused, "refused", 400}, f"{socket.program} {method} {path}"
        assert set(statuses) & set(refused), f"{socket.program} {method} {path}"


def test_its_folder_is_closed_to_other_users(sandbox: Sandbox):
    assert (sandbox.directory / "run").stat().st_mode & 0o077 == 0
