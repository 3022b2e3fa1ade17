"""Random documents: the evaluator and MiniStack, with the sandbox's corrections, give the same answers.

The seed is fixed, so that a difference can be reproduced. There are none among these documents.
"""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from differential import (
    BOTH,
    EVERYONE,
    SEED,
    SETS,
    STRING,
    SUFFIXES,
    is_allowed,
    parse_optional,
    policy_arn,
    run_chain,
)
from eks_pod_identity.access.layers import Layers, decide
from eks_pod_identity.access.steps import Outcome
from eks_pod_identity.iam.admission import admits_association
from eks_pod_identity.iam.document import parse
from eks_pod_identity.iam.request import Association, Session, pod_request
from tests.sandbox.aws.emulated_aws import REGION, SERVICE, SOURCE, Chain, client, cluster_arn, tags

pytestmark = pytest.mark.engine

TRUSTS, POLICIES, QUESTIONS = 120, 120, 4
NAMESPACES, ACCOUNTS, CLUSTERS = ("payments", "orders"), ("api", "worker"), ("dev", "prod")
POD = {"pod_name": "api-1", "pod_uid": "6a8a2f9c-0000-4000-8000-000000000001"}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    yield from run_chain(tmp_path_factory.mktemp("aws"))


def condition(chance: random.Random, keys: dict[str, list[str]]) -> dict[str, Any]:
    """Make up to three conditions on keys that both evaluators know, with values that may match."""
    conditions: dict[str, Any] = {}
    for _ in range(chance.randrange(3)):
        key = chance.choice(list(keys))
        if chance.random() < 0.15:
            conditions.setdefault("Null", {})[key] = chance.choice(["true", "false", True, False])
            continue
        if key.endswith("TagKeys"):
            operator = chance.choice(SETS) + chance.choice(STRING)
        elif key.endswith("Arn"):
            operator = chance.choice(("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"))
        else:
            operator = chance.choice(STRING) + chance.choice(SUFFIXES)
        wanted = chance.sample(keys[key], k=min(len(keys[key]), chance.randint(1, 2)))
        conditions.setdefault(operator, {})[key] = wanted if chance.random() < 0.5 or len(wanted) > 1 else wanted[0]
    return conditions


TRUST_KEYS = {
    "aws:SourceAccount": [SOURCE, "444455556666", "1111*"],
    "aws:SourceArn": [cluster_arn("dev"), cluster_arn("prod"), cluster_arn("*"), "arn:aws:eks:*:*:cluster/d?v"],
    "aws:RequestTag/kubernetes-namespace": ["payments", "Payments", "pay*", "orders", "*"],
    "aws:RequestTag/kubernetes-service-account": ["api", "API", "w?rker", "${aws:RequestTag/kubernetes-namespace}"],
    "aws:RequestTag/eks-cluster-name": ["dev", "prod", "${aws:RequestTag/nothing}", "${aws:RequestTag/x, 'dev'}"],
    "aws:TagKeys": ["kubernetes-namespace", "kubernetes-*", "eks-*", "*"],
    "sts:TransitiveTagKeys": ["eks-cluster-name", "k*", "eks*", "another"],
    "aws:PrincipalOrgID": ["o-1234567890"],
    "sts:ExternalId": ["some-id"],
}
PRINCIPALS = (SERVICE, SERVICE, SERVICE, {"Service": ["ec2.amazonaws.com", "pods.eks.amazonaws.com"]}, {"AWS": SOURCE})


def trust(chance: random.Random) -> dict[str, Any]:
    statements = []
    for _ in range(chance.randint(1, 3)):
        elements = {
            "Effect": "Deny" if chance.random() < 0.25 else "Allow",
            "Principal": chance.choice(PRINCIPALS),
            "Action": chance.choice((BOTH, BOTH, BOTH[0], "sts:*", "sts:assumerole", ["sts:Assume*", "sts:Tag*"])),
        }
        statements.append(elements | {"Condition": condition(chance, TRUST_KEYS)})
    return {"Version": chance.choice(("2012-10-17", "2012-10-17", "2008-10-17")), "Statement": statements}


def test_random_trusts_are_judged_alike(chain: Chain) -> None:
    chance = random.Random(SEED)
    iam = client(chain.aws, "iam")
    differences = []
    for _ in range(TRUSTS):
        source = trust(chance)
        name = chain.unique("trusting")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(source))["Role"]["Arn"]
        for _ in range(QUESTIONS):
            cluster, namespace, account = (chance.choice(names) for names in (CLUSTERS, NAMESPACES, ACCOUNTS))
            sends = chance.random() < 0.7
            association = Association(cluster, namespace, account, REGION, SOURCE, "aws", session_tags=sends, **POD)
            sent = [{"Key": key, "Value": str(value)} for key, value in association.tags().items()]
            more = {"Tags": sent, "TransitiveTagKeys": [tag["Key"] for tag in sent]} if sends else {}
            theirs = is_allowed(lambda role=role, cluster=cluster, more=more: chain.pods(role, cluster, **more))
            ours = admits_association(parse(source), association, role, {}).answer
            if ours is not theirs:
                differences.append((source, association, ours, theirs))

    assert differences == []


POLICY_KEYS = {
    "aws:PrincipalTag/kubernetes-namespace": ["payments", "pay*", "Payments", "${aws:PrincipalTag/team}"],
    "aws:PrincipalTag/team": ["core", "c?re", "${aws:PrincipalTag/nothing}", "${aws:PrincipalTag/nothing, 'core'}"],
    "aws:PrincipalTag/nothing": ["x", "*"],
    "aws:PrincipalArn": [
        f"arn:aws:iam::{SOURCE}:role/*",
        "arn:aws:iam::*:role/permitted-*",
        "arn:aws:iam::444455556666:role/*",
    ],
    "aws:PrincipalAccount": [SOURCE, "444455556666"],
}
ACTIONS = ("s3:GetObject", "s3:*", "s3:Get*", "S3:getobject", "s3:PutObject", "*", "s3:?etObject", "sqs:*")
RESOURCES = (
    "*",
    "arn:aws:s3:::invoices/*",
    "arn:aws:s3:::invoices",
    "arn:aws:s3:::*/payments/*",
    "arn:aws:s3:::invoices/${aws:PrincipalTag/kubernetes-namespace}/*",
    "arn:aws:s3:::invoices/${aws:PrincipalTag/nothing}/*",
    "arn:aws:s3:::invoices/${aws:PrincipalTag/nothing, 'payments'}/?",
    "arn:aws:s3:::invoices/[p]ayments/1",
)


def permissions(chance: random.Random) -> dict[str, Any]:
    statements = []
    for _ in range(chance.randint(1, 3)):
        action = "NotAction" if chance.random() < 0.15 else "Action"
        resource = "NotResource" if chance.random() < 0.15 else "Resource"
        elements = {
            "Effect": "Deny" if chance.random() < 0.25 else "Allow",
            action: chance.sample(ACTIONS, k=chance.randint(1, 2)),
            resource: chance.sample(RESOURCES, k=chance.randint(1, 2)),
        }
        statements.append(elements | {"Condition": condition(chance, POLICY_KEYS)})
    return {"Version": chance.choice(("2012-10-17", "2012-10-17", "2008-10-17")), "Statement": statements}


def test_random_permissions_boundaries_and_session_policies_are_judged_alike(chain: Chain) -> None:
    chance = random.Random(SEED + 1)
    iam, s3 = client(chain.aws, "iam"), client(chain.aws, "s3")
    s3.create_bucket(Bucket="invoices", CreateBucketConfiguration={"LocationConstraint": REGION})
    differences = []
    for _ in range(POLICIES):
        own = permissions(chance)
        boundary, session_policy = (permissions(chance) if chance.random() < 0.3 else None for _ in range(2))
        name = chain.unique("permitted")
        created = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(EVERYONE),
            Tags=[{"Key": "team", "Value": "core"}],
            **({"PermissionsBoundary": policy_arn(iam, f"{name}-limit", boundary)} if boundary else {}),
        )
        role = created["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="permissions", PolicyDocument=json.dumps(own))
        narrowed = {"Policy": json.dumps(session_policy)} if session_policy else {}
        credentials = chain.pods(role, Tags=tags(kubernetes_namespace="payments"), **narrowed)
        pods = client(chain.aws, "s3", credentials=credentials)
        layers = Layers({"permissions": parse(own)}, parse_optional(boundary), parse_optional(session_policy))
        session = Session(role, {"kubernetes-namespace": "payments"}, {"team": "core"})
        for key in chance.sample(("payments/1", "payments/12", "orders/1", "x"), k=2):
            theirs = is_allowed(lambda pods=pods, key=key: pods.get_object(Bucket="invoices", Key=key))
            ours = decide(pod_request("s3:GetObject", f"arn:aws:s3:::invoices/{key}", session), layers).outcome
            if (ours is Outcome.ALLOW) is not theirs or ours is Outcome.UNKNOWN:
                differences.append((own, boundary, session_policy, key, ours, theirs))

    assert differences == []
