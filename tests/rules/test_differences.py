"""How messages explain why a policy does not allow a request."""

from typing import Any

import pytest

from eks_pod_identity.iam import parse
from eks_pod_identity.iam.evaluate import evaluate, evaluate_resource_policy
from eks_pod_identity.iam.possible import ABSENT, Variable, text_of
from eks_pod_identity.iam.request import Association, Session, pod_request, source_requests
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.differences import differences, missing_keys, show_value
from eks_pod_identity.rules.identity_policy import form_fix
from eks_pod_identity.rules.samples import ACCOUNT, document, trust

FOUR = 'StringEquals "a", "b", "c" and "d"'
ASSOCIATION = Association("dev", "payments", "api", "eu-west-1", ACCOUNT, "aws")


def differences_of(policy: object) -> str:
    return differences(evaluate_resource_policy(parse(policy), source_requests(ASSOCIATION)[0]))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", '"a"'),
        (("a", "b"), '"a" and "b"'),
        (ABSENT, "absent"),
        (text_of("arn:", Variable("partition"), ":iam"), '"arn:<partition>:iam"'),
    ],
)
def test_how_a_value_is_shown(value: Any, expected: str):
    assert show_value(value) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Action": "sts:TagSession"}, 'Statement[0] allows "sts:TagSession" and not "sts:AssumeRole"'),
        (
            {"Principal": {"Service": ["ec2.amazonaws.com", "ecs.amazonaws.com"]}},
            'Statement[0] names "ec2.amazonaws.com" and "ecs.amazonaws.com" and not "pods.eks.amazonaws.com"',
        ),
        (
            {"Condition": {"StringEquals": {"sts:ExternalId": "a"}}},
            'sts:ExternalId is absent and Statement[0].Condition.StringEquals requires StringEquals "a"',
        ),
        (
            {"Condition": {"StringEquals": {"aws:SourceAccount": []}}},
            f'aws:SourceAccount is "{ACCOUNT}" and Statement[0].Condition.StringEquals requires StringEquals nothing',
        ),
        (
            {"Condition": {"StringEquals": {"aws:SourceAccount": list("abcde")}}},
            f'aws:SourceAccount is "{ACCOUNT}" and Statement[0].Condition.StringEquals requires {FOUR}',
        ),
    ],
)
def test_what_does_not_match_is_named_with_both_values(changes: dict[str, Any], expected: str):
    assert differences_of(trust(**changes)) == expected


def test_no_more_than_four_differences_are_named():
    tags = ("eks-cluster-arn", "eks-cluster-name", "kubernetes-namespace", "kubernetes-service-account")
    wanted = {f"aws:RequestTag/{tag}": "x" for tag in tags} | {"aws:SourceAccount": "x"}

    assert differences_of(trust(Condition={"StringEquals": wanted})).count(" requires ") == 4


def test_a_policy_without_statements_allows_nothing():
    assert differences_of(document()) == "no statement allows it"


def test_a_denial_is_named_with_what_it_matches():
    denial = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    of_account = {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "b"]}, "StringNotEquals": {"sts:ExternalId": "a"}}

    assert differences_of(document(trust()["Statement"][0], denial)) == "Statement[1] denies sts:AssumeRole"
    sentence = differences_of(document(trust()["Statement"][0], {**denial, "Condition": of_account}))
    assert sentence.startswith(
        f'Statement[1] denies it: aws:SourceAccount is "{ACCOUNT}", so StringEquals "{ACCOUNT}" '
    )
    assert 'sts:ExternalId is absent, so StringNotEquals "a" holds' in sentence


def test_the_resource_of_a_permission_policy_is_named():
    policy = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"})
    request = pod_request("s3:GetObject", "arn:aws:s3:::b/c", Session(UNKNOWN))

    assert differences(evaluate(parse(policy), request)) == (
        'the Resource of Statement[0] is "arn:aws:s3:::a/*" and not "arn:aws:s3:::b/c"'
    )


def test_keys_that_decide_and_are_not_known_are_named():
    evaluations = [evaluate_resource_policy(parse(trust()), each) for each in source_requests(Association())]
    known = [evaluate_resource_policy(parse(trust(Condition={})), each) for each in source_requests(Association())]

    sentence = missing_keys(evaluations)

    assert sentence.startswith("aws:SourceAccount, aws:RequestTag/eks-cluster-arn")
    assert sentence.endswith(" are not known yet.")
    assert missing_keys(known) == "a part of it is not known yet."
    alone = trust(Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})
    assert missing_keys([evaluate_resource_policy(parse(alone), source_requests(Association())[0])]) == (
        "aws:SourceAccount is not known yet."
    )


def test_a_problem_without_its_own_fix_points_to_the_grammar():
    assert form_fix("has another fault.") == "Correct it as the IAM policy grammar describes."
