"""Each condition operator on known, absent and open values.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context
keys".
"""

import time

import pytest

from eks_pod_identity.iam.association import ACCOUNT, NAMESPACE, Caller
from eks_pod_identity.iam.condition import Condition
from eks_pod_identity.iam.condition_match import condition_holds
from eks_pod_identity.iam.operators import operator_of
from eks_pod_identity.iam.possible import ABSENT, Open, Value, Variable, unknown_value
from eks_pod_identity.iam.request import Request

YES, NO, OPEN = True, False, None
ARN = "arn:aws:eks:eu-west-1:111122223333:cluster/prod"


def holds(
    operator: str, value: Value, *wanted: str, expands: bool | None = True, more: bool = False, **others: Value
) -> bool | None:
    keys = {"k": value, **{key.replace("_", ":"): other for key, other in others.items()}}
    request = Request("s3:GetObject", "arn:aws:s3:::b/1", Caller(), keys)
    return condition_holds(Condition("", operator, "K", wanted, more), request, expands=expands)


@pytest.mark.parametrize(
    ("operator", "value", "wanted", "answer"),
    [
        ("StringEquals", "a", "a", YES),
        ("StringEquals", "a", "A", NO),
        ("StringEquals", "ab", "a*", NO),
        ("StringEqualsIgnoreCase", "a", "A", YES),
        ("StringEqualsIgnoreCase", "a", "b", NO),
        ("StringLike", "ab", "a*", YES),
        ("StringLike", "ab", "A*", NO),
        ("StringLike", "ab", "a?", YES),
        # The six parts of an ARN are compared one by one, each with its own wildcards.
        ("ArnLike", ARN, "arn:aws:eks:*:111122223333:cluster/*", YES),
        ("ArnLike", ARN, "arn:aws:*:cluster/prod", NO),
        ("ArnLike", ARN, "arn:aws:*:*:*:cluster/prod", YES),
        ("ArnLike", "arn:aws:sns:eu-west-1:111122223333:topic:sub:1", "arn:aws:sns:*:*:topic:*", YES),
        ("ArnLike", "arn:aws:sns:eu-west-1:111122223333:topic:sub:1", "arn:aws:sns:*:*:topic:*:2", NO),
        ("ArnLike", ARN, "*", YES),
        ("ArnLike", ARN, "**", YES),
        ("ArnLike", ARN, "", NO),
        ("ArnLike", ARN, "arn:*", NO),
        ("ArnLike", ARN, "X*X", NO),
        ("ArnLike", "prod", "arn:aws:eks:*:*:cluster/prod", NO),
        ("ArnLike", "prod", "prod", NO),
        ("ArnEquals", ARN, ARN, YES),
        ("ArnEquals", ARN, "arn:aws:eks:*:*:cluster/prod", YES),
        ("ArnEquals", ARN, ARN.upper(), NO),
        ("NumericEquals", "10", "10.0", YES),
        ("NumericEquals", "10", "11", NO),
        ("NumericLessThan", "9", "10", YES),
        ("NumericLessThan", "10", "10", NO),
        ("NumericLessThanEquals", "10", "10", YES),
        ("NumericLessThanEquals", "11", "10", NO),
        ("NumericGreaterThan", "11", "10", YES),
        ("NumericGreaterThan", "10", "10", NO),
        ("NumericGreaterThanEquals", "10", "10", YES),
        ("NumericGreaterThanEquals", "9", "10", NO),
        ("NumericEquals", "10", "ten", OPEN),
        ("NumericEquals", "ten", "10", OPEN),
        ("NumericLessThan", "10", "", OPEN),
        # A date is in one of the ISO 8601 formats of the W3C, or in epoch (UNIX) time.
        ("DateEquals", "2020-01-01T00:00:00Z", "1577836800", YES),
        ("DateEquals", "2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", YES),
        ("DateLessThan", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", YES),
        ("DateLessThan", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", NO),
        ("DateLessThanEquals", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z", YES),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:00Z", YES),
        ("DateGreaterThanEquals", "2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", NO),
        ("DateGreaterThan", "2020-01-02", "2020-01-01", YES),
        ("DateGreaterThan", "2020-01-02", "yesterday", OPEN),
        ("Bool", "true", "true", YES),
        ("Bool", "true", "True", YES),
        ("Bool", "TRUE", "true", YES),
        ("Bool", "true", "false", NO),
        ("Bool", "true", "yes", OPEN),
        ("Bool", "yes", "yes", OPEN),
        ("BinaryEquals", "QmluYXJ5", "QmluYXJ5", YES),
        ("BinaryEquals", "QmluYXJ5", "qmluyxj5", NO),
        ("IpAddress", "203.0.113.7", "203.0.113.0/24", YES),
        ("IpAddress", "203.0.113.7", "203.0.113.7", YES),
        ("IpAddress", "203.0.113.7", "203.0.113.9/24", YES),
        ("IpAddress", "203.0.114.7", "203.0.113.0/24", NO),
        ("IpAddress", "2001:db8:1234:5678::1", "2001:DB8:1234:5678::/64", YES),
        ("IpAddress", "203.0.113.7", "::/0", NO),
        ("IpAddress", "not-an-address", "203.0.113.0/24", NO),
        ("IpAddress", "203.0.113.7", "203.0.113.0/33", OPEN),
    ],
)
def test_an_operator_compares_as_aws_says(operator: str, value: str, wanted: str, answer: bool | None) -> None:
    assert holds(operator, value, wanted) is answer


NEGATED = {
    "StringNotEquals": ("a", "a", "b"),
    "StringNotEqualsIgnoreCase": ("a", "A", "b"),
    "StringNotLike": ("ab", "a*", "b*"),
    "ArnNotEquals": (ARN, ARN, "arn:aws:eks:*:*:cluster/dev"),
    "ArnNotLike": (ARN, "arn:aws:eks:*:*:cluster/*", "arn:aws:eks:*:*:cluster/dev"),
    "NumericNotEquals": ("1", "1.0", "2"),
    "DateNotEquals": ("1577836800", "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
    "NotIpAddress": ("203.0.113.7", "203.0.113.0/24", "198.51.100.0/24"),
}


@pytest.mark.parametrize("operator", NEGATED)
def test_a_negated_operator_holds_when_no_value_matches(operator: str) -> None:
    value, matching, other = NEGATED[operator]

    assert holds(operator, value, matching) is NO
    assert holds(operator, value, other) is YES
    assert holds(operator, value, other, matching) is NO
    assert holds(operator, value, other, other) is YES


@pytest.mark.parametrize(
    ("operator", "answer"),
    [
        ("StringEquals", NO),
        ("StringNotEquals", YES),
        ("StringEqualsIfExists", YES),
        ("StringNotEqualsIfExists", YES),
        ("ForAllValues:StringEquals", YES),
        ("ForAllValues:StringNotEquals", YES),
        ("ForAnyValue:StringEquals", NO),
        ("ForAnyValue:StringNotEquals", NO),
        ("ForAnyValue:StringEqualsIfExists", YES),
        ("ForAnyValue:StringNotEqualsIfExists", YES),
        ("IpAddress", NO),
        ("NotIpAddress", YES),
        ("NumericLessThan", NO),
        ("NumericLessThanIfExists", YES),
        ("StringEqual", OPEN),
    ],
)
def test_what_an_absent_key_does_to_an_operator(operator: str, answer: bool | None) -> None:
    """An empty list of values is as absent as the key."""
    condition = Condition("", operator, "k", ("1",))

    assert holds(operator, ABSENT, "1") is answer
    assert holds(operator, (), "1") is answer
    assert condition.needs_the_key is (answer is NO)


@pytest.mark.parametrize(
    ("operator", "is_known", "restricts", "takes_wildcards"),
    [
        ("StringEquals", True, True, False),
        ("stringequals", True, True, False),
        ("StringNotEquals", True, False, False),
        ("StringLike", True, True, True),
        ("StringNotLike", True, False, True),
        ("ArnEquals", True, True, True),
        ("ArnNotEquals", True, False, True),
        ("ArnLikeIfExists", True, True, True),
        ("ForAnyValue:StringLike", True, True, True),
        ("ForAllValues:StringNotLikeIfExists", True, False, True),
        ("NumericLessThan", True, True, False),
        ("Null", True, False, False),
        ("NullIfExists", False, False, False),
        ("ForAnyValue:Null", False, False, False),
        ("StringEqual", False, False, False),
        ("ForSomeValues:StringEquals", False, False, False),
        ("ForAnyValue:ForAnyValue:StringEquals", False, False, False),
        (":StringEquals", False, False, False),
        ("IfExists", False, False, False),
    ],
)
def test_what_an_operator_is(operator: str, is_known: bool, restricts: bool, takes_wildcards: bool) -> None:
    condition = Condition("", operator, "k", ("v",))

    assert condition.is_known_operator is is_known
    assert condition.restricts is restricts
    assert condition.takes_wildcards is takes_wildcards


def test_a_date_without_a_zone_is_in_utc_wherever_the_program_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert holds("DateEquals", "2019-05-05T05:05:05", "2019-05-05T05:05:05Z") is YES
        assert holds("DateEquals", "2019-05-05T05:05:05+09:00", "2019-05-04T20:05:05Z") is YES
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("value", "wanted", "answer"),
    [
        ("v", ("true",), NO),
        ("v", ("false",), YES),
        ("v", ("True",), NO),
        ("v", ("FALSE",), YES),
        (ABSENT, ("true",), YES),
        (ABSENT, ("false",), NO),
        ((), ("true",), YES),
        ((), ("false",), NO),
        (("v", "w"), ("true",), NO),
        ("v", ("true", "false"), YES),
        ("v", ("yes",), OPEN),
        (ABSENT, ("yes", "true"), YES),
        (unknown_value("k"), ("true",), OPEN),
        (unknown_value("k", may_be_absent=False), ("true",), NO),
        (unknown_value("k", may_be_absent=False), ("false",), YES),
        ("v", (), NO),
    ],
)
def test_null_asks_whether_the_key_is_absent(value: Value, wanted: tuple[str, ...], answer: bool | None) -> None:
    assert holds("Null", value, *wanted) is answer


@pytest.mark.parametrize(
    ("wanted", "needed"),
    [(("false",), True), (("FALSE", "false"), True), (("true",), False), (("false", "true"), False), ((), False)],
)
def test_a_null_needs_the_key_when_it_is_false(wanted: tuple[str, ...], needed: bool) -> None:
    assert Condition("", "Null", "k", wanted).needs_the_key is needed


def test_a_null_with_a_value_that_is_not_known_may_hold() -> None:
    assert holds("Null", "v", "true", more=True) is OPEN
    assert holds("Null", "v", "false", more=True) is YES


@pytest.mark.parametrize(
    ("operator", "values", "wanted", "answer"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), ("a", "b", "c"), YES),
        ("ForAllValues:StringEquals", ("a", "d"), ("a", "b", "c"), NO),
        ("ForAnyValue:StringEquals", ("a", "d"), ("a", "b"), YES),
        ("ForAnyValue:StringEquals", ("d", "e"), ("a", "b"), NO),
        ("ForAllValues:StringNotEquals", ("d", "e"), ("a", "b"), YES),
        ("ForAllValues:StringNotEquals", ("a", "e"), ("a", "b"), NO),
        ("ForAnyValue:StringNotEquals", ("a", "e"), ("a", "b"), YES),
        ("ForAnyValue:StringNotEquals", ("a", "b"), ("a", "b"), NO),
        ("StringEquals", ("a", "b"), ("a", "b"), OPEN),
        ("ForAllValues:StringEquals", ("a", "payments"), ("a", "${k:namespace}"), YES),
        ("ForAllValues:StringEquals", ("a", "orders"), ("a", "${k:namespace}"), NO),
    ],
)
def test_several_values_of_a_key(
    operator: str, values: tuple[str, ...], wanted: tuple[str, ...], answer: bool | None
) -> None:
    assert holds(operator, values, *wanted, k_namespace="payments") is answer


def test_a_value_of_the_policy_that_is_not_known_may_match() -> None:
    assert holds("StringEquals", "a", "b", more=True) is OPEN
    assert holds("StringEquals", "a", "a", more=True) is YES
    assert holds("StringNotEquals", "a", "b", more=True) is OPEN
    assert holds("StringNotEquals", "a", "a", more=True) is NO


DIGITS = Open((ACCOUNT,))
LABEL = Open((NAMESPACE,))
CLUSTER = Open(("arn:aws:eks:eu-west-1:", ACCOUNT, ":cluster/prod"))
TOPIC = Open(("arn:aws:sns:eu-west-1:", ACCOUNT, ":topic:subscription"))
FLAG = Open((Variable("flag", "true|false", "aeflrstu", "true", "false"),))


@pytest.mark.parametrize(
    ("operator", "value", "wanted", "answer"),
    [
        ("StringEquals", DIGITS, "111122223333", OPEN),
        ("StringEquals", DIGITS, "1111", NO),
        ("StringNotEquals", DIGITS, "1111", YES),
        ("StringNotEquals", DIGITS, "111122223333", OPEN),
        ("StringEquals", LABEL, "Payments", NO),
        ("StringEqualsIgnoreCase", LABEL, "Payments", OPEN),
        ("StringEqualsIgnoreCase", LABEL, "pay.ments", NO),
        ("StringLike", DIGITS, "*", YES),
        ("StringLike", DIGITS, "1*", OPEN),
        ("StringLike", DIGITS, "a*", NO),
        ("StringNotLike", DIGITS, "*", NO),
        ("StringLike", LABEL, "P*", NO),
        ("BinaryEquals", DIGITS, "1111", NO),
        ("BinaryEquals", DIGITS, "111122223333", OPEN),
        ("ArnLike", CLUSTER, "arn:aws:eks:*:*:cluster/*", YES),
        ("ArnLike", CLUSTER, "arn:aws:eks:*:1*:cluster/*", OPEN),
        ("ArnLike", CLUSTER, "arn:aws:eks:*:a*:cluster/*", NO),
        # A pattern that covers a whole ARN need not cover its parts.
        ("ArnLike", CLUSTER, "arn:aws:*:*:*:cluster/prod", YES),
        ("ArnLike", TOPIC, "arn:aws:sns:*:topic:*", OPEN),
        # A pattern of fewer than six parts is no ARN, but the star alone is any.
        ("ArnLike", CLUSTER, "arn:aws:*", NO),
        ("ArnLike", CLUSTER, "*", YES),
        ("ArnNotLike", CLUSTER, "arn:aws:*", YES),
        ("Bool", FLAG, "true", OPEN),
        ("Bool", FLAG, "TRUE", OPEN),
        ("Bool", FLAG, "false", OPEN),
        ("Bool", DIGITS, "true", NO),
        ("Bool", DIGITS, "false", NO),
        ("Bool", FLAG, "yes", OPEN),
        ("NumericEquals", DIGITS, "1", OPEN),
        ("NumericLessThan", DIGITS, "true", OPEN),
        ("DateLessThan", unknown_value("t", may_be_absent=False), "2020-01-01", OPEN),
        ("IpAddress", unknown_value("a", may_be_absent=False), "10.0.0.0/8", OPEN),
    ],
)
def test_an_open_value_matches_always_never_or_perhaps(
    operator: str, value: Open, wanted: str, answer: bool | None
) -> None:
    assert holds(operator, value, wanted) is answer


PERHAPS = Open((ACCOUNT,), may_be_absent=True)
SEVERAL = Open((ACCOUNT,), many=True)


@pytest.mark.parametrize(
    ("operator", "value", "wanted", "answer"),
    [
        # Absent it fails, present it may match.
        ("StringEquals", PERHAPS, "111122223333", OPEN),
        ("StringEquals", PERHAPS, "1111", NO),
        ("StringLike", PERHAPS, "*", OPEN),
        ("StringLikeIfExists", PERHAPS, "*", YES),
        ("StringEqualsIfExists", PERHAPS, "1111", OPEN),
        ("StringNotEquals", PERHAPS, "1111", YES),
        ("StringNotLike", PERHAPS, "*", OPEN),
        # The number of values is not known, so nothing follows from the form of one value.
        ("ForAnyValue:StringLike", SEVERAL, "*", OPEN),
        ("ForAllValues:StringEquals", SEVERAL, "1111", OPEN),
    ],
)
def test_a_value_that_may_be_absent_or_several(operator: str, value: Open, wanted: str, answer: bool | None) -> None:
    assert holds(operator, value, wanted) is answer


@pytest.mark.parametrize(
    ("operator", "value", "wanted", "other", "answer"),
    [
        ("StringEquals", "payments", "${k:ns}", "payments", YES),
        ("StringEquals", "payments", "${k:ns}", "orders", NO),
        ("StringEquals", "payments", "${k:ns}", ABSENT, NO),
        ("StringNotEquals", "payments", "${k:ns}", ABSENT, YES),
        ("StringEquals", "payments", "${k:ns}", LABEL, OPEN),
        ("StringEquals", "payments", "${k:ns}-x", LABEL, NO),
        ("StringNotEquals", "payments", "${k:ns}-x", LABEL, YES),
        ("StringLike", "payments/1", "${k:ns}/*", LABEL, OPEN),
        ("StringLike", "payments", "${k:ns}/*", LABEL, NO),
        ("StringEquals", LABEL, "${k:ns}", LABEL, OPEN),
        ("StringEquals", LABEL, "${k:ns}", "Payments", NO),
        ("StringNotEquals", LABEL, "${k:ns}", "Payments", YES),
        # Only String and Arn operators take variables; elsewhere they are text.
        ("BinaryEquals", "${k:ns}", "${k:ns}", "payments", YES),
        ("Bool", "true", "${k:ns}", "true", OPEN),
        ("NumericEquals", "1", "${k:ns}", "1", OPEN),
    ],
)
def test_a_variable_in_a_value(operator: str, value: Value, wanted: str, other: Value, answer: bool | None) -> None:
    assert holds(operator, value, wanted, k_ns=other) is answer


@pytest.mark.parametrize(
    ("value", "wanted", "expanded", "literal", "either"),
    [
        ("payments", "${k:ns}", YES, NO, OPEN),
        ("orders", "${k:ns}", NO, NO, NO),
        ("${k:ns}", "${k:ns}", NO, YES, OPEN),
        ("payments", "payments", YES, YES, YES),
    ],
)
def test_where_the_version_is_not_known_both_readings_must_agree(
    value: str, wanted: str, expanded: bool, literal: bool, either: bool | None
) -> None:
    answers = [holds("StringEquals", value, wanted, expands=expands, k_ns="payments") for expands in (YES, NO, OPEN)]

    assert answers == [expanded, literal, either]
    assert holds("ForAllValues:StringEquals", (value,), wanted, expands=OPEN, k_ns="payments") is either


def test_an_operator_is_read_whatever_its_case() -> None:
    assert operator_of("FORALLVALUES:stringNOTlikeIFEXISTS") == operator_of("ForAllValues:StringNotLikeIfExists")
    assert holds("NULL", ABSENT, "TRUE") is YES
