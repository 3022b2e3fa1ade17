"""EKS resources in the emulator."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.aws_plugin.engine_client import (
    ASSOCIATION,
    CLUSTER,
    ROLE,
    TRUST,
    EngineClient,
    RefusedError,
    after_refresh,
    detailed_changes,
)

AtAws = Callable[..., EngineClient]
Client = Callable[..., Any]
Unique = Callable[[str], str]
SESSION_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)


def bound(cluster: str, role: str, **more: Any) -> dict[str, Any]:
    return {"clusterName": cluster, "namespace": "payments", "serviceAccount": "api", "roleArn": role, **more}


def describe(aws_client: Client, cluster: str, id_: str) -> dict[str, Any]:
    eks = aws_client("eks")
    return eks.describe_pod_identity_association(clusterName=cluster, associationId=id_)["association"]


@pytest.fixture
def target(at_aws: AtAws, unique: Unique) -> str:
    """The ARN of a role in the other account."""
    return at_aws("444455556666").check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": unique("target")})[2][
        "arn"
    ]


def test_an_association_is_created_from_its_inputs(
    at_aws: AtAws, aws_client: Client, cluster: str, role: str, target: str
) -> None:
    plugin = at_aws(defaultTags={"tags": {"Environment": "dev"}})
    news = bound(cluster, role, targetRoleArn=target, policy=SESSION_POLICY, disableSessionTags=True, tags={"a": "b"})

    id_, _, state = plugin.check_and_create(ASSOCIATION, news)

    association = describe(aws_client, cluster, id_)
    assert association["tags"] == {"Environment": "dev", "a": "b"}
    assert (association["targetRoleArn"], association["disableSessionTags"]) == (target, True)
    assert json.loads(association["policy"]) == json.loads(SESSION_POLICY)
    assert state == {
        **news,
        "associationArn": association["associationArn"],
        "associationId": id_,
        "externalId": f"eu-west-1/111122223333/{cluster}/payments/api",
        "id": id_,
        "region": "eu-west-1",
        "tagsAll": {"Environment": "dev", "a": "b"},
    }


def test_a_new_association_has_no_diff(at_aws: AtAws, cluster: str, role: str) -> None:
    plugin = at_aws()
    id_, inputs, state = plugin.check_and_create(ASSOCIATION, bound(cluster, role))

    read_id, read_state, read_inputs = plugin.read(ASSOCIATION, id_, state, inputs)

    assert (read_id, read_state, read_inputs) == (id_, state, after_refresh(inputs))
    assert not plugin.diff(ASSOCIATION, read_state, inputs).detailedDiff


def test_an_association_is_changed_in_place(
    at_aws: AtAws, aws_client: Client, cluster: str, role: str, target: str
) -> None:
    plugin = at_aws()
    id_, _, state = plugin.check_and_create(ASSOCIATION, bound(cluster, role))
    inputs = plugin.check(
        ASSOCIATION, bound(cluster, role, targetRoleArn=target, policy=SESSION_POLICY, disableSessionTags=True)
    )

    after = plugin.update(ASSOCIATION, id_, state, inputs)

    association = describe(aws_client, cluster, id_)
    assert (association["targetRoleArn"], association["disableSessionTags"]) == (target, True)
    assert json.loads(association["policy"]) == json.loads(SESSION_POLICY)
    assert after["associationArn"] == state["associationArn"]
    assert after["externalId"] == f"eu-west-1/111122223333/{cluster}/payments/api"


def test_tags_of_an_association_change_in_place(at_aws: AtAws, aws_client: Client, cluster: str, role: str) -> None:
    plugin = at_aws()
    id_, _, state = plugin.check_and_create(ASSOCIATION, bound(cluster, role, tags={"Gone": "1", "Kept": "1"}))
    inputs = plugin.check(ASSOCIATION, bound(cluster, role, tags={"Kept": "2", "New": "3"}))

    after = plugin.update(ASSOCIATION, id_, state, inputs)

    assert describe(aws_client, cluster, id_)["tags"] == {"Kept": "2", "New": "3"}
    assert plugin.read(ASSOCIATION, id_, after, inputs)[1] == {**after, "id": id_}


def test_a_target_role_removed_from_the_program_stays_in_aws(
    at_aws: AtAws, aws_client: Client, cluster: str, role: str, target: str
) -> None:
    plugin = at_aws()
    id_, _, state = plugin.check_and_create(ASSOCIATION, bound(cluster, role, targetRoleArn=target))
    inputs = plugin.check(ASSOCIATION, bound(cluster, role))

    after = plugin.update(ASSOCIATION, id_, state, inputs)

    assert describe(aws_client, cluster, id_)["targetRoleArn"] == target
    assert "targetRoleArn" not in after
    _, read_state, _ = plugin.read(ASSOCIATION, id_, after, inputs)
    assert detailed_changes(plugin.diff(ASSOCIATION, read_state, inputs)) == {"targetRoleArn": "DELETE"}


def test_a_second_association_of_a_service_account_is_refused_with_the_id_of_the_first(
    at_aws: AtAws, cluster: str, role: str
) -> None:
    plugin = at_aws()
    id_, inputs, _ = plugin.check_and_create(ASSOCIATION, bound(cluster, role))

    with pytest.raises(RefusedError) as error:
        plugin.create(ASSOCIATION, inputs)

    assert str(error.value).startswith(
        f"creating EKS Pod Identity Association ({cluster}/payments/api): ResourceInUseException: "
    )
    assert id_ in str(error.value)


def test_an_association_is_imported_by_cluster_and_id(at_aws: AtAws, cluster: str, role: str) -> None:
    plugin = at_aws()
    id_, inputs, state = plugin.check_and_create(ASSOCIATION, bound(cluster, role, tags={"a": "b"}))

    read_id, read_state, read_inputs = plugin.read(ASSOCIATION, f"{cluster},{id_}")

    assert (read_id, read_inputs) == (id_, bound(cluster, role, tags={"a": "b"}))
    assert read_state["associationArn"] == state["associationArn"]
    assert not plugin.diff(ASSOCIATION, read_state, inputs).detailedDiff


def test_the_import_id_of_an_association_has_two_parts(at_aws: AtAws) -> None:
    with pytest.raises(RefusedError) as error:
        at_aws().read(ASSOCIATION, "a-7r5o0kzp1dxyvbnqe")

    expected = "wrong format of import ID (a-7r5o0kzp1dxyvbnqe), use: 'cluster-name,association-id'"
    assert str(error.value) == expected


def test_an_association_deleted_by_hand_is_read_as_missing_and_can_be_deleted(
    at_aws: AtAws, aws_client: Client, cluster: str, role: str
) -> None:
    plugin = at_aws()
    id_, inputs, state = plugin.check_and_create(ASSOCIATION, bound(cluster, role))
    aws_client("eks").delete_pod_identity_association(clusterName=cluster, associationId=id_)

    assert plugin.read(ASSOCIATION, id_, state, inputs) == ("", {}, {})
    plugin.delete(ASSOCIATION, id_, state)


def test_an_association_is_created_in_its_own_region(
    at_aws: AtAws, aws_client: Client, unique: Unique, role: str, target: str
) -> None:
    plugin, name = at_aws(), unique("cluster")
    vpc = {"subnetIds": ["subnet-0a", "subnet-0b"]}
    plugin.check_and_create(CLUSTER, {"name": name, "roleArn": role, "vpcConfig": vpc, "region": "us-east-1"})

    id_, _, state = plugin.check_and_create(ASSOCIATION, bound(name, role, region="us-east-1", targetRoleArn=target))

    assert state["associationArn"].startswith(f"arn:aws:eks:us-east-1:111122223333:podidentityassociation/{name}/")
    assert state["externalId"] == f"us-east-1/111122223333/{name}/payments/api"
    assert name not in aws_client("eks").list_clusters()["clusters"]
    assert plugin.read(ASSOCIATION, f"{name},{id_}@us-east-1")[2]["region"] == "us-east-1"


def test_a_session_policy_that_aws_returns_in_another_format_is_not_drift(
    at_aws: AtAws, aws_client: Client, cluster: str, role: str
) -> None:
    """Values read from AWS are compared as policies: internal/framework/types/iam_policy.go."""
    plugin = at_aws()
    news = bound(cluster, role, policy=SESSION_POLICY, disableSessionTags=True)
    id_, inputs, state = plugin.check_and_create(ASSOCIATION, news)
    aws_client("eks").update_pod_identity_association(
        clusterName=cluster, associationId=id_, policy=json.dumps(json.loads(SESSION_POLICY), indent=2, sort_keys=True)
    )

    _, read_state, read_inputs = plugin.read(ASSOCIATION, id_, state, inputs)

    assert (read_state["policy"], read_inputs["policy"]) == (SESSION_POLICY, SESSION_POLICY)
