"""Trust policies that AWS documents and that others publish.

No false alarm on what works, and each known pain found.
"""

from typing import Any

import pytest

from eks_pod_identity.iam import parse
from eks_pod_identity.rules.chain.target_trust import target_trust_findings
from eks_pod_identity.rules.trust.judge import concerns_pods, trust_findings

ACCOUNT = "111122223333"
CLUSTER = f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/example"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
SOURCE = f"arn:aws:iam::{ACCOUNT}:role/source"
BOTH = ["sts:AssumeRole", "sts:TagSession"]
PODS = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": BOTH}
TAGS = {
    "aws:RequestTag/eks-cluster-arn": CLUSTER,
    "aws:RequestTag/kubernetes-namespace": "example-namespace",
    "aws:RequestTag/kubernetes-service-account": "example-service-account",
}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def pods(**condition: Any) -> dict[str, Any]:
    return document({**PODS, "Condition": condition})


SOURCES: dict[str, dict[str, Any]] = {
    # Amazon EKS User Guide, pod-id-role: conditions on session tags.
    "request tags": pods(StringEquals=TAGS),
    # Amazon EKS Best Practices Guide, identity and access management.
    "organization": pods(StringEquals={"aws:SourceOrgId": "${aws:ResourceOrgId}"}),
    "organization and account": pods(StringEquals={"aws:SourceAccount": "${aws:ResourceAccount}"}),
    "unit of an organization": pods(**{"ForAnyValue:StringLike": {"aws:SourceOrgPaths": ["o-abc/r-def/ou-ghi/*"]}}),
    # awslabs/mountpoint-s3-csi-driver#781, terraform-aws-eks#3743: reported to work.
    "cluster arn": pods(
        StringEquals={"aws:SourceAccount": ACCOUNT}, ArnLike={"aws:SourceArn": f"arn:aws:eks:*:{ACCOUNT}:cluster/*"}
    ),
    "any partition": pods(ArnEquals={"aws:SourceArn": f"arn:${{aws:Partition}}:eks:us-east-1:{ACCOUNT}:cluster/a"}),
    "as text": pods(StringLike={"aws:SourceArn": f"arn:aws*:eks:*:{ACCOUNT}:cluster/team-*"}),
    "IRSA beside it": document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/A:sub": "system:serviceaccount:default:app"}
            },
        },
        {**PODS, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
    ),
    "two statements": document(
        {**PODS, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
        {**PODS, "Action": "sts:TagSession"},
    ),
    "scope by denial": document(
        PODS,
        {
            "Effect": "Deny",
            "Principal": PODS["Principal"],
            "Action": "sts:AssumeRole",
            "Condition": {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}},
        },
    ),
    "China": pods(ArnEquals={"aws:SourceArn": f"arn:aws-cn:eks:cn-north-1:{ACCOUNT}:cluster/example"}),
    "transport": pods(StringEquals={"aws:SourceAccount": ACCOUNT}, Bool={"aws:SecureTransport": "true"}),
}


@pytest.mark.parametrize("name", list(SOURCES))
def test_a_source_trust_that_works_has_no_finding(name: str):
    assert [finding.message() for finding in trust_findings(SOURCES[name], subject=name, used_by_pods=True)] == []


TARGETS: dict[str, tuple[dict[str, Any], list[str]]] = {
    # Amazon EKS User Guide, pod-id-assign-target-role: session tags on, and off.
    "tags on": (
        document(
            {
                "Effect": "Allow",
                "Principal": ROOT,
                "Action": BOTH,
                "Condition": {"StringEquals": TAGS, "ArnEquals": {"aws:PrincipalArn": SOURCE}},
            }
        ),
        [],
    ),
    "tags off": (
        document(
            {
                "Effect": "Allow",
                "Principal": ROOT,
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"sts:ExternalId": f"us-east-1/{ACCOUNT}/example/default/app"},
                    "ArnEquals": {"aws:PrincipalArn": SOURCE},
                },
            },
            {"Effect": "Allow", "Principal": ROOT, "Action": "sts:TagSession"},
        ),
        [],
    ),
    # AWS Containers blog on cross-account access: the source role as principal, which is advised against.
    "role as principal": (
        document(
            {
                "Effect": "Allow",
                "Principal": {"AWS": SOURCE},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": f"us-east-1/{ACCOUNT}/example/default/app"}},
            },
            {"Effect": "Allow", "Principal": {"AWS": SOURCE}, "Action": "sts:TagSession"},
        ),
        ["PI303", "PI303"],
    ),
    "session of a role": (
        document(
            {
                "Effect": "Allow",
                "Principal": ROOT,
                "Action": BOTH,
                "Condition": {"StringLike": {"aws:userid": "AROAEXAMPLE:*"}},
            }
        ),
        [],
    ),
}


@pytest.mark.parametrize("name", list(TARGETS))
def test_the_findings_for_a_documented_target_trust(name: str):
    trust, expected = TARGETS[name]

    assert [finding.code for finding in target_trust_findings(trust, subject=name)] == expected


OTHERS: dict[str, dict[str, Any]] = {
    "instances": document(
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ),
    "clusters": document(
        {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ),
    "Fargate": document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "eks-fargate-pods.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:eks:us-east-1:{ACCOUNT}:fargateprofile/a/*"}},
        }
    ),
    "Auto Mode clusters": document({"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": BOTH}),
    "capabilities": document(
        {"Effect": "Allow", "Principal": {"Service": "capabilities.eks.amazonaws.com"}, "Action": BOTH}
    ),
    "GitHub": document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"},
            "Action": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
            "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:org/repo:*"}},
        }
    ),
    "Roles Anywhere": document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "rolesanywhere.amazonaws.com"},
            "Action": [*BOTH, "sts:SetSourceIdentity"],
        }
    ),
    "another account": document(
        {
            "Effect": "Allow",
            "Principal": ROOT,
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "vendor"}},
        }
    ),
}


@pytest.mark.parametrize("name", list(OTHERS))
def test_the_trust_of_another_service_has_no_finding(name: str):
    assert trust_findings(OTHERS[name], subject=name) == ()


@pytest.mark.parametrize("name", ["instances", "clusters", "Fargate", "another account"])
def test_the_trust_of_another_service_is_not_taken_for_one_of_pods(name: str):
    assert not concerns_pods(parse(OTHERS[name]))


PAINS: dict[str, tuple[dict[str, Any], str]] = {
    "bare, as most modules write it": (document(PODS), "PI104"),
    "the sample of the target on the source": (
        pods(StringEquals=TAGS, ArnEquals={"aws:PrincipalARN": SOURCE}),
        "PI105",
    ),
    "the association in SourceArn": (
        pods(ArnLike={"aws:SourceArn": f"arn:aws:eks:*:{ACCOUNT}:podidentityassociation/example/*"}),
        "PI105",
    ),
    "the organization of a service": (
        pods(StringEquals={"aws:SourceAccount": ACCOUNT, "aws:PrincipalOrgID": "o-abc"}),
        "PI105",
    ),
    "a person's second factor": (
        pods(StringEquals={"aws:SourceAccount": ACCOUNT}, Bool={"aws:MultiFactorAuthPresent": "true"}),
        "PI105",
    ),
    "a pattern under StringEquals": (pods(StringEquals={"aws:SourceAccount": "*"}), "PI105"),
    "an account with dashes": (pods(StringEquals={"aws:SourceAccount": "1111-2222-3333"}), "PI105"),
    "an alias of an account": (pods(StringLike={"aws:SourceAccount": ["prod", "acme-*"]}), "PI105"),
    "an account as an ARN": (pods(ArnLike={"aws:SourceAccount": ACCOUNT}), "PI105"),
    "a name for the ARN": (pods(StringEquals={"aws:RequestTag/eks-cluster-arn": "example"}), "PI105"),
    "an ARN for the name": (pods(StringEquals={"aws:RequestTag/eks-cluster-name": CLUSTER}), "PI105"),
    "every cluster there is": (pods(StringLike={"aws:SourceArn": "arn:aws:eks:*"}), "PI104"),
    "every cluster, in parts": (pods(ArnLike={"aws:SourceArn": "arn:aws*:e?s:*:*:cluster/?*"}), "PI104"),
    "every cluster, by tag": (pods(StringLike={"aws:RequestTag/eks-cluster-arn": "arn:aws:eks:*:cluster/*"}), "PI104"),
    "twelve question marks": (pods(StringLike={"aws:SourceAccount": "?" * 12}), "PI104"),
    "any namespace": (pods(StringLike={"aws:RequestTag/kubernetes-namespace": "?*"}), "PI104"),
    "a denial of everyone": (
        document(
            {**PODS, "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}},
            {"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"},
        ),
        "PI101",
    ),
    "a denial that leaves everyone": (
        document(
            PODS,
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sts:*",
                "Condition": {"StringNotLike": {"aws:SourceAccount": "*"}},
            },
        ),
        "PI104",
    ),
    "a denial under two conditions": (
        document(
            PODS,
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sts:*",
                "Condition": {
                    "StringNotEquals": {"aws:SourceAccount": ACCOUNT},
                    "Bool": {"aws:SecureTransport": "false"},
                },
            },
        ),
        "PI104",
    ),
    "a wildcard inside a principal": (
        document({**PODS, "Principal": {"Service": ["pods.eks.amazonaws.com", "*.amazonaws.com"]}}),
        "PI106",
    ),
}


@pytest.mark.parametrize("name", list(PAINS))
def test_a_known_mistake_is_found(name: str):
    trust, expected = PAINS[name]

    assert expected in [finding.code for finding in trust_findings(trust, subject=name, used_by_pods=True)]


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{ACCOUNT}:role/*",
        f"arn:aws:iam::{ACCOUNT}:role/?*",
        f"arn:aws:iam::{ACCOUNT}:*",
        f"arn:a*s:iam::{ACCOUNT}:role/*",
        "arn:*:iam::*:*",
    ],
)
def test_a_target_trust_that_names_every_role_of_the_account_is_open(arn: str):
    trust = document(
        {
            "Effect": "Allow",
            "Principal": ROOT,
            "Action": BOTH,
            "Condition": {"ArnLike": {"aws:PrincipalArn": arn}},
        }
    )

    assert [finding.code for finding in target_trust_findings(trust, subject="it")] == ["PI306"]


def test_a_key_that_stands_twice_is_found_wherever_it_is():
    """JSON keeps one of them, and which one is undefined: the condition that a reader sees may have no effect."""
    text = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": '
        '"pods.eks.amazonaws.com"},'
        ' "Action": "sts:*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}, "Condition": {}}]}'
    )

    findings = trust_findings(text, subject="it")

    assert [finding.code for finding in findings] == ["PI104", "PI106"]
    assert 'has "Condition" twice in one object' in findings[1].problem


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"sts:ExternalId": f"eu-west-1/{ACCOUNT}/dev/payments/api"}}, True),
        ({"StringLike": {"sts:ExternalId": "*/*/dev/payments/*"}}, True),
        ({"StringEquals": {"sts:ExternalId": "vendor"}}, False),
        ({"StringEquals": {"aws:PrincipalArn": f"eu-west-1/{ACCOUNT}/dev/payments/api"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "a"}}, True),
        ({"StringEquals": {"aws:PrincipalTag/team": "a"}}, False),
    ],
)
def test_an_external_id_of_the_form_that_eks_sends_shows_a_target(condition: dict[str, Any], expected: bool):
    statement = {"Effect": "Allow", "Principal": ROOT, "Action": "sts:AssumeRole", "Condition": condition}

    assert concerns_pods(parse(document(statement))) is expected
