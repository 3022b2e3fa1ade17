"""Documents have one canonical form, and what is no document says so without echoing it."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eks_pod_identity.documents.session_policy import session_policy
from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam import canonical
from eks_pod_identity.values import limits

READ = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]}


def shuffled(value, random):
    if isinstance(value, dict):
        items = [(key, shuffled(item, random)) for key, item in value.items()]
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

    text = canonical.text(canonical.parse({"Statement": statement, "Version": "2012-10-17"}))

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
    again["Statement"] = [shuffled(document["Statement"][0], random)]

    assert canonical.text(canonical.parse(shuffled(again, random))) == canonical.text(canonical.parse(document))


def test_text_and_map_give_the_same_document():
    assert canonical.parse(json.dumps({"Statement": [READ], "Version": "2012-10-17"}, indent=2)) == canonical.parse(
        {"Version": "2012-10-17", "Statement": [READ]}
    )


def test_whole_numbers_that_travelled_as_fractions_are_whole_again():
    statement = READ | {"Condition": {"NumericLessThan": {"s3:max-keys": 10.0}}}

    assert '"s3:max-keys":10}' in canonical.text(canonical.parse({"Statement": statement}))


def test_a_version_that_yaml_read_as_a_date_is_meant_as_text():
    document = canonical.parse({"Version": dt.date(2012, 10, 17), "Statement": [READ]})

    assert document["Version"] == "2012-10-17"


def test_a_single_statement_becomes_a_list_of_one():
    assert canonical.parse({"Statement": READ})["Statement"] == [READ]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("{", "not JSON"),
        ("[]", "a map or JSON text of one, not a list"),
        (3, "not a number"),
        (None, "not nothing"),
        ({"Version": "2012-10-17"}, "at least one statement"),
        ({"Statement": []}, "at least one statement"),
        ({"Statement": [READ], "Statements": []}, 'no key "Statements"'),
        ({"Version": "2020-01-01", "Statement": [READ]}, "fixed date"),
        ({"Statement": [READ | {"Ressource": "*"}]}, 'no key "Ressource"'),
        ({"Statement": [READ | {"Effect": "allow"}]}, "Allow or Deny"),
        ({"Statement": [{"Effect": "Allow", "Resource": "*"}]}, "no Action"),
        ({"Statement": ["x"]}, "A statement is a map"),
        ({"Statement": [{"Effect": "Allow", "Action": "s3:*"}]}, "no Resource"),
        ({"Statement": [READ | {"Principal": "*"}]}, "no Principal"),
        ('{"Statement": [], "Statement": []}', "twice"),
        ({"Statement": [READ | {"Condition": {"a": {"b": object()}}}]}, "got an object|Expected a string, number"),
    ],
)
def test_what_is_no_identity_policy_is_refused(value, rule):
    with pytest.raises(RuleError, match=rule):
        canonical.identity_policy(value)


def test_a_trust_statement_has_no_resource():
    with pytest.raises(RuleError, match="no Resource"):
        canonical.trust_statement({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"})


def test_a_trust_statement_has_a_principal():
    with pytest.raises(RuleError, match="no Principal"):
        canonical.trust_statement({"Effect": "Allow", "Action": "sts:AssumeRole"})


def test_an_error_never_shows_the_document():
    with pytest.raises(RuleError) as caught:
        canonical.identity_policy('{"Statement": [{"Sid": "hunter2"')

    assert "hunter2" not in str(caught.value)


def test_characters_outside_latin_1_are_refused():
    with pytest.raises(RuleError, match="Latin-1"):
        canonical.text({"Version": "2012-10-17", "Statement": [READ | {"Sid": "“x”"}]})


def test_iams_quotas_do_not_count_white_space():
    document = {"Statement": [READ | {"Sid": "a b c"}]}

    assert canonical.size(document) - canonical.size_without_space(document) == 2


def padded(length):
    """A session policy of exactly this many characters."""
    empty = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ""}]}
    missing = length - canonical.size(empty)
    empty["Statement"][0]["Resource"] = "a" * missing
    return empty


def test_a_session_policy_of_2048_characters_passes():
    assert len(session_policy(padded(limits.SESSION_POLICY.value))) == 2048


def test_a_session_policy_of_2049_characters_is_refused_with_both_numbers():
    with pytest.raises(RuleError, match=r"2,049 characters; the limit is 2,048"):
        session_policy(padded(2049))


def test_white_space_between_the_parts_of_a_session_policy_does_not_count():
    assert len(session_policy(json.dumps(padded(2048), indent=8))) == 2048
