"""The examples run as they are: up, unchanged, and destroyed with nothing left."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine_project import Project
from sandbox.pulumi_cli import Pulumi
from sandbox.seed import create_cluster

ROOT = Path(__file__).resolve().parents[2]
# Those in TypeScript and Go need their SDK and a compiler: see test_typescript.py and test_go.py.
EXAMPLES = sorted({file.parent.name for file in (ROOT / "examples").glob("*/Pulumi.yaml")} - {"typescript", "go"})


def copy_example(project: Project, name: str) -> Project:
    """Copy an example next to the components, as in the repository, and configure it for the test."""
    folder = project.folder.parent / "repository" / "examples" / name
    shutil.copytree(ROOT / "examples" / name, folder)
    (folder.parent.parent / "components").symlink_to(ROOT / "components")
    backend = project.folder.parent / "backend"
    backend.mkdir()
    # The examples keep the names of their projects, so each has its own folder for the state.
    environment = {**project.pulumi.environment, "PULUMI_BACKEND_URL": f"file://{backend}"}
    pulumi = Pulumi(project.pulumi.cli, folder, environment)
    pulumi.select("test")
    settings = {
        "cluster": project.cluster,
        "namespace": project.namespace,
        "profile": "data",
        "source": f"arn:aws:iam::{project.account}:role/exporter",
        "green": "green",
        "spoke": "spoke",
    }
    declared = (folder / "Pulumi.yaml").read_text()
    for key, value in settings.items():
        if f"\n  {key}:" in declared:
            pulumi.run("config", "set", key, value)
    create_cluster(project.sandbox.aws, "green", project.account)
    create_cluster(project.sandbox.aws, "spoke", project.target_account)
    return replace(project, pulumi=pulumi, folder=folder)


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest, project: Project) -> Project:
    """Each of the examples."""
    return copy_example(project, request.param)


def test_an_example_goes_up_and_comes_down_and_leaves_nothing(example: Project):
    before = {account: example.role_names(account) for account in (example.account, example.target_account)}

    created = example.up()
    again = example.up()
    example.destroy()

    assert created.changes
    assert again.changes == []
    for account in (example.account, example.target_account):
        assert example.role_names(account) <= before[account]
    for cluster in ("main", "green"):
        assert example.aws("eks").list_pod_identity_associations(clusterName=cluster)["associations"] == []
        assert example.aws("eks").list_addons(clusterName=cluster)["addons"] == []


def test_the_cron_job_of_the_workload_has_the_service_account_and_the_token(project: Project):
    run = copy_example(project, "workload").up()

    job = next(step for step in run.steps if step.type == "kubernetes:batch/v1:CronJob")
    template = job.inputs["spec"]["jobTemplate"]["spec"]["template"]
    assert template["spec"]["serviceAccountName"] == "exporter"
    assert len(template["metadata"]["annotations"]["example.org/credentials"]) == 16


def test_leaving_irsa_trusts_both(project: Project):
    example = copy_example(project, "leaving-irsa")

    example.up()

    statements = json.loads(example.outputs()["trust"])["Statement"]
    assert [list(statement["Principal"]) for statement in statements] == [["Service"], ["Federated"]]


def test_the_yaml_program_gets_errors_with_the_names_it_uses(project: Project):
    example = copy_example(project, "yaml")
    file = example.folder / "Pulumi.yaml"
    file.write_text(
        file.read_text()
        .replace("serviceAccount: exporter\n      roleName", "serviceAccount: a..b\n      roleName")
        .replace("trustScope: service_account", 'sessionPolicy: \'{"Sid": "hunter2\'')
    )

    run = example.fails("preview")

    assert "property serviceAccount" in run.text
    assert "property sessionPolicy" in run.text
    assert "hunter2" not in run.text.split("Diagnostics:")[1]
    assert "Traceback" not in run.text
