"""The elements of a statement are checked as IAM checks them."""

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


WRITE_ACTION = 'Write for example "s3:GetObject".'
NO_SERVICE = 'has the form service:Action. Write for example "s3:GetObject", "s3:Get*" or "*".'
WRITE_RESOURCE = 'Write for example "arn:aws:s3:::bucket/*".'
BAD_SID = "The Sid of a statement is letters and digits only. Remove it, or write it in camel case."
WRITE_CONDITION = 'Write for example {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}.'
NOT_COMPARED = (
    "A key of a Condition is compared with text, a number, or true or false, or a list of them. "
    "Write the values as text."
)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Action": 1}, f"The Action of a statement is text or a list of texts, not a number. {WRITE_ACTION}"),
        (
            {"Action": ["s3:GetObject", None]},
            f"The Action of a statement is text or a list of texts, not nothing. {WRITE_ACTION}",
        ),
        ({"Action": []}, 'The Action of a statement is an empty list. Write for example ["s3:GetObject"].'),
        ({"Action": ""}, f"The Action of a statement is text or a list of texts, not empty text. {WRITE_ACTION}"),
        ({"Action": "GetObject"}, f"The Action of a statement {NO_SERVICE}"),
        ({"Action": "s3: GetObject"}, f"The Action of a statement {NO_SERVICE}"),
        ({"Action": ["s3:Get*", "GetObject"]}, f"The Action of a statement {NO_SERVICE}"),
        (
            {"Resource": {"a": "b"}},
            f"The Resource of a statement is text or a list of texts, not a map. {WRITE_RESOURCE}",
        ),
        (
            {"Resource": []},
            'The Resource of a statement is an empty list. Write for example ["arn:aws:s3:::bucket/*"].',
        ),
        (
            {"NotAction": "s3:*"},
            "A statement has both Action and NotAction. Split it into two statements.",
        ),
        ({"NotResource": "*"}, "A statement has both Resource and NotResource. Split it into two statements."),
        ({"Sid": "with space"}, BAD_SID),
        ({"Sid": 1}, BAD_SID),
        ({"Condition": []}, f"The Condition of a statement is a map of operators, not a list. {WRITE_CONDITION}"),
        (
            {"Condition": {"StringEquals": "x"}},
            f"Each operator of a Condition has a map of keys, not a string. {WRITE_CONDITION}",
        ),
        ({"Condition": {"StringEquals": {"a": None}}}, NOT_COMPARED),
        ({"Condition": {"StringEquals": {"a": [{}]}}}, NOT_COMPARED),
    ],
)
def test_what_iam_refuses_is_refused_with_the_rule_and_the_fix(changes, text):
    with pytest.raises(RuleError) as caught:
        identity_policy({"Statement": [READ | changes]})

    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"NotAction": "GetObject"}, f"The NotAction of a statement {NO_SERVICE}"),
        ({"NotAction": []}, 'The NotAction of a statement is an empty list. Write for example ["s3:GetObject"].'),
        (
            {"NotAction": "s3:*", "NotResource": 7},
            f"The NotResource of a statement is text or a list of texts, not a number. {WRITE_RESOURCE}",
        ),
    ],
)
def test_negated_elements_are_checked_as_the_others_are(changes, text):
    with pytest.raises(RuleError) as caught:
        identity_policy({"Statement": [{"Effect": "Deny", **changes}]})

    assert str(caught.value) == text


def test_two_statements_with_one_sid_are_refused():
    with pytest.raises(RuleError, match="same Sid"):
        identity_policy({"Statement": [READ | {"Sid": "A"}, READ | {"Sid": "A"}]})


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000, '{"Statement": ' + "9" * 5000 + "}"]
)
def test_a_text_that_no_reader_takes_is_refused(text):
    with pytest.raises(RuleError, match=r"nested too deeply|deeper than 32 levels|thousands of digits"):
        identity_policy(text)
