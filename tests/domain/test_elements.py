"""What the elements of a statement hold, as IAM takes them."""

import pytest

from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam.canonical import identity_policy

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


@pytest.mark.parametrize(
    "changes",
    [
        {"Action": ["s3:Get*", "*:*"]},
        {"Action": "*"},
        {"Sid": "Read1"},
        {"Sid": ""},
        {"Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]},
        {"Condition": {}},
        {"Condition": {"Bool": {"aws:SecureTransport": True}, "StringLike": {"s3:prefix": ["a/*", "b/*"]}}},
        {"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}},
    ],
)
def test_what_iam_takes_passes(changes):
    identity_policy({"Statement": [READ | changes]})


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"Action": 1}, "The Action of a statement is text or a list of texts, not a number"),
        ({"Action": ["s3:GetObject", None]}, "not nothing"),
        ({"Action": []}, "The Action of a statement is an empty list"),
        ({"Action": ""}, "not empty text"),
        ({"Action": "GetObject"}, "names a service"),
        ({"Action": "s3: GetObject"}, "names a service"),
        ({"Resource": {"a": "b"}}, "The Resource of a statement is text or a list of texts, not a map"),
        ({"NotAction": "s3:*"}, "both Action and NotAction"),
        ({"NotResource": "*"}, "both Resource and NotResource"),
        ({"Sid": "with space"}, "letters and digits"),
        ({"Sid": 1}, "letters and digits"),
        ({"Condition": []}, "a map of operators, not a list"),
        ({"Condition": {"StringEquals": "x"}}, "a map of keys, not a string"),
        ({"Condition": {"StringEquals": {"a": None}}}, "compared with text"),
        ({"Condition": {"StringEquals": {"a": [{}]}}}, "compared with text"),
    ],
)
def test_what_iam_refuses_is_refused(changes, rule):
    with pytest.raises(RuleError, match=rule):
        identity_policy({"Statement": [READ | changes]})


def test_two_statements_with_one_sid_are_refused():
    with pytest.raises(RuleError, match="same Sid"):
        identity_policy({"Statement": [READ | {"Sid": "A"}, READ | {"Sid": "A"}]})


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000, '{"Statement": ' + "9" * 5000 + "}"]
)
def test_a_text_that_no_reader_takes_is_refused(text):
    with pytest.raises(RuleError, match=r"nested too deeply|deeper than 32 levels|thousands of digits"):
        identity_policy(text)
