"""The second hop across accounts in one `up`, with all values known before anything is created."""

import json

from engine_project import Project

PROGRAM = """
import pulumi
import pulumi_aws as aws
from pulumi_eks_pod_identity import PodIdentity

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
data = aws.Provider("data", profile="data", region="eu-west-1")
identity = PodIdentity("api", {"cluster_name": CLUSTER, "namespace": "reports", "service_account": "exporter",
                               "create_target_role": True, "target_policies": {"read": READ},
                               "propagation_seconds": 0}, target_provider=data)
for key in ("role_arn", "target_role_arn", "external_id", "target_trust_policy"):
    pulumi.export(key, getattr(identity, key))
"""


def test_one_up_makes_the_chain_in_both_accounts(project: Project):
    project.up(PROGRAM)

    outputs = project.outputs()
    target = project.aws("iam", project.target_account).get_role(RoleName=project.default_role_name("api-target"))[
        "Role"
    ]
    assert outputs["target_role_arn"] == target["Arn"]
    assert f"::{project.target_account}:" in target["Arn"]
    assert json.loads(outputs["target_trust_policy"]) == target["AssumeRolePolicyDocument"]
    assert outputs["external_id"] == f"eu-west-1/{project.account}/main/reports/exporter"
    permission = project.aws("iam").get_role_policy(
        RoleName=project.default_role_name("api"), PolicyName="assume-target"
    )
    assert permission["PolicyDocument"]["Statement"][0]["Resource"] == target["Arn"]


def test_the_external_id_of_eks_is_the_one_that_the_target_trusts(project: Project):
    project.up(PROGRAM)

    eks = project.aws("eks")
    [summary] = eks.list_pod_identity_associations(clusterName="main")["associations"]
    association = eks.describe_pod_identity_association(clusterName="main", associationId=summary["associationId"])
    trust = json.loads(project.outputs()["target_trust_policy"])
    assert project.outputs()["external_id"] == trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"]
    assert association["association"]["targetRoleArn"] == project.outputs()["target_role_arn"]


def test_roles_of_another_account_and_another_partition_are_refused_together_at_preview(project: Project):
    run = project.fails(
        "preview",
        f"""
        from pulumi_eks_pod_identity import PodIdentity

        PodIdentity("api", {{"cluster_name": CLUSTER, "namespace": "a", "service_account": "b",
                            "role_arn": "arn:aws:iam::{project.target_account}:role/x",
                            "target_role_arn": "arn:aws-cn:iam::{project.target_account}:role/y"}})
        """,
    )

    assert f'account "{project.target_account}", but the cluster is in "{project.account}"' in run.text
    assert 'partition "aws-cn", but the cluster is in "aws"' in run.text
    assert "target_role_arn" in run.text
    assert "Traceback" not in run.text


def test_destroy_leaves_no_role_in_either_account(project: Project):
    project.up(PROGRAM)

    project.destroy()

    for account in (project.account, project.target_account):
        assert not [name for name in project.role_names(account) if name.startswith("api")]
