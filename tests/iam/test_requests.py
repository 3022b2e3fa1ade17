"""The keys of EKS's requests and of a pod's: known, absent or open, as AWS's pages say."""

import pytest

from eks_pod_identity.iam.association import Association, Session
from eks_pod_identity.iam.possible import ABSENT, Open, Variable, bindings, may_equal, may_match, meeting, text_of
from eks_pod_identity.iam.request import (
    pod_request,
    session_of,
    source_requests,
    stranger_request,
    target_requests,
)
from eks_pod_identity.iam.unknown import UNKNOWN

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/workloads/api"
TARGET = "arn:aws:iam::444455556666:role/data"
API = Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws", True, "api-1", "uid-1")
CLUSTER = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/prod"
TAGS = {
    "eks-cluster-arn": CLUSTER,
    "eks-cluster-name": "prod",
    "kubernetes-namespace": "payments",
    "kubernetes-pod-name": "api-1",
    "kubernetes-pod-uid": "uid-1",
    "kubernetes-service-account": "api",
}
OPEN = "open"
ALWAYS = {
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:CurrentTime": OPEN,
    "aws:EpochTime": OPEN,
    "aws:RequestedRegion": OPEN,
    "aws:UserAgent": OPEN,
    "aws:CalledVia": ABSENT,
    "aws:MultiFactorAuthPresent": ABSENT,
    "aws:MultiFactorAuthAge": ABSENT,
    "sts:SourceIdentity": ABSENT,
}
SENT = {f"aws:RequestTag/{key}": value for key, value in TAGS.items()}
KEYS = {**SENT, "aws:TagKeys": tuple(TAGS), "sts:TransitiveTagKeys": tuple(TAGS)}
SOURCE = {
    **ALWAYS,
    "aws:SourceAccount": ACCOUNT,
    "aws:SourceArn": CLUSTER,
    "aws:SourceOrgID": OPEN,
    "aws:SourceOrgPaths": OPEN,
    "aws:PrincipalIsAWSService": "true",
    "aws:PrincipalServiceName": "pods.eks.amazonaws.com",
    "aws:PrincipalServiceNamesList": OPEN,
    "aws:PrincipalArn": ABSENT,
    "aws:PrincipalAccount": ABSENT,
    "aws:PrincipalOrgID": ABSENT,
    "aws:PrincipalType": ABSENT,
    "aws:PrincipalTag/team": ABSENT,
    "aws:userid": ABSENT,
    "aws:username": ABSENT,
    "aws:ResourceAccount": ACCOUNT,
    "aws:ResourceOrgID": OPEN,
    "aws:ResourceTag/team": "core",
    "iam:ResourceTag/team": "core",
    "aws:ResourceTag/other": ABSENT,
    "aws:SourceIp": OPEN,
    "aws:SourceVpc": ABSENT,
    "aws:SourceVpce": ABSENT,
    "aws:VpcSourceIp": ABSENT,
    "sts:ExternalId": ABSENT,
    "sts:RoleSessionName": OPEN,
    "aws:RequestTag/team": ABSENT,
}
SECOND = {
    **ALWAYS,
    "aws:SourceAccount": ABSENT,
    "aws:SourceArn": ABSENT,
    "aws:PrincipalArn": ROLE,
    "aws:PrincipalAccount": ACCOUNT,
    "aws:PrincipalType": "AssumedRole",
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalOrgID": OPEN,
    "aws:PrincipalTag/kubernetes-namespace": "payments",
    "aws:PrincipalTag/team": OPEN,
    "aws:ResourceAccount": "444455556666",
    "aws:ResourceTag/team": OPEN,
    "aws:SourceIp": OPEN,
    "aws:SourceVpc": ABSENT,
    "aws:userid": OPEN,
    "aws:TokenIssueTime": OPEN,
    "sts:ExternalId": f"eu-west-1/{ACCOUNT}/prod/payments/api",
    "sts:RoleSessionName": OPEN,
}
POD = {
    **ALWAYS,
    "aws:PrincipalArn": ROLE,
    "aws:PrincipalAccount": ACCOUNT,
    "aws:PrincipalType": "AssumedRole",
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalTag/kubernetes-namespace": "payments",
    "aws:PrincipalTag/team": "core",
    "aws:PrincipalTag/other": ABSENT,
    "aws:SourceIp": OPEN,
    "aws:SourceVpc": OPEN,
    "aws:SourceVpcArn": OPEN,
    "aws:SourceVpce": OPEN,
    "aws:VpceAccount": OPEN,
    "aws:VpceOrgID": OPEN,
    "aws:VpceOrgPaths": OPEN,
    "aws:VpcSourceIp": OPEN,
    "aws:ResourceAccount": OPEN,
    "aws:ResourceOrgID": OPEN,
    "aws:Referer": OPEN,
    "aws:SourceArn": ABSENT,
    "aws:RequestTag/kubernetes-namespace": ABSENT,
    "s3:ExistingObjectTag/class": OPEN,
    "s3:x-amz-acl": ABSENT,
    "s3:prefix": ABSENT,
}


def shown(value: object) -> object:
    return OPEN if isinstance(value, Open) else value


@pytest.mark.parametrize(("key", "value"), {**SOURCE, **KEYS}.items())
def test_a_key_of_the_first_hop(key: str, value: object) -> None:
    assume, tag = source_requests(API, ROLE, {"team": "core"})

    assert shown(assume.value_of(key)) == value
    if key != "sts:RoleSessionName":
        assert shown(tag.value_of(key)) == value
    assert (assume.action, tag.action, assume.resource) == ("sts:AssumeRole", "sts:TagSession", ROLE)


@pytest.mark.parametrize(("key", "value"), {**SECOND, **KEYS}.items())
def test_a_key_of_the_second_hop(key: str, value: object) -> None:
    assume, tag = target_requests(API, session_of(API, ROLE), TARGET)

    assert shown(assume.value_of(key)) == value
    expected = ABSENT if key in ("sts:ExternalId", "sts:RoleSessionName") else value
    assert shown(tag.value_of(key)) == expected
    assert (assume.caller.role_arn, assume.caller.account, assume.resource) == (ROLE, ACCOUNT, TARGET)


@pytest.mark.parametrize(("key", "value"), POD.items())
def test_a_key_of_a_pods_request(key: str, value: object) -> None:
    request = pod_request("s3:GetObject", "arn:aws:s3:::b/1", Session(ROLE, API.tags(), {"team": "core"}))

    assert shown(request.value_of(key.upper())) == value


def test_with_tags_off_there_is_one_request_without_tags() -> None:
    off = Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws", session_tags=False)

    for (request,) in (source_requests(off, ROLE), target_requests(off, session_of(off, ROLE, {}), TARGET)):
        for key in (*KEYS, "aws:PrincipalTag/kubernetes-namespace"):
            assert request.value_of(key) is ABSENT


def test_where_tags_may_be_off_their_keys_may_be_absent() -> None:
    perhaps = Association("prod", "payments", "api", session_tags=UNKNOWN)

    for request in source_requests(perhaps, ROLE):
        for key in KEYS:
            value = request.value_of(key)
            assert isinstance(value, Open), key
            assert value.may_be_absent


def test_a_session_tag_beats_a_role_tag_of_its_name() -> None:
    tags = {"Kubernetes-Namespace": "forged"}

    on = pod_request("s3:GetObject", "*", Session(ROLE, API.tags(), tags))
    off = pod_request("s3:GetObject", "*", Session(ROLE, {}, tags))

    assert on.value_of("aws:PrincipalTag/kubernetes-namespace") == "payments"
    assert off.value_of("aws:PrincipalTag/kubernetes-namespace") == "forged"


def test_a_stranger_has_nothing_of_eks() -> None:
    request = stranger_request(ACCOUNT, "aws")

    assert request.value_of("aws:PrincipalArn") == f"arn:aws:iam::{ACCOUNT}:role/another-role"
    assert request.value_of("aws:PrincipalIsAWSService") == "false"
    for key in ("sts:ExternalId", "aws:TagKeys", "aws:PrincipalTag/team", "aws:SourceAccount", *SENT):
        assert request.value_of(key) is ABSENT
    for key in ("aws:SourceIp", "aws:SourceVpc", "aws:PrincipalOrgID", "aws:ResourceTag/x", "sts:RoleSessionName"):
        assert isinstance(request.value_of(key), Open)


NAME = Variable("name", "[a-z]{1,5}", "abcdefghijklmnopqrstuvwxyz", "other", "x")
DIGITS = Variable("digits", r"\d{4}", "0123456789", "9999", "0001", 4)
VALUE = Open(("arn:", DIGITS, ":", NAME))


@pytest.mark.parametrize(
    ("pattern", "answer", "text"),
    [
        ("arn:1234:abc", None, "arn:1234:abc"),
        ("arn:12345:abc", False, None),
        ("arn:1234:ABC", False, None),
        ("*", True, "arn:9999:other"),
        ("arn:*", True, "arn:9999:other"),
        ("arn:*:*", True, "arn:9999:other"),
        ("arn:12*:*", None, "arn:1299:other"),
        ("arn:????:?b?", None, "arn:0000:aba"),
        ("arn:???:*", False, None),
        ("*:a*z", None, "arn:9999:az"),
        ("arn:*a:*", False, None),
        ("?rn:*", None, "arn:9999:other"),
        ("brn:*", False, None),
        ("arn:9999:", False, None),
    ],
)
def test_a_pattern_meets_a_value_always_never_or_perhaps(pattern: str, answer: bool | None, text: str | None) -> None:
    found = meeting(VALUE, pattern)

    assert may_match(VALUE, pattern) is answer
    assert (found is None) is (text is None)
    assert found is None or bindings(VALUE, pattern, wildcards=True) is not None
    if text is not None and "?" not in pattern:
        assert found == text


def test_a_value_is_filled_and_compared_by_its_form() -> None:
    assert VALUE.filled({"digits": "1234"}) == Open(("arn:1234:", NAME))
    assert VALUE.filled({"digits": "1234", "name": "a"}) == "arn:1234:a"
    assert text_of("a", "b") == "ab"
    assert str(VALUE) == "arn:<digits>:<name>"
    assert VALUE.example == "arn:9999:other"
    assert may_equal(VALUE, "ARN:1234:A") is False
    assert may_equal(VALUE, "ARN:1234:A", ignore_case=True) is None
    assert may_equal(Open((NAME, "/", NAME)), "a/b") is False
    assert may_equal(Open((NAME, "/", NAME)), "a/a") is None
    assert bindings(VALUE, "arn:1234:abc", wildcards=False) == {"digits": "1234", "name": "abc"}
    assert bindings(VALUE, "arn:1234:*", wildcards=False) is None
