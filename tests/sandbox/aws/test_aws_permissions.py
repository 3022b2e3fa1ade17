"""The permissions that a deployment needs, and the text of a denial.

EKS User Guide; SAR; IAM User Guide, access denied messages.
"""

from typing import Any

import pytest

from tests.sandbox.aws.emulated_aws import (
    PODS,
    REGION,
    SERVICE,
    SOURCE,
    TARGET,
    Chain,
    allow,
    client,
    cluster_arn,
    document,
    refusal,
    statement,
)


class Deployment:
    """A cluster, a role for pods, and a caller with the permissions given."""

    def __init__(self, chain: Chain) -> None:
        self.chain, self.cluster = chain, chain.unique("cluster")
        control_plane = chain.role(statement({"Service": "eks.amazonaws.com"}, "sts:AssumeRole"))
        client(chain.aws, "eks").create_cluster(name=self.cluster, roleArn=control_plane, resourcesVpcConfig={})
        self.role = chain.role(statement(SERVICE))
        passing = {
            "iam:PassedToService": PODS,
            "iam:AssociatedResourceARN": cluster_arn(self.cluster),
        }
        associations = f"arn:aws:eks:{REGION}:{SOURCE}:podidentityassociation/{self.cluster}/*"
        self.needed: dict[str, dict[str, Any]] = {
            "eks:CreatePodIdentityAssociation": allow("eks:CreatePodIdentityAssociation", cluster_arn(self.cluster)),
            "iam:PassRole": allow("iam:PassRole", self.role, StringEquals=passing),
            "iam:GetRole": allow("iam:GetRole", self.role),
            "eks:TagResource": allow("eks:TagResource", associations),
            "eks:DescribePodIdentityAssociation": allow("eks:DescribePodIdentityAssociation", associations),
            "eks:UpdatePodIdentityAssociation": allow("eks:UpdatePodIdentityAssociation", associations),
            "eks:DeletePodIdentityAssociation": allow("eks:DeletePodIdentityAssociation", associations),
        }

    def caller(self, *without: str) -> Any:
        session = self.chain.pods(self.chain.role(statement(SERVICE)))
        role = client(self.chain.aws, "sts", credentials=session).get_caller_identity()["Arn"].split("/")[1]
        policy = document(*(statement for name, statement in self.needed.items() if name not in without))
        client(self.chain.aws, "iam").put_role_policy(RoleName=role, PolicyName="deploy", PolicyDocument=policy)
        return client(self.chain.aws, "eks", credentials=session)

    def create(self, eks: Any, service_account: str = "api", **more: Any) -> Any:
        return eks.create_pod_identity_association(
            clusterName=self.cluster, namespace="payments", serviceAccount=service_account, roleArn=self.role, **more
        )["association"]


@pytest.fixture
def deployment(chain: Chain) -> Deployment:
    return Deployment(chain)


def test_the_documented_permissions_are_enough_for_the_life_of_an_association(deployment: Deployment) -> None:
    eks = deployment.caller()
    association = deployment.create(eks, tags={"Owner": "payments"}, targetRoleArn=f"arn:aws:iam::{TARGET}:role/any")
    key = {"clusterName": deployment.cluster, "associationId": association["associationId"]}

    eks.describe_pod_identity_association(**key)
    eks.update_pod_identity_association(**key, roleArn=deployment.role, disableSessionTags=True)
    eks.tag_resource(resourceArn=association["associationArn"], tags={"Owner": "reports"})
    eks.delete_pod_identity_association(**key)


@pytest.mark.parametrize(
    "missing", ["eks:CreatePodIdentityAssociation", "iam:PassRole", "iam:GetRole", "eks:TagResource"]
)
def test_each_of_them_is_needed_to_create_one_with_tags(deployment: Deployment, missing: str) -> None:
    code, message = refusal(lambda: deployment.create(deployment.caller(missing), tags={"Owner": "payments"}))

    assert code == "AccessDeniedException"
    assert f"not authorized to perform: {missing}" in message


def test_without_tags_tagging_need_not_be_allowed(deployment: Deployment) -> None:
    assert deployment.create(deployment.caller("eks:TagResource"))


def test_a_role_may_be_passed_to_pods_of_that_cluster_only(deployment: Deployment, chain: Chain) -> None:
    other = Deployment(chain)
    deployment.needed["eks:CreatePodIdentityAssociation"] = allow("eks:CreatePodIdentityAssociation", "*")
    eks = deployment.caller()

    deployment.cluster = other.cluster

    assert "iam:PassRole" in refusal(lambda: deployment.create(eks))[1]


def test_changing_the_role_needs_passing_and_changing_anything_else_does_not(deployment: Deployment) -> None:
    association = deployment.create(client(deployment.chain.aws, "eks"))
    eks, key = (
        deployment.caller("iam:PassRole"),
        {"clusterName": deployment.cluster, "associationId": association["associationId"]},
    )

    eks.update_pod_identity_association(**key, disableSessionTags=True)

    assert "iam:PassRole" in refusal(lambda: eks.update_pod_identity_association(**key, roleArn=deployment.role))[1]


def test_an_association_of_another_cluster_is_out_of_reach(deployment: Deployment, chain: Chain) -> None:
    other = Deployment(chain)
    association = other.create(client(chain.aws, "eks"))

    code, _ = refusal(
        lambda: deployment.caller().delete_pod_identity_association(
            clusterName=other.cluster, associationId=association["associationId"]
        )
    )

    assert code == "AccessDeniedException"


class TestDenialReason:
    EVERYTHING, NOTHING = allow("s3:*", "*"), allow("s3:GetObject", "*")
    DENY = allow("s3:ListAllMyBuckets", "*") | {"Effect": "Deny"}

    def reason(
        self, chain: Chain, role_policy: dict[str, Any] | None, boundary: Any = None, session: Any = None
    ) -> str:
        more = {"Policy": document(*session)} if session else {}
        role = chain.role(statement(SERVICE), policy=role_policy)
        if boundary:
            iam = client(chain.aws, "iam")
            policy = iam.create_policy(PolicyName=chain.unique("boundary"), PolicyDocument=document(*boundary))
            iam.put_role_permissions_boundary(
                RoleName=role.rsplit("/", 1)[-1], PermissionsBoundary=policy["Policy"]["Arn"]
            )
        return refusal(client(chain.aws, "s3", credentials=chain.pods(role, **more)).list_buckets)[1]

    def test_no_policy_of_the_role_allows_it(self, chain: Chain) -> None:
        assert "because no identity-based policy allows" in self.reason(chain, None)

    def test_the_role_allows_nothing_whatever_the_session_policy(self, chain: Chain) -> None:
        assert "because no identity-based policy allows" in self.reason(chain, None, session=[self.NOTHING])

    def test_the_session_policy_leaves_it_out(self, chain: Chain) -> None:
        message = self.reason(chain, self.EVERYTHING, session=[self.NOTHING])

        assert "because no session policy allows the s3:ListAllMyBuckets action" in message

    def test_the_session_policy_denies_it(self, chain: Chain) -> None:
        message = self.reason(chain, self.EVERYTHING, session=[self.EVERYTHING, self.DENY])

        assert "with an explicit deny in a session policy" in message

    def test_the_boundary_leaves_it_out(self, chain: Chain) -> None:
        assert "because no permissions boundary allows" in self.reason(chain, self.EVERYTHING, boundary=[self.NOTHING])

    def test_the_boundary_denies_it(self, chain: Chain) -> None:
        message = self.reason(chain, self.EVERYTHING, boundary=[self.EVERYTHING, self.DENY])

        assert "with an explicit deny in a permissions boundary" in message
