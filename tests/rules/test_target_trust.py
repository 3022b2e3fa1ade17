"""PI302, PI303 and PI306: the trust policy of a target role, one difference at a time."""

from typing import Any

import pytest

from eks_pod_identity.iam import parse
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.chain.target_trust import is_target_trust, target_trust_findings, target_verdicts
from verdicts import unjudged_codes

ACCOUNT = "111122223333"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def target(**changes: Any) -> dict[str, Any]:
    assume = {
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": f"eu-west-1/{ACCOUNT}/dev/payments/api"}},
    } | changes
    tag = {
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "sts:TagSession",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/source"}},
    }
    return {"Version": "2012-10-17", "Statement": [assume, tag]}


def target_codes(**changes: Any) -> list[str]:
    return [finding.code for finding in target_trust_findings(target(**changes), subject="target")]


def test_the_documented_target_is_fine():
    assert target_codes() == []
    assert is_target_trust(parse(target()))


@pytest.mark.parametrize("action", ["sts:*", ["sts:AssumeRole", "sts:TagSession"]])
def test_an_external_id_beside_tag_session_is_found(action: Any):
    alone = {**target(Action=action), "Statement": target(Action=action)["Statement"][:1]}

    assert "PI302" in [finding.code for finding in target_trust_findings(alone, subject="target")]


@pytest.mark.parametrize("action", ["sts:*", ["sts:AssumeRole", "sts:TagSession"]])
def test_an_external_id_beside_tag_session_does_no_harm_where_another_statement_grants_it(action: Any):
    assert "PI302" not in target_codes(Action=action)


@pytest.mark.parametrize(
    ("absent", "reported"),
    [
        ("aws:RequestTag/kubernetes-namespace", False),
        ("aws:TagKeys", False),
        ("aws:RequestTag/team", True),
        ("aws:MultiFactorAuthPresent", True),
    ],
)
def test_a_statement_for_sessions_without_tags_alone_needs_no_tag_session(absent: str, *, reported: bool):
    external_id = target()["Statement"][0]["Condition"]
    trust = target(Action=["sts:AssumeRole", "sts:TagSession"], Condition=external_id | {"Null": {absent: "true"}})
    alone = trust | {"Statement": trust["Statement"][:1]}

    codes = [finding.code for finding in target_trust_findings(alone, subject="target")]

    assert ("PI302" in codes) == reported


def test_an_optional_external_id_does_not_deny_tag_session():
    optional = {"StringEqualsIfExists": {"sts:ExternalId": "x"}, "ArnEquals": {"aws:PrincipalArn": "y"}}

    assert target_codes(Action=["sts:AssumeRole", "sts:TagSession"], Condition=optional) == []


@pytest.mark.parametrize(
    ("principal", "reported"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/source", True),
        (f"arn:aws-cn:iam::{ACCOUNT}:role/path/source", True),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/source/session", True),
        ("AROAEXAMPLEID", True),
        (ROOT, False),
        (ACCOUNT, False),
        (f"arn:aws:iam::{ACCOUNT}:user/someone", False),
    ],
)
def test_a_role_as_principal_is_found(principal: str, reported: bool):
    assert ("PI303" in target_codes(Principal={"AWS": [principal]})) is reported


@pytest.mark.parametrize(
    ("condition", "reported"),
    [
        ({}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),  # EKS can never meet it
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}, True),
        ({"StringEquals": {"aws:PrincipalArn": "${aws:PrincipalArn}"}}, True),
        ({"StringLike": {"sts:ExternalId": "*/*/*/*/*"}}, True),
        ({"StringLike": {"aws:userid": "AROA*"}}, True),
        ({"StringLike": {"aws:userid": "AROAEXAMPLEEXAMPLE123:*"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "*"}}, True),
        ({"StringNotEquals": {"sts:ExternalId": "x"}}, True),
        ({"StringEqualsIfExists": {"sts:ExternalId": "x"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/team-*"}}, False),
        ({"StringEquals": {"aws:RequestTag/kubernetes-namespace": "a"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "a"}}, False),
    ],
)
def test_a_whole_account_is_found(condition: dict[str, Any], reported: bool):
    assert ("PI306" in target_codes(Condition=condition)) is reported


@pytest.mark.parametrize("principal", [ACCOUNT, ROOT, [ROOT], "arn:aws-us-gov:iam::111122223333:root"])
def test_an_account_is_written_in_several_ways(principal: Any):
    assert "PI306" in target_codes(Principal={"AWS": principal}, Condition={})


def test_the_statement_for_tags_alone_opens_nothing():
    open_tags = {"Statement": [target()["Statement"][0], {**target()["Statement"][1], "Condition": {}}]}

    assert target_trust_findings(open_tags, subject="target") == ()


def test_unknown_parts_of_a_target_are_left_open():
    def codes_not_judged(**changes: Any) -> set[str]:
        return unjudged_codes(target_verdicts(parse(target(**changes)), "target"))

    assert codes_not_judged(Condition=UNKNOWN) == {"PI306"}
    assert codes_not_judged(Principal={"AWS": UNKNOWN}) == {"PI303", "PI306"}
    assert codes_not_judged(Action=["sts:AssumeRole", UNKNOWN]) == {"PI302"}
    assert codes_not_judged() == set()
