"""The program of `examples/go`, with the SDK generated for it, on the real engine."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from consumer_project import ROOT, SCHEMA, SDK, open_example, run_program
from engine_project import Project
from sandbox.engine.build import binaries
from sandbox.engine.toolchain import find_toolchain

EXAMPLE = ROOT / "examples" / "go"
HERE = Path(__file__).with_name("generated")


def build(folder: Path, *sources: Path) -> Path:
    """Build a program in *folder*, with the SDK generated for it."""
    for source in sources:
        shutil.copy(source, folder)
    subprocess.run([binaries(["sdk-generator"])["sdk-generator"], SCHEMA, folder / "generated"], check=True)
    shutil.copytree(folder / "generated" / "go", folder / SDK)
    toolchain = find_toolchain()
    built = subprocess.run(
        # As the CLI is built, so that what it has in common with this is compiled once.
        [toolchain.go, "build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-o", "program", "."],
        cwd=folder,
        env=toolchain.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder / "program"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's program, with another `main` that drives the CLI."""
    folder = tmp_path_factory.mktemp("go")
    return build(folder, EXAMPLE / "identities.go", HERE / "main.go", HERE / "go.mod", HERE / "go.sum")


@pytest.fixture
def example(project: Project) -> Project:
    """The example's project, with its own accounts."""
    return open_example(project, "go")


def test_the_example_builds_as_it_is(tmp_path: Path):
    assert build(tmp_path, *EXAMPLE.glob("*.go"), EXAMPLE / "go.mod", EXAMPLE / "go.sum").exists()


def test_the_example_goes_up_and_comes_down(program: Path, example: Project):
    eks, iam = example.aws("eks"), example.aws("iam")
    before = example.role_names()

    up = run_program(example, program, "up")

    assert up.returncode == 0, up.stdout
    outputs = json.loads(up.stdout)
    associations = eks.list_pod_identity_associations(clusterName=example.cluster)["associations"]
    assert outputs["associationIds"] == {
        f"{item['namespace']}/{item['serviceAccount']}": item["associationId"] for item in associations
    }
    assert set(outputs["associationIds"]) == {"reports/exporter", "reports/importer"}
    name = outputs["roleArn"].rsplit("/", 1)[1]
    assert iam.get_role(RoleName=name)["Role"]["Arn"] == outputs["roleArn"]
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["read"]

    down = run_program(example, program, "destroy")

    assert down.returncode == 0, down.stdout
    assert eks.list_pod_identity_associations(clusterName=example.cluster)["associations"] == []
    assert example.role_names() == before


def test_wrong_arguments_are_refused_by_the_names_of_the_schema(program: Path, example: Project):
    example.pulumi.run("config", "set", "cluster", "not a name")
    example.pulumi.run("config", "set", "namespace", "preview-*")

    failed = run_program(example, program, "up")

    assert failed.returncode == 1
    assert "clusterName" in failed.stdout
    assert "bindings[0].namespace" in failed.stdout
    assert "wildcard" in failed.stdout
    assert "Traceback" not in failed.stdout
    assert example.role_names() == {"cluster"}
