"""Adopting existing resources: by the fix in an error, and by the recipe of the documentation."""

import json
import re
import shlex
from pathlib import Path

from engine_project import Project

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
            }
        ],
    }
)
PROGRAM = """
from pulumi_eks_pod_identity import PodIdentity

PodIdentity("api", {"cluster_name": CLUSTER, "namespace": "payments", "service_account": "api",
                    "role_name": "by-hand", "propagation_seconds": 0})
"""


def create_by_hand(project: Project, role: str) -> str:
    arn = project.aws("iam").create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    created = project.aws("eks").create_pod_identity_association(
        clusterName="main", namespace="payments", serviceAccount="api", roleArn=arn
    )
    return created["association"]["associationId"]


def test_an_association_that_exists_is_named_and_the_printed_line_adopts_it(project: Project):
    association = create_by_hand(project, "other")

    refused = project.fails("up", PROGRAM, "--yes", "--skip-preview")
    [line] = {line.strip() for line in refused.text.splitlines() if line.strip().startswith("pulumi import")}
    imported = project.run(*shlex.split(line)[1:])
    adopted = project.up(PROGRAM)

    assert association in line
    assert imported.code == 0, imported.text
    assert adopted.changes == ["update api-association"]
    [existing] = project.aws("eks").list_pod_identity_associations(clusterName="main")["associations"]
    assert existing["associationId"] == association


def test_the_recipe_adopts_a_role_and_its_association_without_replacing_them(project: Project):
    association = create_by_hand(project, "by-hand")
    recipe = Path(__file__).resolve().parents[2] / "docs" / "adoption.md"
    listings = re.findall(r"```json\n(.*?)```", recipe.read_text(), re.DOTALL)
    [listing] = [text for text in listings if '"resources"' in text]
    resources = listing.replace("a-1234567890abcdefg", association).replace('"dev,', '"main,')
    (project.folder / "adopt.json").write_text(resources)

    imported = project.run(
        "import", "--file", "adopt.json", "--yes", "--protect=false", "--generate-code=false", program=PROGRAM
    )
    adopted = project.up(PROGRAM)

    assert imported.code == 0, imported.text
    assert [change for change in adopted.changes if change != "update api"] == ["update api-role"]
    [existing] = project.aws("eks").list_pod_identity_associations(clusterName="main")["associations"]
    assert existing["associationId"] == association
    assert project.up(PROGRAM).changes == []
