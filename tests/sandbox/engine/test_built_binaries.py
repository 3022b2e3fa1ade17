"""The built binaries, each with its simplest command."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from sandbox.engine import RECIPES, binaries

pytestmark = pytest.mark.engine


@pytest.fixture(scope="session")
def built():
    return binaries(RECIPES)


@pytest.mark.parametrize(
    ("name", "question", "answer"),
    [
        ("pulumi", ["version"], "v3.259.0"),
        ("etcd", ["--version"], "etcd Version: 3.6.13"),
        ("kube-apiserver", ["--version"], "Kubernetes v1.36.2"),
        ("kube-controller-manager", ["--version"], "Kubernetes v1.36.2"),
    ],
)
def test_a_program_reports_the_version_that_is_pinned(built, tmp_path, name, question, answer):
    environment = {"HOME": str(tmp_path), "PULUMI_SKIP_UPDATE_CHECK": "true"}

    completed = subprocess.run(
        [built[name], *question], capture_output=True, text=True, timeout=60, env=environment, check=True
    )

    assert completed.stdout.splitlines()[0] == answer


@pytest.mark.parametrize("name", ["pulumi-resource-kubernetes", "pulumi-language-yaml"])
def test_a_plugin_prints_the_port_it_serves_and_ends_when_asked(built, tmp_path, name):
    plugin = subprocess.Popen(
        [built[name], "127.0.0.1:9"],  # the address of an engine, which they do not call at startup
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
    )
    with plugin:
        assert plugin.stdout is not None
        port = plugin.stdout.readline().strip()
        plugin.send_signal(signal.SIGINT)
        plugin.wait(20)

    assert port.isdigit()


def test_the_webhook_is_the_real_one(built):
    completed = subprocess.run(
        [built["amazon-eks-pod-identity-webhook"], "--help"], capture_output=True, text=True, timeout=60, check=False
    )

    assert "--watch-container-credentials-config" in completed.stdout + completed.stderr


def test_no_binary_carries_a_path_of_this_machine(built):
    here = str(Path(__file__).parents[3]).encode()

    assert [name for name, path in built.items() if here in path.read_bytes()] == []
