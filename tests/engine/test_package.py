"""The plugin through `pulumi package`, as a consumer in another language gets it."""

import json
import re
from pathlib import Path
from typing import Any

from engine_project import Project

ROOT = Path(__file__).resolve().parents[2]
REVIEWED = json.loads((ROOT / "tests" / "components" / "schema.json").read_text())
DESCRIBED = ("description", "inputProperties", "properties", "requiredInputs", "required", "enum", "isComponent")


def describe(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    """Return the resources or types of a schema in a normal form.

    The command sorts lists, and omits attributes of the items of a list or a map: the property has them.
    """

    def plain(value: Any, place: str = "") -> Any:
        if isinstance(value, list):
            return sorted(map(plain, value), key=str)
        if not isinstance(value, dict):
            return value
        own = value if place not in {"items", "additionalProperties"} else value | {"description": None}
        return {key: plain(item, key) for key, item in own.items() if item is not None}

    return {
        token: {key: plain(item[key]) for key in DESCRIBED if item.get(key)} for token, item in schema[kind].items()
    }


def test_the_schema_the_command_prints_is_the_reviewed_one(project: Project):
    printed = project.pulumi.run("package", "get-schema", str(ROOT / "components")).stdout
    schema = json.loads(printed[printed.index("{") :])

    for key in ("name", "namespace", "version"):
        assert schema[key] == REVIEWED[key]
    for kind in ("resources", "types"):
        assert describe(schema, kind) == describe(REVIEWED, kind)


def test_the_command_describes_the_package(project: Project):
    printed = project.pulumi.run("package", "info", str(ROOT / "components")).stdout

    assert REVIEWED["description"] in printed
    for component in REVIEWED["resources"]:
        assert component.rsplit(":", 1)[1] in printed


HOSTILE = """
runtime: yaml
packages: {eks-pod-identity: ../components}
config:
  aws:region: {value: eu-west-1}
resources:
  first:
    type: eks-pod-identity:PodIdentity
    properties:
      clusterName: [main]
      serviceAccount: {name: api}
      namespace: 7
      bindings: {namespace: a}
      roleName: ${nested.list}
      policies: hunter2
      managedPolicyArns: [hunter2]
      tags: {Owner: [x], Cost: 7}
      trustScope: everything
      agent: 1
      propagationSeconds: soon
      createServiceAccount: "yes"
      sessionPolcy: {}
variables:
  nested: {list: [[[]]]}
"""
WRONG = {
    "agent",
    "bindings",
    "clusterName",
    "createServiceAccount",
    "managedPolicyArns",
    "namespace",
    "policies",
    "propagationSeconds",
    "roleName",
    "serviceAccount",
    "sessionPolcy",
    "tags.Cost",
    "tags.Owner",
    "trustScope",
}


def test_a_yaml_program_gets_every_problem_with_the_names_it_uses(project: Project):
    name = (project.folder / "Pulumi.yaml").read_text().splitlines()[0]
    (project.folder / "Pulumi.yaml").write_text(name + HOSTILE)
    (project.folder.parent / "components").symlink_to(ROOT / "components")

    run = project.fails("preview")

    assert set(re.findall(r"property (\S+) .*has a problem", run.text)) == WRONG
    assert "Did you mean 'sessionPolicy'?" in run.text
    assert "Traceback" not in run.text
    assert "<class" not in run.text


TWICE = """
runtime: yaml
packages: {eks-pod-identity: ../components}
config:
  aws:region: {value: eu-west-1}
resources:
  first:
    type: eks-pod-identity:PodIdentity
    properties: {clusterName: main, namespace: payments, serviceAccount: api}
  second:
    type: eks-pod-identity:PodIdentity
    properties: {clusterName: main, namespace: payments, serviceAccount: api}
"""


def test_a_problem_found_after_a_look_up_is_reported_with_the_names_of_yaml_too(project: Project):
    name = (project.folder / "Pulumi.yaml").read_text().splitlines()[0]
    (project.folder / "Pulumi.yaml").write_text(name + TWICE)
    (project.folder.parent / "components").symlink_to(ROOT / "components")

    run = project.fails("preview")

    assert re.findall(r"property (\S+) .*has a problem", run.text) == ["serviceAccount"]
    assert re.search(r'PodIdentity "(first|second)" already has an association', run.text)
    assert "<class" not in run.text


WRONG_LATER = """
runtime: yaml
packages: {eks-pod-identity: ../components}
config:
  aws:region: {value: eu-west-1}
resources:
  other:
    type: aws:iam:Policy
    properties:
      name: other
      policy: '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'
  api:
    type: eks-pod-identity:PodIdentity
    properties:
      clusterName: main
      namespace: payments
      serviceAccount: api
      roleName: ${other.arn}
"""


def test_a_wrong_output_creates_nothing_and_prints_no_traceback(project: Project):
    name = (project.folder / "Pulumi.yaml").read_text().splitlines()[0]
    (project.folder / "Pulumi.yaml").write_text(name + WRONG_LATER)
    (project.folder.parent / "components").symlink_to(ROOT / "components")

    run = project.fails("up", None, "--yes", "--skip-preview")

    assert re.findall(r"property (\S+) .*has a problem", run.text) == ["roleName"]
    assert "is not a valid IAM role name" in run.text
    assert "Traceback" not in run.text
    assert not any("api" in role for role in project.role_names())
