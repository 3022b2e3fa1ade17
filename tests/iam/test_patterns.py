"""Wildcards, policy variables, and the overlap of a pattern and an unknown value."""

import pytest

from eks_pod_identity.iam.association import ACCOUNT, NAMESPACE, Association, Caller, Session
from eks_pod_identity.iam.possible import (
    ABSENT,
    Open,
    Value,
    Variable,
    common_text,
    may_match,
    text_of,
    unknown_value,
    variable_values,
)
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.iam.variables import (
    Expansion,
    expand,
    has_variables,
    keys_without_default,
    variable_keys,
    with_defaults,
)
from eks_pod_identity.iam.wildcards import (
    intersect,
    is_everything,
    literal,
    matches,
    with_variables_open,
    without_variables,
)

LONG = "a" * 2_049


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("*", "", True),
        ("**", "ab", True),
        ("a*", "a", True),
        ("a*", "ba", False),
        ("*a", "ba", True),
        ("*a", "ab", False),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        # The text between the stars must lie between the text at the ends.
        ("*a*a", "a", False),
        ("*a*a", "aa", True),
        ("a*b*b", "ab", False),
        ("a*b*b", "abb", True),
        ("*ab*ba*", "aba", False),
        ("*ab*ba*", "abba", True),
        ("*a*b*", "ba", False),
        ("*aa*", "aa", True),
        ("*aa*ab*", "aaab", True),
        # Any one character.
        ("?", "a", True),
        ("?", "\n", True),
        ("?", "é", True),
        ("?", "ab", False),
        ("??", "a", False),
        ("a?c", "abc", True),
        ("a?c", "abcd", False),
        ("*?a*?a", "xa", False),
        ("*?a*?a", "xaya", True),
        ("*?a*", "a", False),
        ("*?a*", "xa", True),
        ("*?*?*", "a", False),
        ("*?*?*", "ab", True),
        ("a?*", "a", False),
        ("?a*b?", "xabx", True),
        ("?a*b?", "xab", False),
        ("*?b", "b", False),
        # No other character is special.
        ("a.c", "abc", False),
        ("[ab]*", "a", False),
        ("a\\d*?", "a\\dx", True),
        ("$*^?", "$^x", True),
        # Outside ASCII.
        ("é*é", "é-é", True),
        ("*é*ü*", "xéyüz", True),
        ("*é*ü*", "xüyéz", False),
        ("*é?*", "aéb", True),
        # Of any length.
        (LONG, LONG, True),
        (LONG, LONG[1:], False),
        (LONG[1:], LONG[1:], True),
        (f"{LONG}*b", f"{LONG}xb", True),
        (f"{LONG}*b", f"{LONG}xc", False),
    ],
)
def test_a_star_is_any_run_of_characters_and_a_question_mark_is_one(pattern: str, text: str, answer: bool) -> None:
    assert matches(pattern, text) is answer


@pytest.mark.parametrize(
    ("value", "before", "after", "text", "answer"),
    [
        ("*", "", "", "*", True),
        ("*", "", "", "a", False),
        ("a?", "", "", "a?", True),
        ("a?", "", "", "ab", False),
        ("*", "x*", "*y", "x1*2y", True),
        ("*", "x*", "*y", "x12y", False),
        ("?", "x*", "*y", "x?y", True),
        ("?", "x*", "*y", "x1y", False),
        ("?", "?*", "?*", "a?b", True),
        ("?", "?*", "?*", "abc", False),
    ],
)
def test_wildcards_in_a_value_are_literal(value: str, before: str, after: str, text: str, answer: bool) -> None:
    """IAM compares the value of a policy variable as it is."""
    assert matches(before + literal(value) + after, text) is answer


def test_the_pattern_that_matches_everything() -> None:
    assert [is_everything(pattern) for pattern in ("*", "***", "", "a*", "?", "*?")] == [True, True, *[False] * 4]


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        ("a*", "*b", True),
        ("a*", "b*", False),
        ("a?", "ab", True),
        ("a?", "a", False),
        ("??", "???", False),
        ("?*", "*", True),
        ("*X*", "Y", False),
        ("", "*", True),
        ("", "?", False),
        ("a**b", "ab", True),
        ("*a*", "*b*", True),
        ("a*c", "?b?", True),
        ("a*c", "?b", False),
        ("*?", "?*", True),
        ("*", "", True),
    ],
)
def test_two_patterns_intersect_where_some_text_matches_both(left: str, right: str, answer: bool) -> None:
    assert intersect(left, right) is intersect(right, left) is answer


@pytest.mark.parametrize(
    ("text", "opened", "dropped"),
    [
        ("plain", "plain", "plain"),
        ("a/${k:ns}/*", "a/*/*", "a//*"),
        ("${k:a}${k:b, 'd'}", "**", ""),
        ("${*}", "*", ""),
        ("${k", "${k", "${k"),
        ("$x", "$x", "$x"),
    ],
)
def test_variables_become_unknown_or_are_dropped(text: str, opened: str, dropped: str) -> None:
    assert with_variables_open(text) == opened
    assert without_variables(text) == dropped


LABEL = Open((NAMESPACE,))
VALUES: dict[str, Value] = {"k:ns": "payments", "k:star": "a*", "k:open": LABEL, "k:several": ("a", "b")}


@pytest.mark.parametrize(
    ("text", "expansion"),
    [
        ("plain*", Expansion("plain*")),
        ("${k:ns}", Expansion("payments")),
        ("a/${K:NS}/b", Expansion("a/payments/b")),
        ("${ k:ns }-${k:ns}", Expansion("payments-payments")),
        ("${k:absent}", Expansion("", has_value=False)),
        ("a/${k:absent}/${k:ns}", Expansion("a//payments", has_value=False)),
        ("${k:several}", Expansion("", has_value=False)),
        ("${k:absent, 'none'}", Expansion("none")),
        ("${k:ns,'none'}", Expansion("payments")),
        ("${k:several, 'none'}", Expansion("", has_value=False)),
        ("${k:open}-x", Expansion("*-x", is_open=True)),
        ("${k:open, 'none'}", Expansion("*", is_open=True)),
        ("${a b}/${k:ns}", Expansion("*/payments", is_open=True)),
        ("${}/${k:absent}", Expansion("*/", has_value=False, is_open=True)),
        # As characters.
        ("${*}${?}${$}", Expansion(literal("*?$"))),
        ("${k", Expansion("${k")),
    ],
)
def test_a_variable_becomes_the_value_of_its_key(text: str, expansion: Expansion) -> None:
    """IAM User Guide, "IAM policy elements: Variables and tags"."""
    assert expand(text, lambda key: VALUES.get(key, ABSENT), in_pattern=True) == expansion


def test_a_star_in_a_value_is_literal_and_one_in_a_default_may_be_either() -> None:
    def value_of(key: str) -> Value:
        return VALUES.get(key, ABSENT)

    assert expand("${k:star}*", value_of, in_pattern=True) == Expansion(f"{literal('a*')}*")
    assert expand("${k:star}*", value_of, in_pattern=False) == Expansion("a**")
    assert expand("${k:absent, 'a*'}", value_of, in_pattern=True) == Expansion("a*", is_open=True)
    assert expand("${k:absent, 'a*'}", value_of, in_pattern=False) == Expansion("a*")
    assert expand("${k:absent, 'a*'}${k:absent, 'b'}", value_of, in_pattern=True) == Expansion("a*b", is_open=True)
    assert expand("${k:absent, 'b'}${k:absent, 'a*'}", value_of, in_pattern=True) == Expansion("ba*", is_open=True)


@pytest.mark.parametrize(
    ("text", "keys", "without_default", "defaults"),
    [
        ("plain", (), (), "plain"),
        ("a/${K:Ns}/${k:b, 'd'}/*", ("K:Ns", "k:b"), ("K:Ns",), "a/*/d/*"),
        ("${*}", (), (), literal("*")),
        ("${a b}", (), (), "*"),
        ("${k:a,''}", ("k:a",), (), ""),
    ],
)
def test_the_keys_of_variables(
    text: str, keys: tuple[str, ...], without_default: tuple[str, ...], defaults: str
) -> None:
    assert [key.lower() for key in variable_keys(text)] == [key.lower() for key in keys]
    assert [key.lower() for key in keys_without_default(text)] == [key.lower() for key in without_default]
    assert with_defaults(text) == defaults
    assert has_variables(text) is (text != "plain")


LETTERS = Variable("letters", "[ab]+", "ab", "ab", "b")
FOUR = Variable("four", r"\d{4}", "0123456789", "9876", "0001", 4)


@pytest.mark.parametrize(
    ("pieces", "pattern", "text"),
    [
        (("x",), "x", "x"),
        (("x",), "?", "x"),
        (("x",), "y", None),
        (("x", FOUR, "y"), "x*y", "x9876y"),
        (("x", FOUR, "y"), "x12*", "x1276y"),
        (("x", FOUR, "y"), "x????y", "x0000y"),
        (("x", FOUR, "y"), "x???y", None),
        (("x", FOUR, "y"), "*1*", "x1876y"),
        ((LETTERS,), "*", "ab"),
        ((LETTERS,), "b*", "b"),
        ((LETTERS,), "??", "aa"),
        ((LETTERS,), "bab", "bab"),
        ((LETTERS,), "c*", None),
        ((LETTERS, "/", LETTERS), "*/b", "ab/b"),
        ((LETTERS, "/", LETTERS), "a/*", "a/ab"),
        ((LETTERS, "/", LETTERS), "a*/*b", "a/abb"),
        ((LETTERS, "/"), "aba/", "aba/"),
        ((Variable("any"),), "?é?", "xéx"),
    ],
)
def test_a_text_that_a_value_and_a_pattern_have_in_common(pieces: tuple, pattern: str, text: str | None) -> None:
    assert common_text(Open(pieces), pattern) == text
    assert (may_match(Open(pieces), pattern) is False) is (text is None)


def test_the_values_of_variables_for_which_a_pattern_matches() -> None:
    value = Open(("x", FOUR, "/", LETTERS))

    assert variable_values(value, "x1234/a", wildcards=False) == {"four": "1234", "letters": "a"}
    assert variable_values(value, "X1234/a", wildcards=False) is None
    assert variable_values(value, "x1*/b*", wildcards=True) == {"four": "1876", "letters": "b"}
    assert variable_values(value, "x1*/b*", wildcards=False) is None
    assert variable_values(value, "y*", wildcards=True) is None


def test_the_variables_of_a_value_are_filled_one_by_one() -> None:
    empty = Open((LETTERS,), may_be_absent=True)

    assert text_of() == ""
    assert Open((LETTERS,)).fill_in({"letters": ""}) == ""
    assert empty.fill_in({"letters": ""}) == Open((), may_be_absent=True)
    assert empty.fill_in({"letters": "a"}) == Open(("a",), may_be_absent=True)
    assert Open(("x", LETTERS, "", "y", FOUR), many=True).fill_in({"letters": "a"}) == Open(("xay", FOUR), many=True)
    assert Open((LETTERS, FOUR, LETTERS)).variables == (LETTERS, FOUR)
    assert unknown_value("k") == Open((Variable("k"),), may_be_absent=True)
    assert unknown_value("k", may_be_absent=False) == Open((Variable("k"),))
    assert unknown_value("k", many=True) == Open((Variable("k"),), may_be_absent=True, many=True)


@pytest.mark.parametrize(
    ("session", "role", "caller", "account"),
    [
        (
            Session("arn:aws:iam::111122223333:role/a/b/api", name="eks-1"),
            "arn:aws:iam::111122223333:role/a/b/api",
            "arn:aws:sts::111122223333:assumed-role/api/eks-1",
            "111122223333",
        ),
        (
            Session("arn:aws-cn:iam::111122223333:role/api"),
            "arn:aws-cn:iam::111122223333:role/api",
            "arn:aws-cn:sts::111122223333:assumed-role/api/eks-<role session name>",
            "111122223333",
        ),
        (Session("api"), "api", "<session>", "<account>"),
        (Session("a:b:c:d:e"), "a:b:c:d:e", "<session>", "<account>"),
        (
            Session(UNKNOWN, name="eks-1"),
            "arn:<partition>:iam::<account>:role/<role>",
            "arn:<partition>:sts::<account>:assumed-role/<role name>/eks-1",
            "<account>",
        ),
        (
            Session(UNKNOWN),
            "arn:<partition>:iam::<account>:role/<role>",
            "arn:<partition>:sts::<account>:assumed-role/<role name>/eks-<role session name>",
            "<account>",
        ),
    ],
)
def test_a_session_of_a_role_is_a_caller(session: Session, role: str, caller: str, account: str) -> None:
    read: Caller = session.caller

    assert (str(read.role_arn), str(read.session_arn), str(read.account)) == (role, caller, account)
    assert read.service == ""


def test_what_is_not_known_of_an_association_is_named_by_its_part() -> None:
    tags = Association(account=UNKNOWN).tags()

    assert {key: str(value) for key, value in tags.items()} == {
        "eks-cluster-arn": "arn:<partition>:eks:<region>:<account>:cluster/<cluster>",
        "eks-cluster-name": "<cluster>",
        "kubernetes-namespace": "<namespace>",
        "kubernetes-pod-name": "<pod name>",
        "kubernetes-pod-uid": "<pod uid>",
        "kubernetes-service-account": "<service account>",
    }
    assert str(Association().external_id) == "<region>/<account>/<cluster>/<namespace>/<service account>"
    assert tags["kubernetes-namespace"] == Open((NAMESPACE,))
    assert Association(namespace="a", session_tags=UNKNOWN).tags()["kubernetes-namespace"] == Open(("a",), True)
    assert Association(session_tags=False).tags() == {}
    assert Open((ACCOUNT,)).example == "999999999999"
