"""Policy documents that the official provider treats as equal, and the form in which it writes them.

Sources: hashicorp/awspolicyequivalence, aws_policy_equivalence.go (`PoliciesAreEquivalent`), and
hashicorp/terraform-provider-aws, internal/verify/json.go (`SuppressEquivalentPolicyDiffs`, `LegacyPolicyNormalize`).
"""

import json

import pytest

from sandbox.aws_plugin.documents import equivalent, normalize, version_first

STATEMENT = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"}
ROOT = "arn:aws:iam::111122223333:root"


def document(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(
            document(STATEMENT), json.dumps({"Statement": STATEMENT, "Version": "2012-10-17"}), id="order of keys"
        ),
        pytest.param(
            document(STATEMENT),
            document({**STATEMENT, "Action": ["s3:PutObject", "s3:GetObject"]}),
            id="order of actions",
        ),
        pytest.param(
            document(STATEMENT), document({**STATEMENT, "Resource": ["arn:aws:s3:::b/*"]}), id="a list of one"
        ),
        pytest.param(
            document(STATEMENT, {"Effect": "Deny"}), document({"Effect": "Deny"}, STATEMENT), id="order of statements"
        ),
        pytest.param(
            document({"Principal": {"AWS": "111122223333"}}),
            document({"Principal": {"AWS": ROOT}}),
            id="an account and its root",
        ),
        pytest.param(
            document({"Principal": {"AWS": ["111122223333", "arn:aws:iam::444455556666:root"]}}),
            document({"Principal": {"AWS": ["444455556666", ROOT]}}),
            id="order of principals",
        ),
        pytest.param(document({"Principal": {"AWS": []}}), document({}), id="an empty list of principals"),
        pytest.param(
            document({"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}),
            document({"Condition": {"StringEquals": {"aws:SourceAccount": ["1"]}}}),
            id="one value of a condition",
        ),
        pytest.param(
            document({"Condition": {"Bool": {"aws:SecureTransport": True}}}),
            document({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            id="a boolean and its text",
        ),
        pytest.param(
            document({"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": [60]}}}),
            document({"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}}}),
            id="a number and its text",
        ),
        pytest.param(document(STATEMENT), document({**STATEMENT, "Effect": "allow"}), id="case of Effect"),
        pytest.param(document(STATEMENT), document({**STATEMENT, "Comment": "x"}), id="an unknown element"),
        pytest.param("{}", " ", id="empty texts"),
    ],
)
def test_equivalent_documents(left: str, right: str) -> None:
    assert equivalent(left, right)
    assert equivalent(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(document(STATEMENT), document({**STATEMENT, "Effect": "Deny"}), id="effect"),
        pytest.param(document(STATEMENT), document({**STATEMENT, "Action": "s3:GetObject"}), id="fewer actions"),
        pytest.param(document(STATEMENT), document(STATEMENT, STATEMENT | {"Sid": "Two"}), id="more statements"),
        pytest.param(document(STATEMENT), document({**STATEMENT, "Sid": "One"}), id="sid"),
        pytest.param(
            document(STATEMENT), json.dumps({"Version": "2008-10-17", "Statement": [STATEMENT]}), id="version"
        ),
        pytest.param(document(STATEMENT), json.dumps({"Statement": [STATEMENT]}), id="no version"),
        pytest.param(
            document({"Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}),
            document({"Condition": {"StringLike": {"aws:SourceAccount": "1"}}}),
            id="operator",
        ),
        pytest.param(
            document({"Principal": {"AWS": "111122223333"}}),
            document({"Principal": {"AWS": "444455556666"}}),
            id="account",
        ),
        pytest.param(
            document({"Principal": "*"}), document({"Principal": {"AWS": ["*"]}}), id="everyone as text and as map"
        ),
        pytest.param(document({"Condition": {}}), document({}), id="an empty condition"),
        pytest.param(
            document({"Action": ["s3:GetObject", "s3:GetObject"]}),
            document({"Action": ["s3:GetObject"]}),
            id="an action listed twice",
        ),
        pytest.param(document({"Resource": ["*", "*"]}), document({"Resource": "*"}), id="a resource listed twice"),
        pytest.param(document(STATEMENT), "not json", id="no JSON"),
        pytest.param(document(STATEMENT), '{"Statement":"x"}', id="no statement"),
        pytest.param(document(STATEMENT), None, id="nothing"),
    ],
)
def test_documents_that_differ(left: str, right: str) -> None:
    assert not equivalent(left, right)
    assert not equivalent(right, left)


def test_a_normalized_document_is_compact_sorted_and_escaped_as_go_escapes() -> None:
    text = '{"Version": "2012-10-17", "Id": "ä <b> & \\"c\\"", "Statement": []}'

    assert normalize(text) == '{"Id":"ä \\u003cb\\u003e \\u0026 \\"c\\"","Statement":[],"Version":"2012-10-17"}'


def test_an_inline_policy_is_written_with_the_current_version_first() -> None:
    assert version_first('{"Statement": [], "Version": "2012-10-17", "Id": "x"}') == (
        '{"Version":"2012-10-17","Id":"x","Statement":[]}'
    )
    assert version_first('{"Version": "2008-10-17", "Statement": []}') == '{"Statement":[],"Version":"2008-10-17"}'
