"""The whole report on a corpus of mistakes, as a reviewed snapshot."""

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.resource import ADDON, FARGATE_PROFILE, NODE_GROUP
from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    EXTERNAL_ID,
    READ_INVOICES,
    SCOPED_BY_CLUSTER,
    SOURCE_ROLE_ARN,
    TARGET_ROLE_ARN,
    agent,
    association,
    attachment,
    document,
    role,
    role_policy,
    service_account,
    target_role,
    target_trust,
    trust,
)
from policy_harness import UNKNOWN, report

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BUCKET = "arn:aws:s3:::invoices"
CONDITIONS: dict[str, Any] = {
    "association arn": {"ArnLike": {"aws:SourceArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/a/b"}},
    "external id": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "sts:ExternalId": "x"}},
    "principal tag": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:PrincipalTag/team": "x"}},
    "other tag": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:RequestTag/team": "x"}},
    "other key": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "eks:clusterName": "x"}},
    "wildcard": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "a-*"}},
    "operator": {"StringEqual": {"aws:SourceAccount": ACCOUNT}},
    "everything": {"StringLike": {"aws:SourceAccount": "*"}},
    "nothing": {},
    "unknown": UNKNOWN,
}
SESSION_POLICIES: dict[str, Any] = {
    "no json": "{",
    "too long": document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{BUCKET}{'a' * 3000}"}),
    "principal": document({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": BUCKET}),
    "not principal": document(
        {"Effect": "Allow", "NotPrincipal": {"AWS": "*"}, "NotAction": "s4:*", "Resource": BUCKET}
    ),
    "no action": document({"Effect": "Allow", "Resource": BUCKET}),
    "no resource": document({"Effect": "Allow", "Action": ["s3:Nope", "s3"]}),
    "operator": document(
        {"Effect": "Allow", "Action": "s3:*", "Resource": BUCKET, "Condition": {"Equals": {"s3:prefix": "a"}}}
    ),
    "resource": document({"Effect": "Allow", "Action": "s3:*", "Resource": ["x", BUCKET]}),
    "wide": document({"Effect": "Allow", "Action": "*", "Resource": "*"}),
    "letters": document({"Effect": "Allow", "Action": "s3:*", "Resource": f"{BUCKET}\u2013"}),
    "unknown": UNKNOWN,
}


def alone(**properties: Any) -> dict[str, Any]:
    """Return an association whose role another program made."""
    return association(**{"roleArn": SOURCE_ROLE_ARN, **properties})


def target_statement(**changes: Any) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}},
    } | changes


TARGETS: dict[str, Any] = {
    "external id": document(target_statement(Condition={"StringEquals": {"sts:ExternalId": EXTERNAL_ID}})),
    "role": target_trust(principal=SOURCE_ROLE_ARN),
    "account": document(target_statement(Condition={})),
    "unknown": UNKNOWN,
    "unknown condition": document(target_statement(Condition={"ArnEquals": UNKNOWN})),
    "unknown principal": document(target_statement(Principal={"AWS": [ROOT, UNKNOWN]})),
    "unknown action": document(
        target_statement(),
        target_statement(
            Action=["sts:AssumeRole", UNKNOWN], Condition={"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
        ),
    ),
    "unknown statement": document(target_statement(), UNKNOWN),  # type: ignore[arg-type] # what is not known has no shape
}


def chain(**changes: Any) -> dict[str, Any]:
    resources = {
        "role": role(trust()),
        "target": target_role(target_trust(external_id=["a", f"eu-west-1/{ACCOUNT}/dev/payments/b"])),
        "association": association(targetRoleArn="${target.arn}"),
        "agent": agent(),
    } | changes
    return {key: value for key, value in resources.items() if value is not None}


CASES: dict[str, dict[str, Any]] = {
    **{f"condition: {name}": {"role": role(trust(Condition=condition))} for name, condition in CONDITIONS.items()},
    **{
        f"session policy: {name}": {"association": alone(policy=policy, disableSessionTags=True), "agent": agent()}
        for name, policy in SESSION_POLICIES.items()
    },
    **{f"target: {name}": {"target": target_role(trust_policy)} for name, trust_policy in TARGETS.items()},
    "trust: unknown": {"role": role(UNKNOWN)},
    "trust: unknown action": {"role": role(trust(Action=["sts:AssumeRole", UNKNOWN]))},
    "trust: unknown principal": {"role": role(trust(Principal={"AWS": UNKNOWN, "Service": UNKNOWN}))},
    "trust: not principal": {"role": role(trust(NotPrincipal={"AWS": ROOT}, Principal=None))},
    "trust: denied": {
        "role": role(
            document(
                *trust()["Statement"],
                {"Effect": "Deny", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:*"},
            )
        )
    },
    "trust: bare": {"role": role(trust(Resource="*", Sid="a b", Principal={"Service": "pods.esk.amazonaws.com"}))},
    "trust: elsewhere": {
        "role": role(trust(Principal={"Service": "ec2.amazonaws.com"})),
        "association": association(),
        "agent": agent(),
    },
    "association: unknown": {
        "association": alone(
            clusterName=UNKNOWN,
            namespace=UNKNOWN,
            serviceAccount=UNKNOWN,
            policy=READ_INVOICES,
            disableSessionTags=UNKNOWN,
        )
    },
    "association: names": {
        "association": alone(clusterName="-", namespace="a.b", serviceAccount="a..b"),
        "agent": agent(clusterName="-"),
    },
    "association: abroad": {"association": association(roleArn=TARGET_ROLE_ARN), "agent": agent()},
    "chain: nothing": chain(),
    "chain: unknown permissions": chain(other=attachment(f"arn:aws:iam::{ACCOUNT}:policy/other")),
    "chain: unknown trust": chain(target=target_role(UNKNOWN)),
    "chain: unknown names": chain(
        association=association(targetRoleArn="${target.arn}", namespace=UNKNOWN, region="us-east-1")
    ),
    "chain: somebody else's": chain(target=None, association=association(targetRoleArn=TARGET_ROLE_ARN)),
    "tags off: trust": {"role": role(trust()), "association": association(disableSessionTags=True), "agent": agent()},
    "tags off: policy": {
        "role": role(trust(Condition=SCOPED_BY_CLUSTER)),
        "policy": role_policy(
            document({"Effect": "Allow", "Action": "s3:*", "Resource": "${aws:PrincipalTag/kubernetes-namespace}"})
        ),
        "association": association(disableSessionTags=True),
        "agent": agent(),
    },
    "tags off: unknown policy": {
        "role": role(trust(Condition=SCOPED_BY_CLUSTER)),
        "policy": role_policy(UNKNOWN),
        "association": association(disableSessionTags=True),
        "agent": agent(),
    },
    "tags off: unknown switch": {
        "role": role(trust()),
        "association": association(disableSessionTags=UNKNOWN),
        "agent": agent(),
    },
    "shared": {
        "role": role(trust()),
        **{f"sa-{index}": association(serviceAccount=f"sa-{index}") for index in range(12)},
        "agent": agent(),
    },
    "twice": {"role": role(trust()), "one": association(), "two": association(), "agent": agent()},
    "add-on": {
        "role": role(trust()),
        "addon": {
            "type": ADDON,
            "properties": {
                "clusterName": "dev",
                "addonName": "amazon-cloudwatch-observability",
                "podIdentityAssociations": [{"serviceAccount": "api"}],
            },
        },
        "association": association(namespace="amazon-cloudwatch"),
        "agent": agent(),
    },
    "accounts": {
        "role": role(trust()),
        "association": association(),
        "agent": agent(),
        "old": service_account("api", annotations={"eks.amazonaws.com/role-arn": "x"}),
    },
    "accounts: unknown": {
        "role": role(trust()),
        "association": association(),
        "agent": agent(),
        "old": service_account("api", annotations=UNKNOWN),
    },
    "accounts: none": {
        "role": role(trust()),
        "association": association(),
        "agent": agent(),
        "b": service_account("b"),
        "a": service_account("a"),
    },
    "fargate": {
        "role": role(trust()),
        "association": association(),
        "agent": agent(),
        "profile": {
            "type": FARGATE_PROFILE,
            "properties": {"clusterName": "dev", "selectors": [{"namespace": "p*", "labels": {"a": "b"}}]},
        },
    },
    "agents": {
        "one": agent(),
        "two": agent(),
        "three": agent(clusterName="auto"),
        "auto": {
            "type": "eks-pod-identity:index:PodIdentity",
            "properties": {"clusterName": "auto", "agent": "auto_mode"},
        },
        "mixed": {
            "type": "eks-pod-identity:index:PodIdentity",
            "properties": {"clusterName": "dev", "agent": "auto_mode"},
        },
        "nodes": {"type": NODE_GROUP, "properties": {"clusterName": "dev"}},
    },
    "tags": {
        "role": role(
            trust(),
            tags={"owner": "a", "aws:x": "y", "eks-cluster-arn": "z", "Environment": "test", "CostCenter": "x"},
        )
    },
    "tags: association": {"association": alone(tags={"Owner": "AWS:a", "Environment": "dev"}), "agent": agent()},
    "tags: unknown": {"role": role(trust(), tags=UNKNOWN), "other": role(trust(), tags={"Environment": UNKNOWN})},
    "policies in two places": {
        "role": role(trust(), managedPolicyArns=["a"], inlinePolicies=[{"name": "a", "policy": READ_INVOICES}]),
        "one": attachment("b"),
        "again": attachment("b"),
        "own": role_policy(READ_INVOICES),
    },
}
CONFIG = {
    "requiredTags": {"Owner": [], "Environment": ["dev", "prod"], "CostCenter": {"pattern": "[0-9]{4}"}},
    "levels": {"PI501": "advisory", "PI208": "advisory"},
}


@pytest.mark.parametrize("case", list(CASES))
def test_the_report_matches_the_snapshot(case: str, snapshot: SnapshotAssertion):
    config = CONFIG if case.startswith("tags:") or case == "tags" else None

    assert report(Example(CASES[case]), config) == snapshot


@pytest.mark.parametrize("code", list(RULES))
def test_the_report_on_the_example_of_a_rule_matches_the_snapshot(code: str, snapshot: SnapshotAssertion):
    assert report(RULES[code].violating) == snapshot
