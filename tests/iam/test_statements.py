"""Whether a statement matches a request: its actions, its resources and its principals.

Source: IAM User Guide, "IAM JSON policy elements" and "IAM policy elements: Variables and tags".
"""

from typing import Any

import pytest

from eks_pod_identity.iam.association import ACCOUNT, NAMESPACE, Caller
from eks_pod_identity.iam.document import parse
from eks_pod_identity.iam.possible import ABSENT, Open, Text, Value
from eks_pod_identity.iam.request import Request
from eks_pod_identity.iam.statement import Statement
from eks_pod_identity.iam.statement_match import covers_action, covers_resource, is_named, statement_holds
from eks_pod_identity.iam.unknown import UNKNOWN

YES, NO, OPEN = True, False, None
OBJECT = "arn:aws:s3:::b/payments/1"
LABEL = Open((NAMESPACE,))


def statement(**elements: Any) -> Statement:
    (parsed,) = parse({"Statement": [elements]}).statements
    return parsed


def request(resource: Text = OBJECT, **keys: Value) -> Request:
    caller = Caller(service="pods.eks.amazonaws.com")
    return Request("s3:GetObject", resource, caller, {key.replace("_", ":"): value for key, value in keys.items()})


@pytest.mark.parametrize(
    ("elements", "answer"),
    [
        ({"Action": "s3:GetObject"}, YES),
        ({"Action": "S3:getobject"}, YES),
        ({"Action": ["s3:Put*", "s3:Get*"]}, YES),
        ({"Action": "*"}, YES),
        ({"Action": "s3:Put*"}, NO),
        ({"NotAction": "s3:Put*"}, YES),
        ({"NotAction": "*"}, NO),
        ({"Action": UNKNOWN}, OPEN),
        ({"Action": [UNKNOWN, "s3:*"]}, YES),
        ({"Action": [UNKNOWN, "sqs:*"]}, OPEN),
        ({"NotAction": [UNKNOWN, "sqs:*"]}, OPEN),
        ({"NotAction": [UNKNOWN, "s3:*"]}, NO),
        # IAM refuses it, so it has no meaning.
        ({"Action": []}, OPEN),
        ({"Sid": "a"}, OPEN),
    ],
)
def test_actions(elements: dict[str, Any], answer: bool | None) -> None:
    assert covers_action(statement(**elements).actions, "s3:GetObject") is answer


@pytest.mark.parametrize(
    ("elements", "answer"),
    [
        ({"Resource": OBJECT}, YES),
        ({"Resource": OBJECT.upper()}, NO),
        ({"Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b/*"]}, YES),
        ({"Resource": "arn:aws:s3:::b"}, NO),
        ({"NotResource": "arn:aws:s3:::b"}, YES),
        ({"NotResource": "arn:aws:s3:::b/*"}, NO),
        ({"Resource": UNKNOWN}, OPEN),
        ({"Resource": [UNKNOWN, "arn:aws:s3:::b"]}, OPEN),
        ({"Resource": [UNKNOWN, "*"]}, YES),
        ({"NotResource": [UNKNOWN, "*"]}, NO),
        ({"NotResource": [UNKNOWN, "arn:aws:s3:::b"]}, OPEN),
        ({"Resource": []}, OPEN),
    ],
)
def test_resources(elements: dict[str, Any], answer: bool | None) -> None:
    assert covers_resource(statement(**elements).resources, request(), expands=True) is answer


VARIABLE = "arn:aws:s3:::b/${k:ns}/*"


@pytest.mark.parametrize(
    ("resource", "value", "answer"),
    [
        (VARIABLE, "payments", YES),
        (VARIABLE, "orders", NO),
        # A resource with a variable without a value matches nothing.
        (VARIABLE, ABSENT, NO),
        (VARIABLE, ("payments",), NO),
        # A value is compared as it is, even where it holds a star.
        (VARIABLE, "*", NO),
        (VARIABLE, LABEL, OPEN),
        ("arn:aws:s3:::other/${k:ns}/*", LABEL, NO),
        (["arn:aws:s3:::b/*", VARIABLE], LABEL, YES),
        ([VARIABLE, "arn:aws:s3:::other/*"], LABEL, OPEN),
        # Variables stand for values after the fifth colon only.
        ("*/${k:ns}/1", "payments", NO),
        ("arn:aws:s3::${k:ns}:b/*", "payments", NO),
        ("arn:aws:${k:ns}:::b/payments/1", "s3", NO),
        ("arn:aws:s3:${k:ns}::b/${k:ns}/1", "payments", NO),
        ("arn:aws:s3:::${k:ns}", "b/payments/1", YES),
        ("arn:aws:s3:::b/${k:ns}:x", "payments", NO),
    ],
)
def test_variables_in_resources(resource: Any, value: Value, answer: bool | None) -> None:
    resources = statement(Resource=resource).resources
    negated = statement(NotResource=resource).resources

    assert covers_resource(resources, request(k_ns=value), expands=True) is answer
    assert covers_resource(negated, request(k_ns=value), expands=True) is (None if answer is None else not answer)


@pytest.mark.parametrize(
    ("pattern", "resource"),
    [
        ("arn:aws:s3:${k:ns}::b/*", "arn:aws:s3:${k:ns}::b/1"),
        ("arn:aws:${k:ns}:::b", "arn:aws:${k:ns}:::b"),
        ("*/${k:ns}/1", "arn:aws:s3:::b/${k:ns}/1"),
    ],
)
def test_what_is_not_a_variable_there_is_literal_text(pattern: str, resource: str) -> None:
    assert covers_resource(statement(Resource=pattern).resources, request(resource, k_ns="x"), expands=True) is YES


@pytest.mark.parametrize(
    ("resource", "pattern", "expanded", "literal", "either"),
    [
        (OBJECT, VARIABLE, YES, NO, OPEN),
        ("arn:aws:s3:::b/${k:ns}/1", VARIABLE, NO, YES, OPEN),
        ("arn:aws:s3:::c/1", VARIABLE, NO, NO, NO),
        (OBJECT, "*", YES, YES, YES),
    ],
)
def test_where_the_version_is_not_known_both_readings_must_agree(
    resource: str, pattern: str, expanded: bool, literal: bool, either: bool | None
) -> None:
    resources = statement(Resource=pattern).resources
    asked = request(resource, k_ns="payments")

    assert [covers_resource(resources, asked, expands=expands) for expands in (True, False, None)] == [
        expanded,
        literal,
        either,
    ]


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("arn:aws:iam::*:role/api", YES),
        ("arn:aws:iam::1*:role/api", OPEN),
        ("arn:aws:iam::111122223333:role/api", OPEN),
        ("arn:aws:iam::1111:role/api", NO),
        ("arn:aws:iam::*:role/${k:ns}", OPEN),
        ("arn:aws:iam::*:user/${k:ns}", NO),
    ],
)
def test_a_resource_that_is_not_known_is_covered_always_never_or_perhaps(pattern: str, answer: bool | None) -> None:
    role = Open(("arn:aws:iam::", ACCOUNT, ":role/api"))

    assert covers_resource(statement(Resource=pattern).resources, request(role, k_ns=LABEL), expands=True) is answer


PODS = {"Service": "pods.eks.amazonaws.com"}


@pytest.mark.parametrize(
    ("elements", "answer"),
    [
        ({"Principal": PODS}, YES),
        ({"Principal": "*"}, YES),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, NO),
        ({"Principal": {"Service": [UNKNOWN, "ec2.amazonaws.com"]}}, OPEN),
        ({"Principal": {"Service": [UNKNOWN, "pods.eks.amazonaws.com"]}}, YES),
        ({"Principal": UNKNOWN}, OPEN),
        # The evaluator never guesses which principals a negation means.
        ({"NotPrincipal": PODS}, OPEN),
        ({}, OPEN),
    ],
)
def test_principals(elements: dict[str, Any], answer: bool | None) -> None:
    assert is_named(statement(Effect="Allow", **elements), request()) is answer


READ = {"Action": "s3:GetObject", "Resource": "*"}
HOLDING = {"StringEquals": {"k:ns": "payments"}}
FAILING = {"StringEquals": {"k:ns": "orders"}}


@pytest.mark.parametrize(
    ("elements", "of_role", "of_resource"),
    [
        (READ, YES, OPEN),
        (READ | {"Principal": PODS}, OPEN, YES),
        # A trust policy has no Resource: the role is the resource.
        ({"Action": "s3:GetObject", "Principal": PODS}, OPEN, YES),
        ({"Action": "s3:GetObject"}, OPEN, OPEN),
        (READ | {"Principal": {"Service": "ec2.amazonaws.com"}}, OPEN, NO),
        (READ | {"Action": "s3:Put*", "Principal": PODS}, NO, NO),
        (READ | {"Resource": "arn:aws:s3:::c", "Principal": PODS}, NO, NO),
        (READ | {"Principal": PODS, "Condition": HOLDING}, OPEN, YES),
        (READ | {"Principal": PODS, "Condition": FAILING}, NO, NO),
        (READ | {"Condition": HOLDING}, YES, OPEN),
        (READ | {"Condition": FAILING}, NO, NO),
        (READ | {"Condition": {"StringEquals": {"k:ns": UNKNOWN}}}, OPEN, OPEN),
        (READ | {"Condition": UNKNOWN}, OPEN, OPEN),
        (READ | {"Condition": {"StringEquals": UNKNOWN}}, OPEN, OPEN),
        (READ | {"Condition": {"StringEquals": UNKNOWN, "StringLike": {"k:ns": "o*"}}}, NO, NO),
        (READ | {"Action": UNKNOWN, "Condition": HOLDING}, OPEN, OPEN),
        (READ | {"Action": UNKNOWN, "Condition": FAILING}, NO, NO),
        (READ | {"Resource": UNKNOWN, "Condition": HOLDING}, OPEN, OPEN),
    ],
)
def test_a_statement_holds_when_all_its_elements_do(
    elements: dict[str, Any], of_role: bool | None, of_resource: bool | None
) -> None:
    """As one of a policy of the role, which has no Principal, and as one of a policy of the resource."""
    parsed = statement(Effect="Allow", **elements)
    asked = request(k_ns="payments")

    assert statement_holds(parsed, asked, expands=True, has_principals=False) is of_role
    assert statement_holds(parsed, asked, expands=True, has_principals=True) is of_resource


def test_a_statement_is_unconditional_when_nothing_known_or_unknown_restricts_it() -> None:
    assert statement(Action="*").is_unconditional
    assert not statement(Action="*", Condition=HOLDING).is_unconditional
    assert not statement(Action="*", Condition=UNKNOWN).is_unconditional


def test_conditions_that_mean_the_same_are_equal() -> None:
    first = statement(Condition={"StringEquals": {"aws:SourceAccount": ["1", "2"]}, "Bool": {"k": True}})
    second = statement(Condition={"bool": {"K": "true"}, "stringequals": {"AWS:sourceAccount": ["2", "1"]}})

    assert first.condition_parts() == second.condition_parts()
    assert first.condition_parts() == {
        ("stringequals", "aws:sourceaccount", frozenset({"1", "2"})),
        ("bool", "k", frozenset({"true"})),
    }
