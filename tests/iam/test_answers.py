"""The details of an answer, and when an answer is open."""

import pytest

from eks_pod_identity.iam.admission import admits_any_association, admits_association, opens_to_account
from eks_pod_identity.iam.document import Document, parse
from eks_pod_identity.iam.evaluate import Effect, evaluate_resource_policy, unreadable
from eks_pod_identity.iam.request import Association, source_requests
from eks_pod_identity.iam.unknown import UNKNOWN

API = Association("prod", "payments", "api", "eu-west-1", "111122223333", "aws")
NAMESPACE = "aws:RequestTag/kubernetes-namespace"
PODS = {"Service": "pods.eks.amazonaws.com"}


def trust(*statements: dict) -> Document:
    base = {"Effect": "Allow", "Principal": PODS, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    return parse({"Version": "2012-10-17", "Statement": [base | statement for statement in statements]})


def test_what_fails_is_that_of_the_nearest_statement() -> None:
    far = {"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    near = {"Condition": {"StringEquals": {NAMESPACE: "orders"}}}

    answer = evaluate_resource_policy(trust(far, near), source_requests(API)[0])

    (check,) = answer.failing()
    assert (check.element, check.key, check.wanted, check.seen) == ("Condition", NAMESPACE, ("orders",), "payments")


def test_what_denies_is_shown_whole() -> None:
    denied = {"Effect": "Deny", "Condition": {"StringEquals": {NAMESPACE: "payments"}}}

    answer = evaluate_resource_policy(trust({}, denied), source_requests(API)[0])

    assert answer.effect is Effect.EXPLICIT_DENY
    assert [check.element for check in answer.failing()] == ["Action", "Principal", "Condition"]


@pytest.mark.parametrize(
    "open_part",
    [
        {"Principal": UNKNOWN},
        {"Principal": {"Service": UNKNOWN}},
        {"Principal": {"Service": [UNKNOWN]}},
        {"Action": [UNKNOWN]},
        {"Effect": UNKNOWN},
        {"Condition": UNKNOWN},
        {"Condition": {"StringEquals": UNKNOWN}},
        {"Condition": {"StringEquals": {NAMESPACE: UNKNOWN}}},
        {"Condition": {"StringNotEquals": {NAMESPACE: ["orders", UNKNOWN]}}},
    ],
)
def test_a_part_that_is_not_known_leaves_the_answer_open(open_part: dict) -> None:
    assert admits_association(trust(open_part), API).answer is None


@pytest.mark.parametrize(
    ("open_part", "answer"),
    [
        ({"Action": [UNKNOWN, "sts:*"]}, True),
        ({"Principal": {"Service": [UNKNOWN, "pods.eks.amazonaws.com"]}}, True),
        ({"Condition": {"StringEquals": {NAMESPACE: [UNKNOWN, "payments"]}}}, True),
        ({"Condition": {"StringNotEquals": {NAMESPACE: [UNKNOWN, "payments"]}}}, False),
        ({"Action": UNKNOWN, "Condition": {"StringEquals": {NAMESPACE: "orders"}}}, False),
    ],
)
def test_a_part_that_does_not_decide_need_not_be_known(open_part: dict, answer: bool) -> None:
    assert admits_association(trust(open_part), API).answer is answer


def test_an_account_of_another_partition_is_another() -> None:
    china = trust({"Principal": {"AWS": "arn:aws-cn:iam::111122223333:root"}})
    own_role = trust({"Principal": {"AWS": "arn:aws-cn:iam::111122223333:role/another-role"}})

    assert opens_to_account(china, "111122223333", "aws-cn").answer is True
    assert opens_to_account(own_role, "111122223333", "aws-cn").answer is True
    assert opens_to_account(own_role, "111122223333", "aws").answer is False


def test_where_all_values_tried_are_excluded_by_patterns_the_answer_stays_open() -> None:
    excluded = trust({"Condition": {"StringNotLike": {NAMESPACE: ["another-*", "x*"]}}})

    assert admits_any_association(excluded).answer is not False


def test_malformed_values_are_named_with_their_location() -> None:
    document = trust({"Condition": {"StringEquals": {NAMESPACE: {"a": 1}}}})

    (problem,) = unreadable(document)
    assert problem.location == "Statement[0].Condition.StringEquals"
    assert problem.text == f'compares "{NAMESPACE}" with something that is not a string'
    assert unreadable(trust({"NotPrincipal": PODS, "Principal": None}))[-1].location.startswith("Statement[0]")


def test_conditions_that_contradict_each_other_admit_nothing_unknown() -> None:
    cluster = {
        "aws:RequestTag/eks-cluster-name": "blue",
        "aws:SourceArn": "arn:aws:eks:eu-west-1:111122223333:cluster/green",
    }
    document = trust({"Condition": {"StringEquals": cluster}})

    admission = admits_association(document, Association(UNKNOWN, "payments", "api"))

    assert admission.answer is False
    assert [evaluation.request.action for evaluation in admission.evaluations] == ["sts:AssumeRole", "sts:TagSession"]


def test_an_account_that_is_not_known_may_be_the_one_trusted() -> None:
    document = trust({"Principal": {"AWS": "111122223333"}})

    opened = opens_to_account(document, UNKNOWN)

    assert opened.answer is True
    assert opened.evaluations[0].request.caller.account == "111122223333"
    assert opens_to_account(document, "444455556666").answer is False
    assert (
        opens_to_account(trust({"Principal": {"AWS": "arn:aws:iam::111122223333:user/root"}}), "111122223333").answer
        is False
    )


def test_a_variable_that_is_malformed_is_not_guessed_at() -> None:
    document = trust({"Condition": {"StringEquals": {NAMESPACE: "${aws:a b}"}}})

    assert admits_association(document, API).answer is None
