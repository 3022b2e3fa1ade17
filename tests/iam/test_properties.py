"""Properties of every document and every request."""

import dataclasses
import random
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eks_pod_identity.iam.document import parse
from eks_pod_identity.iam.evaluate import Effect, Evaluation, evaluate
from eks_pod_identity.iam.possible import ABSENT, Value, unknown_value
from eks_pod_identity.iam.request import Caller, Request
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.iam.wildcards import literal, matches

ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage", "s3:Get*", "s3:*", "*", "S3:getobject", "s3:?etObject"]
RESOURCES = ["*", "arn:aws:s3:::a/*", "arn:aws:s3:::a/1", "arn:aws:s3:::b/*", "arn:aws:s3:::${k:one}/*"]
KEYS = ["k:one", "k:two", "k:many"]
VALUES = ["a", "b", "A", "a*", "*", "${k:two}", "${k:two, 'a'}", "10.0.0.0/8", "true", "10", "arn:aws:s3:::a"]
OPERATORS = [
    "StringEquals",
    "StringNotEquals",
    "StringLike",
    "StringNotLike",
    "StringEqualsIgnoreCase",
    "ArnLike",
    "ArnNotEquals",
    "NumericLessThan",
    "NumericNotEquals",
    "Bool",
    "IpAddress",
    "NotIpAddress",
    "Null",
    "ForAllValues:StringLike",
    "ForAnyValue:StringEquals",
    "ForAnyValue:StringNotEquals",
    "StringEqualsIfExists",
    "StringNotLikeIfExists",
]


def lists_or_one(items: list[str]) -> st.SearchStrategy[Any]:
    return st.one_of(st.sampled_from(items), st.lists(st.sampled_from(items), min_size=1, max_size=3))


conditions = st.dictionaries(
    st.sampled_from([operator for operator in OPERATORS if operator != "Null"]),
    st.dictionaries(st.sampled_from(KEYS), lists_or_one(VALUES), min_size=1, max_size=2),
    max_size=2,
)
nulls = st.just({}) | st.dictionaries(
    st.just("Null"), st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["true", "false"]))
)


@st.composite
def statements(draw: Any, effect: str | None = None) -> dict[str, Any]:
    action = draw(st.sampled_from(["Action", "NotAction"]))
    resource = draw(st.sampled_from(["Resource", "Resource", "NotResource"]))
    return {
        "Effect": effect or draw(st.sampled_from(["Allow", "Deny"])),
        action: draw(lists_or_one(ACTIONS)),
        resource: draw(lists_or_one(RESOURCES)),
        "Condition": {**draw(conditions), **draw(nulls)},
    }


values = st.one_of(st.just(ABSENT), st.sampled_from(["a", "b", "10.1.2.3", "true", "9", "arn:aws:s3:::a", "*"]))
many = st.one_of(st.just(ABSENT), st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple))
requests = st.builds(
    lambda action, resource, first, second, several: Request(
        action, resource, Caller(), {"k:one": first, "k:two": second, "k:many": several}
    ),
    st.sampled_from(["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]),
    st.sampled_from(["arn:aws:s3:::a/1", "arn:aws:s3:::b/1"]),
    values,
    values,
    many,
)
documents = st.lists(statements(), min_size=1, max_size=4)
versions = st.sampled_from(["2012-10-17", "2008-10-17"])


def judge(document: list[Any], request: Request, version: str = "2012-10-17") -> Evaluation:
    return evaluate(parse({"Version": version, "Statement": document}), request)


def access(answer: Evaluation) -> bool | None:
    return {Effect.ALLOW: True, Effect.UNKNOWN: None}.get(answer.effect, False)


@settings(max_examples=200, deadline=None)
@given(documents, statements("Allow"), requests)
def test_adding_an_allow_never_removes_access(document: list[Any], added: dict[str, Any], request_: Request) -> None:
    before, after = access(judge(document, request_)), access(judge([*document, added], request_))

    assert before is not True or after is True
    assert after is not False or before is False


@settings(max_examples=200, deadline=None)
@given(documents, statements("Deny"), requests)
def test_adding_a_deny_never_adds_access(document: list[Any], added: dict[str, Any], request_: Request) -> None:
    before, after = access(judge(document, request_)), access(judge([*document, added], request_))

    assert before is not False or after is False
    assert after is not True or before is True


@settings(max_examples=200, deadline=None)
@given(documents, requests, versions, st.randoms(use_true_random=False))
def test_order_is_irrelevant(document: list[Any], request_: Request, version: str, chance: random.Random) -> None:
    shuffled = [_shuffle(statement, chance) for statement in document]
    chance.shuffle(shuffled)

    assert judge(shuffled, request_, version).effect is judge(document, request_, version).effect


def _shuffle(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, _shuffle(item, chance)) for key, item in value.items()]
        chance.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        return chance.sample(value, len(value))
    return value


@settings(max_examples=300, deadline=None)
@given(documents, requests, st.sampled_from(KEYS), versions)
def test_a_value_made_unknown_keeps_the_answer_or_makes_it_unknown(
    document: list[Any], request_: Request, key: str, version: str
) -> None:
    forgotten: Value = unknown_value(key, many=isinstance(request_.keys[key], tuple))
    known = judge(document, request_, version)

    open_ = judge(document, request_.with_keys({key: forgotten}), version)

    assert access(open_) in (access(known), None)


@settings(max_examples=300, deadline=None)
@given(documents, requests, versions, st.randoms(use_true_random=False))
def test_a_part_of_the_document_made_unknown_keeps_the_answer_or_makes_it_unknown(
    document: list[Any], request_: Request, version: str, chance: random.Random
) -> None:
    forgotten = _forget(document, chance)

    assert access(judge(forgotten, request_, version)) in (access(judge(document, request_, version)), None)


def _forget(value: Any, chance: random.Random) -> Any:
    """Replace one part, somewhere, by UNKNOWN."""
    if isinstance(value, dict) and value and chance.random() < 0.8:
        key = chance.choice(list(value))
        return {**value, key: _forget(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.8:
        index = chance.randrange(len(value))
        return [*value[:index], _forget(value[index], chance), *value[index + 1 :]]
    return UNKNOWN


@settings(max_examples=200, deadline=None)
@given(documents, requests)
def test_the_case_of_actions_and_keys_is_irrelevant(document: list[Any], request_: Request) -> None:
    loud = [_rename_elements(statement) for statement in document]

    assert judge(loud, request_).effect is judge(document, request_).effect
    assert (
        judge(document, dataclasses.replace(request_, action=request_.action.upper())).effect
        is judge(document, request_).effect
    )


def _rename_elements(statement: dict[str, Any]) -> dict[str, Any]:
    changed = dict(statement)
    for element in ("Action", "NotAction"):
        if element in changed:
            listed = changed[element] if isinstance(changed[element], list) else [changed[element]]
            changed[element] = [action.swapcase() for action in listed]
    changed["Condition"] = {
        operator.upper(): {key.swapcase(): wanted for key, wanted in keys.items()}
        for operator, keys in statement["Condition"].items()
    }
    return changed


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(UNKNOWN),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "Version",
                        "Statement",
                        "Effect",
                        "Action",
                        "Resource",
                        "Condition",
                        "Principal",
                        "StringLike",
                        "a:b",
                        "x",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    ),
    requests,
)
def test_no_document_raises(source: Any, request_: Request) -> None:
    answer = evaluate(parse(source), request_)

    answer.failing()
    assert answer.effect in Effect


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab*?", max_size=12), st.text(alphabet="ab*?", max_size=12))
def test_patterns_match_as_their_meaning_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) is _covers(pattern, text)
    assert matches(literal(pattern), text) is (pattern == text)


def _covers(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _covers(pattern[1:], text) or (bool(text) and _covers(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and _covers(pattern[1:], text[1:])


@pytest.mark.parametrize("letter", string.punctuation.replace("*", "").replace("?", ""))
def test_no_other_character_is_special(letter: str) -> None:
    assert matches(letter, letter)
    assert not matches(letter, "x")
