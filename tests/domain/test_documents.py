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


def test_the_keys_around_the_statements_have_an_order_too():
    assert list(canonical.parse({"Id": "a", "Statement": READ, "Version": "2012-10-17"})) == [
        "Version",
        "Id",
        "Statement",
    ]


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


AS_MAP = "Pass the document as a map, or create the text with a JSON library."
STATEMENTS = 'A policy document has at least one statement. Write "Statement": [{"Effect": "Allow", ...}].'
DOCUMENT = 'Write {"Version": "2012-10-17", "Statement": [...]}.'
ELEMENTS = "Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition"
NO_PRINCIPAL = (
    "A policy of a role or session has no Principal: the role is the principal. Remove Principal. "
    "'trust_scope' and 'extra_trust_statements' determine who may assume the role."
)
TWICE = "twice in one map; all but the last would be lost. Merge them into one."
NO_RESOURCE = "A trust statement has no Resource: the role is the resource. IAM refuses it. Remove Resource."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (
            "{",
            "The text is not JSON: Expecting property name enclosed in double quotes at line 1, column 2. " + AS_MAP,
        ),
        ('{"a": ' + "[" * 100_000, f"The text is nested too deeply. {AS_MAP}"),
        ('{"Statement": ' + "9" * 5000 + "}", f"The text has a number with thousands of digits. {AS_MAP}"),
        ("[]", f"A policy document is a map or JSON text of one, not a list. {DOCUMENT}"),
        (3, f"A policy document is a map or JSON text of one, not a number. {DOCUMENT}"),
        (None, f"A policy document is a map or JSON text of one, not nothing. {DOCUMENT}"),
        ({"Version": "2012-10-17"}, STATEMENTS),
        ({"Statement": []}, STATEMENTS),
        ({"Statement": "Allow"}, STATEMENTS),
        (
            {"Statement": [READ], "Statements": [], "id": ""},
            'A policy document has no key "Statements", "id". Its keys are Version, Id and Statement, as written.',
        ),
        (
            {"Version": "2020-01-01", "Statement": [READ]},
            'The Version of a policy document is a fixed date. Write "Version": "2012-10-17".',
        ),
        (
            {"Statement": [READ | {"Ressource": "*"}]},
            f'A statement has no key "Ressource". Its keys are {ELEMENTS}, as written.',
        ),
        (
            {"Statement": [READ | {"Effect": "allow"}]},
            'A statement has the Effect Allow or Deny. Write "Effect": "Allow".',
        ),
        (
            {"Statement": [{"Effect": "Allow", "Resource": "*"}]},
            'A statement has no Action. Write for example "Action": ["s3:GetObject"].',
        ),
        ({"Statement": ["x"]}, 'A statement is a map, not a string. Write {"Effect": "Allow", ...}.'),
        (
            {"Statement": [{"Effect": "Allow", "Action": "s3:*"}]},
            'A statement has no Resource. Write for example "Resource": "arn:aws:s3:::bucket/*".',
        ),
        ({"Statement": [READ | {"Principal": "*"}]}, NO_PRINCIPAL),
        ({"Statement": [READ | {"NotPrincipal": "*"}]}, NO_PRINCIPAL),
        (
            {"Statement": [READ | {"Sid": "A"}, READ | {"Sid": "B"}, READ | {"Sid": "A"}]},
            "Two statements have the same Sid. Rename or remove one of them.",
        ),
        (
            '{"Statement": [], "Id": "", "Statement": [], "Id": "a", "Version": ""}',
            f'The JSON text has the key "Id", "Statement" {TWICE}',
        ),
    ],
)
def test_what_is_no_identity_policy_is_refused_with_the_rule_and_the_fix(value, text):
    with pytest.raises(RuleError) as caught:
        canonical.identity_policy(value)

    assert str(caught.value) == text


def test_a_document_holds_plain_data():
    with pytest.raises(RuleError, match=r"got an object|Expected a string, number"):
        canonical.identity_policy({"Statement": [READ | {"Condition": {"a": {"b": object()}}}]})


TRUST = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (TRUST | {"Resource": "*"}, NO_RESOURCE),
        (TRUST | {"NotResource": "*"}, NO_RESOURCE),
        (
            {"Effect": "Allow", "Action": "sts:AssumeRole"},
            'A trust statement has no Principal. Write for example "Principal": {"Service": "ec2.amazonaws.com"}.',
        ),
        (
            TRUST | {"Principal": {"AWS": b"111122223333"}},
            "A policy document holds text, numbers, lists and maps, not bytes. Write it as text.",
        ),
    ],
)
def test_what_is_no_trust_statement_is_refused_with_the_rule_and_the_fix(value, text):
    with pytest.raises(RuleError) as caught:
        canonical.trust_statement(value)

    assert str(caught.value) == text


@pytest.mark.parametrize(
    "changes",
    [
        {"NotResource": "arn:aws:s3:::invoices/*"},
        {"NotAction": "iam:*", "Resource": "*"},
        {"Action": ["s3:Get*", "s3:List*"], "Resource": "*"},
    ],
)
@pytest.mark.parametrize("version", [{}, {"Version": "2008-10-17"}, {"Version": "2012-10-17"}])
def test_negated_elements_and_both_versions_are_policies(changes, version):
    """Source: IAM User Guide, "IAM JSON policy elements: Version", "NotAction", "NotResource"."""
    statement = {"Effect": "Deny", **({} if "NotAction" in changes else {"Action": "s3:*"}), **changes}

    assert canonical.identity_policy({**version, "Statement": statement})["Statement"] == [statement]


@pytest.mark.parametrize("principal", [{"Principal": "*"}, {"NotPrincipal": {"AWS": "111122223333"}}])
def test_a_trust_statement_names_principals_or_excludes_them(principal):
    statement = {"Effect": "Deny", **principal, "Action": "sts:AssumeRole"}

    assert canonical.trust_statement(statement) == statement


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"Statement": [], "Id": "a"}, '{"Id":"a","Statement":[]}'),
        ({"Statement": [], "Id": "a", "Version": "b"}, '{"Version":"b","Id":"a","Statement":[]}'),
        ({"Id": "a", "Version": "b"}, '{"Version":"b","Id":"a"}'),
        ({"Resource": "a", "Effect": "b", "Sid": "c"}, '{"Sid":"c","Effect":"b","Resource":"a"}'),
        ({"Statement": [{"Action": "a", "Effect": "b"}]}, '{"Statement":[{"Effect":"b","Action":"a"}]}'),
        ({"Statement": {"Action": "a", "Effect": "b"}}, '{"Statement":{"Effect":"b","Action":"a"}}'),
        # Below a statement there is no order but that of the letters.
        (
            {"Condition": {"StringLike": {"Resource": "a", "Action": ["b"]}, "Bool": {"Sid": True, "Effect": None}}},
            '{"Condition":{"Bool":{"Effect":null,"Sid":true},"StringLike":{"Action":["b"],"Resource":"a"}}}',
        ),
    ],
)
def test_a_document_and_a_statement_each_have_their_order(value, text):
    assert canonical.text(value) == text


def test_an_error_never_shows_the_document():
    with pytest.raises(RuleError) as caught:
        canonical.identity_policy('{"Statement": [{"Sid": "hunter2"')

    assert "hunter2" not in str(caught.value)


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
