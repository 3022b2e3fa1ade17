"""EKS clusters and Fargate profiles in the emulator."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.aws_plugin.engine_client import (
    CLUSTER,
    FARGATE_PROFILE,
    EngineClient,
    RefusedError,
    after_refresh,
)

AtAws = Callable[..., EngineClient]
Client = Callable[..., Any]
Unique = Callable[[str], str]
SESSION_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


def test_a_cluster_is_created_read_updated_and_deleted(at_aws: AtAws, unique: Unique, role: str) -> None:
    plugin, name = at_aws(), unique("cluster")
    news = {
        "name": name,
        "roleArn": role,
        "vpcConfig": {"subnetIds": ["subnet-0a", "subnet-0b"]},
        "accessConfig": {"authenticationMode": "API"},
        "tags": {"a": "b"},
    }
    id_, inputs, state = plugin.check_and_create(CLUSTER, news)
    assert (id_, state["arn"]) == (name, f"arn:aws:eks:eu-west-1:111122223333:cluster/{name}")
    assert plugin.read(CLUSTER, id_, state, inputs)[1] == state
    assert not plugin.diff(CLUSTER, state, inputs).detailedDiff

    after = plugin.update(CLUSTER, id_, state, plugin.check(CLUSTER, {**news, "tags": {"c": "d"}}))

    assert after["tagsAll"] == {"c": "d"}
    cluster = plugin.invoke("aws:eks/getCluster:getCluster", {"name": name})
    assert (cluster["arn"], cluster["tags"], cluster["region"]) == (state["arn"], {"c": "d"}, "eu-west-1")
    assert cluster["identities"][0]["oidcs"][0]["issuer"]
    plugin.delete(CLUSTER, id_, after)
    assert plugin.read(CLUSTER, id_, after) == ("", {}, {})


def test_a_missing_cluster_is_reported_in_one_line(at_aws: AtAws) -> None:
    with pytest.raises(RefusedError, match=r"^reading EKS Cluster \(nowhere\): ResourceNotFoundException: "):
        at_aws().invoke("aws:eks/getCluster:getCluster", {"name": "nowhere"})


def test_a_fargate_profile_exists_in_the_state_only(at_aws: AtAws, cluster: str, role: str) -> None:
    plugin = at_aws()
    selectors = [{"namespace": "payments", "labels": {"a": "b"}}]
    news = {"clusterName": cluster, "podExecutionRoleArn": role, "selectors": selectors}

    id_, inputs, state = plugin.check_and_create(FARGATE_PROFILE, news)

    profile = inputs["fargateProfileName"]
    assert id_ == f"{cluster}:{profile}"
    assert state["arn"].startswith(f"arn:aws:eks:eu-west-1:111122223333:fargateprofile/{cluster}/{profile}/")
    assert plugin.read(FARGATE_PROFILE, id_, state, inputs) == (id_, state, after_refresh(inputs))
    plugin.delete(FARGATE_PROFILE, id_, state)
