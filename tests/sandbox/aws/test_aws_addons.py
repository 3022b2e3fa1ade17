"""Tags, and add-ons with their associations, follow the rules of EKS (EKS API and User Guide)."""

from typing import Any

import pytest

from tests.sandbox.aws.emulated_aws import (
    refusal,
)
from tests.sandbox.aws.emulated_cluster import Cluster


class TestTags:
    """TagResource, UntagResource, ListTagsForResource (EKS API)."""

    def tag(self, cluster: Cluster, arn: str, **tags: str) -> None:
        cluster.eks.tag_resource(resourceArn=arn, tags=tags)

    def test_they_change_on_an_association(self, cluster: Cluster) -> None:
        association = cluster.create(tags={"keep": "1", "change": "1", "drop": "1", "drop2": "1"})
        arn = association["associationArn"]

        self.tag(cluster, arn, change="2", add="1")
        cluster.eks.untag_resource(resourceArn=arn, tagKeys=["drop", "drop2"])

        expected = {"keep": "1", "change": "2", "add": "1"}
        assert cluster.eks.list_tags_for_resource(resourceArn=arn)["tags"] == expected
        assert cluster.describe(association)["tags"] == expected

    def test_they_change_on_an_addon_and_a_cluster(self, cluster: Cluster) -> None:
        addon = cluster.addon(tags={"a": "1"})
        own = cluster.eks.describe_cluster(name=cluster.name)["cluster"]

        self.tag(cluster, addon["addonArn"], b="2")
        self.tag(cluster, own["arn"], c="3")

        described = cluster.eks.describe_addon(clusterName=cluster.name, addonName="aws-ebs-csi-driver")["addon"]
        assert described["tags"] == {"a": "1", "b": "2"}
        assert cluster.eks.describe_cluster(name=cluster.name)["cluster"]["tags"] == {"c": "3"}

    def test_a_deleted_association_is_not_found(self, cluster: Cluster) -> None:
        association = cluster.create()
        cluster.eks.delete_pod_identity_association(
            clusterName=cluster.name, associationId=association["associationId"]
        )

        assert refusal(lambda: self.tag(cluster, association["associationArn"], a="1"))[0] == "NotFoundException"

    @pytest.mark.parametrize(
        "tags",
        [
            {"aws:x": "1"},
            {"AWS:x": "1"},
            {"x": "aws:1"},
            {"k" * 129: "1"},
            {"k": "v" * 257},
            {f"k{number}": "v" for number in range(51)},
        ],
        ids=["reserved key", "reserved in any case", "reserved value", "long key", "long value", "51 tags"],
    )
    def test_limits_hold_at_creation_and_later(self, cluster: Cluster, tags: dict[str, str]) -> None:
        association = cluster.create()

        assert refusal(lambda: cluster.create("other", tags=tags))[0] == "InvalidParameterException"
        assert refusal(lambda: self.tag(cluster, association["associationArn"], **tags))[0] == "BadRequestException"
        assert cluster.describe(association)["tags"] == {}

    def test_the_longest_tags_are_accepted(self, cluster: Cluster) -> None:
        tags = {f"{number:0128}": "v" * 256 for number in range(50)}

        assert cluster.create(tags=tags)["tags"] == tags


class TestAddons:
    """EKS User Guide, "IAM roles for add-ons"; EKS API, CreateAddon and UpdateAddon."""

    CSI = "ebs-csi-controller-sa"

    def associations_for(self, cluster: Cluster, *service_accounts: str) -> list[dict[str, str]]:
        return [{"serviceAccount": name, "roleArn": cluster.role} for name in service_accounts]

    def accounts(self, cluster: Cluster) -> set[str]:
        return {association["serviceAccount"] for association in cluster.list_associations()}

    def test_a_second_one_of_the_name_is_refused(self, cluster: Cluster) -> None:
        cluster.addon("eks-pod-identity-agent")

        assert refusal(lambda: cluster.addon("eks-pod-identity-agent"))[0] == "ResourceInUseException"

    def test_it_owns_the_associations_that_it_declares(self, cluster: Cluster) -> None:
        addon = cluster.addon(podIdentityAssociations=self.associations_for(cluster, self.CSI))

        (owned,) = cluster.list_associations()

        assert addon["podIdentityAssociations"] == [owned["associationArn"]]
        assert owned["ownerArn"] == addon["addonArn"]
        assert (owned["namespace"], owned["serviceAccount"]) == ("kube-system", self.CSI)

    def test_it_does_not_adopt_a_standalone_one(self, cluster: Cluster) -> None:
        cluster.create(self.CSI, namespace="kube-system")
        declared = self.associations_for(cluster, "free", self.CSI)

        assert refusal(lambda: cluster.addon(podIdentityAssociations=declared))[0] == "ResourceInUseException"
        assert self.accounts(cluster) == {self.CSI}
        assert cluster.eks.list_addons(clusterName=cluster.name)["addons"] == []

    def test_a_service_account_declared_twice_creates_nothing(self, cluster: Cluster) -> None:
        declared = self.associations_for(cluster, self.CSI, self.CSI)

        assert refusal(lambda: cluster.addon(podIdentityAssociations=declared))[0] == "InvalidParameterException"
        assert self.accounts(cluster) == set()
        assert cluster.eks.list_addons(clusterName=cluster.name)["addons"] == []

    def test_a_standalone_one_beside_it_is_refused(self, cluster: Cluster) -> None:
        cluster.addon(podIdentityAssociations=self.associations_for(cluster, self.CSI))

        assert refusal(lambda: cluster.create(self.CSI, namespace="kube-system"))[0] == "ResourceInUseException"

    def test_an_update_replaces_the_list_and_leaves_it_when_absent(self, cluster: Cluster) -> None:
        cluster.addon(podIdentityAssociations=self.associations_for(cluster, "one", "two"))

        def update(**changes: Any) -> None:
            cluster.eks.update_addon(clusterName=cluster.name, addonName="aws-ebs-csi-driver", **changes)

        update(addonVersion="v1.2.3-eksbuild.1")
        assert self.accounts(cluster) == {"one", "two"}
        update(podIdentityAssociations=self.associations_for(cluster, "two", "three"))
        assert self.accounts(cluster) == {"two", "three"}
        update(podIdentityAssociations=[])
        assert self.accounts(cluster) == set()

    def test_its_associations_go_with_it_unless_preserved(self, cluster: Cluster) -> None:
        for name, preserve in (("kept", True), ("gone", False)):
            cluster.addon(name, podIdentityAssociations=self.associations_for(cluster, name))
            cluster.eks.delete_addon(clusterName=cluster.name, addonName=name, preserve=preserve)

        assert self.accounts(cluster) == {"kept"}

    def test_its_tags_have_limits(self, cluster: Cluster) -> None:
        assert refusal(lambda: cluster.addon(tags={"aws:x": "1"}))[0] == "InvalidParameterException"
