"""Callers that a trust policy admits: an association, any association, or a whole account."""

import pytest

from eks_pod_identity.iam.admission import (
    admits_any_association,
    admits_any_second_hop,
    admits_association,
    opens_to_account,
    unmet_conditions,
)
from eks_pod_identity.iam.document import Document, parse
from eks_pod_identity.iam.request import Association
from eks_pod_identity.iam.unknown import UNKNOWN

ACCOUNT = "111122223333"
CLUSTER = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/prod"
API = Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws")
BOTH = ["sts:AssumeRole", "sts:TagSession"]
NAMESPACE = "aws:RequestTag/kubernetes-namespace"
NAME = "aws:RequestTag/eks-cluster-name"


def pods(condition: dict | None = None, **elements: object) -> dict:
    statement = {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": BOTH, **elements}
    return statement | ({"Condition": condition} if condition else {})


def root(condition: dict | None = None, **elements: object) -> dict:
    return pods(condition, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, **elements)


def trust(*statements: object) -> Document:
    return parse({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("association", "answer"),
    [
        (API, True),
        (Association("prod", "payment", "api", "eu-west-1", ACCOUNT, "aws"), False),
        (Association("prod", "payments", "api", "eu-west-1", "444455556666", "aws"), False),
        (Association("prod", UNKNOWN, "api", "eu-west-1", ACCOUNT, "aws"), None),
        (Association("prod", "payments", UNKNOWN, UNKNOWN, ACCOUNT, "aws"), True),
        (Association("prod", "payment", "api", session_tags=UNKNOWN), False),
        (Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws", session_tags=UNKNOWN), None),
        (Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws", session_tags=False), False),
    ],
)
def test_an_association_is_admitted_by_what_is_known_of_it(association: Association, answer: bool | None) -> None:
    document = trust(pods({"StringEquals": {"aws:SourceAccount": ACCOUNT, NAMESPACE: "payments"}}))

    assert admits_association(document, association).answer is answer


ANY = {
    "no condition": (trust(pods()), True),
    "upper case is in no namespace": (trust(pods({"StringEquals": {NAMESPACE: "Payments"}})), False),
    "a pattern of upper case": (trust(pods({"StringLike": {NAMESPACE: "Pay*"}})), False),
    "a name that is too long": (trust(pods({"StringEquals": {NAMESPACE: "a" * 64}})), False),
    "a dot is in no namespace": (trust(pods({"StringLike": {NAMESPACE: "a.?"}})), False),
    "EKS calls through no VPC": (trust(pods({"StringEquals": {"aws:SourceVpc": "vpc-1"}})), False),
    "the ARN of an association": (
        trust(pods({"ArnLike": {"aws:SourceArn": f"arn:aws:eks:*:{ACCOUNT}:podidentityassociation/prod/*"}})),
        False,
    ),
    "a cluster by pattern": (
        trust(pods({"ArnLike": {"aws:SourceArn": f"arn:aws:eks:*:{ACCOUNT}:cluster/prod-*"}})),
        True,
    ),
    "the account by pattern": (trust(pods({"StringLike": {"aws:SourceAccount": "1111*"}})), True),
    "a pattern too short for an account": (trust(pods({"StringLike": {"aws:SourceAccount": "1111"}})), False),
    "the organization of the role": (trust(pods({"StringEquals": {"aws:SourceOrgID": "${aws:ResourceOrgID}"}})), True),
    "a service has no organization": (
        trust(pods(), pods({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, Effect="Deny")),
        False,
    ),
    "all but one organization denied": (
        trust(pods(), pods({"StringNotEquals": {"aws:SourceOrgID": "o-abcdefghij"}}, Effect="Deny")),
        True,
    ),
    "two accounts at once": (
        trust(
            pods(
                {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": "arn:aws:eks:*:444455556666:cluster/*"},
                }
            )
        ),
        False,
    ),
    "two clusters at once": (trust(pods({"StringEquals": {NAME: "green", "aws:SourceArn": CLUSTER}})), False),
    "what is allowed is denied": (
        trust(
            pods({"StringEquals": {NAMESPACE: "a"}}),
            pods({"StringNotEquals": {NAMESPACE: "b"}}, Effect="Deny"),
        ),
        False,
    ),
    "all but the usual": (trust(pods({"StringNotLike": {NAMESPACE: "another-*"}})), True),
    "a service uses no MFA": (trust(pods({"Bool": {"aws:MultiFactorAuthPresent": "true"}})), False),
    "external ids are for targets": (trust(pods({"StringEquals": {"sts:ExternalId": "x"}})), False),
    "with tags off": (trust(pods({"Null": {NAMESPACE: "true"}})), True),
    "a tag and no tags": (trust(pods({"Null": {NAMESPACE: "true"}, "StringEquals": {NAME: "prod"}})), False),
    "an operator that IAM lacks": (trust(pods({"StringEqual": {NAMESPACE: "a"}})), None),
    "another service": (trust(pods(Principal={"Service": "eks.amazonaws.com"})), False),
    "the service as an account": (trust(pods(Principal={"AWS": "pods.eks.amazonaws.com"})), False),
    "an unknown statement": (trust(UNKNOWN), None),
    "an address": (trust(pods({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})), True),
    "an address in a network": (trust(pods({"IpAddress": {"aws:SourceIp": "10.0.0.5/8"}})), True),
    "no address at all": (trust(pods({"IpAddress": {"aws:SourceIp": "office"}})), None),
    # A namespace may match both, although no tried one does.
    "two patterns of one key": (
        trust(pods({"StringLike": {NAMESPACE: "c*"}, "StringLikeIfExists": {NAMESPACE: "*d"}})),
        None,
    ),
    "patterns of two keys": (trust(pods({"StringLike": {NAMESPACE: "c*", NAME: "*d"}})), True),
    "patterns of two keys, one of upper case": (trust(pods({"StringLike": {NAMESPACE: "C*", NAME: "*d"}})), False),
    "whatever the case": (trust(pods({"StringEqualsIgnoreCase": {NAMESPACE: "PAYMENTS"}})), True),
    "an account by pattern of another": (
        trust(
            pods({"StringLike": {"aws:SourceAccount": "1*"}}),
            pods({"StringLike": {"aws:SourceAccount": "11*"}}, Effect="Deny"),
        ),
        True,
    ),
    "a date": (trust(pods({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}})), None),
}


@pytest.mark.parametrize("case", ANY)
def test_a_request_of_eks_is_found_or_there_is_none(case: str) -> None:
    document, answer = ANY[case]

    assert admits_any_association(document).answer is answer


def test_the_conditions_that_no_request_of_eks_satisfies_are_named() -> None:
    document = trust(pods({"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceVpc": "vpc-1"}}))

    (check,) = unmet_conditions(document.statements[0], document)

    assert (check.operator, check.key, check.wanted) == ("StringEquals", "aws:SourceVpc", ("vpc-1",))


SAME_ROLE = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/api"}}
EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": f"eu-west-1/{ACCOUNT}/prod/payments/api"}}
TARGETS = {
    "as the components write it": (
        trust(root(SAME_ROLE | EXTERNAL_ID, Action=BOTH[0]), root(SAME_ROLE, Action=BOTH[1])),
        True,
        False,
    ),
    "people with MFA": (
        trust(root({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, Action=[*BOTH, "sts:SetSourceIdentity"])),
        False,
        False,
    ),
    "the whole account": (trust(root()), True, True),
    "an organization": (trust(root({"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}})), True, True),
    "an external id on TagSession": (trust(root(EXTERNAL_ID)), True, False),
    "a tag": (trust(root({"StringEquals": {NAMESPACE: "payments"}})), True, False),
    "roles by pattern": (
        trust(root({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}})),
        True,
        True,
    ),
    "a foreign external id": (
        trust(root({"StringEquals": {"sts:ExternalId": "chosen-by-hand"}}, Action=BOTH[0]), root(Action=BOTH[1])),
        False,
        False,
    ),
}


@pytest.mark.parametrize("case", TARGETS)
def test_a_target_trust_is_satisfied_by_the_second_hop_and_by_others(case: str) -> None:
    document, second_hop, stranger = TARGETS[case]

    assert admits_any_second_hop(document).answer is second_hop
    assert opens_to_account(document, ACCOUNT).answer is stranger


@pytest.mark.parametrize(
    "broken",
    [
        {"Conditions": {"StringEquals": {NAMESPACE: "payments"}}},
        {"NotAction": "sts:*"},
        {"Effect": "allow"},
        {"NotPrincipal": {"AWS": ACCOUNT}},
        {"Action": []},
        {"Condition": [1]},
    ],
)
def test_a_statement_that_iam_refuses_is_not_guessed_at(broken: dict) -> None:
    assert admits_association(trust({**pods(), **broken}), API).answer is None
    assert admits_association(trust(pods(), {**pods(), **broken}), API).answer in (None, True)


@pytest.mark.parametrize("source", ["{", {"Version": "2020-01-01", "Statement": [pods()]}, [], {"Statement": []}])
def test_a_document_that_iam_refuses_is_not_guessed_at(source: object) -> None:
    assert admits_association(parse(source), API).answer is None


def test_a_sid_changes_no_meaning() -> None:
    assert admits_association(trust(pods(Sid="with spaces and -")), API).answer is True
