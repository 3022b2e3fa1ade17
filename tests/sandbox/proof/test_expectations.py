"""The expectations of a stack's proof: valid files, and every mistake with its path."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.processes import SandboxError
from sandbox.proof.expectations import Action, Proof, read_expectations
from sandbox.stack_files import STACKS, read_environment

READ = {"service": "s3", "action": "get_object", "arguments": {"Bucket": "invoices", "Key": "a"}}
STACK_NAMES = sorted(file.name.split(".")[1] for file in STACKS.glob("Pulumi.*.yaml"))


def write_and_read(folder: Path, content: Any, *identities: str) -> dict[str, Proof]:
    (folder / "dev.yaml").write_text(content if isinstance(content, str) else json.dumps(content))
    return read_expectations("dev", identities or ("api",), folder=folder)


def test_a_stack_without_a_file_expects_nothing(tmp_path: Path):
    assert read_expectations("dev", ["api"], folder=tmp_path) == {}


def test_an_empty_file_expects_nothing(tmp_path: Path):
    assert write_and_read(tmp_path, "# nothing yet\n") == {}


@pytest.mark.parametrize("stack", STACK_NAMES)
def test_every_identity_of_the_committed_stacks_has_an_allowed_and_a_denied_call(stack: str):
    identities = read_environment(stack)["identities"]
    proofs = read_expectations(stack, identities)

    assert set(proofs) == set(identities)
    assert all(proof.allow and proof.deny for proof in proofs.values())


def test_actions_are_read_in_order(tmp_path: Path):
    lists = {"allow": [READ], "deny": [{"service": "sts", "action": "get_session_token"}]}

    proof = write_and_read(tmp_path, {"api": lists})["api"]

    assert proof.allow == (Action("s3", "get_object", {"Bucket": "invoices", "Key": "a"}),)
    assert proof.deny == (Action("sts", "get_session_token"),)


def test_an_action_is_shown_with_its_arguments():
    assert str(Action("s3", "get_object", {"Bucket": "b", "Key": "k"})) == "s3 get_object(Bucket=b, Key=k)"


def test_every_mistake_is_reported_at_once(tmp_path: Path):
    broken = {
        "api": {
            "permit": [],
            "allow": [{"action": "get_object"}, {"service": "s3"}],
            "deny": [READ | {"arguments": []}, READ | {"args": {}}],
        },
        "typo": {},
    }

    with pytest.raises(SandboxError) as reported:
        write_and_read(tmp_path, broken)

    assert [line.split(":")[0] for line in str(reported.value).splitlines()[1:]] == [
        "- api.permit",
        "- api.allow[0].service",
        "- api.allow[1].action",
        "- api.deny[0].arguments",
        "- api.deny[1].args",
        "- typo",
    ]


@pytest.mark.parametrize("broken", [["allow"], {"api": "allow"}, {"api": {"allow": "s3"}}, "a: [", "a: \t- b"])
def test_another_shape_is_reported_with_the_file(tmp_path: Path, broken: Any):
    with pytest.raises(SandboxError, match=r"dev\.yaml"):
        write_and_read(tmp_path, broken)
