"""A cluster in the emulator, for the tests of associations and add-ons."""

from typing import Any

from tests.sandbox.aws.emulated_aws import SERVICE, Chain, client, statement


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

    def update(self, association: dict[str, Any], **changes: Any) -> dict[str, Any]:
        return self.eks.update_pod_identity_association(
            clusterName=self.name, associationId=association["associationId"], **changes
        )["association"]

    def describe(self, association: dict[str, Any]) -> dict[str, Any]:
        return self.eks.describe_pod_identity_association(
            clusterName=self.name, associationId=association["associationId"]
        )["association"]

    def list_associations(self, **filters: Any) -> list[dict[str, Any]]:
        pages = self.eks.get_paginator("list_pod_identity_associations").paginate(clusterName=self.name, **filters)
        return [association for page in pages for association in page["associations"]]

    def addon(self, name: str = "aws-ebs-csi-driver", **more: Any) -> dict[str, Any]:
        return self.eks.create_addon(clusterName=self.name, addonName=name, **more)["addon"]
