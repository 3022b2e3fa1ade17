"""The AssumeRole calls that EKS Auth makes, against the documented ones.

EKS User Guide: session tags, target roles.
"""

from sandbox.eks.sessions import Cluster, external_id, hops, session_tags
from sandbox.eks.tokens import PodSubject

CLUSTER = Cluster("dev", "arn:aws:eks:eu-west-1:111122223333:cluster/dev", "111122223333", "eu-west-1")
POD = PodSubject("payments", "api", "api-7c9d", "0b3d0c3e-5a7e-4f4e-9d2b-0c9f4a1d2e3f")
ASSOCIATION = {"namespace": "payments", "serviceAccount": "api", "roleArn": "arn:aws:iam::111122223333:role/source"}
TARGET = {**ASSOCIATION, "targetRoleArn": "arn:aws:iam::444455556666:role/target"}
POLICY = '{"Version":"2012-10-17","Statement":[]}'


def test_an_association_without_target_is_one_call_of_six_hours():
    (hop,) = hops(ASSOCIATION, CLUSTER, POD)

    assert hop.role_arn == "arn:aws:iam::111122223333:role/source"
    assert hop.parameters["DurationSeconds"] == 21600


def test_the_session_carries_the_six_documented_tags():
    (hop,) = hops(ASSOCIATION, CLUSTER, POD)

    assert {tag["Key"]: tag["Value"] for tag in hop.parameters["Tags"]} == {
        "eks-cluster-arn": CLUSTER.arn,
        "eks-cluster-name": "dev",
        "kubernetes-namespace": "payments",
        "kubernetes-service-account": "api",
        "kubernetes-pod-name": "api-7c9d",
        "kubernetes-pod-uid": POD.pod_uid,
    }


def test_every_session_tag_is_transitive():
    (hop,) = hops(ASSOCIATION, CLUSTER, POD)

    assert sorted(hop.parameters["TransitiveTagKeys"]) == sorted(session_tags(CLUSTER, POD))


def test_disabled_session_tags_are_all_left_out():
    (hop,) = hops({**ASSOCIATION, "disableSessionTags": True}, CLUSTER, POD)

    assert "Tags" not in hop.parameters
    assert "TransitiveTagKeys" not in hop.parameters


def test_a_target_role_is_a_second_call_of_one_hour_with_the_external_id():
    first, second = hops(TARGET, CLUSTER, POD)

    assert first.role_arn == "arn:aws:iam::111122223333:role/source"
    assert second.parameters == {
        "RoleArn": "arn:aws:iam::444455556666:role/target",
        "RoleSessionName": first.parameters["RoleSessionName"],
        "DurationSeconds": 3600,
        "ExternalId": "eu-west-1/111122223333/dev/payments/api",
    }


def test_the_first_call_has_no_external_id():
    assert "ExternalId" not in hops(TARGET, CLUSTER, POD)[0].parameters


def test_a_session_policy_narrows_the_only_role():
    (hop,) = hops({**ASSOCIATION, "policy": POLICY, "disableSessionTags": True}, CLUSTER, POD)

    assert hop.parameters["Policy"] == POLICY


def test_a_session_policy_with_a_target_narrows_the_target_alone():
    first, second = hops({**TARGET, "policy": POLICY, "disableSessionTags": True}, CLUSTER, POD)

    assert "Policy" not in first.parameters
    assert second.parameters["Policy"] == POLICY


def test_an_empty_target_means_no_target():
    assert len(hops({**ASSOCIATION, "targetRoleArn": ""}, CLUSTER, POD)) == 1


def test_the_session_is_named_after_cluster_and_pod_within_the_limit_of_sts():
    (hop,) = hops(ASSOCIATION, CLUSTER, POD)

    name = hop.parameters["RoleSessionName"]
    assert name.startswith("eks-dev-api-7c9d-0b3d0c3e")
    assert len(name) <= 64


def test_a_long_name_is_cut_at_the_limit_of_sts():
    (hop,) = hops(ASSOCIATION, CLUSTER, PodSubject("payments", "api", "p" * 200, POD.pod_uid))

    assert hop.parameters["RoleSessionName"] == "eks-dev-" + "p" * 56


def test_the_external_id_has_the_documented_form():
    assert external_id(ASSOCIATION, CLUSTER) == "eu-west-1/111122223333/dev/payments/api"
