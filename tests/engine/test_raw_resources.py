"""Resources of the official AWS SDK against the stand-in plugin, under the real engine.

All other engine tests rely on these.
"""

from engine_project import Project

PROGRAM = """
import json
import pulumi
import pulumi_aws as aws

trust = json.dumps({
    "Version": "2012-10-17",
    "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
    }],
})
role = aws.iam.Role("role", name="workload", assume_role_policy=trust, tags=TAGS)
association = aws.eks.PodIdentityAssociation(
    "association", cluster_name=CLUSTER, namespace=NAMESPACE_NAME, service_account="api", role_arn=role.arn,
    target_role_arn=f"arn:aws:iam::{TARGET_ACCOUNT}:role/target",
    opts=pulumi.ResourceOptions(delete_before_replace=True),
)
pulumi.export("external_id", association.external_id)
pulumi.export("account", aws.get_caller_identity().account_id)
"""


def program(*, tags: dict[str, str] | None = None, namespace: str = "payments") -> str:
    return f"TAGS = {tags or {}!r}\nNAMESPACE_NAME = {namespace!r}\n{PROGRAM}"


def test_an_association_is_created_changed_and_destroyed(project: Project):
    created = project.up(program(tags={"Owner": "a"}))
    unchanged = project.up(program(tags={"Owner": "a"}))
    retagged = project.up(program(tags={"Owner": "b"}))

    assert created.changes == ["create association", "create role"]
    assert unchanged.changes == []
    assert retagged.changes == ["update role"]
    assert project.outputs()["external_id"] == f"eu-west-1/{project.account}/main/payments/api"
    assert project.outputs()["account"] == project.account
    assert project.aws("iam").list_role_tags(RoleName="workload")["Tags"] == [{"Key": "Owner", "Value": "b"}]

    project.destroy()

    assert project.aws("eks").list_pod_identity_associations(clusterName="main")["associations"] == []


def test_another_namespace_replaces_the_association_deleting_it_first(project: Project):
    project.up(program())

    replaced = project.up(program(namespace="billing"))

    assert [str(step) for step in replaced.steps if step.name == "association"] == [
        "delete-replaced association",
        "replace association",
        "create-replacement association",
    ]
