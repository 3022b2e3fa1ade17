"""`make destroy` lists what is left over, but not what belongs to other stacks."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox import __main__ as commands
from sandbox import inventory
from sandbox.pulumi_cli import Pulumi


@pytest.fixture
def destroy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that destroys `dev`, with the stacks that the CLI lists and what AWS and Kubernetes have."""

    def run(stacks: dict[str, int], left: list[str]) -> int:
        listed = json.dumps([{"name": name, "resourceCount": count} for name, count in stacks.items()])
        cli = tmp_path / "pulumi"
        cli.write_text(f"#!/bin/sh\n[ \"$1 $2\" != 'stack ls' ] || echo '{listed}'\n")
        cli.chmod(0o755)
        sandbox: Any = object()
        engine = commands.Engine(Pulumi(cli, tmp_path, {}), sandbox, "dev", tmp_path / "Pulumi.dev.yaml")
        monkeypatch.setattr(commands, "start_engine", lambda _: engine)
        monkeypatch.setattr(inventory, "leftovers", lambda _: left)
        return commands.destroy("dev")

    return run


def test_nothing_left_is_a_success(destroy: Any, capsys: pytest.CaptureFixture[str]):
    assert destroy({"dev": 0}, []) == 0
    assert capsys.readouterr().out == "nothing left over in AWS or Kubernetes\n"


def test_what_is_left_is_listed_and_a_failure(destroy: Any, capsys: pytest.CaptureFixture[str]):
    assert destroy({"dev": 0, "staging": 0}, ["role a", "role b"]) == 1
    assert capsys.readouterr().out == "left over: role a\nleft over: role b\n"


def test_the_resources_of_other_stacks_are_not_left_over(destroy: Any, capsys: pytest.CaptureFixture[str]):
    assert destroy({"dev": 0, "organization/workload/try": 8, "staging": 24}, ["role of staging"]) == 0
    assert capsys.readouterr().out == (
        "leftovers are not listed while other stacks have resources: workload/try, staging\n"
    )
