"""Programs in TypeScript, with the SDK generated for them, on the real engine.

They are `examples/typescript`, unchanged, and programs with secret, unknown or wrong values.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from consumer_project import ROOT, SCHEMA, SDK, open_example, run_program
from engine_project import Project, Run
from sandbox.engine.build import binaries
from sandbox.home import AWS_PLUGIN

EXAMPLE = ROOT / "examples" / "typescript"
PROGRAMS = Path(__file__).with_name("typescript")
SECRET = "4dabf18193072939515e22adb298388d"  # marks a secret in a state


def node(*command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command of Node.js in *folder*."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs compiled to `bin/`, the generated SDK and everything else installed from the lock."""
    if shutil.which("npm") is None:
        reason = "npm is not on the PATH (it comes with Node.js 20 or newer): no program in TypeScript was run."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    folder = tmp_path_factory.mktemp("typescript")
    for name in ("package.json", "package-lock.json", "tsconfig.json", ".npmrc", "index.ts"):
        shutil.copy(EXAMPLE / name, folder)
    for name in ("driver.ts", "outputs.ts", "careless.ts"):
        shutil.copy(PROGRAMS / name, folder)
    edited = (
        (folder / "index.ts")
        .read_text()
        .replace('["s3:GetObject"], Resource: [pulumi', '["s3:GetObjectVersion"], Resource: [pulumi')
    )
    (folder / "edited.ts").write_text(edited)
    subprocess.run([binaries(["sdk-generator"])["sdk-generator"], SCHEMA, folder / "generated"], check=True)
    shutil.copytree(folder / "generated" / "nodejs", folder / SDK)
    installed = node("npm", "ci", "--no-audit", "--no-fund", folder=folder)
    assert installed.returncode == 0, installed.stderr
    compiled = node("npx", "--no-install", "tsc", "-p", ".", folder=folder)
    assert compiled.returncode == 0, compiled.stdout
    return folder


@pytest.fixture
def typescript(project: Project) -> Project:
    """The example's project, with its own accounts."""
    # The program requires the AWS plugin of its SDK, which has another version than the one of the components.
    plugins = project.sandbox.directory / "home" / "plugins"
    version = json.loads((EXAMPLE / "package.json").read_text())["dependencies"]["@pulumi/aws"]
    shutil.copytree(
        plugins / f"resource-aws-v{AWS_PLUGIN}",
        plugins / f"resource-aws-v{version}",
        symlinks=True,
        dirs_exist_ok=True,
    )
    return open_example(project, "typescript")


def run(programs: Path, project: Project, command: str, program: str = "index") -> tuple[Run, dict[str, Any]]:
    """Run one command for a compiled program; return what the engine did, and the outputs."""
    result = project.folder / "result.json"
    result.unlink(missing_ok=True)
    compiled = programs / "bin"
    done = run_program(project, "node", compiled / "driver.js", compiled / f"{program}.js", command, result)
    report = json.loads(result.read_text()) if result.exists() else {"events": [], "outputs": {}}
    return Run.of(done.returncode, done.stdout, report["events"]), report["outputs"]


def succeed(programs: Path, project: Project, command: str, program: str = "index") -> tuple[Run, dict[str, Any]]:
    """Run one command, which must succeed."""
    done, outputs = run(programs, project, command, program)
    assert done.code == 0, done.text
    return done, outputs


def test_the_example_goes_up_is_edited_and_comes_down(programs: Path, typescript: Project):
    project = typescript
    eks, iam = project.aws("eks"), project.aws("iam")
    target_iam = project.aws("iam", project.target_account)
    before = project.role_names()

    previewed, _ = succeed(programs, project, "preview")
    created, outputs = succeed(programs, project, "up")
    unchanged, _ = succeed(programs, project, "up")
    edited, _ = succeed(programs, project, "up", "edited")

    assert previewed.changes == created.changes
    assert unchanged.changes == []
    assert edited.changes == ["update payments-api-policy-invoices"]
    associations = eks.list_pod_identity_associations(clusterName=project.cluster)["associations"]
    assert {(item["namespace"], item["serviceAccount"]) for item in associations} == {
        ("payments", "api"),
        ("reports", "exporter"),
    }
    api = outputs["apiRole"]["value"].rsplit("/", 1)[1]
    [statement] = iam.get_role_policy(RoleName=api, PolicyName="invoices")["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["s3:GetObjectVersion"]
    warehouse = outputs["warehouseRole"]["value"]
    assert warehouse.startswith(f"arn:aws:iam::{project.target_account}:role/")
    trust = target_iam.get_role(RoleName=warehouse.rsplit("/", 1)[1])["Role"]["AssumeRolePolicyDocument"]
    assert f"arn:aws:iam::{project.account}:role/exporter" in json.dumps(trust)

    succeed(programs, project, "destroy")

    assert eks.list_pod_identity_associations(clusterName=project.cluster)["associations"] == []
    assert project.role_names() == before
    assert project.role_names(project.target_account) == set()


def test_secret_and_unknown_values_pass_through(programs: Path, typescript: Project):
    project = typescript

    succeed(programs, project, "preview", "outputs")
    _, outputs = succeed(programs, project, "up", "outputs")
    unchanged, _ = succeed(programs, project, "up", "outputs")

    assert unchanged.changes == []
    role = outputs["role"]["value"].rsplit("/", 1)[1]
    bucket = outputs["bucketArn"]["value"]
    iam = project.aws("iam")

    def resource(name: str) -> str:
        return iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"][0]["Resource"]

    assert resource("secret") == "arn:aws:s3:::hunter2/*"
    assert resource("whole") == bucket
    tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName=role)["Tags"]}
    assert tags["Owner"] == "reports"
    state = json.loads(project.pulumi.run("stack", "export").stdout)
    resources = {item["urn"].rsplit("::", 1)[1]: item for item in state["deployment"]["resources"]}
    # One of the program's SDK, one of the components: see docs/languages.md.
    providers = [item["urn"] for item in state["deployment"]["resources"] if item["type"] == "pulumi:providers:aws"]
    assert len([urn for urn in providers if "::default_" in urn]) == 2
    assert "hunter2" not in json.dumps(state)
    assert SECRET in resources["exporter-policy-secret"]["inputs"]["policy"]
    assert SECRET in json.dumps(resources["exporter"]["inputs"]["policies"]["secret"])
    assert bucket in json.dumps(resources["exporter-association-reports.exporter"]["inputs"]["policy"])

    succeed(programs, project, "destroy", "outputs")


def test_the_compiler_refuses_wrong_arguments(programs: Path):
    folder = programs / "wrong"
    folder.mkdir(exist_ok=True)
    shutil.copy(PROGRAMS / "wrong.ts", folder)
    options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "commonjs"]

    done = node("npx", "--no-install", "tsc", *options, "wrong.ts", folder=folder)

    refused = {
        int(line): text for line, text in re.findall(r"^wrong\.ts\((\d+),.*?error (.*)", done.stdout, re.MULTILINE)
    }
    source = (folder / "wrong.ts").read_text().splitlines()
    assert set(refused) == {number for number, line in enumerate(source, 1) if line.startswith("new ")}, done.stdout
    assert "'TrustScope | undefined'" in done.stdout
    assert "Did you mean '\"managed\"'?" in done.stdout
    assert "sessionPolicy" in done.stdout
    assert "'serviceAcount' does not exist in type 'Input<PodIdentityBindingArgs>'" in done.stdout


def test_what_the_compiler_cannot_see_is_refused_with_every_problem(programs: Path, typescript: Project):
    done, _ = run(programs, typescript, "preview", "careless")

    assert done.code == 1
    assert set(re.findall(r"property (\S+) .*has a problem", done.text)) == {
        "bindings[0].namespace",
        "bindings[0].sessionPolcy",
        "policies.exports",
        "propagationSeconds",
        "trustScope",
    }
    assert "hunter2" not in done.text
    assert "Traceback" not in done.text
    assert typescript.role_names() == {"cluster"}
