"""Session policies, associations and tags: one document or resource at a time."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eks_pod_identity.rules import (
    LONGEST_SESSION_POLICY,
    UNKNOWN,
    Finding,
    Required,
    Resource,
    Unjudged,
    name_findings,
    session_policy_findings,
    tag_verdicts,
)
from eks_pod_identity.rules.chain.pi305_account import account_verdicts
from eks_pod_identity.rules.finding import Verdict
from eks_pod_identity.rules.resource import ASSOCIATION, ROLE, account_of, provider_account
from eks_pod_identity.rules.session.judge import session_policy_verdicts, session_verdicts

GOOD = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"}


def policy(*others: Any, **changes: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{**GOOD, **changes}, *others]}


def session_codes(document: object) -> list[str]:
    return [one.code for one in session_policy_findings(document, subject="it")]


def codes(verdicts: Any) -> list[str]:
    return [one.code for one in verdicts if isinstance(one, Finding)]


def open_codes(verdicts: Any) -> set[str]:
    return {code for one in verdicts if isinstance(one, Unjudged) for code in one.codes}


def resource(kind: str = ASSOCIATION, *, provider: dict[str, Any] | None = None, **properties: Any) -> Resource:
    return Resource("urn", kind, "name", properties, provider_properties=provider or {})


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


def test_text_that_no_policy_can_have_is_too_long_and_not_read():
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
def test_what_is_no_identity_policy(document: object):
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
        (policy(UNKNOWN, Action="*", Resource="*"), True),
        (policy(Action="*", Resource="*", Condition=UNKNOWN), True),
    ],
)
def test_what_narrows_nothing(document: object, narrows: bool):
    assert ("PI204" in session_codes(document)) is not narrows


def test_unknown_parts_of_a_session_policy_are_left_open():
    assert open_codes(session_policy_verdicts(UNKNOWN, "it")) == {"PI202", "PI203", "PI204", "PI209"}
    assert open_codes(session_policy_verdicts(policy(UNKNOWN), "it")) == {"PI202", "PI203", "PI209"}
    assert open_codes(session_policy_verdicts(policy(UNKNOWN, Action="*", Resource="*"), "it")) == {
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
def test_what_stands_beside_a_session_policy(properties: dict[str, Any], expected: list[str]):
    assert codes(session_verdicts(resource(**properties))) == expected


def test_an_unknown_switch_is_left_open():
    found = session_verdicts(resource(policy=json.dumps(policy()), disableSessionTags=UNKNOWN))

    assert open_codes(found) == {"PI201"}


# PI402


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ({"cluster_name": "dev", "namespace": "payments", "service_account": "api"}, False),
        ({"cluster_name": "d", "namespace": "p", "service_account": "a"}, False),
        ({"service_account": "a.b-c.d"}, False),
        ({"namespace": "n" * 63, "service_account": "s" * 253, "cluster_name": "c" * 100}, False),
        ({"namespace": UNKNOWN}, False),
        ({"namespace": "team-*"}, True),
        ({"namespace": "team-?"}, True),
        ({"namespace": "a.b"}, True),
        ({"namespace": "n" * 64}, True),
        ({"namespace": ""}, True),
        ({"namespace": 7}, True),
        ({"service_account": "a..b"}, True),
        ({"service_account": "Api"}, True),
        ({"service_account": "s" * 254}, True),
        ({"cluster_name": "-dev"}, True),
        ({"cluster_name": "arn:aws:eks:eu-west-1:111122223333:cluster/dev"}, True),
    ],
)
def test_names(names: dict[str, Any], found: bool):
    assert [one.code for one in name_findings(**names, subject="it")] == (["PI402"] if found else [])


# PI305


@pytest.mark.parametrize(
    ("arn", "account", "expected"),
    [
        ("arn:aws:iam::111122223333:role/a", "111122223333", []),
        ("arn:aws:iam::444455556666:role/a", "111122223333", ["PI305"]),
        ("arn:aws:iam::444455556666:role/a", "", []),
        (UNKNOWN, "111122223333", []),
        ("nonsense", "111122223333", []),
    ],
)
def test_the_account_of_a_role(arn: Any, account: str, expected: list[str]):
    assert codes(account_verdicts(resource(roleArn=arn), account)) == expected


@pytest.mark.parametrize(
    ("properties", "account"),
    [
        ({"allowedAccountIds": '["111122223333"]'}, "111122223333"),
        ({"allowedAccountIds": ["111122223333"]}, "111122223333"),
        ({"allowedAccountIds": ["111122223333", "444455556666"]}, ""),
        ({"assumeRoles": '[{"roleArn": "arn:aws:iam::444455556666:role/deploy"}]'}, "444455556666"),
        ({"allowedAccountIds": "{"}, ""),
        ({"assumeRoles": []}, ""),
        ({"assumeRoles": [UNKNOWN]}, ""),
        ({}, ""),
    ],
)
def test_the_account_that_a_provider_is_bound_to(properties: dict[str, Any], account: str):
    assert provider_account(properties) == account


def test_the_account_of_something_that_is_no_arn():
    assert account_of(UNKNOWN) == ""
    assert account_of("arn:aws:s3:::bucket") == ""


# PI501, PI502, PI503

REQUIRED = (Required("Owner"), Required("Environment", ("dev", "prod")), Required("CostCenter", pattern="[0-9]{4}"))
TAGS = {"Owner": "payments", "Environment": "dev", "CostCenter": "4711"}


def tags(given: Any, *, kind: str = ROLE, provider: dict[str, Any] | None = None, **properties: Any) -> list[Verdict]:
    found = resource(kind, provider=provider, tags=given, **properties)
    return list(tag_verdicts(found, REQUIRED))


def test_all_tags_are_there():
    assert tags(TAGS) == []


@pytest.mark.parametrize("given", [None, {}, "not a map", 7, {"Owner": "payments"}])
def test_missing_tags_are_named_in_one_finding(given: Any):
    (found,) = [one for one in tags(given) if isinstance(one, Finding) and one.code == "PI501"]

    assert '"CostCenter"' in found.problem


def test_another_case_is_another_tag_and_said():
    (found,) = tags({"owner": "a", "Environment": "dev", "CostCenter": "4711"})

    assert isinstance(found, Finding)
    assert 'it has "owner"; case counts' in found.problem


@pytest.mark.parametrize(
    "sources",
    [
        {"provider": {"defaultTags": json.dumps({"tags": TAGS})}},
        {"provider": {"defaultTags": {"tags": TAGS}}},
        {"tagsAll": TAGS},
        {"tagsAll": {**TAGS, "Owner": UNKNOWN}},
    ],
)
def test_the_effective_tags_count(sources: dict[str, Any]):
    assert tags({}, **sources) == []


def test_a_tag_of_the_resource_goes_before_a_default():
    assert codes(tags({"Environment": "test"}, provider={"defaultTags": {"tags": TAGS}})) == ["PI502"]


def test_a_key_whose_value_is_unknown_is_present():
    found = tags({**TAGS, "Owner": UNKNOWN, "Environment": UNKNOWN})

    assert codes(found) == []
    assert open_codes(found) == {"PI502"}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"given": UNKNOWN}, {"PI501", "PI503", "PI504"}),
        ({"given": {}, "provider": {"defaultTags": UNKNOWN}}, {"PI501"}),
    ],
)
def test_unknown_tags_are_left_open(sources: dict[str, Any], expected: set[str]):
    found = tags(**sources)

    assert codes(found) == []
    assert open_codes(found) == expected


def test_tags_that_the_provider_computes_hide_nothing():
    assert codes(tags({}, tagsAll=UNKNOWN)) == ["PI501"]


@pytest.mark.parametrize(("key", "value"), [("Environment", "test"), ("CostCenter", "47110"), ("Environment", 7)])
def test_values_outside_what_is_allowed(key: str, value: object):
    assert codes(tags({**TAGS, key: value})) == ["PI502"]


@pytest.mark.parametrize(
    ("kind", "tag", "found"),
    [
        (ROLE, {"aws:thing": "a"}, True),
        (ROLE, {"AWS:thing": "a"}, True),
        (ASSOCIATION, {"thing": "aws:a"}, True),
        (ROLE, {"thing": "aws:a"}, False),
        (ROLE, {"kubernetes-namespace": "a"}, True),
        (ROLE, {"EKS-Cluster-Arn": "a"}, True),
        (ASSOCIATION, {"kubernetes-namespace": "a"}, False),
        (ROLE, {"kubernetes-team": "a"}, False),
    ],
)
def test_reserved_keys(kind: str, tag: dict[str, str], found: bool):
    assert ("PI503" in codes(tags({**TAGS, **tag}, kind=kind))) is found


def test_other_types_are_not_judged():
    assert tags({}, kind="aws:s3/bucket:Bucket") == []
