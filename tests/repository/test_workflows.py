"""Workflows of GitHub Actions: this repository's own, and those that users copy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted(
    [*(ROOT / ".github" / "workflows").glob("*.yml"), *(ROOT / "examples").rglob("github-actions/*.yml")]
)


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_it_is_valid(workflow: Path):
    checker = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [checker, "--builtin-schema", "vendor.github-workflows", workflow], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_every_action_is_pinned_to_a_commit(workflow: Path):
    uses = [line for line in workflow.read_text().splitlines() if "uses:" in line]

    assert [line for line in uses if not re.search(r"uses: [\w/.-]+@[0-9a-f]{40} # v\d", line)] == []


def test_it_begins_with_no_permissions(workflow: Path):
    """Each job then asks for what it needs."""
    assert yaml.safe_load(workflow.read_text())["permissions"] in ({}, {"contents": "read"})


def test_pull_requests_are_judged_by_the_pack_of_their_base_branch():
    steps = yaml.safe_load((ROOT / "examples/github-actions/policy-preview.yml").read_text())["jobs"]["preview"][
        "steps"
    ]
    folders = {
        step["with"]["path"]: step["with"].get("ref", "") for step in steps if "checkout" in step.get("uses", "")
    }
    [preview] = [step for step in steps if step.get("name") == "Preview"]

    assert folders == {"program": "", "base": "${{ github.event.pull_request.base.sha }}"}
    assert preview["working-directory"] == "program"
    assert re.findall(r"--policy-pack\S* (\S+)", preview["run"]) == [
        "../base/policies",
        '"../base/policies/config/$STACK.json"',
    ]
