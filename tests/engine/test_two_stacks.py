"""Two stacks of one project on one cluster, one for each pull request, say.

Neither takes or changes the other's roles.
"""

from engine_project import Project, Run

PROGRAM = """
import pulumi
from pulumi_eks_pod_identity import PodIdentity, PodIdentityRole, PodIdentityTargetRole

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
binding = {"cluster_name": CLUSTER, "namespace": f"payments-{pulumi.get_stack()}", "service_account": "api"}
PodIdentity("api", {**binding, "policies": {"read": READ}, "policy_kind": "managed", "create_target_role": True,
                    "propagation_seconds": 0})
PodIdentityRole("alone", binding)
PodIdentityTargetRole("there", {**binding, "cluster_region": "eu-west-1",
                                "source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/{pulumi.get_stack()}"})
"""
ROLE = "aws:iam/role:Role"


def role_names(run: Run) -> set[str]:
    """Return the names of the roles in a plan."""
    return {step.inputs["name"] for step in run.steps if step.type == ROLE}


def test_both_stacks_are_up_with_roles_of_their_own_that_the_preview_names(project: Project):
    before = project.role_names()
    first = role_names(project.preview(PROGRAM))
    project.up()
    project.pulumi.select("pr-7")

    second = role_names(project.preview())
    project.up()

    assert len(first) == len(second) == 4
    assert not first & second
    assert project.role_names() - before == first | second
    assert len(project.aws("eks").list_pod_identity_associations(clusterName="main")["associations"]) == 2

    project.destroy()

    assert project.role_names() - before == first
    project.pulumi.select("test")
    assert project.up(None, "--refresh").changes == []
