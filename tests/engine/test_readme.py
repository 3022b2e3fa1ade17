"""The example and the steps of the README, unchanged."""

import re
import shlex
from pathlib import Path

import pytest

from engine_project import Project, copy_repository
from sandbox.pulumi_cli import Pulumi
from sandbox.running import Sandbox

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_the_first_example_previews_with_every_document_known(project: Project):
    [example] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)

    run = project.preview(example)

    assert run.changes == [
        "create payments-api-association",
        "create payments-api-policy-invoices",
        "create payments-api-role",
    ]
    assert "kubernetes-service-account" in run.step("payments-api-role").inputs["assumeRolePolicy"]
    assert "arn:aws:s3:::invoices/*" in run.step("payments-api-policy-invoices").inputs["policy"]


def test_the_example_is_on_the_first_screen():
    assert README[: README.index("```python")].count("\n") < 8


def test_every_file_the_readme_names_exists():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.fixture
def checkout(tmp_path: Path, sandbox: Sandbox, cli: Path) -> Pulumi:
    """The repository's own project, with a backend and a passphrase that are not the sandbox's."""
    folder = tmp_path / "checkout"
    copy_repository(folder)
    backend = tmp_path / "backend"
    backend.mkdir()
    settings = sandbox.environment(cli) | {
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase of one's own",
    }
    del settings["PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER"]
    return Pulumi(cli, folder, settings)


def steps_for_a_real_account() -> list[list[str]]:
    """Return the commands of the block that begins with `pulumi login`, without their comments."""
    [block] = re.findall(r"```\n(pulumi login\b.*?)```", README, re.DOTALL)
    return [shlex.split(line, comments=True) for line in block.splitlines() if line.strip()]


def test_the_steps_for_a_real_account_work_with_the_users_passphrase(checkout: Pulumi):
    """The test logs in to a folder and uses its own environment."""
    steps = steps_for_a_real_account()
    assert [step[:2] for step in steps] == [
        ["pulumi", "login"],
        ["pulumi", "install"],
        ["pulumi", "stack"],
        ["pulumi", "up"],
    ]
    file = checkout.project / "stacks" / "Pulumi.prod.yaml"
    assert "encryptionsalt" not in file.read_text()

    checkout.run(*steps[2][1:])
    checkout.run("config", "set", "--stack", "prod", "--secret", "mine:token", "hunter2")
    run = checkout.run(*steps[3][1:], "--yes", "--skip-preview")
    try:
        assert "error" not in run.stdout
        assert "encryptionsalt: v1:" in file.read_text()
        assert checkout.run("config", "get", "--stack", "prod", "mine:token").stdout.strip() == "hunter2"

        public = Pulumi(
            checkout.cli, checkout.project, {**checkout.environment, "PULUMI_CONFIG_PASSPHRASE": "sandbox"}
        )
        assert (
            "incorrect passphrase" in public.run("config", "get", "--stack", "prod", "mine:token", check=False).stdout
        )
    finally:
        checkout.run("destroy", "--stack", "prod", "--yes", "--skip-preview")


def test_credentials_of_another_account_stop_before_anything_is_created(checkout: Pulumi):
    file = checkout.project / "stacks" / "Pulumi.prod.yaml"
    file.write_text(file.read_text().replace("name: prod", 'name: prod\n      accountId: "999999999999"'))
    checkout.run("stack", "init", "prod")

    for command in ("preview", "up"):
        options = ["--yes", "--skip-preview"] if command == "up" else []
        run = checkout.run(command, "--stack", "prod", *options, check=False)

        assert run.returncode != 0
        assert "cluster.accountId: The file has 999999999999, the credentials are for 111122223333." in run.stdout
        assert "Traceback" not in run.stdout
        assert "aws:iam" not in run.stdout
        assert "aws:eks" not in run.stdout
