"""State of an earlier version does not change, except for the changes in the changelog.

`upgrade/state.json` is the export of a stack that `upgrade/program.py` made with commit 5eed46a in the sandbox,
without times and source positions. It is previewed with the code of today, in the accounts it was made in.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine_project import Project
from sandbox.pulumi_cli import Pulumi

HERE = Path(__file__).with_name("upgrade")
ACCOUNT, TARGET_ACCOUNT = "111122223333", "444455556666"


@pytest.fixture
def deployed(project: Project, tmp_path: Path) -> Project:
    """The project with the saved state."""
    folder = tmp_path / "upgrade"
    folder.mkdir()
    shutil.copy(HERE / "program.py", folder / "__main__.py")
    (folder / "Pulumi.yaml").write_text("name: upgrade\nruntime: python\nconfig:\n  aws:region: {value: eu-west-1}\n")
    credentials = tmp_path / "upgrade-credentials"
    credentials.write_text(
        "".join(
            f"[{profile}]\naws_access_key_id = {key}\naws_secret_access_key = sandbox\n\n"
            for profile, key in (("default", ACCOUNT), ("data", TARGET_ACCOUNT))
        )
    )
    environment = {
        **project.pulumi.environment,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "PULUMI_BACKEND_URL": f"file://{folder}",
    }
    pulumi = Pulumi(project.pulumi.cli, folder, environment)
    pulumi.select("test")
    pulumi.run("stack", "import", "--file", str(HERE / "state.json"))
    return replace(project, pulumi=pulumi, folder=folder)


WITH_NAMES_GIVEN = [
    # A managed policy of a role with a path has a hash of the path in its name.
    *(
        f"{op} named-policy-ledger{part}"
        for op in ("create-replacement", "delete-replaced", "replace")
        for part in ("", "-attachment")
    ),
    # Without session tags, the trust keeps out associations that have them.
    "update many-role",
    "update narrow-role",
]
BY_DEFAULT_NAME = [
    # The default name of a role has a hash of project, stack and component. A policy moves with its role.
    *(
        f"{op} api-{part}"
        for op in ("create-replacement", "delete-replaced", "replace")
        for part in ("attachment-logs", "policy-invoices", "policy-text", "role")
    ),
    "update api-association",
]
"""Changes of the next `pulumi up` in AWS and Kubernetes, which CHANGELOG.md has under "Changed"."""


def test_the_next_preview_changes_what_the_changelog_names_and_nothing_else(deployed: Project):
    run = deployed.preview()

    assert run.changes == sorted(WITH_NAMES_GIVEN + BY_DEFAULT_NAME)
    assert {step.name: step.diff for step in run.steps if step.name.endswith("-role") and step.diff} == {
        "api-role": {"name"},
        "many-role": {"assumeRolePolicy"},
        "narrow-role": {"assumeRolePolicy"},
    }


def test_a_role_keeps_its_former_default_name_when_it_is_given(deployed: Project):
    program = deployed.folder / "__main__.py"
    account = '"service_account": "api",'
    program.write_text(program.read_text().replace(account, f'{account} "role_name": "api-main-eu-west-1",'))

    assert deployed.preview().changes == sorted(WITH_NAMES_GIVEN)
