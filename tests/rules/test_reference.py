"""The rule reference and the documents around the policy pack."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.reference import pages, yaml_of
from eks_pod_identity_policies import POLICIES
from eks_pod_identity_policies.settings import schema_of

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_reference_is_current():
    written = dict(pages())

    assert {name: (ROOT / "docs" / name).read_text() for name in written} == written
    assert {page.name for page in (ROOT / "docs" / "rules").iterdir()} == {Path(name).name for name in written} - {
        "rules.md"
    }


@pytest.mark.parametrize("code", list(RULES))
def test_examples_are_written_as_programs(code: str):
    for example in (RULES[code].compliant, RULES[code].violating):
        program = yaml.safe_load(yaml_of(example))

        assert set(program) == {"resources"}
        assert list(program["resources"]) == list(example.resources)


@pytest.mark.parametrize("code", list(RULES))
def test_every_text_of_a_rule_is_a_sentence(code: str):
    rule = RULES[code]

    for text in (rule.cause, rule.why, rule.fix, rule.raw_fix):
        assert text[-1] in ".:", text
    assert rule.title[-1] != "."
    assert rule.policy in {policy.name for policy in POLICIES}


def test_the_json_in_the_documentation_is_a_valid_configuration():
    (block,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "policies.md").read_text(), re.DOTALL)

    for policy, settings in json.loads(block).items():
        schema = {"type": "object", "properties": schema_of(policy), "additionalProperties": False}
        assert [error.message for error in Draft7Validator(schema).iter_errors(settings)] == []


def test_the_python_in_the_documentation_runs(capsys: pytest.CaptureFixture[str]):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "policies.md").read_text(), re.DOTALL)
    pure = [block for block in blocks if "PolicyPack(" not in block]

    for block in pure:
        exec(compile(block, "docs/policies.md", "exec"), {})

    assert len(pure) == 1
    assert "[PI106] assumeRolePolicy, Statement, is empty." in capsys.readouterr().out


@pytest.mark.parametrize("file", sorted((ROOT / "policies" / "config").glob("*.json")), ids=lambda path: path.stem)
def test_the_committed_configurations_are_valid(file: Path):
    for policy, settings in json.loads(file.read_text()).items():
        schema = {"type": "object", "properties": schema_of(policy), "additionalProperties": False}
        assert [error.message for error in Draft7Validator(schema).iter_errors(settings)] == []


def test_production_requires_session_policies_and_development_does_not():
    def level(stack: str) -> str | None:
        config = json.loads((ROOT / "policies" / "config" / f"{stack}.json").read_text())
        return config["pod-identity-session-policy"].get("levels", {}).get("PI208")

    assert level("prod") == "mandatory"
    assert level("dev") is None
