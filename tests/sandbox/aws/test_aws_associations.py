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
    client,
    document,
    refusal,
    statement,
)

NARROW = document(allow("s3:GetObject", "arn:aws:s3:::invoices/*"))
TARGET_ROLE = f"arn:aws:iam::{TARGET}:role/target"


class Cluster:
    """One cluster, and the role that its associations use."""

    def __init__(self, chain: Chain) -> None:
        self.chain, self.eks, self.name = chain, client(chain.aws, "eks"), chain.unique("cluster")
        control_plane = chain.role(statement({"Service": "eks.amazonaws.com"}, "sts:AssumeRole"))
        self.eks.create_cluster(name=self.name, roleArn=control_plane, resourcesVpcConfig={})
        self.role = chain.role(statement(SERVICE))

    def create(self, service_account: str = "api", **more: Any) -> dict[str, Any]:
        more = {"namespace": "payments", "serviceAccount": service_account, "roleArn": self.role} | more
        return self.eks.create_pod_identity_association(clusterName=self.name, **more)["association"]

    def update(self, made: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return self.eks.update_pod_identity_association(
            clusterName=self.name, associationId=made["associationId"], **changes
        )["association"]

    def describe(self, made: dict[str, Any]) -> dict[str, Any]:
        return self.eks.describe_pod_identity_association(clusterName=self.name, associationId=made["associationId"])[
            "association"
        ]

    def listed(self, **filters: Any) -> list[dict[str, Any]]:
        pages = self.eks.get_paginator("list_pod_identity_associations").paginate(clusterName=self.name, **filters)
        return [one for page in pages for one in page["associations"]]

    def addon(self, name: str = "aws-ebs-csi-driver", **more: Any) -> dict[str, Any]:
        return self.eks.create_addon(clusterName=self.name, addonName=name, **more)["addon"]


@pytest.fixture
def cluster(chain: Chain) -> Cluster:
    return Cluster(chain)


class TestCreation:
    def test_it_has_the_documented_members(self, cluster: Cluster) -> None:
        made = cluster.create(tags={"Owner": "payments"})

        assert re.fullmatch(r"a-[a-z0-9]{17}", made["associationId"])
        assert made["associationArn"] == (
            f"arn:aws:eks:{REGION}:{SOURCE}:podidentityassociation/{cluster.name}/{made['associationId']}"
        )
        assert made["tags"] == {"Owner": "payments"}
        assert made["disableSessionTags"] is False
        assert {"ownerArn", "targetRoleArn", "externalId", "policy"}.isdisjoint(made)
        assert cluster.describe(made) == made

    def test_the_external_id_is_made_of_its_parts(self, cluster: Cluster) -> None:
        """AWS Containers blog, "cross account access"; EKS User Guide, "target IAM role"."""
        made = cluster.create(targetRoleArn=TARGET_ROLE)

        assert made["externalId"] == f"{REGION}/{SOURCE}/{cluster.name}/payments/api"

    def test_namespace_and_service_account_need_not_exist(self, cluster: Cluster) -> None:
        assert cluster.create("nobody", namespace="nowhere")

    def test_the_target_role_is_not_looked_at(self, cluster: Cluster) -> None:
        assert cluster.create(targetRoleArn=f"arn:aws:iam::{TARGET}:role/missing")

    def test_a_second_one_is_refused_with_the_id_of_the_first(self, cluster: Cluster) -> None:
        made = cluster.create()

        assert refusal(cluster.create) == (
            "ResourceInUseException",
            f"Association already exists: {made['associationId']}",
        )
        assert len(cluster.listed()) == 1

    def test_the_same_request_sent_twice_makes_one(self, cluster: Cluster) -> None:
        """`clientRequestToken` makes a repeated request safe (EKS API)."""
        first = cluster.create(clientRequestToken="token")

        assert cluster.create(clientRequestToken="token") == first
        assert len(cluster.listed()) == 1

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

    def test_after_deletion_it_can_be_made_again(self, cluster: Cluster) -> None:
        made = cluster.create()
        cluster.eks.delete_pod_identity_association(clusterName=cluster.name, associationId=made["associationId"])

        assert cluster.create()["associationId"] != made["associationId"]

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

    def test_an_empty_arn_is_taken_for_another_account(self, cluster: Cluster) -> None:
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
        made = cluster.create()
        other = cluster.chain.role(statement(ROOT))

        assert refusal(lambda: cluster.update(made, roleArn=other)) == self.INVALID
        assert cluster.describe(made)["roleArn"] == cluster.role


class TestSessionPolicy:
    """AWS Containers blog, "Session policies for Amazon EKS Pod Identity"; EKS API."""

    def refused(self, cluster: Cluster, policy: str) -> bool:
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
        assert self.refused(cluster, longest.replace("b/", "bb/"))
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
        assert self.refused(cluster, policy)


class TestUpdate:
    """Absent members stay, an empty string clears (AWS controllers for Kubernetes, eks-controller)."""

    def test_what_is_absent_stays(self, cluster: Cluster) -> None:
        made = cluster.create(policy=NARROW, disableSessionTags=True, targetRoleArn=TARGET_ROLE, tags={"a": "b"})
        wider = document(allow("s3:*", "*"))

        changed = cluster.update(made, policy=wider)

        assert changed | {"policy": NARROW, "modifiedAt": made["modifiedAt"]} == made
        assert changed["policy"] == wider

    def test_an_empty_target_role_clears_it_and_the_external_id(self, cluster: Cluster) -> None:
        made = cluster.create(targetRoleArn=TARGET_ROLE)

        assert {"targetRoleArn", "externalId"}.isdisjoint(cluster.update(made, targetRoleArn=""))
        assert {"targetRoleArn", "externalId"}.isdisjoint(cluster.describe(made))

    def test_a_target_role_added_later_brings_the_external_id(self, cluster: Cluster) -> None:
        changed = cluster.update(cluster.create(), targetRoleArn=TARGET_ROLE)

        assert changed["externalId"] == f"{REGION}/{SOURCE}/{cluster.name}/payments/api"

    def test_an_empty_policy_clears_it(self, cluster: Cluster) -> None:
        made = cluster.create(policy=NARROW, disableSessionTags=True)

        assert "policy" not in cluster.update(made, policy="", disableSessionTags=False)

    def test_tags_cannot_be_turned_on_under_a_policy(self, cluster: Cluster) -> None:
        made = cluster.create(policy=NARROW, disableSessionTags=True)

        assert refusal(lambda: cluster.update(made, disableSessionTags=False))[0] == "InvalidParameterException"
        assert cluster.describe(made)["disableSessionTags"] is True

    def test_a_policy_cannot_be_added_while_tags_are_on(self, cluster: Cluster) -> None:
        made = cluster.create()

        assert refusal(lambda: cluster.update(made, policy=NARROW))[0] == "InvalidParameterException"
        assert cluster.update(made, policy=NARROW, disableSessionTags=True)["policy"] == NARROW

    def test_it_changes_something(self, cluster: Cluster) -> None:
        made = cluster.create()

        assert refusal(lambda: cluster.update(made))[0] == "InvalidParameterException"


class TestList:
    def test_it_comes_in_pages(self, cluster: Cluster) -> None:
        made = {cluster.create(f"sa-{number}")["associationId"] for number in range(7)}

        pages = list(
            cluster.eks.get_paginator("list_pod_identity_associations").paginate(
                clusterName=cluster.name, PaginationConfig={"PageSize": 3}
            )
        )

        assert [len(page["associations"]) for page in pages] == [3, 3, 1]
        assert {one["associationId"] for page in pages for one in page["associations"]} == made

    def test_a_page_has_100_of_itself(self, cluster: Cluster) -> None:
        for number in range(101):
            cluster.create(f"sa-{number}")

        assert len(cluster.eks.list_pod_identity_associations(clusterName=cluster.name)["associations"]) == 100
        assert len(cluster.listed()) == 101

    def test_filters_find_one(self, cluster: Cluster) -> None:
        made = cluster.create()
        cluster.create("other")
        cluster.create(namespace="reports")

        found = cluster.listed(namespace="payments", serviceAccount="api")

        assert [one["associationId"] for one in found] == [made["associationId"]]

    def test_a_summary_has_no_role(self, cluster: Cluster) -> None:
        cluster.create()

        assert set(cluster.listed()[0]) == {
            "clusterName", "namespace", "serviceAccount", "associationArn", "associationId",
        }  # fmt: skip


class TestTags:
    """TagResource, UntagResource, ListTagsForResource (EKS API)."""

    def tag(self, cluster: Cluster, arn: str, **tags: str) -> None:
        cluster.eks.tag_resource(resourceArn=arn, tags=tags)

    def test_they_change_on_an_association(self, cluster: Cluster) -> None:
        made = cluster.create(tags={"keep": "1", "change": "1", "drop": "1", "drop2": "1"})
        arn = made["associationArn"]

        self.tag(cluster, arn, change="2", add="1")
        cluster.eks.untag_resource(resourceArn=arn, tagKeys=["drop", "drop2"])

        expected = {"keep": "1", "change": "2", "add": "1"}
        assert cluster.eks.list_tags_for_resource(resourceArn=arn)["tags"] == expected
        assert cluster.describe(made)["tags"] == expected

    def test_they_change_on_an_addon_and_a_cluster(self, cluster: Cluster) -> None:
        addon = cluster.addon(tags={"a": "1"})
        own = cluster.eks.describe_cluster(name=cluster.name)["cluster"]

        self.tag(cluster, addon["addonArn"], b="2")
        self.tag(cluster, own["arn"], c="3")

        described = cluster.eks.describe_addon(clusterName=cluster.name, addonName="aws-ebs-csi-driver")["addon"]
        assert described["tags"] == {"a": "1", "b": "2"}
        assert cluster.eks.describe_cluster(name=cluster.name)["cluster"]["tags"] == {"c": "3"}

    def test_an_association_that_is_gone_is_not_found(self, cluster: Cluster) -> None:
        made = cluster.create()
        cluster.eks.delete_pod_identity_association(clusterName=cluster.name, associationId=made["associationId"])

        assert refusal(lambda: self.tag(cluster, made["associationArn"], a="1"))[0] == "NotFoundException"

    @pytest.mark.parametrize(
        "tags",
        [{"aws:x": "1"}, {"AWS:x": "1"}, {"x": "aws:1"}, {"k" * 129: "1"}, {"k": "v" * 257},
         {f"k{number}": "v" for number in range(51)}],
        ids=["reserved key", "reserved in any case", "reserved value", "long key", "long value", "51 tags"],
    )  # fmt: skip
    def test_limits_hold_at_creation_and_later(self, cluster: Cluster, tags: dict[str, str]) -> None:
        made = cluster.create()

        assert refusal(lambda: cluster.create("other", tags=tags))[0] == "InvalidParameterException"
        assert refusal(lambda: self.tag(cluster, made["associationArn"], **tags))[0] == "BadRequestException"
        assert cluster.describe(made)["tags"] == {}

    def test_the_longest_tags_are_accepted(self, cluster: Cluster) -> None:
        tags = {f"{number:0128}": "v" * 256 for number in range(50)}

        assert cluster.create(tags=tags)["tags"] == tags


class TestAddons:
    """EKS User Guide, "IAM roles for add-ons"; EKS API, CreateAddon and UpdateAddon."""

    CSI = "ebs-csi-controller-sa"

    def declared(self, cluster: Cluster, *service_accounts: str) -> list[dict[str, str]]:
        return [{"serviceAccount": one, "roleArn": cluster.role} for one in service_accounts]

    def accounts(self, cluster: Cluster) -> set[str]:
        return {one["serviceAccount"] for one in cluster.listed()}

    def test_a_second_one_of_the_name_is_refused(self, cluster: Cluster) -> None:
        cluster.addon("eks-pod-identity-agent")

        assert refusal(lambda: cluster.addon("eks-pod-identity-agent"))[0] == "ResourceInUseException"

    def test_it_owns_the_associations_that_it_declares(self, cluster: Cluster) -> None:
        addon = cluster.addon(podIdentityAssociations=self.declared(cluster, self.CSI))

        (owned,) = cluster.listed()

        assert addon["podIdentityAssociations"] == [owned["associationArn"]]
        assert owned["ownerArn"] == addon["addonArn"]
        assert (owned["namespace"], owned["serviceAccount"]) == ("kube-system", self.CSI)

    def test_it_does_not_adopt_a_standalone_one(self, cluster: Cluster) -> None:
        cluster.create(self.CSI, namespace="kube-system")
        declared = self.declared(cluster, "free", self.CSI)

        assert refusal(lambda: cluster.addon(podIdentityAssociations=declared))[0] == "ResourceInUseException"
        assert self.accounts(cluster) == {self.CSI}
        assert cluster.eks.list_addons(clusterName=cluster.name)["addons"] == []

    def test_a_service_account_declared_twice_makes_nothing(self, cluster: Cluster) -> None:
        declared = self.declared(cluster, self.CSI, self.CSI)

        assert refusal(lambda: cluster.addon(podIdentityAssociations=declared))[0] == "InvalidParameterException"
        assert self.accounts(cluster) == set()
        assert cluster.eks.list_addons(clusterName=cluster.name)["addons"] == []

    def test_a_standalone_one_beside_it_is_refused(self, cluster: Cluster) -> None:
        cluster.addon(podIdentityAssociations=self.declared(cluster, self.CSI))

        assert refusal(lambda: cluster.create(self.CSI, namespace="kube-system"))[0] == "ResourceInUseException"

    def test_an_update_replaces_the_list_and_leaves_it_when_absent(self, cluster: Cluster) -> None:
        cluster.addon(podIdentityAssociations=self.declared(cluster, "one", "two"))
        update: Callable[..., Any] = lambda **changes: cluster.eks.update_addon(  # noqa: E731 - names its arguments
            clusterName=cluster.name, addonName="aws-ebs-csi-driver", **changes
        )

        update(addonVersion="v1.2.3-eksbuild.1")
        assert self.accounts(cluster) == {"one", "two"}
        update(podIdentityAssociations=self.declared(cluster, "two", "three"))
        assert self.accounts(cluster) == {"two", "three"}
        update(podIdentityAssociations=[])
        assert self.accounts(cluster) == set()

    def test_its_associations_go_with_it_unless_preserved(self, cluster: Cluster) -> None:
        for name, preserve in (("kept", True), ("gone", False)):
            cluster.addon(name, podIdentityAssociations=self.declared(cluster, name))
            cluster.eks.delete_addon(clusterName=cluster.name, addonName=name, preserve=preserve)

        assert self.accounts(cluster) == {"kept"}

    def test_its_tags_have_limits(self, cluster: Cluster) -> None:
        assert refusal(lambda: cluster.addon(tags={"aws:x": "1"}))[0] == "InvalidParameterException"


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
