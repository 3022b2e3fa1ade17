"""Documents have one canonical form."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam import canonical
from eks_pod_identity.values import limits

READ = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]}


def read(value):
    return canonical.document_of(canonical.normalize(value))


def shuffle(value, random):
    if isinstance(value, dict):
        items = [(key, shuffle(item, random)) for key, item in value.items()]
        random.shuffle(items)
        return dict(items)
    return value


def test_keys_come_in_iams_own_order():
    statement = {
        "Resource": "*",
        "Condition": {"StringEquals": {"b": "1", "a": "2"}},
        "Action": "s3:*",
        "Effect": "Deny",
    }

    text = canonical.text(read({"Statement": statement, "Version": "2012-10-17"}))

    assert text == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*",'
        '"Condition":{"StringEquals":{"a":"2","b":"1"}}}]}'
    )


@given(st.randoms())
def test_the_order_of_keys_never_shows(random):
    document = {
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": [READ | {"Sid": "a", "Condition": {"StringLike": {"c": "1", "a": "2"}, "Bool": {"b": "true"}}}],
    }

    again = {key: document[key] for key in document}
    again["Statement"] = [shuffle(document["Statement"][0], random)]

    assert canonical.text(read(shuffle(again, random))) == canonical.text(read(document))


def test_the_keys_around_the_statements_have_an_order_too():
    assert list(read({"Id": "a", "Statement": READ, "Version": "2012-10-17"})) == [
        "Version",
        "Id",
        "Statement",
    ]


def test_text_and_map_give_the_same_document():
    assert read(json.dumps({"Statement": [READ], "Version": "2012-10-17"}, indent=2)) == read(
        {"Version": "2012-10-17", "Statement": [READ]}
    )


def test_whole_numbers_sent_as_floats_are_integers_again():
    statement = READ | {"Condition": {"NumericLessThan": {"s3:max-keys": 10.0}}}

    assert '"s3:max-keys":10}' in canonical.text(read({"Statement": statement}))


def test_a_version_that_yaml_read_as_a_date_becomes_text():
    document = read({"Version": dt.date(2012, 10, 17), "Statement": [READ]})

    assert document["Version"] == "2012-10-17"


def test_a_single_statement_becomes_a_list_of_one():
    assert read({"Statement": READ})["Statement"] == [READ]


@pytest.mark.parametrize("value", ["{", "[]", '{"Statement": 1}', 3, None, ["x"]])
def test_what_is_not_a_map_is_returned_unchanged(value):
    assert canonical.normalize(value) == value


def test_a_document_holds_plain_data():
    with pytest.raises(RuleError, match=r"got an object|Expected a string, number"):
        canonical.normalize({"Statement": [READ | {"Condition": {"a": {"b": object()}}}]})
    with pytest.raises(RuleError, match="text, numbers, lists and maps, not bytes"):
        canonical.sort_keys({"Principal": {"AWS": b"111122223333"}})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Statement": [], "Id": "a"}, '{"Id":"a","Statement":[]}'),
        ({"Statement": [], "Id": "a", "Version": "b"}, '{"Version":"b","Id":"a","Statement":[]}'),
        ({"Id": "a", "Version": "b"}, '{"Version":"b","Id":"a"}'),
        ({"Resource": "a", "Effect": "b", "Sid": "c"}, '{"Sid":"c","Effect":"b","Resource":"a"}'),
        ({"Statement": [{"Action": "a", "Effect": "b"}]}, '{"Statement":[{"Effect":"b","Action":"a"}]}'),
        ({"Statement": {"Action": "a", "Effect": "b"}}, '{"Statement":{"Effect":"b","Action":"a"}}'),
        # Below a statement the order is alphabetical.
        (
            {"Condition": {"StringLike": {"Resource": "a", "Action": ["b"]}, "Bool": {"Sid": True, "Effect": None}}},
            '{"Condition":{"Bool":{"Effect":null,"Sid":true},"StringLike":{"Action":["b"],"Resource":"a"}}}',
        ),
    ],
)
def test_a_document_and_a_statement_each_have_their_order(value, text):
    assert canonical.text(value) == text


def test_characters_outside_latin_1_are_refused():
    with pytest.raises(RuleError) as caught:
        canonical.text({"Version": "2012-10-17", "Statement": [READ | {"Sid": "“x”"}]})

    assert str(caught.value) == (
        "The document has a character outside Latin-1, which IAM does not accept. "
        "Replace typographic quotes, dashes and other scripts."
    )
    assert canonical.text({"Statement": [READ | {"Sid": "Zürich"}]}).startswith('{"Statement":[{"Sid":"Zürich"')


def test_a_size_over_its_limit_is_refused_with_both_and_the_fix():
    limit = limits.SESSION_POLICY

    canonical.check_size(limit.value, limit, "The session policy", "Shorten it.")
    with pytest.raises(RuleError) as caught:
        canonical.check_size(limit.value + 1, limit, "The session policy", "Shorten it.")

    assert str(caught.value) == f"The session policy has 2,049 {limit.unit}; the limit is 2,048. Shorten it."


def test_iams_quotas_do_not_count_white_space():
    document = {"Statement": [READ | {"Sid": "a b c"}]}

    assert len(canonical.text(document)) - canonical.size_without_space(document) == 2
