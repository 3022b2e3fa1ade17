"""Identities of Pulumi programs under mocks: the components, raw resources and add-ons."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from eks_pod_identity.testing import assert_allowed, assert_denied, assert_trusted
from pulumi_eks_pod_identity import PodIdentity
from pulumi_eks_pod_identity.testing import Mocks, identities

READ, OBJECT = "s3:GetObject", "arn:aws:s3:::invoices/1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    ],
}


def allow(action: str) -> Any:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def with_component() -> None:
    queue = aws.sqs.Queue("orders")
    statements: Any = [
        {"sid": "Send", "actions": ["sqs:SendMessage"], "resources": [queue.arn]},
        {
            "actions": [READ],
            "resources": ["arn:aws:s3:::invoices/*"],
            "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
        },
    ]
    document = aws.iam.get_policy_document_output(statements=statements)
    PodIdentity(
        "api",
        {
            "cluster_name": "prod",
            "namespace": "payments",
            "service_account": "api",
            "policies": {"invoices": document.json},
        },
    )


def with_raw_resources() -> None:
    role = aws.iam.Role("raw", name="raw", assume_role_policy=json.dumps(TRUST))
    aws.iam.RolePolicy("queues", role=role.name, policy=allow("sqs:*"))
    policy = aws.iam.Policy("topics", policy=allow("sns:*"))
    aws.iam.RolePolicyAttachment("topics", role=role.name, policy_arn=policy.arn)
    aws.iam.RolePolicyAttachment("read", role=role.name, policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    aws.eks.PodIdentityAssociation(
        "raw", cluster_name="prod", namespace="orders", service_account="worker", role_arn=role.arn
    )
    aws.eks.Addon(
        "ebs",
        cluster_name="prod",
        addon_name="aws-ebs-csi-driver",
        pod_identity_associations=[{"service_account": "ebs-csi-controller-sa", "role_arn": role.arn}],
    )


def test_a_component_is_an_identity_with_what_its_documents_look_up() -> None:
    (api,) = identities(with_component).values()

    assert_trusted(api, cluster="prod", namespace="payments", service_account="api")
    assert_allowed(api, READ, OBJECT)
    assert_allowed(api, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders")
    assert_denied(api, READ, "arn:aws:s3:::other/1")


def test_raw_resources_and_addons_are_identities_too() -> None:
    read_only = {"arn:aws:iam::aws:policy/ReadOnlyAccess": allow("s3:Get*")}

    by_pair = identities(with_raw_resources, managed_policies=read_only)

    assert sorted(by_pair) == ["kube-system/ebs-csi-controller-sa", "orders/worker"]
    for identity in by_pair.values():
        assert_allowed(identity, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:q")
        assert_allowed(identity, "sns:Publish", "arn:aws:sns:eu-west-1:111122223333:t")
        assert_allowed(identity, READ, OBJECT)


def test_a_managed_policy_without_a_given_text_is_missing() -> None:
    worker = identities(with_raw_resources)["orders/worker"]

    with pytest.raises(AssertionError, match="the text of arn:aws:iam::aws:policy/ReadOnlyAccess"):
        assert_allowed(worker, READ, OBJECT)


def test_two_clusters_with_one_service_account_are_distinguished() -> None:
    def program() -> None:
        for cluster in ("blue", "green"):
            PodIdentity(cluster, {"cluster_name": cluster, "namespace": "payments", "service_account": "api"})

    assert list(identities(program)) == ["blue/payments/api", "green/payments/api"]


def test_a_session_policy_and_a_target_are_part_of_the_identity() -> None:
    def program() -> None:
        PodIdentity(
            "api",
            {
                "cluster_name": "prod",
                "namespace": "payments",
                "service_account": "api",
                "session_policy": allow(READ),
                "create_target_role": True,
                "target_policies": {"all": allow("s3:*")},
            },
        )

    api = identities(program)["payments/api"]

    assert api.target is not None
    assert_allowed(api, READ, OBJECT)
    assert_denied(api, "s3:PutObject", OBJECT)


def test_the_program_gets_its_configuration_and_the_answers_of_a_subclass() -> None:
    class Ours(Mocks):
        def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
            if args.token == "aws:eks/getCluster:getCluster":
                return {"name": "looked-up"}
            return super().call(args)

    def program() -> None:
        cluster = aws.eks.get_cluster(name="any").name
        namespace = pulumi.Config("app").require("namespace")
        PodIdentity("api", {"cluster_name": cluster, "namespace": namespace, "service_account": "api"})

    by_pair = identities(program, mocks=Ours(account="444455556666"), config={"app:namespace": "orders"})

    assert by_pair["orders/api"].cluster == "looked-up"
    assert by_pair["orders/api"].account == "444455556666"


def test_a_program_that_fails_fails_the_test() -> None:
    with pytest.raises(ValueError, match="no such thing"):
        identities(lambda: (_ for _ in ()).throw(ValueError("no such thing")))
