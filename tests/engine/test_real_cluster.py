"""The workflow for owners of a real cluster, up to the cluster.

Its permissions are enough, and its stack file is valid.
"""

import json
import runpy
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from engine_project import Project

ROOT = Path(__file__).resolve().parents[2]
PREPARE = runpy.run_path(str(ROOT / "examples" / "real-cluster" / "prepare.py"))
PROGRAM = """
    import json
    from pulumi_eks_pod_identity import PodIdentity

    PodIdentity("check", json.loads(ARGUMENTS))
"""


def arguments(project: Project) -> Namespace:
    """Return the arguments of the cluster's owner for prepare.py."""
    return Namespace(account=project.account, partition="aws", region="eu-west-1", cluster=project.cluster)


def program(project: Project) -> str:
    """Return the identity of the workflow's stack file, as a program."""
    identity = PREPARE["stack"](arguments(project))["config"]["eks-pod-identity:environment"]["identities"]["check"]
    args = {
        "cluster_name": project.cluster,
        "namespace": project.namespace,
        "service_account": identity["serviceAccount"],
        "create_namespace": identity["createNamespace"],
        "create_service_account": identity["createServiceAccount"],
        "role_name": identity["roleName"],
        "policies": identity["policies"],
        "tags": {"Owner": "platform"},
        "propagation_seconds": 0,
    }
    return f"    ARGUMENTS = {json.dumps(args)!r}\n{PROGRAM}"


def as_deployer(project: Project, *, without: str = "") -> tuple[Project, dict[str, str]]:
    """Return the project with the credentials of a role that has the printed permissions, and those credentials."""
    policy: dict[str, Any] = PREPARE["permissions"](arguments(project))
    policy["Statement"] = [item for item in policy["Statement"] if item["Sid"] != without]
    root = {"AWS": f"arn:aws:iam::{project.account}:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    iam = project.aws("iam")
    role = iam.create_role(
        RoleName="deployer",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]
    iam.put_role_policy(RoleName="deployer", PolicyName="deploy", PolicyDocument=json.dumps(policy))
    session = project.aws("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="workflow")["Credentials"]
    credentials = {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }
    environment = {**project.pulumi.environment, **credentials}
    return replace(project, pulumi=replace(project.pulumi, environment=environment)), credentials


def test_the_printed_permissions_deploy_list_and_destroy_one_identity(project: Project):
    deployer, credentials = as_deployer(project)

    created = deployer.up(program(project))
    eks = boto3.client(
        "eks",
        region_name="eu-west-1",
        endpoint_url=project.sandbox.aws,
        **{key.lower(): value for key, value in credentials.items()},
    )
    listed = eks.list_pod_identity_associations(clusterName=project.cluster)["associations"]
    eks.describe_cluster(name=project.cluster)
    destroyed = deployer.destroy()

    assert "create check-association" in created.changes
    assert [item["serviceAccount"] for item in listed] == ["check"]
    assert "delete check-role" in destroyed.changes
    assert "pod-identity-check" not in project.role_names()


@pytest.mark.parametrize("statement", ["PassRole", "Association"])
def test_they_are_not_more_than_needed(project: Project, statement: str):
    deployer, _ = as_deployer(project, without=statement)

    refused = deployer.fails("up", program(project), "--yes", "--skip-preview")

    assert "AccessDenied" in refused.text or "not authorized" in refused.text
