"""Known values at preview, and a cluster that the same program creates."""

import json
from typing import Any

import pytest

from engine_project import Project

KNOWN = """
from pulumi_eks_pod_identity import PodIdentity

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
PodIdentity("api", {"cluster_name": CLUSTER, "namespace": "payments", "service_account": "api",
                    "policies": {"read": READ}, "create_target_role": True, "target_policies": {"read": READ},
                    "session_policy": READ})
"""
WITH_CLUSTER = """
import json
import pulumi
import pulumi_aws as aws
from pulumi_eks_pod_identity import PodIdentity

trust = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
control_plane = aws.iam.Role("control-plane", assume_role_policy=trust)
cluster = aws.eks.Cluster("made-here", role_arn=control_plane.arn, vpc_config={"subnet_ids": ["subnet-1", "subnet-2"]})
identity = PodIdentity("api", {"cluster_name": cluster.name, "namespace": "payments", "service_account": "api",
                               "agent": "managed", "create_target_role": True, "propagation_seconds": 0})
pulumi.export("cluster", cluster.name)
pulumi.export("external_id", identity.external_id)
pulumi.export("trust", identity.trust_policy)
"""


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("api-role", "assumeRolePolicy"),
        ("api-target-role", "assumeRolePolicy"),
        ("api-policy-read", "policy"),
        ("api-target-policy-read", "policy"),
        ("api-assume-target", "policy"),
        ("api-association", "policy"),
    ],
)
def test_every_document_is_known_at_the_first_preview(previewed: dict[str, Any], name: str, key: str):
    assert json.loads(previewed[name][key])["Statement"]


def test_the_association_shows_its_roles_at_the_first_preview(project: Project, previewed: dict[str, Any]):
    inputs = previewed["api-association"]

    assert inputs["roleArn"].endswith(f":role/{project.default_role_name('api')}")
    assert inputs["targetRoleArn"].endswith(f":role/{project.default_role_name('api-target')}")


@pytest.fixture
def previewed(project: Project) -> dict[str, Any]:
    """The inputs of every resource as the engine sees them at a first preview."""
    return {step.name: dict(step.inputs) for step in project.preview(KNOWN).steps}


def test_a_cluster_created_in_the_same_program_is_named_in_every_document(project: Project):
    project.preview(WITH_CLUSTER)
    project.up(WITH_CLUSTER)

    outputs = project.outputs()
    [statement] = json.loads(outputs["trust"])["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/eks-cluster-arn"].endswith(
        f":cluster/{outputs['cluster']}"
    )
    assert outputs["external_id"] == f"eu-west-1/{project.account}/{outputs['cluster']}/payments/api"
    assert project.up(WITH_CLUSTER).changes == []
