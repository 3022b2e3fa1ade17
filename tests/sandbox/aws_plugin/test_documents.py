"""Policy documents that mean the same, and those that do not."""

import json

import pytest

from sandbox.aws_plugin.documents import equal_json, equivalent

STATEMENT = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"}


def document(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (document(STATEMENT), json.dumps({"Statement": STATEMENT, "Version": "2012-10-17"})),
        (document(STATEMENT), document({**STATEMENT, "Action": ["s3:PutObject", "s3:GetObject"]})),
        (document(STATEMENT), document({**STATEMENT, "Resource": ["arn:aws:s3:::b/*"]})),
        (document(STATEMENT, {"Effect": "Deny"}), document({"Effect": "Deny"}, STATEMENT)),
        (document({"Principal": "*"}), document({"Principal": {"AWS": ["*"]}})),
        (
            document({"Principal": {"AWS": "111122223333"}}),
            document({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}),
        ),
        (
            document({"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}),
            document({"Condition": {"StringEquals": {"aws:SourceAccount": ["1"]}}}),
        ),
        (
            document({"Condition": {"Bool": {"aws:SecureTransport": True}}}),
            document({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
        ),
        (document({"Effect": "Allow", "Condition": {}}), document({"Effect": "Allow"})),
    ],
)
def test_documents_that_mean_the_same(left: str, right: str) -> None:
    assert equivalent(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (document(STATEMENT), document({**STATEMENT, "Effect": "Deny"})),
        (document(STATEMENT), document({**STATEMENT, "Action": "s3:GetObject"})),
        (document(STATEMENT), document(STATEMENT, STATEMENT | {"Sid": "Two"})),
        (document(STATEMENT), json.dumps({"Version": "2008-10-17", "Statement": [STATEMENT]})),
        (
            document({"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}),
            document({"Condition": {"StringLike": {"aws:SourceAccount": "1"}}}),
        ),
        (document({"Principal": {"AWS": "111122223333"}}), document({"Principal": {"AWS": "444455556666"}})),
        (document(STATEMENT), "not json"),
        (document(STATEMENT), None),
    ],
)
def test_documents_that_differ(left: str, right: str) -> None:
    assert not equivalent(left, right)


def test_other_json_is_compared_as_a_value() -> None:
    assert equal_json('{"a": [1, 2]}', '{"a":[1,2]}')
    assert not equal_json('{"a": [1, 2]}', '{"a":[2,1]}')
