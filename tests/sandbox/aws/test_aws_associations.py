"""Associations follow the rules of EKS (EKS API and User Guide; details in the corrections)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox.aws import Aws, start_aws
from tests.sandbox.aws.emulated_aws import (
    REGION,
    ROOT,
    SERVICE,
    SOURCE,
    TARGET,
    Chain,
    allow,
    document,
    refusal,
    statement,
)
from tests.sandbox.aws.emulated_cluster import Cluster

NARROW = document(allow("s3:GetObject", "arn:aws:s3:::invoices/*"))
TARGET_ROLE = f"arn:aws:iam::{TARGET}:role/target"


class TestCreation:
    def test_it_has_the_documented_members(self, cluster: Cluster) -> None:
        association = cluster.create(tags={"Owner": "payments"})

        assert re.fullmatch(r"a-[a-z0-9]{17}", association["associationId"])
        assert association["associationArn"] == (
            f"arn:aws:eks:{REGION}:{SOURCE}:podidentityassociation/{cluster.name}/{association['associationId']}"
        )
        assert association["tags"] == {"Owner": "payments"}
        assert association["disableSessionTags"] is False
        assert {"ownerArn", "targetRoleArn", "externalId", "policy"}.isdisjoint(association)
        assert cluster.describe(association) == association

    def test_the_external_id_has_its_documented_parts(self, cluster: Cluster) -> None:
        """AWS Containers blog, "cross account access"; EKS User Guide, "target IAM role"."""
        association = cluster.create(targetRoleArn=TARGET_ROLE)

        assert association["externalId"] == f"{REGION}/{SOURCE}/{cluster.name}/payments/api"

    def test_namespace_and_service_account_need_not_exist(self, cluster: Cluster) -> None:
        assert cluster.create("nobody", namespace="nowhere")

    def test_the_target_role_is_not_checked(self, cluster: Cluster) -> None:
        assert cluster.create(targetRoleArn=f"arn:aws:iam::{TARGET}:role/missing")

    def test_a_second_one_is_refused_with_the_id_of_the_first(self, cluster: Cluster) -> None:
        association = cluster.create()

        assert refusal(cluster.create) == (
            "ResourceInUseException",
            f"Association already exists: {association['associationId']}",
        )
        assert len(cluster.list_associations()) == 1

    def test_the_same_request_sent_twice_creates_one(self, cluster: Cluster) -> None:
        """`clientRequestToken` makes a repeated request safe (EKS API)."""
        first = cluster.create(clientRequestToken="token")

        assert cluster.create(clientRequestToken="token") == first
        assert len(cluster.list_associations()) == 1

    def test_a_used_token_with_another_request_is_refused(self, cluster: Cluster) -> None:
        cluster.create(clientRequestToken="token")

        assert (
            refusal(lambda: cluster.create(clientRequestToken="token", tags={"a": "b"}))[0] == "ResourceInUseException"
        )

    def test_the_same_service_account_in_another_namespace_or_cluster_is_free(
        self, cluster: Cluster, chain: Chain
    ) -> None:
        cluster.create()

        assert cluster.create(namespace="reports")
        assert Cluster(chain).create()

    def test_after_deletion_it_can_be_created_again(self, cluster: Cluster) -> None:
        association = cluster.create()
        cluster.eks.delete_pod_identity_association(
            clusterName=cluster.name, associationId=association["associationId"]
        )

        assert cluster.create()["associationId"] != association["associationId"]

    def test_a_missing_cluster_is_not_found(self, cluster: Cluster) -> None:
        cluster.name = "missing"

        assert refusal(cluster.create)[0] == "ResourceNotFoundException"


class TestRole:
    """Checked at creation and when it changes (Terraform provider; issues 34711 and 41483 there; eksctl 8718)."""

    INVALID = ("InvalidParameterException", "Trust policy of the role provided is invalid.")
    FOREIGN = ("InvalidParameterException", "Cross-account pass role is not allowed.")
    MISSING = ("InvalidParameterException", "Role provided in the request does not exist.")

    def test_it_must_exist(self, cluster: Cluster) -> None:
        arn = f"arn:aws:iam::{SOURCE}:role/missing"

        assert refusal(lambda: cluster.create(roleArn=arn)) == self.MISSING

    def test_its_path_is_part_of_it(self, cluster: Cluster) -> None:
        arn = cluster.role.replace(":role/", ":role/team/")

        assert refusal(lambda: cluster.create(roleArn=arn)) == self.MISSING

    def test_a_role_with_a_path_is_accepted(self, cluster: Cluster) -> None:
        assert cluster.create(roleArn=cluster.chain.role(statement(SERVICE), Path="/team/"))

    def test_it_must_be_in_the_account_of_the_cluster(self, cluster: Cluster) -> None:
        foreign = cluster.chain.role(statement(SERVICE), account=TARGET)

        assert refusal(lambda: cluster.create(roleArn=foreign)) == self.FOREIGN

    def test_an_empty_arn_counts_as_another_account(self, cluster: Cluster) -> None:
        assert refusal(lambda: cluster.create(roleArn="")) == self.FOREIGN

    @pytest.mark.parametrize(
        "trust",
        [
            statement(SERVICE, "sts:AssumeRole"),
            statement(SERVICE, "sts:TagSession"),
            statement({"Service": "pods.eks.amazonaws.com.cn"}),
            statement({"Service": "ec2.amazonaws.com"}),
            statement(ROOT),
        ],
        ids=["no TagSession", "no AssumeRole", "misspelled", "another service", "an account"],
    )
    def test_its_trust_must_let_pods_assume_and_tag(self, cluster: Cluster, trust: dict[str, Any]) -> None:
        role = cluster.chain.role(trust)

        assert refusal(lambda: cluster.create(roleArn=role)) == self.INVALID

    @pytest.mark.parametrize(
        "trust",
        [
            [statement(SERVICE, "sts:AssumeRole"), statement(SERVICE, "sts:TagSession")],
            [statement(SERVICE, "sts:*")],
            [statement(SERVICE, StringEquals={"aws:SourceAccount": "999999999999"})],
        ],
        ids=["two statements", "wildcard", "a condition that fails later"],
    )
    def test_conditions_and_division_do_not_matter(self, cluster: Cluster, trust: list[dict[str, Any]]) -> None:
        assert cluster.create(roleArn=cluster.chain.role(*trust))

    def test_a_changed_role_is_checked_too(self, cluster: Cluster) -> None:
        association = cluster.create()
        other = cluster.chain.role(statement(ROOT))

        assert refusal(lambda: cluster.update(association, roleArn=other)) == self.INVALID
        assert cluster.describe(association)["roleArn"] == cluster.role


class TestSessionPolicy:
    """AWS Containers blog, "Session policies for Amazon EKS Pod Identity"; EKS API."""

    def is_refused(self, cluster: Cluster, policy: str) -> bool:
        return (
            refusal(lambda: cluster.create(policy=policy, disableSessionTags=True))[0] == "InvalidParameterException"
        )

    def test_it_needs_session_tags_turned_off(self, cluster: Cluster) -> None:
        code, message = refusal(lambda: cluster.create(policy=NARROW))

        assert code == "InvalidParameterException"
        assert "disableSessionTags" in message
        assert cluster.create(policy=NARROW, disableSessionTags=True)["policy"] == NARROW

    def test_it_may_have_2048_characters_and_no_more(self, cluster: Cluster) -> None:
        padding = 2048 - len(document(allow("s3:GetObject", "arn:aws:s3:::b/")))
        longest = document(allow("s3:GetObject", "arn:aws:s3:::b/" + "x" * padding))

        assert len(longest) == 2048
        assert self.is_refused(cluster, longest.replace("b/", "bb/"))
        assert cluster.create(policy=longest, disableSessionTags=True)

    @pytest.mark.parametrize(
        "policy",
        [
            "{not json",
            "[]",
            "{}",
            '{"Version":"2012-10-17","Statement":[]}',
            document(statement(SERVICE, "s3:GetObject") | {"Resource": "*"}),
            document({"Effect": "Allow", "Action": "s3:GetObject"}),
            document(allow("s3:GetObject", "arn:aws:s3:::\u4e2d/*")).replace("\\u4e2d", "\u4e2d"),
        ],
        ids=["not JSON", "a list", "no statement", "empty", "principal", "no resource", "other characters"],
    )
    def test_it_must_be_an_identity_policy(self, cluster: Cluster, policy: str) -> None:
        assert self.is_refused(cluster, policy)


class TestUpdate:
    """Absent members stay, an empty string clears (AWS controllers for Kubernetes, eks-controller)."""

    def test_an_absent_argument_is_unchanged(self, cluster: Cluster) -> None:
        association = cluster.create(
            policy=NARROW, disableSessionTags=True, targetRoleArn=TARGET_ROLE, tags={"a": "b"}
        )
        wider = document(allow("s3:*", "*"))

        changed = cluster.update(association, policy=wider)

        assert changed | {"policy": NARROW, "modifiedAt": association["modifiedAt"]} == association
        assert changed["policy"] == wider

    def test_an_empty_target_role_clears_it_and_the_external_id(self, cluster: Cluster) -> None:
        association = cluster.create(targetRoleArn=TARGET_ROLE)

        assert {"targetRoleArn", "externalId"}.isdisjoint(cluster.update(association, targetRoleArn=""))
        assert {"targetRoleArn", "externalId"}.isdisjoint(cluster.describe(association))

    def test_a_target_role_added_later_brings_the_external_id(self, cluster: Cluster) -> None:
        changed = cluster.update(cluster.create(), targetRoleArn=TARGET_ROLE)

        assert changed["externalId"] == f"{REGION}/{SOURCE}/{cluster.name}/payments/api"

    def test_an_empty_policy_clears_it(self, cluster: Cluster) -> None:
        association = cluster.create(policy=NARROW, disableSessionTags=True)

        assert "policy" not in cluster.update(association, policy="", disableSessionTags=False)

    def test_tags_cannot_be_turned_on_under_a_policy(self, cluster: Cluster) -> None:
        association = cluster.create(policy=NARROW, disableSessionTags=True)

        assert refusal(lambda: cluster.update(association, disableSessionTags=False))[0] == "InvalidParameterException"
        assert cluster.describe(association)["disableSessionTags"] is True

    def test_a_policy_cannot_be_added_while_tags_are_on(self, cluster: Cluster) -> None:
        association = cluster.create()

        assert refusal(lambda: cluster.update(association, policy=NARROW))[0] == "InvalidParameterException"
        assert cluster.update(association, policy=NARROW, disableSessionTags=True)["policy"] == NARROW

    def test_it_changes_something(self, cluster: Cluster) -> None:
        association = cluster.create()

        assert refusal(lambda: cluster.update(association))[0] == "InvalidParameterException"


class TestList:
    def test_it_comes_in_pages(self, cluster: Cluster) -> None:
        ids = {cluster.create(f"sa-{number}")["associationId"] for number in range(7)}

        pages = list(
            cluster.eks.get_paginator("list_pod_identity_associations").paginate(
                clusterName=cluster.name, PaginationConfig={"PageSize": 3}
            )
        )

        assert [len(page["associations"]) for page in pages] == [3, 3, 1]
        assert {association["associationId"] for page in pages for association in page["associations"]} == ids

    def test_a_page_has_100_associations_by_default(self, cluster: Cluster) -> None:
        for number in range(101):
            cluster.create(f"sa-{number}")

        assert len(cluster.eks.list_pod_identity_associations(clusterName=cluster.name)["associations"]) == 100
        assert len(cluster.list_associations()) == 101

    def test_filters_find_one(self, cluster: Cluster) -> None:
        association = cluster.create()
        cluster.create("other")
        cluster.create(namespace="reports")

        listed = cluster.list_associations(namespace="payments", serviceAccount="api")

        assert [summary["associationId"] for summary in listed] == [association["associationId"]]

    def test_a_summary_has_no_role(self, cluster: Cluster) -> None:
        cluster.create()

        assert set(cluster.list_associations()[0]) == {
            "clusterName",
            "namespace",
            "serviceAccount",
            "associationArn",
            "associationId",
        }


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """An emulator whose clusters may have two associations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EKS_POD_IDENTITY_QUOTA_ASSOCIATIONS", "2")
        running = start_aws(tmp_path_factory.mktemp("small"))
    yield running
    running.stop()


def test_a_cluster_has_so_many_associations_and_no_more(small: Aws, unique: Callable[[str], str]) -> None:
    """5,000 at AWS (EKS User Guide, Pod Identity)."""
    cluster = Cluster(Chain(small, unique))
    cluster.create("one")
    cluster.create("two")

    assert refusal(lambda: cluster.create("three"))[0] == "ResourceLimitExceededException"
    assert Cluster(Chain(small, unique)).create("three")
