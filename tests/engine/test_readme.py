"""The README's example, as it stands there."""

import re
from pathlib import Path

from engine_project import Project

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
