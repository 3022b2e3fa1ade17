"""One control plane for all tests of this folder."""

from collections.abc import Iterator

import pytest

from sandbox.engine import binaries
from sandbox.kubernetes import ControlPlane, start_control_plane


@pytest.fixture(scope="session")
def servers():
    return binaries(["etcd", "kube-apiserver", "kube-controller-manager"])


@pytest.fixture(scope="session")
def plane(servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    running = start_control_plane(tmp_path_factory.mktemp("control-plane"), servers)
    yield running
    running.stop()
