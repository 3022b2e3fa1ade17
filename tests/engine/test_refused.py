"""Mistakes that stop an update before it begins: duplicates, open trust policies, credentials of another account."""

import pytest

from engine_project import Project

HEAD = """
import json
import pulumi
import pulumi_aws as aws
import pulumi_eks_pod_identity as library

SOURCE = {"cluster_region": "eu-west-1", "source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/source"}
BINDING = {"cluster_name": CLUSTER, "namespace": "payments", "service_account": "api"}
"""
SAME_SERVICE_ACCOUNT = "BINDING | {'service_account': pulumi.Output.from_input('api')}"
SAME_ROLE_NAME = "BINDING | {'service_account': 'worker', 'role_name': pulumi.Output.from_input('API')}"
# The output is known only when the update has created the policy.
OPEN = """
later = aws.iam.Policy("later", policy=json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
]}))
EVERYBODY = {"Effect": "Allow", "Principal": {"AWS": later.arn.apply(lambda _: "*")}, "Action": "sts:AssumeRole"}
"""
COMPONENTS = ["PodIdentity", "PodIdentityRole", "PodIdentityTargetRole"]


def build_program(component: str, more: str) -> str:
    """Return a program with one component called `api`, a role that would be called `made`, and *more* arguments."""
    place = "SOURCE" if component == "PodIdentityTargetRole" else "{}"
    return f"library.{component}('api', BINDING | {place} | {{'role_name': 'made'}} | {more})"


@pytest.mark.parametrize("second", [SAME_SERVICE_ACCOUNT, SAME_ROLE_NAME], ids=["ServiceAccount", "role name"])
def test_two_components_that_would_create_the_same_thing_are_refused_at_preview_with_both_names(
    project: Project, second: str
):
    before = project.role_names()

    run = project.fails(
        "up",
        f"{HEAD}\nlibrary.PodIdentity('one', BINDING | {{'role_name': 'api'}})\nlibrary.PodIdentity('two', {second})",
        "--yes",
    )

    assert 'PodIdentity "two"' in run.text
    assert 'PodIdentity "one"' in run.text
    assert "Traceback" not in run.text
    assert not [step.name for step in run.steps if step.name.startswith("two-")]
    assert project.role_names() == before
    assert not project.aws("eks").list_pod_identity_associations(clusterName="main")["associations"]


def test_a_trust_policy_that_an_output_opens_to_everybody_is_refused_before_the_role_is_created(project: Project):
    for component in COMPONENTS:
        program = HEAD + OPEN + build_program(component, "{'extra_trust_statements': [EVERYBODY]}")

        run = project.fails("up", program, "--yes", "--skip-preview")

        assert "create later" in run.changes or component != COMPONENTS[0]
        assert f'{component} "api"' in run.text
        assert "extra_trust_statements" in run.text
        assert "Traceback" not in run.text
        assert not [step.name for step in run.steps if step.name.startswith("api-")]
        assert "made" not in project.role_names()


def test_credentials_of_an_account_other_than_the_given_one_stop_everything(project: Project):
    before = project.role_names()

    for component in COMPONENTS:
        program = HEAD + build_program(component, "{'account_id': '999999999999'}")

        run = project.fails("up", program, "--yes", "--skip-preview")

        assert f'{component} "api"' in run.text
        assert "999999999999" in run.text
        assert project.account in run.text
        assert "Traceback" not in run.text
        assert run.changes == []
    assert project.role_names() == before


UNSENDABLE = """
nothing = pulumi.Output.from_input("").apply(lambda _: object())
"""


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ("{'region': aws.get_region_output()}", "region: This is the whole result of a function call"),
        ("{'tags': {'Owner': nothing}}", "tags.Owner: Expected a string, number, boolean, list, map or Output"),
    ],
    ids=["a whole result", "an object"],
)
def test_an_output_that_cannot_be_sent_is_refused_with_a_message(project: Project, more: str, text: str):
    run = project.fails("preview", HEAD + UNSENDABLE + build_program("PodIdentity", more))

    assert 'PodIdentity "api": 1 problem' in run.text
    assert text in run.text
    assert "Traceback" not in run.text
    assert not [step.name for step in run.steps if step.name.startswith("api-")]
