"""The messages about the policies of roles (PI6), as a snapshot."""

from collections.abc import Mapping
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.resource import POLICY_ATTACHMENT
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    READ_INVOICES,
    SCOPED_BY_CLUSTER,
    association,
    attachment,
    document,
    role,
    role_policy,
    trust,
)
from stack_messages import BY_NAMESPACE, OF_ENVIRONMENT, allow, managed_policy, messages_of, workload

BUCKETS = [f"arn:aws:s3:::{name}" for name in "abcd"]


STACKS: dict[str, Mapping[str, Any]] = {
    # PI601 and PI602
    "attached twice": {**workload(trust()), "a": attachment("x"), "b": attachment("x"), "c": attachment("y")},
    "attached twice perhaps": {
        **workload(trust()),
        "policy": {**managed_policy(READ_INVOICES), **OF_ENVIRONMENT},
        "a": attachment("${policy.arn}"),
        "b": attachment(f"arn:aws:iam::{ACCOUNT}:policy/read"),
    },
    "attachment not known": {
        **workload(trust()),
        "a": attachment(UNKNOWN),
        "b": {"type": POLICY_ATTACHMENT, "properties": {"roles": ["${role.name}"], "policyArn": UNKNOWN}},
    },
    "in two places": {
        **workload(trust()),
        "role": role(trust(), managedPolicyArns=["x"], inlinePolicies=[{"policy": READ_INVOICES}]),
        "a": attachment("y"),
        "b": role_policy(READ_INVOICES),
    },
    "in two places perhaps": {
        **workload(trust()),
        "role": role(trust(), managedPolicyArns=UNKNOWN, inlinePolicies=UNKNOWN),
        "a": attachment("y"),
        "b": role_policy(READ_INVOICES),
    },
    # PI603 to PI605
    "invalid policies": {
        **workload(trust()),
        "a": role_policy("{"),
        "b": role_policy(document(allow("s3:GetObjekt", "bucket"))),
        "c": role_policy(document(allow("s3:GetObject", "/bucket", Principal="*"))),
        "role": role(trust(), inlinePolicies=[{"policy": ""}, {"policy": "["}]),
    },
    "a policy that two roles have": {
        **workload(trust()),
        "second": role(trust(), name="worker"),
        "another": association(roleArn="${second.arn}", namespace="orders"),
        "read": managed_policy(document(allow("s3:GetObjekt", "arn:aws:s3:::a/*"))),
        "write": managed_policy(document(allow("s3:PutObjekt", "arn:aws:s3:::a/*")), name="write"),
        "a": attachment("${read.arn}"),
        "b": attachment("${read.arn}", to="${second.name}"),
        "c": attachment("${write.arn}", to="${second.name}"),
    },
    "policies not known": {**workload(trust()), "a": role_policy(UNKNOWN), "b": role_policy({"Statement": [UNKNOWN]})},
    "version": {
        **workload(trust()),
        "a": role_policy({"Statement": [allow("s3:GetObject", ["*", BY_NAMESPACE])]}),
        "b": role_policy({"Version": UNKNOWN, "Statement": [allow("s3:GetObject", BY_NAMESPACE)]}),
        "c": role_policy(
            {
                "Version": "2008-10-17",
                "Statement": [
                    {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": BY_NAMESPACE},
                    allow("s3:*", "*", Condition={"StringLike": {"s3:prefix": ["a", "${aws:username}"]}}),
                ],
            }
        ),
        "d": role_policy(
            {"Statement": [allow("s3:*", "*", Condition={"StringLike": {"s3:prefix": ["a", "${aws:username}"]}})]}
        ),
        "e": role_policy({"Statement": [allow("s3:*", "*", Condition={"Bool": {"aws:SecureTransport": "${a}"}})]}),
    },
    "trust and session policy without a version": workload(
        {"Statement": trust(Condition={"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}})["Statement"]},
        policy={"Statement": [allow("s3:GetObject", BY_NAMESPACE)]},
        disableSessionTags=True,
    ),
    "useless actions": {
        **workload(trust()),
        "a": role_policy(document(allow("s3:GetObject", "arn:aws:s3:::a"))),
        "b": role_policy(document(allow(["s3:GetObject", "s3:PutObject"], BUCKETS))),
        "c": role_policy(document(allow("s3:ListAllMyBuckets", "arn:aws:s3:::a"))),
        "d": role_policy(document(allow("s3:ListBucket", "arn:aws:s3:::a/*"))),
        "e": role_policy(document(allow("ec2:RunInstances", "arn:aws:s3:::a"))),
    },
    "useless session policy": {
        **workload(trust(Condition=SCOPED_BY_CLUSTER)),
        "association": association(policy=document(allow("s3:GetObject", "arn:aws:s3:::a")), disableSessionTags=True),
    },
}


@pytest.mark.parametrize("name", list(STACKS))
def test_the_messages_match_the_snapshot(name: str, snapshot: SnapshotAssertion):
    assert messages_of(STACKS[name]) == snapshot
