"""The schema with which editors check a stack's file."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from environment_schema import FILE, stack_file_schema, text

ROOT = Path(__file__).resolve().parents[2]


def errors(file: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator(stack_file_schema())
    return [error.message for error in validator.iter_errors(file)]


def stack(**identity: Any) -> dict[str, Any]:
    whole = {"namespace": "payments", "serviceAccount": "api", **identity}
    return {"config": {"eks-pod-identity:environment": {"cluster": {"name": "dev"}, "identities": {"api": whole}}}}


def test_the_committed_schema_is_current():
    assert FILE.read_text() == text(), "run: python stacks/environment_schema.py"


def test_the_schema_is_valid_by_its_own_standard():
    jsonschema.Draft202012Validator.check_schema(stack_file_schema())


@pytest.mark.parametrize("file", sorted((ROOT / "stacks").glob("Pulumi.*.yaml")), ids=lambda file: file.name)
def test_the_committed_stacks_pass(file: Path):
    assert errors(yaml.safe_load(file.read_text())) == []


def test_a_mistyped_key_is_marked():
    assert any("sessionPolcy" in message for message in errors(stack(sessionPolcy={})))


def test_an_account_id_without_quotes_is_marked():
    file = stack()
    file["config"]["eks-pod-identity:environment"]["accounts"] = {"data": {"id": 444455556666}}

    assert errors(file)


def test_a_choice_that_does_not_exist_is_marked():
    assert errors(stack(trustScope="pod"))
    assert errors(stack(trustScope="namespace")) == []
