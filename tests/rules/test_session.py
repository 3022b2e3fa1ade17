"""PI201 to PI209: session policies, one difference at a time."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.session.judge import session_policy_findings, session_policy_verdicts, session_verdicts
from eks_pod_identity.rules.session.pi202_size import LONGEST_SESSION_POLICY
from verdicts import finding_codes, resource, unjudged_codes

GOOD = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"}


def policy(*others: Any, **changes: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{**GOOD, **changes}, *others]}


def session_codes(document: object) -> list[str]:
    return [finding.code for finding in session_policy_findings(document, subject="it")]


# PI202


@given(st.integers(min_value=1, max_value=60))
def test_the_size_is_that_of_the_compact_text(indent: int):
    assert session_codes(json.dumps(policy(), indent=indent)) == []


@pytest.mark.parametrize(("length", "expected"), [(0, []), (1, ["PI202"])])
def test_the_limit_is_2048_characters(length: int, expected: list[str]):
    room = LONGEST_SESSION_POLICY - len(json.dumps(policy(Resource="arn:aws:s3:::"), separators=(",", ":")))
    document = policy(Resource="arn:aws:s3:::" + "a" * (room + length))

    assert session_codes(document) == expected
    assert session_codes(json.dumps(document, indent=4)) == expected


def test_text_longer_than_any_policy_is_reported_and_not_parsed():
    assert session_codes("x" * 200_000) == ["PI202", "PI203"]


def test_a_policy_that_is_too_long_already_is_a_finding_whatever_is_unknown():
    assert "PI202" in session_codes(policy(UNKNOWN, Resource="a" * 3000))


# PI203


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        policy(Principal="*"),
        policy(NotPrincipal={"AWS": "*"}),
        policy(Action="s3:GetObjekt"),
        policy(Action="s4:GetObject"),
        policy(Action="GetObject"),
        policy(Condition={"StringEqual": {"s3:prefix": "a"}}),
        policy(Effect="allow"),
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"}]},
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}]},
        policy(Resource="arn:aws:s3:::Rechnungen\u20132026/*"),
    ],
)
def test_what_is_not_an_identity_policy(document: object):
    assert "PI203" in session_codes(document)


@pytest.mark.parametrize(
    "document",
    [
        policy(),
        policy(Action=["s3:Get*", "S3:listbucket"]),
        policy(Condition={"ForAnyValue:StringLikeIfExists": {"s3:prefix": ["a/*"]}}),
        {"Statement": {"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::a"}},
    ],
)
def test_what_is_an_identity_policy(document: object):
    assert session_codes(document) == []


# PI204


@pytest.mark.parametrize(
    ("document", "narrows"),
    [
        (policy(Action="*", Resource="*"), False),
        (policy(Action=["s3:*", "*"], Resource=["arn:aws:s3:::a", "*"]), False),
        (policy({**GOOD, "Action": "*", "Resource": "*"}), False),
        (policy(Action="*", Resource="*", Condition={"Bool": {"aws:SecureTransport": "true"}}), False),
        (policy(Action="*", Resource="*", Condition={"StringLike": {"aws:PrincipalArn": "*"}}), False),
        (policy(Action="*", Resource="*", Condition={"StringEquals": {"aws:ResourceAccount": "1"}}), True),
        (policy(Action="*", Resource="arn:*"), False),
        (policy(Action="*:*", Resource="arn:*:*:*:*:*"), False),
        (policy(Action="*", Resource="arn:aws:*"), False),
        (policy({"Effect": "Deny", "Action": "iam:*", "Resource": "*"}, Action="*", Resource="*"), True),
        (policy(Action="s3:*", Resource="*"), True),
        (policy(Action="*", Resource="arn:aws:s3:::*"), True),
        ({"Statement": [{"Effect": "Allow", "NotAction": "ec2:*", "Resource": "*"}]}, True),
        ({"Statement": [{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::a/*"}]}, True),
        (policy(UNKNOWN, Action="*", Resource="*"), True),
        (policy(Action="*", Resource="*", Condition=UNKNOWN), True),
    ],
)
def test_what_narrows_nothing(document: object, narrows: bool):
    assert ("PI204" in session_codes(document)) is not narrows


# PI209


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


BY_TEAM = "arn:aws:s3:::invoices/${aws:PrincipalTag/team}/*"


@pytest.mark.parametrize(
    ("document", "nothing"),
    [
        (policy(Effect="Deny"), True),
        (policy(deny("s3:*")), True),
        (policy(deny("s3:GetObject", GOOD["Resource"])), True),
        (policy(deny("s3:GetObject", "arn:aws:s3:::invoices/private/*")), False),
        (policy(deny("s3:PutObject")), False),
        (policy(deny("s3:*"), {**GOOD, "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:*:*:jobs"}), False),
        (policy(deny("s3:Get*"), Action="s3:*"), False),
        (policy(deny("s3:*"), Action="s3:Get*"), True),
        (policy(deny("s3:*"), Action=["s3:Get*", "s3:Put?bject"]), True),
        (policy(deny("s3:*"), Action="*"), False),
        (policy(deny("*"), Action="*", Resource="*"), True),
        (policy(deny("s3:*"), Action="s3:GetObject", Resource="*"), True),
        (policy(deny("s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})), False),
        (policy({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}), False),
        (policy({"Effect": "Deny", "NotAction": "sqs:*", "Resource": "*"}), True),
        (policy({"Effect": "Deny", "Action": "*", "NotResource": GOOD["Resource"]}), False),
        (policy({"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::orders/*"}), True),
        (policy(Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}}), True),
        (policy(Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}}), False),
        (policy(Condition={"StringEquals": {"s3:prefix": "a"}}), True),  # a key of ListBucket
        (policy(Condition={"StringEquals": {"s3:ExistingObjectTag/team": "a"}}), False),
        (policy(deny("s3:*"), Resource=BY_TEAM), True),
        (policy(deny("s3:*", "arn:aws:s3:::invoices/${aws:PrincipalTag/group}/*"), Resource=BY_TEAM), False),
        ({"Statement": [{**GOOD, "Resource": BY_TEAM}]}, False),
        ({"Statement": [{**GOOD, "Resource": BY_TEAM}, deny("s3:*")]}, True),
        # An open document, or one without requests to try, is no finding.
        (policy(deny("*"), UNKNOWN), False),
        (policy(deny("*"), Resource=[GOOD["Resource"], UNKNOWN]), False),
        (policy(deny("*"), Action=["s3:GetObject", UNKNOWN]), False),
        (policy(deny("s3:*"), Effect=UNKNOWN), False),
        ({"Statement": [{"Effect": "Allow", "NotAction": "a:*", "Resource": "*"}, deny("*")]}, False),
        ({"Version": "2012-10-17", "Statement": []}, False),
    ],
)
def test_what_allows_nothing(document: object, nothing: bool):
    assert ("PI209" in session_codes(document)) is nothing


def test_a_call_that_a_key_of_its_service_decides_is_not_judged_for_every_service():
    """`*` means every service, and each service has its own keys."""
    by_prefix = {"StringEquals": {"s3:prefix": "a"}}

    assert "PI209" not in session_codes(policy(Action="*", Resource="*", Condition=by_prefix))
    assert "PI209" not in session_codes(policy(Action="s3:*", Resource="*", Condition=by_prefix))
    assert "PI209" in session_codes(policy(deny("s3:*"), Action="s3:*", Resource="*", Condition=by_prefix))


def test_what_is_malformed_is_reported_as_that():
    assert session_codes(policy(deny("s3:*"), Sid="a b")) == ["PI203"]


def test_the_one_action_that_a_denial_leaves_is_found_among_all_of_a_service():
    for left in ("s3:PutObject", "s3:ListBucket", "s3:AbortMultipartUpload"):
        rest = {"Effect": "Deny", "NotAction": left, "Resource": "*"}
        assert "PI209" not in session_codes(policy(rest, Action="s3:*", Resource="*")), left
    rest = {"Effect": "Deny", "NotAction": "sqs:SendMessage", "Resource": "*"}
    assert "PI209" in session_codes(policy(rest, Action="s3:*", Resource="*"))


@pytest.mark.parametrize(
    ("condition", "nothing"),
    [
        ({"DateLessThan": {"aws:CurrentTime": "2024-01-01"}}, True),
        ({"NumericLessThan": {"aws:EpochTime": 1500000000}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2999-01-01"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2999-01-01"}}, False),
    ],
)
def test_what_was_allowed_for_a_time_that_has_passed(condition: dict[str, Any], nothing: bool):
    assert ("PI209" in session_codes(policy(Action="s3:*", Resource="*", Condition=condition))) is nothing


@pytest.mark.parametrize(("actions", "resources", "nothing"), [(4, 50, True), (3, 67, False)])
def test_a_statement_of_more_than_200_calls_is_left_alone(actions: int, resources: int, nothing: bool):
    many = policy(deny("s3:*"), Action=["s3:*"] * actions, Resource=[f"arn:{number}:" for number in range(resources)])

    assert ("PI209" in session_codes(many)) is nothing


def test_a_policy_that_eks_rejects_for_its_length_is_not_examined():
    assert session_codes(policy(deny("s3:*"), Resource="arn:aws:s3:::" + "a" * 2048)) == ["PI202"]


def test_unknown_parts_of_a_session_policy_are_left_open():
    assert unjudged_codes(session_policy_verdicts(UNKNOWN, "it")) == {"PI202", "PI203", "PI204", "PI209"}
    assert unjudged_codes(session_policy_verdicts(policy(UNKNOWN), "it")) == {"PI202", "PI203", "PI209"}
    assert unjudged_codes(session_policy_verdicts(policy(UNKNOWN, Action="*", Resource="*"), "it")) == {
        "PI202",
        "PI203",
        "PI204",
        "PI209",
    }


# PI201, PI207, PI208


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"policy": json.dumps(policy()), "disableSessionTags": True}, []),
        ({"policy": json.dumps(policy())}, ["PI201"]),
        ({"policy": json.dumps(policy()), "disableSessionTags": False}, ["PI201"]),
        ({"policy": UNKNOWN}, ["PI201"]),
        ({"policy": UNKNOWN, "disableSessionTags": UNKNOWN}, []),
        ({"policy": json.dumps(policy()), "disableSessionTags": True, "targetRoleArn": "x"}, ["PI207"]),
        ({"policy": json.dumps(policy()), "disableSessionTags": True, "targetRoleArn": UNKNOWN}, ["PI207"]),
        ({"policy": json.dumps(policy()), "disableSessionTags": True, "targetRoleArn": ""}, []),
        ({}, ["PI208"]),
        ({"policy": ""}, ["PI208"]),
        ({"disableSessionTags": True}, ["PI208"]),
    ],
)
def test_arguments_beside_a_session_policy(properties: dict[str, Any], expected: list[str]):
    assert finding_codes(session_verdicts(resource(**properties))) == expected


def test_an_unknown_switch_is_left_open():
    verdicts = session_verdicts(resource(policy=json.dumps(policy()), disableSessionTags=UNKNOWN))

    assert unjudged_codes(verdicts) == {"PI201"}


@pytest.mark.parametrize("action", ["a4b:CreateRoom", "s3:CreateAccessPointForObjectLambda"])
def test_an_action_on_resources_without_keys_of_their_own_is_judged(action: str):
    """Most types of resources have no condition keys in the Service Authorization Reference."""
    by_service_key = {"StringEquals": {f"{action.partition(':')[0]}:Anything": "a"}}

    assert "PI209" in session_codes(policy(Action=action, Resource="*", Condition=by_service_key))
    assert "PI209" not in session_codes(policy(Action=action, Resource="*"))
