"""IAM documents are read the way IAM reads them."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eks_pod_identity.iam import (
    ActionFault,
    action_fault,
    has_wildcard,
    intersect,
    is_everything,
    matches,
    parse,
    with_variables_open,
    without_variables,
)
from eks_pod_identity.rules import UNKNOWN

GLOBS = st.text(alphabet="ab*?", max_size=5)
TEXTS = st.text(alphabet="ab", max_size=6)


def statement(**elements: object):
    (read,) = parse({"Statement": [elements]}).statements
    return read


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get*", "s3:PutObject", False),
        ("*", "", True),
        ("", "", True),
        ("?", "", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("*Object*", "s3:GetObjectAcl", True),
        ("*a*b", "aXbXb", True),
        ("*a*b", "aXbXc", False),
        ("a.c", "abc", False),
    ],
)
def test_wildcards(pattern: str, text: str, expected: bool):
    assert matches(pattern, text) is expected


@given(GLOBS, GLOBS, TEXTS)
def test_patterns_that_cover_a_common_text_intersect(left: str, right: str, text: str):
    if matches(left, text) and matches(right, text):
        assert intersect(left, right)
        assert intersect(right, left)


@given(GLOBS, TEXTS)
def test_a_plain_text_intersects_exactly_what_covers_it(pattern: str, text: str):
    assert intersect(pattern, text) is matches(pattern, text)


def test_what_covers_everything():
    assert is_everything("*")
    assert is_everything("**")
    assert not is_everything("")
    assert not is_everything("a*")
    assert has_wildcard("a?")
    assert not has_wildcard("a")


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        ("*", None),
        ("s3:*", None),
        ("s3:getobject", None),
        ("S3:GetObject", None),
        ("s3:Get*", None),
        ("sts:AssumeRole", None),
        ("s3", ActionFault.FORM),
        ("s3:", ActionFault.FORM),
        (":GetObject", ActionFault.FORM),
        ("s4:GetObject", ActionFault.SERVICE),
        ("s*:GetObject", ActionFault.SERVICE),
        ("s3:GetObjekt", ActionFault.ACTION),
        ("s3:Gett*", ActionFault.ACTION),
    ],
)
def test_actions_exist_or_do_not(action: str, fault: ActionFault | None):
    assert action_fault(action) is fault


@pytest.mark.parametrize(
    ("elements", "action", "expected"),
    [
        ({"Action": "sts:AssumeRole"}, "sts:AssumeRole", True),
        ({"Action": "STS:assumerole"}, "sts:AssumeRole", True),
        ({"Action": ["s3:*", "sts:Assume*"]}, "sts:AssumeRole", True),
        ({"Action": "s3:*"}, "sts:AssumeRole", False),
        ({"NotAction": "s3:*"}, "sts:AssumeRole", True),
        ({"NotAction": ["sts:*"]}, "sts:AssumeRole", False),
        ({"Action": UNKNOWN}, "sts:AssumeRole", None),
        ({"Action": ["sts:AssumeRole", UNKNOWN]}, "sts:AssumeRole", True),
        ({"Action": ["s3:*", UNKNOWN]}, "sts:AssumeRole", None),
        ({"NotAction": ["sts:*", UNKNOWN]}, "sts:AssumeRole", False),
        ({"NotAction": ["s3:*", UNKNOWN]}, "sts:AssumeRole", None),
        ({"Sid": "a"}, "sts:AssumeRole", False),
    ],
)
def test_what_a_statement_covers(elements: dict[str, object], action: str, expected: bool | None):
    assert statement(**elements).covers_action(action) is expected


def test_one_statement_needs_no_list_and_scalars_are_lists():
    document = parse(
        '{"Statement": {"Effect": "Allow", "Action": "s3:*", "Condition": {"Bool": {"k": true, "n": 7}}}}'
    )

    (statement,) = document.statements
    assert statement.location == "Statement"
    assert [(condition.key, condition.values) for condition in statement.conditions] == [
        ("k", ("true",)),
        ("n", ("7",)),
    ]
    assert document.problems == ()


def test_an_unknown_statement_hides_no_other():
    document = parse({"Statement": [UNKNOWN, {"Effect": "Allow", "Action": "s3:*"}]})

    assert document.open_statements == ("Statement[0]",)
    assert [statement.location for statement in document.statements] == ["Statement[1]"]
    assert not document.is_complete


@pytest.mark.parametrize(
    ("source", "location", "text"),
    [
        ("{", "", "is not JSON"),
        ("[]", "", "is not a JSON object"),
        (7, "", "is not a JSON object"),
        ({}, "Statement", "is empty"),
        ({"Statement": []}, "Statement", "is empty"),
        ({"Statement": [{}]}, "Statement[0]", "is empty"),
        ({"Statement": ["x"]}, "Statement[0]", "is not an object"),
        ({"Statement": [{"Effect": "allow", "Action": "*"}]}, "Statement[0].Effect", 'must be "Allow" or "Deny"'),
        ({"Statement": [{"Effect": "Allow", "Action": []}]}, "Statement[0].Action", "must be text or a list of texts"),
        (
            {"Statement": [{"Effect": "Allow", "Action": [7]}]},
            "Statement[0].Action",
            "must be text or a list of texts",
        ),
        ({"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "*"}]}, "Statement[0]", "has both Action"),
        ({"Statement": [{"Effect": "Allow", "Principals": "*"}]}, "Statement[0]", 'has the element "Principals"'),
        ({"Statement": [{"Effect": "Allow", "Principal": "me"}]}, "Statement[0].Principal", "must be an object"),
        ({"Statement": [{"Effect": "Allow", "Principal": {}}]}, "Statement[0].Principal", "names nobody"),
        (
            {"Statement": [{"Effect": "Allow", "Principal": {"Aws": "*"}}]},
            "Statement[0].Principal",
            "and not one of AWS",
        ),
        ({"Statement": [{"Effect": "Allow", "Condition": []}]}, "Statement[0].Condition", "must be an object"),
        ({"Statement": [{"Effect": "Allow", "Condition": {"Bool": 1}}]}, "Statement[0].Condition", "must map each"),
        ({"Statement": [{"Effect": "Allow", "Sid": "a b"}]}, "Statement[0].Sid", "may hold only letters"),
        ({"Statement": [{"Effect": "Allow", "Sid": "a"}] * 2}, "Statement[1].Sid", '"a" is used twice'),
        ({"Version": "2012-10-18", "Statement": [{"Effect": "Deny"}]}, "Version", 'must be "2012-10-17"'),
        ({"statement": [], "Statement": [{"Effect": "Deny"}]}, "", 'has the element "statement"'),
    ],
)
def test_malformed_parts_are_named_where_they_are(source: object, location: str, text: str):
    problems = [(problem.location, problem.text) for problem in parse(source).problems]

    assert any(place == location and text in problem for place, problem in problems), problems


LETTERS = st.text(alphabet="ab*?", max_size=4)
SHORT = ["".join(letters) for size in range(5) for letters in itertools.product("abc", repeat=size)]


@given(LETTERS, LETTERS)
def test_patterns_intersect_exactly_when_some_text_is_covered_by_both(left: str, right: str):
    """Against every text of up to four letters, of which one occurs in no pattern."""
    short = any(matches(left, text) and matches(right, text) for text in SHORT)

    assert intersect(left, right) or not short
    if "*" not in left or "*" not in right:  # with a star in both, the common text may be longer than these
        assert intersect(left, right) is short


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, ("true",)), (False, ("false",)), (7, ("7",)), (1.5, ("1.5",)), (["a", False], ("a", "false"))],
)
def test_values_of_conditions_are_texts(value: object, expected: tuple[str, ...]):
    document = parse({"Statement": [{"Condition": {"Bool": {"aws:SecureTransport": value}}}]})

    assert document.statements[0].conditions[0].values == expected
    assert not document.statements[0].conditions[0].open_values


def test_variables_are_what_a_request_makes_of_them():
    assert without_variables("a${aws:username}*") == "a*"
    assert without_variables("${*}") == ""
    assert with_variables_open("a${aws:username}") == "a*"
    assert without_variables("plain") == with_variables_open("plain") == "plain"


def test_the_shortest_form_is_that_of_what_was_read():
    assert parse('{ "Statement" : [ ] }').compact == '{"Statement":[]}'
    assert parse("{ ").compact == "{ "
    assert parse({"Statement": [UNKNOWN]}).compact == '{"Statement":[""]}'
    assert parse(UNKNOWN).compact == ""


@pytest.mark.parametrize(("length", "problem"), [(131_072, "is not JSON"), (131_073, "is longer than the 131,072")])
def test_text_may_be_as_long_as_iam_takes(length: int, problem: str):
    (actual,) = parse("x" * length).problems

    assert actual.text.startswith(problem)


def test_text_as_deep_as_data_is_as_deep():
    deep: object = 1
    for _ in range(40):
        deep = {"Statement": deep}

    assert [problem.text for problem in parse(json.dumps(deep)).problems] == ["is nested deeper than 32 levels"]
    assert parse(deep).problems == parse(json.dumps(deep)).problems
