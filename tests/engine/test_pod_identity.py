"""`PodIdentity` on the real engine, compared with AWS after up, changes, replacements, a kill and destroy."""

import json
import os
import re
import signal
import time
from typing import Any

from engine_project import Project
from process_tree import processes_below, wait_for_the_end
from recovery import recover
from sandbox.inventory import resources_in_aws

PROGRAM = """
import pulumi
from pulumi_eks_pod_identity import PodIdentity

identity = PodIdentity("api", {"cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": "api",
                               "propagation_seconds": 0, **ARGS})
pulumi.export("id", identity.association_id)
pulumi.export("trust", identity.trust_policy)
"""
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
LIST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}


def program(**args: Any) -> str:
    return f"ARGS = {args!r}\n{PROGRAM}"


def association(project: Project) -> dict[str, Any]:
    eks = project.aws("eks")
    [association] = eks.list_pod_identity_associations(clusterName="main")["associations"]
    return eks.describe_pod_identity_association(clusterName="main", associationId=association["associationId"])[
        "association"
    ]


def test_a_second_run_changes_nothing(project: Project):
    project.up(program(policies={"read": READ}))

    assert project.up(program(policies={"read": READ})).changes == []


def test_what_is_exported_is_what_aws_has(project: Project):
    project.up(program(policies={"read": READ}))

    role = project.aws("iam").get_role(RoleName=project.default_role_name("api"))["Role"]
    assert project.outputs()["id"] == association(project)["associationId"]
    assert json.loads(project.outputs()["trust"]) == role["AssumeRolePolicyDocument"]
    assert association(project)["roleArn"] == role["Arn"]


def test_reordering_policies_changes_nothing(project: Project):
    project.up(program(policies={"read": READ, "list": LIST}))

    assert project.up(program(policies={"list": LIST, "read": READ})).changes == []


def test_another_policy_text_updates_that_policy_alone(project: Project):
    project.up(program(policies={"read": READ, "list": LIST}))

    assert project.up(program(policies={"read": LIST, "list": LIST})).changes == ["update api-policy-read"]


def test_another_session_policy_updates_the_association_in_place(project: Project):
    project.up(program(session_policy=READ))
    before = association(project)["associationId"]

    run = project.up(program(session_policy=LIST))

    assert run.changes == ["update api-association"]
    assert association(project)["associationId"] == before
    assert json.loads(association(project)["policy"]) == LIST


def test_another_service_account_replaces_the_association_deleting_it_first(project: Project):
    project.up(program())

    run = project.up(program(service_account="worker"))

    steps = [step.op for step in run.steps if step.name == "api-association"]
    assert steps.index("delete-replaced") < steps.index("create-replacement")
    assert association(project)["serviceAccount"] == "worker"


def test_destroy_leaves_nothing_in_aws(project: Project):
    project.up(program(policies={"read": READ}, create_target_role=True, agent="managed"))
    assert len(list(resources_in_aws(project.sandbox.aws, project.account))) == 4

    project.destroy()

    assert list(resources_in_aws(project.sandbox.aws, project.account)) == []


def test_a_run_that_is_killed_is_completed_by_the_next_with_nothing_twice_or_lost(project: Project):
    many = """
import pulumi
from pulumi_eks_pod_identity import PodIdentity

for number in range(12):
    PodIdentity(f"api-{number}", {"cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": f"api-{number}",
                                  "propagation_seconds": 0, "policies": {"read": READ}})
"""
    project.write(f"READ = {READ!r}\n{many}")
    running = project.start("up", "--yes", "--skip-preview")
    deadline = time.monotonic() + 60
    roles = project.aws("iam")
    while not any(role["RoleName"].startswith("api-") for role in roles.list_roles()["Roles"]):
        assert time.monotonic() < deadline
        assert running.poll() is None
    below = processes_below(running.pid)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    wait_for_the_end(below)  # the AWS plugin outlives the engine until its calls have ended
    assert 1 <= len(list(resources_in_aws(project.sandbox.aws, project.account))) < 24

    recover(project)
    project.up(None, "--refresh")

    leftovers = list(resources_in_aws(project.sandbox.aws, project.account))
    assert sorted(line for line in leftovers if line.startswith("role")) == sorted(
        f"role arn:aws:iam::{project.account}:role/{project.default_role_name(f'api-{number}')}"
        for number in range(12)
    )
    assert len([line for line in leftovers if line.startswith("association")]) == 12
    assert project.up().changes == []
    project.destroy()
    assert list(resources_in_aws(project.sandbox.aws, project.account)) == []


def test_the_engine_reports_the_problems_of_an_identity_without_a_traceback(project: Project):
    run = project.fails("preview", program(namespace="a..b", role_name="x" * 65, sesion_policy={}))

    assert "3 problems" in run.text
    assert re.search(r"- namespace: ", run.text)
    assert "Did you mean 'session_policy'?" in run.text
    assert "Traceback" not in run.text
    assert [step for step in run.steps if step.type.startswith(("aws:", "eks-pod-identity:"))] == []


def test_a_secret_argument_is_secret_in_the_state_of_everything_made_of_it(project: Project):
    secret = """
import json
import pulumi
from pulumi_eks_pod_identity import PodIdentity

HIDDEN = pulumi.Output.secret(json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ACTION, "Resource": "arn:aws:s3:::hunter2/*"}]}))
PodIdentity("api", {"cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": "api",
                    "propagation_seconds": 0, "session_policy": HIDDEN, "policies": {"read": HIDDEN},
                    "create_target_role": True, "target_policies": {"read": HIDDEN}})
"""
    run = project.up(f"ACTION = 's3:GetObject'\n{secret}")
    state = project.pulumi.run("stack", "export").stdout
    wrong = project.fails("up", f"ACTION = {{}}\n{secret}", "--yes", "--skip-preview")

    assert "hunter2" in association(project)["policy"]
    assert "hunter2" not in run.text
    assert "hunter2" not in state
    assert "Traceback" not in wrong.text
    assert "The Action must be a string or a list of strings, and not empty." in wrong.text
    assert "hunter2" not in wrong.text


LATER = """
import pulumi
import pulumi_aws as aws
from pulumi_eks_pod_identity import PodIdentity

other = aws.iam.Role("other", name="other", assume_role_policy=TRUST)
PodIdentity("api", {"cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": "api",
                    "propagation_seconds": 0, "role_description": other.name, "extra_trust_statements": [
                        {"Effect": "Allow", "Principal": {"AWS": other.name.apply(lambda _: "*")},
                         "Action": "sts:AssumeRole"}]})
"""


def test_a_wrong_output_is_reported_without_a_traceback_and_nothing_is_created(project: Project):
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }

    run = project.fails("up", f"TRUST = {json.dumps(trust)!r}\n{LATER}", "--yes", "--skip-preview")

    assert "Traceback" not in run.text
    assert run.text.count("- extra_trust_statements[0].Principal: [PI103]") == 1
    assert not any("api" in name for name in project.role_names())
    assert project.aws("eks").list_pod_identity_associations(clusterName="main")["associations"] == []
