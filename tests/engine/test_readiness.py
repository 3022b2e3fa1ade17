"""Order of operations: a workload starts after its credentials take effect, and ends before they are deleted."""

import time

from engine_project import Project

PROGRAM = """
import json
import pulumi
import pulumi_aws as aws
from pulumi_eks_pod_identity import PodIdentity

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
identity = PodIdentity("api", {"cluster_name": CLUSTER, "namespace": "payments", "service_account": "api",
                               "policies": {"read": READ}, "propagation_seconds": SECONDS, "tags": {"Turn": TURN}})
# Stands for a workload: made with what the identity hands out.
STATEMENT = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})
aws.iam.Role("workload", name="workload", assume_role_policy=TRUST, description=identity.service_account_name)
aws.iam.Role("sibling", name="sibling", assume_role_policy=TRUST, opts=pulumi.ResourceOptions(depends_on=[identity]))
pulumi.export("token", identity.restart_token)
"""


def program(seconds: int, turn: str = "1") -> str:
    return f"SECONDS, TURN = {seconds}, {turn!r}\n{PROGRAM}"


def seconds_of(run):
    began = time.monotonic()
    run()
    return time.monotonic() - began


def test_a_consumer_of_the_identity_is_created_after_the_wait(project: Project):
    run = project.up(program(6))

    order = [step.name for step in run.steps]
    iam = project.aws("iam")
    association = project.aws("eks").list_pod_identity_associations(clusterName="main")["associations"][0]
    created = project.aws("eks").describe_pod_identity_association(
        clusterName="main", associationId=association["associationId"]
    )["association"]["createdAt"]
    for consumer in ("workload", "sibling"):
        consumed = iam.get_role(RoleName=consumer)["Role"]["CreateDate"]
        assert (consumed - created).total_seconds() >= 5, consumer
        assert order.index(consumer) > order.index("api-association")


def test_a_consumer_of_the_identity_is_deleted_before_its_policies_and_its_association(project: Project):
    project.up(program(0))

    order = [step.name for step in project.destroy().steps]

    for consumer in ("workload", "sibling"):
        assert order.index(consumer) < order.index("api-association") < order.index("api-policy-read")
    assert order.index("api-policy-read") < order.index("api-role")


def test_nothing_waits_at_preview_nor_where_nothing_changed(project: Project):
    project.up(program(0))

    wait = 250
    preview = seconds_of(lambda: project.preview(program(wait)))
    unchanged = seconds_of(lambda: project.up(program(wait)))

    assert preview < wait
    assert unchanged < wait


def test_the_restart_token_stays_while_running_pods_can_stay(project: Project):
    project.up(program(0))
    before = project.outputs()["token"]

    project.up(program(0, turn="2"))

    assert project.outputs()["token"] == before


RESTARTED = """
import pulumi_kubernetes as kubernetes
from pulumi_eks_pod_identity import PodIdentity

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
identity = PodIdentity("api", {"cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": "api",
                               "create_namespace": True, "create_service_account": True, "policies": {"read": READ},
                               "role_name": ROLE, "propagation_seconds": 3})
pod = {"service_account_name": identity.service_account_name, "restart_policy": "Never",
       "containers": [{"name": "api", "image": "api:1"}]}
template = {"metadata": {"annotations": {"credentials": identity.restart_token}}, "spec": pod}
kubernetes.batch.v1.CronJob("workload", metadata={"name": "workload", "namespace": identity.namespace},
                            spec={"schedule": "0 4 * * *", "job_template": {"spec": {"template": template}}})
"""


def test_a_workload_with_the_restart_token_is_updated_before_its_old_role_is_deleted(project: Project):
    project.up(f"ROLE = 'one'\n{RESTARTED}")

    steps = [str(step) for step in project.up(f"ROLE = 'two'\n{RESTARTED}").steps]

    moved, restarted = steps.index("update api-association"), steps.index("update workload")
    assert moved < restarted < steps.index("delete-replaced api-policy-read") < steps.index("delete-replaced api-role")
