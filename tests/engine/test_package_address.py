"""The package added by the address of a git repository and a tag, on a machine without the project."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from eks_pod_identity._version import __version__
from engine_project import Project
from git_server import HOST, serve
from sandbox.engine.build import binaries
from sandbox.pulumi_cli import Pulumi

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = "acme/pulumi-eks-pod-identity.git"
ADDRESS = f"{HOST}/{REPOSITORY}/components@v{__version__}"
SECONDS = 400
"""Most that adding the package may take: pip installs about 450 MB.

It took 47 s on idle cores and 90 s on busy ones.
"""


def git(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A served repository with this version tagged; the certificates to trust it by."""
    folder = tmp_path_factory.mktemp("git")
    tree, served = folder / "tree", folder / "served"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    git(tree, "init", "--quiet", "--initial-branch=main")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=Release")
    git(tree, "tag", f"v{__version__}")
    git(tree, "clone", "--quiet", "--bare", str(tree), str(served / REPOSITORY))
    with contextlib.ExitStack() as stack:
        try:
            trusted = stack.enter_context(serve(served, folder))
        except OSError as error:
            pytest.skip(f"Nothing was fetched: this user cannot listen on {HOST}:443 ({error.strerror}).")
        yield trusted


PROGRAM: dict[str, Any] = {
    "name": "consumer",
    "runtime": "yaml",
    "config": {"aws:region": {"value": "eu-west-1"}},
    "resources": {
        "api": {
            "type": "eks-pod-identity:PodIdentity",
            "properties": {
                "clusterName": "main",
                "namespace": "payments",
                "serviceAccount": "api",
                "propagationSeconds": 0,
            },
        }
    },
    "outputs": {"role": "${api.roleArn}"},
}


@pytest.fixture
def consumer(project: Project, authorities: Path, tmp_path: Path) -> Iterator[Project]:
    """A YAML project of a user who has not installed the project."""
    folder = tmp_path / "consumer"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(PROGRAM, sort_keys=False))
    # The versions that this environment has: the AWS plugin of the sandbox serves one version of the SDK.
    constraints = folder / "constraints.txt"
    constraints.write_text("".join(f"{item.name}=={item.version}\n" for item in metadata.distributions()))
    environment = {
        **{key: value for key, value in project.pulumi.environment.items() if key != "PYTHONPATH"},
        "SSL_CERT_FILE": str(authorities),
        "PIP_CONSTRAINT": str(constraints),
        "PULUMI_BACKEND_URL": f"file://{folder}",
    }
    pulumi = Pulumi(project.pulumi.cli, folder, environment)
    pulumi.select("test")
    yield replace(project, pulumi=pulumi, folder=folder)
    for plugin in plugins(project):
        shutil.rmtree(plugin)  # pytest keeps the folders of three runs


def plugins(project: Project) -> list[Path]:
    """Return the folders of downloaded versions of the package."""
    return list((project.sandbox.directory / "home" / "plugins").glob(f"resource-*git_components-v{__version__}"))


@pytest.mark.timeout(900)  # it is installed twice
def test_the_package_is_added_by_address_and_tag_and_used(consumer: Project):
    binaries(["python-toolchain"])
    before = consumer.role_names()
    started = time.monotonic()

    added = consumer.pulumi.run("package", "add", f"https://{ADDRESS}")

    assert time.monotonic() - started < SECONDS, added.stdout
    project_file = consumer.folder / "Pulumi.yaml"
    assert yaml.safe_load(project_file.read_text())["packages"] == {"eks-pod-identity": ADDRESS}
    [plugin] = plugins(consumer)
    assert (plugin / "components" / "venv" / "bin" / "python").exists()

    consumer.up()
    again = consumer.up()

    assert again.changes == []
    assert consumer.outputs()["role"].startswith(f"arn:aws:iam::{consumer.account}:role/")

    # A colleague has only the project file, like a user who deleted a plugin that an older Python had installed.
    shutil.rmtree(consumer.folder / "sdks")
    shutil.rmtree(plugin)
    consumer.pulumi.run("install")

    assert (plugin / "components" / "venv" / "bin" / "python").exists()
    assert consumer.preview().changes == []

    consumer.destroy()

    assert consumer.role_names() == before
