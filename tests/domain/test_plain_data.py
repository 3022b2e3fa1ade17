"""Which Python values can be plain data."""

import math

import pytest

from eks_pod_identity.errors import Problem, RuleError
from eks_pod_identity.values import plain_data


def nest(levels):
    value = "x"
    for _ in range(levels):
        value = {"a": value}
    return value


def containing_itself():
    value = {"b": []}
    value["b"].append(value)
    return value


def share(levels):
    """Return a value of 2 to the power of *levels* leaves, in a few hundred bytes."""
    value = "x"
    for _ in range(levels):
        value = [value, value]
    return value


@pytest.mark.parametrize("value", ["", "“x”", 0, 1.5, True, None, [], ("a",), {"a": [{"b": None}]}, nest(31)])
def test_what_can_be_sent_passes(value):
    plain_data.check(value)


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (b"x", "got bytes"),
        ({"x"}, "got a set"),
        (object(), "got an object"),
        ("\ud800", "lone surrogate"),
        ({"\ud800": 1}, "lone surrogate"),
        ({1: "x"}, "A key of this map is a number"),
        ({None: "x"}, "A key of this map is nothing"),
        (math.nan, "too large, or is not a number"),
        (-math.inf, "too large, or is not a number"),
        (2**60, "too large, or is not a number"),
        (nest(3000), "deeper than 32 levels"),
        (containing_itself(), "contains itself"),
        (share(31), "more than 250,000 values"),
    ],
)
def test_what_cannot_be_sent_is_refused(value, rule):
    with pytest.raises(RuleError, match=rule):
        plain_data.check(value)


def test_each_problem_has_its_path():
    faults = plain_data.problems({"a": [b"x", {"b": math.inf}], "c": {2: "x"}}, ("policies",))

    assert [problem.typed_path() for problem in faults] == ["policies.a[0]", "policies.a[1].b", "policies.c"]


def test_a_value_that_is_too_deep_is_reported_once_for_the_argument():
    assert [problem.path for problem in plain_data.problems(containing_itself(), ("policies", "x"))] == [
        ("policies", "x")
    ]


def test_an_accepted_value_is_not_examined_further():
    assert plain_data.problems({"a": object()}, (), lambda _: True) == []


def test_a_problem_shows_the_users_key_in_its_path():
    assert Problem(("tags", "example.org/a b"), "", "").typed_path() == 'tags["example.org/a b"]'
    assert Problem(("tags", "a\n"), "", "").typed_path() == "tags.a\\n"
    assert len(Problem(("tags", "x" * 3000), "", "").typed_path()) < 150
