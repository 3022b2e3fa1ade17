"""IAM documents are read the way IAM reads them."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eks_pod_identity.iam import (
    Terms,
    has_wildcard,
    intersect,
    is_everything,
    matches,
    parse,
    with_variables_open,
    without_variables,
)
from eks_pod_identity.iam.unknown import UNKNOWN

ALLOW = {"Effect": "Allow", "Action": "*"}
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


ONE_OF = "and not one of AWS, Service, Federated and CanonicalUser"
TEXT_OR_LIST = "must be a string or a list of strings, and not empty"


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        ("{", [("", "is not JSON (line 1, column 2)")]),
        ('\ufeff{"Statement": []}', [("", "begins with a byte order mark, which is not JSON")]),
        ('{"a": NaN}', [("", "is not readable JSON")]),
        ('{"Statement": ' + "[" * 100_000, [("", "is not readable JSON")]),
        ("[]", [("", "is not a JSON object")]),
        (7, [("", "is not a JSON object")]),
        ({}, [("Statement", "is empty")]),
        ({"Statement": []}, [("Statement", "is empty")]),
        ({"Statement": {}}, [("Statement", "is empty")]),
        ({"Statement": [{}]}, [("Statement[0]", "is empty")]),
        ({"Statement": [None]}, [("Statement[0]", "is empty")]),
        ({"Statement": ["x"]}, [("Statement[0]", "is not an object")]),
        ({"Statement": "x"}, [("Statement", "is not an object")]),
        (
            {"Statement": ALLOW | {"Effect": "allow"}},
            [("Statement.Effect", 'is "allow"; it must be "Allow" or "Deny"')],
        ),
        ({"Statement": ALLOW | {"Effect": 7}}, [("Statement.Effect", 'must be "Allow" or "Deny"')]),
        ({"Statement": ALLOW | {"Effect": ""}}, [("Statement.Effect", 'must be "Allow" or "Deny"')]),
        ({"Statement": [{"Action": "*"}]}, [("Statement[0].Effect", 'must be "Allow" or "Deny"')]),
        ({"Statement": [ALLOW | {"Action": []}]}, [("Statement[0].Action", TEXT_OR_LIST)]),
        ({"Statement": [ALLOW | {"Action": [7]}]}, [("Statement[0].Action", TEXT_OR_LIST)]),
        ({"Statement": [ALLOW | {"Action": ["", "*"]}]}, [("Statement[0].Action", TEXT_OR_LIST)]),
        ({"Statement": [ALLOW | {"Resource": {}}]}, [("Statement[0].Resource", TEXT_OR_LIST)]),
        ({"Statement": [{"Effect": "Deny", "NotResource": 7}]}, [("Statement[0].NotResource", TEXT_OR_LIST)]),
        ({"Statement": [ALLOW | {"NotAction": "*"}]}, [("Statement[0]", "has both Action and NotAction")]),
        (
            {"Statement": [ALLOW | {"Resource": "*", "NotResource": "*"}]},
            [("Statement[0]", "has both Resource and NotResource")],
        ),
        (
            {"Statement": [ALLOW | {"Principal": "*", "NotPrincipal": "*"}]},
            [("Statement[0]", "has both Principal and NotPrincipal")],
        ),
        (
            {"Statement": [ALLOW | {"Principals": "*"}]},
            [("Statement[0]", 'has the element "Principals", which statements do not have')],
        ),
        ({"Statement": [ALLOW | {"Principal": "me"}]}, [("Statement[0].Principal", 'must be an object or "*"')]),
        ({"Statement": [ALLOW | {"Principal": 7}]}, [("Statement[0].Principal", 'must be an object or "*"')]),
        ({"Statement": [ALLOW | {"Principal": {}}]}, [("Statement[0].Principal", "names nobody")]),
        ({"Statement": [ALLOW | {"Principal": {"AWS": []}}]}, [("Statement[0].Principal", "AWS names nobody")]),
        (
            {"Statement": [ALLOW | {"NotPrincipal": {"AWS": ["", "*"]}}]},
            [("Statement[0].NotPrincipal", "AWS must be a string or a list of strings")],
        ),
        (
            {"Statement": [ALLOW | {"Principal": {"AWS": "arn:aws:iam::*:root"}}]},
            [
                (
                    "Statement[0].Principal",
                    'AWS has a wildcard inside "arn:aws:iam::*:root"; only "*" by itself is accepted',
                )
            ],
        ),
        (
            {"Statement": [ALLOW | {"Principal": {"Aws": "*", 7: "*"}}]},
            [
                ("Statement[0].Principal", f'has the type "Aws" {ONE_OF}'),
                ("Statement[0].Principal", f'has the type "7" {ONE_OF}'),
            ],
        ),
        ({"Statement": [ALLOW | {"Condition": []}]}, [("Statement[0].Condition", "must be an object of operators")]),
        (
            {"Statement": [ALLOW | {"Condition": {"Bool": 1, 7: {}}}]},
            [("Statement[0].Condition", "must map each operator to an object of keys")] * 2,
        ),
        (
            {"Statement": [ALLOW | {"Condition": {"Bool": {"k": ["true", None]}}}]},
            [("Statement[0].Condition.Bool", 'compares "k" with something that is not a string')],
        ),
        (
            {"Statement": [ALLOW | {"Sid": "a b"}]},
            [("Statement[0].Sid", 'is "a b"; it may hold only letters and digits')],
        ),
        ({"Statement": [ALLOW | {"Sid": "é"}]}, [("Statement[0].Sid", 'is "é"; it may hold only letters and digits')]),
        ({"Statement": [ALLOW | {"Sid": 7}]}, [("Statement[0].Sid", "may hold only letters and digits")]),
        (
            {"Statement": [ALLOW | {"Sid": ""}, ALLOW | {"Sid": "a"}, "x", ALLOW, ALLOW | {"Sid": "a"}]},
            [("Statement[2]", "is not an object"), ("Statement[4].Sid", '"a" is used twice')],
        ),
        ({"Version": "2012-10-18", "Statement": [ALLOW]}, [("Version", 'is "2012-10-18"; it must be "2012-10-17"')]),
        ({"Version": 7, "Statement": [ALLOW]}, [("Version", 'must be "2012-10-17"')]),
        (
            {"statement": [], "Statement": [ALLOW]},
            [("", 'has the element "statement", which policies do not have')],
        ),
        (
            '{"Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "*"}, "Id": "a", "Id": "b", "Id": "c"}',
            [
                ("", 'has "Effect" twice in one object, and one of them is lost'),
                ("", 'has "Id" twice in one object, and one of them is lost'),
            ],
        ),
    ],
)
def test_malformed_parts_are_named_where_they_are(source: object, problems: list[tuple[str, str]]):
    assert [(problem.location, problem.text) for problem in parse(source).problems] == problems


@pytest.mark.parametrize(
    "source",
    [
        {"Version": "2012-10-17", "Id": "a", "Statement": ALLOW},
        {"Version": "2008-10-17", "Statement": [ALLOW | {"Sid": ""}, ALLOW | {"Sid": ""}]},
        {"Statement": [ALLOW | {"Sid": "A1"}, ALLOW | {"Sid": UNKNOWN}, ALLOW | {"Sid": "a1"}]},
        {"Version": UNKNOWN, "Statement": [ALLOW | {"Effect": UNKNOWN}, UNKNOWN]},
        {"Statement": [{"Effect": "Deny", "NotAction": "*", "NotResource": ["*"]}]},
        {"Statement": [ALLOW | {"Principal": {"AWS": ["*", UNKNOWN], "Service": UNKNOWN}, "Condition": {}}]},
        {"Statement": UNKNOWN},
        UNKNOWN,
        '{"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Null": {"k": true}, "Bool": {"k": true}}}}',
    ],
)
def test_what_iam_takes_has_no_problems(source: object):
    assert parse(source).problems == ()


def test_of_two_elements_of_one_name_the_last_is_read():
    document = parse('{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Effect": "Deny", "Action": "*"}}')

    assert document.statements[0].denies
    assert document.expands_variables


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ({"Statement": [ALLOW]}, set()),
        ({"Statement": [ALLOW | {"Sid": "a b"}]}, set()),
        ({"Statement": [ALLOW, ALLOW | {"Effect": "allow"}]}, {"Statement[1]"}),
        ({"Statement": ALLOW | {"Effect": "allow"}}, {"Statement"}),
        ({"Statement": [ALLOW | {"Condition": {"Bool": {"k": None}}}]}, {"Statement[0]"}),
        ({"Statement": [ALLOW | {"Action": []}, {}, ALLOW]}, {"Statement[0]", "Statement[1]"}),
        ({"Statement": [ALLOW], "Statements": []}, {""}),
        ({"Version": "2020-01-01", "Statement": [ALLOW]}, {""}),
        ("{", {""}),
    ],
)
def test_what_iam_refuses_is_reported_by_its_location(source: object, places: set[str]):
    assert parse(source).refused_locations() == places


@pytest.mark.parametrize(
    ("source", "expands"),
    [
        ({"Version": "2012-10-17"}, True),
        ({"Version": "2008-10-17"}, False),
        ({}, False),
        ({"Version": UNKNOWN}, None),
        ("{", False),
    ],
)
def test_variables_expand_in_the_newer_version_only(source: object, expands: bool | None):
    assert parse(source).expands_variables is expands


def test_what_is_known_of_a_document_is_kept():
    unknown = {"Id": 7, "id": "a", "Statement": UNKNOWN}

    document = parse(unknown)

    assert (document.is_open, document.is_complete, document.source) == (True, False, unknown)
    assert [problem.text for problem in document.problems] == ['has the element "id", which policies do not have']
    assert parse([1]).source == [1]
    assert parse(UNKNOWN).is_open
    assert parse({"Statement": [ALLOW]}).is_complete


def test_what_is_known_of_a_statement_is_kept():
    allow, deny, effect, malformed = parse(
        {
            "Statement": [
                ALLOW | {"Resource": ["a", UNKNOWN]},
                {"Effect": "Deny", "NotAction": "s3:*", "NotResource": "b"},
                {"Effect": UNKNOWN, "Action": "*"},
                {"Effect": ["Allow"], "Action": "*", "Condition": []},
            ]
        }
    ).statements

    assert (allow.allows, allow.denies, allow.effect_is_open, allow.conditions_are_open) == (True, False, False, False)
    assert allow.resources == Terms(("a",), negated=False, present=True, open=True)
    assert (deny.allows, deny.denies) == (False, True)
    assert deny.actions == Terms(("s3:*",), negated=True, present=True, open=False)
    assert deny.resources == Terms(("b",), negated=True, present=True)
    assert (effect.effect, effect.effect_is_open, effect.resources) == ("", True, Terms())
    assert (malformed.effect, malformed.effect_is_open, malformed.conditions_are_open) == ("", False, False)


LETTERS = st.text(alphabet="ab*?", max_size=4)
SHORT = ["".join(letters) for size in range(5) for letters in itertools.product("abc", repeat=size)]


@settings(deadline=None)
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


@pytest.mark.parametrize(
    ("length", "problem"),
    [
        (131_072, "is not JSON (line 1, column 1)"),
        (131_073, "is longer than the 131,072 characters that IAM accepts"),
    ],
)
def test_text_may_be_as_long_as_iam_takes(length: int, problem: str):
    (actual,) = parse("x" * length).problems

    assert (actual.location, actual.text) == ("", problem)


@pytest.mark.parametrize(
    ("opening", "closing"), [('{"a":', "}"), ("[", "]"), ('[{"a":[', "]}]"), ('{"a":[', "]}"), ('[{"a":', "}]")]
)
def test_a_document_is_32_levels_deep_at_most(opening: str, closing: str):
    each = opening.count("[") + opening.count("{")
    times = 30 // each * each // each

    def document(depth: int) -> str:
        return (
            '{"Statement":' * (depth - times * each)
            + opening * times
            + "1"
            + closing * times
            + "}" * (depth - times * each)
        )

    deep = parse(document(33)).problems
    assert [(problem.location, problem.text) for problem in deep] == [("", "is nested deeper than 32 levels")]
    assert "is nested deeper than 32 levels" not in [problem.text for problem in parse(document(32)).problems]
    assert parse(json.loads(document(33))).problems == deep


def test_text_as_deep_as_data_is_as_deep():
    deep: object = 1
    for _ in range(40):
        deep = {"Statement": deep}

    assert [problem.text for problem in parse(json.dumps(deep)).problems] == ["is nested deeper than 32 levels"]
    assert parse(deep).problems == parse(json.dumps(deep)).problems
