"""The messages about the session tags and the conditions of an association (PI107, PI205, PI206), as a snapshot."""

from collections.abc import Mapping
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    READ_INVOICES,
    SCOPED_BY_CLUSTER,
    SOURCE_ROLE_ARN,
    TARGET_ACCOUNT,
    agent,
    association,
    attachment,
    document,
    role,
    role_policy,
    trust,
)
from stack_messages import BY_NAMESPACE, OF_ENVIRONMENT, allow, managed_policy, messages_of, of_environment, workload

SENT_CLUSTER = {"aws:SourceArn": "${aws:RequestTag/eks-cluster-arn}"}
SAME_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}
CLUSTER_NAME = "${aws:PrincipalTag/eks-cluster-name}"
NAMESPACE_TAG = "aws:PrincipalTag/kubernetes-namespace"
OF_NAMESPACE = {"StringEquals": {NAMESPACE_TAG: "payments"}}
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def bucket_policy(principal: object) -> dict[str, Any]:
    statement = allow("s3:GetObject", BY_NAMESPACE, Principal=principal)
    return {"type": "aws:s3/bucketPolicy:BucketPolicy", "properties": {"policy": document(statement)}}


def tags_off(**changes: Any) -> dict[str, Any]:
    return {**workload(trust(Condition=SCOPED_BY_CLUSTER), disableSessionTags=True), **changes}


STACKS: dict[str, Mapping[str, Any]] = {
    # PI107
    "another account": workload(trust(Condition={"StringEquals": {"aws:SourceAccount": TARGET_ACCOUNT}})),
    "several values": workload(trust(Condition={"StringEquals": {"aws:RequestTag/kubernetes-namespace": [*"abcde"]}})),
    "two conditions": workload(
        trust(
            Condition={
                "StringEquals": {"aws:RequestTag/kubernetes-namespace": "a"},
                "StringLike": {"aws:RequestTag/kubernetes-service-account": "b-*"},
            }
        )
    ),
    "a key that EKS does not send for both actions": workload(
        trust(
            Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}, "StringLike": {"sts:RoleSessionName": "eks-*"}}
        )
    ),
    "a tag that must be absent": workload(
        trust(Condition={**SCOPED_BY_CLUSTER, "Null": {"aws:RequestTag/kubernetes-namespace": "true"}})
    ),
    "denied whatever an unknown value is": workload(
        document(
            trust()["Statement"][0],
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sts:AssumeRole",
                "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": UNKNOWN}},
            },
        )
    ),
    "denied for its namespace": workload(
        document(
            trust()["Statement"][0],
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": ["a", "payments"]}},
            },
        )
    ),
    "nothing is wrong": workload(trust()),
    "account not known": of_environment(workload(trust())),
    "name not known": workload(trust(), serviceAccount=UNKNOWN),
    "statement not known": workload(document(trust()["Statement"][0] | {"Condition": UNKNOWN})),
    "role of another provider": {**workload(trust()), "role": {**role(trust()), **OF_ENVIRONMENT}},
    "component": {
        **workload(trust(Condition={"StringEquals": {"aws:RequestTag/kubernetes-namespace": "orders"}})),
        "association": {**association(), "_component": True},
    },
    # PI205
    "shared": {
        **workload(trust(Condition=SCOPED_BY_CLUSTER)),
        "second": association(serviceAccount="b", policy=READ_INVOICES, disableSessionTags=True),
        "c": association(serviceAccount="c"),
    },
    "shared, role not known": {
        "one": association(roleArn=UNKNOWN),
        "two": association(roleArn=UNKNOWN, serviceAccount="worker"),
        "agent": agent(),
    },
    "shared by two, and wrong": {
        "role": role({"Statement": trust(Condition=SAME_ACCOUNT)["Statement"]}),
        "policy": role_policy(document(allow("s3:GetObjekt", "arn:aws:s3:::a"))),
        "one": association(),
        "two": association(serviceAccount="worker"),
        "agent": agent(),
    },
    "nothing wanted": workload(trust(Condition={"StringEquals": {"aws:RequestTag/kubernetes-namespace": []}})),
    # PI206
    "tags off, a variable in the trust": workload(
        trust(Condition={**SCOPED_BY_CLUSTER, "StringNotEquals": SENT_CLUSTER}),
        disableSessionTags=True,
    ),
    "tags off, a variable in the trust taken literally": workload(
        {"Statement": trust(Condition={**SCOPED_BY_CLUSTER, "StringNotEquals": SENT_CLUSTER})["Statement"]},
        disableSessionTags=True,
    ),
    "tags off, trust": workload(trust(), disableSessionTags=True),
    "tags off, trust by the names of tags": workload(
        trust(Condition={**SCOPED_BY_CLUSTER, "ForAnyValue:StringEquals": {"aws:TagKeys": "kubernetes-namespace"}}),
        disableSessionTags=True,
    ),
    "tags off, trust opened": workload(
        document(
            trust(Condition=SCOPED_BY_CLUSTER)["Statement"][0],
            trust(Condition={"StringNotEquals": {"aws:RequestTag/kubernetes-namespace": "a"}})["Statement"][0],
        ),
        disableSessionTags=True,
    ),
    "tags off, trust not known": workload(UNKNOWN, disableSessionTags=True),
    "tags off, policies": tags_off(
        inline=role_policy(document(allow("s3:GetObject", BY_NAMESPACE), allow("s3:PutObject", BY_NAMESPACE))),
        boundary=managed_policy(
            document(allow("*", "*", Condition={"StringNotEquals": {"aws:PrincipalTag/kubernetes-namespace": "a"}}))
        ),
        role=role(trust(Condition=SCOPED_BY_CLUSTER), permissionsBoundary="${boundary.arn}"),
        backup=attachment("arn:aws:iam::aws:policy/AmazonEBSCSIDriverEKSClusterScopedPolicy"),
    ),
    "tags off, policies not known": tags_off(inline=role_policy(UNKNOWN), other=attachment(UNKNOWN)),
    "tags off, statement not known": tags_off(inline=role_policy(document(allow("s3:GetObject", UNKNOWN)))),
    "tags off, what provides for it": tags_off(
        inline=role_policy(
            document(
                allow("s3:*", "*", Condition={"Null": {"aws:PrincipalTag/kubernetes-namespace": "true"}}),
                allow("s3:*", "*", Condition={"StringEqualsIfExists": {"aws:PrincipalTag/kubernetes-namespace": "a"}}),
                allow("s3:*", BY_NAMESPACE.replace("namespace}", "namespace, 'none'}")),
                allow("s3:*", "*", Condition={"StringLike": {"s3:prefix": ["a", CLUSTER_NAME]}}),
                allow("s3:*", "*", Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}),
                allow("s3:*", "*", Condition={"Nope": {"aws:PrincipalTag/kubernetes-namespace": "a"}}),
            )
        )
    ),
    "tags off, uses of many kinds": tags_off(
        a=role_policy(document(allow("s3:*", "*", Condition={"Null": {NAMESPACE_TAG: "false"}}))),
        b=role_policy(document({"Effect": "Deny", "Action": "s3:*", "NotResource": BY_NAMESPACE})),
        c=role_policy(document(allow("s3:*", "*", Condition={"StringLike": {"s3:prefix": CLUSTER_NAME}}))),
        d=role_policy(document(allow("s3:*", "*", Condition={"StringNotLike": {"s3:prefix": CLUSTER_NAME}}))),
        e=role_policy({"Statement": [allow("s3:*", BY_NAMESPACE)]}),
    ),
    "tags off, session policy": {
        **tags_off(),
        "association": association(disableSessionTags=True, policy=document(allow("s3:GetObject", BY_NAMESPACE))),
    },
    "tags off, many uses": tags_off(
        inline=role_policy(document(*[allow("s3:GetObject", BY_NAMESPACE) for _ in range(6)]))
    ),
    "tags not known": {
        **tags_off(inline=role_policy(document(allow("s3:GetObject", BY_NAMESPACE)))),
        "association": association(disableSessionTags=UNKNOWN),
    },
    "tags off, bucket policies": tags_off(
        account=bucket_policy({"AWS": ACCOUNT}),
        another=bucket_policy({"AWS": SOURCE_ROLE_ARN + "-2"}),
        everyone=bucket_policy("*"),
        role_itself=bucket_policy({"AWS": SOURCE_ROLE_ARN}),
        root=bucket_policy({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        root_of_another=bucket_policy({"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"}),
        service=bucket_policy({"Service": "s3.amazonaws.com"}),
        unknown=bucket_policy({"AWS": UNKNOWN}),
    ),
    "tags off, bucket policies and a role that is not known": {
        "association": association(disableSessionTags=True, roleArn=UNKNOWN),
        "agent": agent(),
        "another": bucket_policy({"AWS": SOURCE_ROLE_ARN}),
        "another_account": bucket_policy({"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:role/a"}),
        "root": bucket_policy({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    },
    "tags off, other resource policies": tags_off(
        key={
            "type": "aws:kms/key:Key",
            "properties": {"policy": document(allow("kms:*", "*", Principal="*", Condition=OF_NAMESPACE))},
        },
        none={"type": "aws:kms/key:Key", "properties": {}},
        queue={
            "type": "aws:sqs/queuePolicy:QueuePolicy",
            "properties": {"policy": document(allow("sqs:*", "*", NotPrincipal=ROOT, Condition=OF_NAMESPACE))},
        },
    ),
}


@pytest.mark.parametrize("name", list(STACKS))
def test_the_messages_match_the_snapshot(name: str, snapshot: SnapshotAssertion):
    assert messages_of(STACKS[name]) == snapshot


@pytest.mark.parametrize("name", ["account not known", "another account"])
def test_the_messages_match_the_snapshot_where_the_account_is_configured(name: str, snapshot: SnapshotAssertion):
    assert messages_of(STACKS[name], cluster_account=ACCOUNT) == snapshot
