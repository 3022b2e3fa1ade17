"""Hostile documents of 10 kB are judged quickly: no step is quadratic in their size.

The aim is 50 ms for one answer on an idle machine. Test runs share their processors, so these tests allow five times
as much: they find what grows with the square of a document, not what is slower by a half.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from eks_pod_identity.iam.admission import admits_any_association, admits_any_second_hop, opens_to_account
from eks_pod_identity.iam.document import parse
from eks_pod_identity.iam.evaluate import evaluate
from eks_pod_identity.iam.request import Association, Session, pod_request

pytestmark = pytest.mark.no_cover

BOUND = 0.25
PODS = {"Service": "pods.eks.amazonaws.com"}
BOTH = ["sts:AssumeRole", "sts:TagSession"]
TAG = "aws:RequestTag/kubernetes-namespace"
SESSION = Session("arn:aws:iam::111122223333:role/api", Association("prod", "a", "b").tags(), {})


def trust(*conditions: Any, principal: Any = PODS) -> dict[str, Any]:
    statements = [
        {"Effect": "Allow", "Principal": principal, "Action": BOTH, "Condition": condition} for condition in conditions
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def permission(**elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}}


ARN = "aws:SourceArn"
DOCUMENTS = {
    "a pattern of stars": trust({"StringLike": {TAG: "*a" * 4_000}}),
    "a pattern of question marks": trust({"StringLike": {TAG: "?" * 9_000}}),
    "stars in an ARN": trust({"ArnLike": {ARN: "arn:aws:eks:*:*:cluster/" + "*a" * 4_000}}),
    "many patterns": trust({"StringLike": {TAG: [f"*{number}*" for number in range(1_200)]}}),
    "many patterns of ARNs": trust({"ArnLike": {ARN: [f"arn:aws:eks:*:*:cluster/*{n}*" for n in range(250)]}}),
    "many statements": trust(*({"StringEquals": {TAG: f"n{number}"}} for number in range(50))),
    "many statements that contradict themselves": trust(
        *({"StringEquals": {TAG: f"n{n}", "aws:SourceAccount": "1"}, "StringLike": {TAG: f"m{n}*"}} for n in range(40))
    ),
    "two clusters in each statement": trust(
        *(
            {
                "StringEquals": {"aws:RequestTag/eks-cluster-name": f"a{n}", TAG: f"n{n}"},
                "ArnLike": {ARN: f"arn:aws:eks:*:*:cluster/b{n}*"},
            }
            for n in range(35)
        )
    ),
    "many keys": trust({"StringEquals": {f"aws:RequestTag/{number}": "x" for number in range(300)}}),
    "many principals": trust({}, principal={"AWS": [f"arn:aws:iam::{n:012}:root" for n in range(280)]}),
    "variables": trust({"StringLike": {TAG: "${aws:SourceAccount}*" * 450}}),
    "open variables": trust({"StringNotLike": {TAG: ["${aws:RequestTag/eks-cluster-name}*x" for _ in range(250)]}}),
    "many actions": permission(Action=[f"s3:*{number}*" for number in range(900)]),
    "many resources": permission(Resource=[f"arn:aws:s3:::*{number}*" for number in range(450)]),
    "a resource of stars": permission(Resource="arn:aws:s3:::" + "*a" * 4_500),
    "a resource of mixed wildcards": permission(Resource="arn:aws:s3:::" + "?a*" * 3_000),
    "a resource of variables": permission(Resource="arn:aws:s3:::" + "${aws:PrincipalTag/x}*" * 420),
    "not JSON": "[" * 9_000,
}
QUESTIONS: dict[str, Callable[[Any], object]] = {
    "a pod's request": lambda document: evaluate(
        document, pod_request("s3:GetObject", "arn:aws:s3:::" + "a" * 1_000, SESSION)
    ),
    "any association": admits_any_association,
    "any second hop": admits_any_second_hop,
    "a stranger": lambda document: opens_to_account(document, "111122223333"),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_is_judged_within_the_bound(name: str, question: str) -> None:
    source = DOCUMENTS[name]
    text = source if isinstance(source, str) else json.dumps(source)
    assert len(text) <= 12_000

    fastest = min(_seconds(text, QUESTIONS[question]) for _ in range(3))

    assert fastest < BOUND


def _seconds(text: str, question: Callable[[Any], object]) -> float:
    start = time.process_time()
    question(parse(text))
    return time.process_time() - start


def test_a_policy_of_the_largest_size_does_not_hang() -> None:
    text = json.dumps(permission(Resource=["arn:aws:s3:::" + "*a" * 4_500 for _ in range(12)]))

    assert len(text) > 100_000
    assert _seconds(text, QUESTIONS["a pod's request"]) < 1
