"""The condition keys of requests of EKS and of a pod: known, absent or open, as AWS documents them."""

from dataclasses import replace

import pytest

from eks_pod_identity.iam.association import (
    ACCOUNT as ACCOUNT_OF_CLUSTER,
)
from eks_pod_identity.iam.association import (
    ADDRESS,
    ORGANIZATION,
    PARTITION,
    SESSION_NAME,
    Association,
    Caller,
    Session,
)
from eks_pod_identity.iam.possible import (
    ABSENT,
    Open,
    Variable,
    common_text,
    may_equal,
    may_match,
    text_of,
    unknown_value,
    variable_values,
)
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
PRESENT = "open, and always there"
PERHAPS = "open, and perhaps absent"
SEVERAL = "open, with several values"
PERHAPS_SEVERAL = "open, perhaps absent, with several values"
ADDRESS_OF_CALLER = Open((ADDRESS,), may_be_absent=True)
NAME_OF_SESSION = Open(("eks-", SESSION_NAME))
ALWAYS = {
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:CurrentTime": PRESENT,
    "aws:EpochTime": PRESENT,
    "aws:RequestedRegion": PRESENT,
    "aws:UserAgent": PRESENT,
    "aws:CalledVia": ABSENT,
    "aws:MultiFactorAuthPresent": ABSENT,
    "aws:MultiFactorAuthAge": ABSENT,
    "sts:SourceIdentity": ABSENT,
}
NETWORK = {
    "aws:SourceIp": ADDRESS_OF_CALLER,
    "aws:SourceVpc": PERHAPS,
    "aws:SourceVpcArn": PERHAPS,
    "aws:SourceVpce": PERHAPS,
    "aws:VpcSourceIp": PERHAPS,
    "aws:VpceAccount": PERHAPS,
    "aws:VpceOrgID": PERHAPS,
    "aws:VpceOrgPaths": PERHAPS_SEVERAL,
}
NO_NETWORK = {**dict.fromkeys(NETWORK, ABSENT), "aws:SourceIp": ADDRESS_OF_CALLER}
SENT = {f"aws:RequestTag/{key}": value for key, value in TAGS.items()}
KEYS = {**SENT, "aws:TagKeys": tuple(TAGS), "sts:TransitiveTagKeys": tuple(TAGS)}
SOURCE = {
    **ALWAYS,
    **NO_NETWORK,
    "aws:SourceAccount": ACCOUNT,
    "aws:SourceArn": CLUSTER,
    "aws:SourceOrgID": Open((ORGANIZATION,), may_be_absent=True),
    "aws:SourceOrgPaths": PERHAPS_SEVERAL,
    "aws:Partition": "aws",
    "aws:PrincipalIsAWSService": "true",
    "aws:PrincipalServiceName": "pods.eks.amazonaws.com",
    "aws:PrincipalServiceNamesList": SEVERAL,
    "aws:PrincipalArn": ABSENT,
    "aws:PrincipalAccount": ABSENT,
    "aws:PrincipalOrgID": ABSENT,
    "aws:PrincipalType": ABSENT,
    "aws:PrincipalTag/team": ABSENT,
    "aws:userid": ABSENT,
    "aws:username": ABSENT,
    "aws:ResourceAccount": ACCOUNT,
    # EKS and the role are in one account, so whatever the organization is, it is the same (the same variable).
    "aws:ResourceOrgID": Open((ORGANIZATION,), may_be_absent=True),
    "aws:ResourceOrgPaths": PERHAPS_SEVERAL,
    "aws:ResourceTag/team": "core",
    "iam:ResourceTag/team": "core",
    "aws:ResourceTag/other": ABSENT,
    "sts:ExternalId": ABSENT,
    "sts:RoleSessionName": NAME_OF_SESSION,
    "aws:RequestTag/team": ABSENT,
}
SESSION_OF_ROLE = {
    "aws:PrincipalArn": ROLE,
    "aws:PrincipalAccount": ACCOUNT,
    "aws:PrincipalType": "AssumedRole",
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalOrgID": Open((replace(ORGANIZATION, name="organization of the caller"),), may_be_absent=True),
    "aws:PrincipalOrgPaths": PERHAPS_SEVERAL,
    "aws:PrincipalTag/kubernetes-namespace": "payments",
    "aws:userid": PRESENT,
    "aws:TokenIssueTime": PRESENT,
    "aws:SourceAccount": ABSENT,
    "aws:SourceArn": ABSENT,
    "aws:PrincipalServiceName": ABSENT,
    "aws:ResourceOrgID": PERHAPS,
    "aws:ResourceOrgPaths": PERHAPS_SEVERAL,
}
SECOND = {
    **ALWAYS,
    **NO_NETWORK,
    **SESSION_OF_ROLE,
    "aws:PrincipalTag/team": unknown_value("aws:principaltag/team"),
    "aws:ResourceAccount": "444455556666",
    "aws:ResourceTag/team": unknown_value("aws:resourcetag/team"),
    "iam:ResourceTag/team": unknown_value("iam:resourcetag/team"),
    "sts:ExternalId": f"eu-west-1/{ACCOUNT}/prod/payments/api",
    "sts:RoleSessionName": NAME_OF_SESSION,
}
POD = {
    **ALWAYS,
    **NETWORK,
    **SESSION_OF_ROLE,
    "aws:PrincipalTag/team": "core",
    "aws:PrincipalTag/other": ABSENT,
    "aws:ResourceAccount": PRESENT,
    "aws:Referer": PERHAPS,
    "aws:RequestTag/kubernetes-namespace": ABSENT,
    "s3:ExistingObjectTag/class": unknown_value("s3:existingobjecttag/class"),
    "s3:x-amz-acl": ABSENT,
    "s3:prefix": ABSENT,
}


def value(key: str, expected: object) -> object:
    """Return the value that a row of the tables stands for: an open one is called by its key, as AWS writes it."""
    if expected not in (PRESENT, PERHAPS, SEVERAL, PERHAPS_SEVERAL):
        return expected
    return Open(
        (Variable(key),),
        may_be_absent=expected in (PERHAPS, PERHAPS_SEVERAL),
        many=expected in (SEVERAL, PERHAPS_SEVERAL),
    )


@pytest.mark.parametrize(("key", "expected"), {**SOURCE, **KEYS}.items())
def test_a_key_of_the_first_hop(key: str, expected: object) -> None:
    assume, tag = source_requests(API, ROLE, {"team": "core"})

    assert assume.value_of(key) == value(key, expected)
    if key != "sts:RoleSessionName":
        assert tag.value_of(key) == value(key, expected)
    assert (assume.action, tag.action, assume.resource) == ("sts:AssumeRole", "sts:TagSession", ROLE)
    assert (assume.caller, tag.caller) == (Caller(service="pods.eks.amazonaws.com"),) * 2


@pytest.mark.parametrize(("key", "expected"), {**SECOND, **KEYS}.items())
def test_a_key_of_the_second_hop(key: str, expected: object) -> None:
    assume, tag = target_requests(API, session_of(API, ROLE), TARGET)

    assert assume.value_of(key) == value(key, expected)
    of_tag = ABSENT if key in ("sts:ExternalId", "sts:RoleSessionName") else value(key, expected)
    assert tag.value_of(key) == of_tag
    assert (assume.caller.role_arn, assume.caller.account, assume.resource) == (ROLE, ACCOUNT, TARGET)


@pytest.mark.parametrize(("key", "expected"), POD.items())
def test_a_key_of_a_pods_request(key: str, expected: object) -> None:
    request = pod_request("s3:GetObject", "arn:aws:s3:::b/1", Session(ROLE, API.tags(), {"team": "core"}))

    assert request.value_of(key) == value(key, expected)
    assert request.value_of(key.upper()) == request.value_of(key)


def test_an_account_and_a_target_that_are_not_known_leave_their_keys_open() -> None:
    unknown_account = Association("prod", "payments", "api", "eu-west-1")

    (source, _), (target, _) = source_requests(unknown_account), target_requests(API, session_of(API, ROLE), UNKNOWN)

    assert (
        source.value_of("aws:SourceAccount") == source.value_of("aws:ResourceAccount") == Open((ACCOUNT_OF_CLUSTER,))
    )
    assert source.value_of("aws:Partition") == Open((PARTITION,))
    assert source.value_of("aws:ResourceTag/team") == unknown_value("aws:resourcetag/team")
    assert target.value_of("aws:ResourceAccount") == value("aws:ResourceAccount", PRESENT)
    assert source.resource == target.resource == Open((Variable("role arn"),))


def test_with_tags_off_there_is_one_request_without_tags() -> None:
    off = Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws", session_tags=False)

    for (request,) in (source_requests(off, ROLE), target_requests(off, session_of(off, ROLE, {}), TARGET)):
        for key in (*KEYS, "aws:PrincipalTag/kubernetes-namespace"):
            assert request.value_of(key) is ABSENT


def test_where_tags_may_be_off_their_keys_may_be_absent() -> None:
    perhaps = Association("prod", "payments", "api", session_tags=UNKNOWN)

    for request in source_requests(perhaps, ROLE):
        for key in SENT:
            sent = request.value_of(key)
            assert isinstance(sent, Open), key
            assert sent.may_be_absent
        for key in ("aws:TagKeys", "sts:TransitiveTagKeys"):
            assert request.value_of(key) == value(key, PERHAPS_SEVERAL)


def test_a_session_tag_beats_a_role_tag_of_its_name() -> None:
    tags = {"Kubernetes-Namespace": "forged"}

    on = pod_request("s3:GetObject", "*", Session(ROLE, API.tags(), tags))
    off = pod_request("s3:GetObject", "*", Session(ROLE, {}, tags))

    assert on.value_of("aws:PrincipalTag/kubernetes-namespace") == "payments"
    assert off.value_of("aws:PrincipalTag/kubernetes-namespace") == "forged"


def test_where_a_session_tag_may_be_off_the_role_tag_of_its_name_shows_through() -> None:
    perhaps = replace(API, session_tags=UNKNOWN).tags()
    name = "aws:PrincipalTag/kubernetes-namespace"

    beside = pod_request("s3:GetObject", "*", Session(ROLE, perhaps, {"kubernetes-namespace": "forged"}))
    alone = pod_request("s3:GetObject", "*", Session(ROLE, perhaps, {}))

    assert beside.value_of(name) == unknown_value(name.lower(), may_be_absent=False)
    assert alone.value_of(name) == Open(("payments",), may_be_absent=True)


def test_role_tags_that_are_not_known_may_be_any() -> None:
    request = pod_request("s3:GetObject", "*", Session(ROLE))

    assert request.value_of("aws:PrincipalTag/team") == unknown_value("aws:principaltag/team")


def test_the_organization_of_a_session_may_be_known() -> None:
    request = pod_request("s3:GetObject", "*", Session(ROLE, organization="o-abcdefghij"))

    assert request.value_of("aws:PrincipalOrgID") == "o-abcdefghij"


OTHER_CALLER = {
    **ALWAYS,
    **NETWORK,
    "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/another-role",
    "aws:PrincipalAccount": ACCOUNT,
    "aws:PrincipalType": "AssumedRole",
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalOrgID": PERHAPS,
    "aws:PrincipalOrgPaths": PERHAPS_SEVERAL,
    "aws:userid": PRESENT,
    "sts:RoleSessionName": PRESENT,
    "aws:ResourceTag/x": unknown_value("aws:resourcetag/x"),
    **dict.fromkeys(
        ("sts:ExternalId", "aws:TagKeys", "aws:PrincipalTag/team", "aws:SourceAccount", "aws:SourceArn", *SENT), ABSENT
    ),
}


@pytest.mark.parametrize(("key", "expected"), OTHER_CALLER.items())
def test_another_caller_has_no_key_of_eks(key: str, expected: object) -> None:
    request = stranger_request(ACCOUNT, "aws")

    assert request.value_of(key) == value(key, expected)
    assert request.caller == Caller(
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/another-role",
        session_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/another-role/session",
        account=ACCOUNT,
    )
    assert request.action == "sts:AssumeRole"
    assert request.resource == Open((Variable("role arn"),))


def test_another_caller_of_an_unknown_account() -> None:
    caller = stranger_request(UNKNOWN, action="sts:TagSession").caller

    assert caller.account == Open((ACCOUNT_OF_CLUSTER,))
    assert str(caller.role_arn) == "arn:<partition>:iam::<account>:role/another-role"
    assert str(caller.session_arn) == "arn:<partition>:sts::<account>:assumed-role/another-role/session"


def test_a_request_is_filled_everywhere() -> None:
    request = replace(
        stranger_request(UNKNOWN, "aws"), resource=text_of("arn:aws:iam::", ACCOUNT_OF_CLUSTER, ":role/target")
    )

    filled = request.fill_in({"account": ACCOUNT})

    assert filled.caller == stranger_request(ACCOUNT, "aws").caller
    assert filled.value_of("aws:PrincipalAccount") == ACCOUNT
    assert filled.resource == f"arn:aws:iam::{ACCOUNT}:role/target"


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
    example = common_text(VALUE, pattern)

    assert may_match(VALUE, pattern) is answer
    assert (example is None) is (text is None)
    assert example is None or variable_values(VALUE, pattern, wildcards=True) is not None
    if text is not None and "?" not in pattern:
        assert example == text


def test_a_value_is_filled_and_compared_by_its_form() -> None:
    assert VALUE.fill_in({"digits": "1234"}) == Open(("arn:1234:", NAME))
    assert VALUE.fill_in({"digits": "1234", "name": "a"}) == "arn:1234:a"
    assert text_of("a", "b") == "ab"
    assert str(VALUE) == "arn:<digits>:<name>"
    assert VALUE.example == "arn:9999:other"
    assert may_equal(VALUE, "ARN:1234:A") is False
    assert may_equal(VALUE, "ARN:1234:A", ignore_case=True) is None
    assert may_equal(Open((NAME, "/", NAME)), "a/b") is False
    assert may_equal(Open((NAME, "/", NAME)), "a/a") is None
    assert variable_values(VALUE, "arn:1234:abc", wildcards=False) == {"digits": "1234", "name": "abc"}
    assert variable_values(VALUE, "arn:1234:*", wildcards=False) is None
