"""Trust policies in unusual forms, each with what AWS does: what the pack reports of a role and its association."""

from typing import Any

import pytest

from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    CLUSTER_ARN,
    EXTERNAL_ID,
    SCOPED_BY_CLUSTER,
    SOURCE_ROLE_ARN,
    TARGET_ACCOUNT,
    agent,
    association,
    document,
    role,
    target_chain,
    target_role,
    trust,
)
from policy_harness import MODES, Result, run

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BOTH = ["sts:AssumeRole", "sts:TagSession"]
NAMESPACE = "aws:RequestTag/kubernetes-namespace"
SERVICE_ACCOUNT = "aws:RequestTag/kubernetes-service-account"


def judge(preview: bool, **resources: Any) -> Result:
    return run(Example({"agent": agent(), **resources}, {"clusterAccount": ACCOUNT}), preview=preview)


def within(**operators: Any) -> dict[str, Any]:
    """Return the account of the cluster, and what else a trust compares; `__` stands for the colon of a quantifier."""
    condition: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    for name, keys in operators.items():
        operator = name.replace("__", ":")
        condition[operator] = {**condition.get(operator, {}), **keys}
    return condition


def allow(**changes: Any) -> dict[str, Any]:
    return trust(**changes)["Statement"][0]


def deny(condition: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    denial: dict[str, Any] = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", **changes}
    return denial | ({"Condition": condition} if condition else {})


# Conditions: AWS's answer for an association payments/api of the cluster dev

ADMITTED = {
    "EqualsIgnoreCase ignores case": within(StringEqualsIgnoreCase={NAMESPACE: "PAYMENTS"}),
    "keys and operators ignore case": within(stringequals={"AWS:requesttag/Kubernetes-Namespace": "payments"}),
    "one value of a list is enough": within(StringEquals={NAMESPACE: ["Payments", "payments"]}),
    "EKS sends these six tags and no other": within(
        ForAllValues__StringEquals={
            "aws:TagKeys": [
                "eks-cluster-arn",
                "eks-cluster-name",
                "kubernetes-namespace",
                "kubernetes-pod-name",
                "kubernetes-pod-uid",
                "kubernetes-service-account",
            ]
        }
    ),
    "IfExists passes for a key that a service lacks": within(BoolIfExists={"aws:MultiFactorAuthPresent": "true"}),
    "a negated operator passes for an absent key": within(StringNotEquals={"aws:SourceVpc": "vpc-1"}),
    "the caller is this service": within(StringEquals={"aws:PrincipalServiceName": "pods.eks.amazonaws.com"}),
    "this time is to come": within(DateLessThan={"aws:CurrentTime": "2999-01-01T00:00:00Z"}),
    "this one has begun": within(DateGreaterThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"}),
    "SDKs and EKS use TLS": within(Bool={"aws:SecureTransport": True}),
    "a default stands in for a tag that a service lacks": within(
        StringEquals={NAMESPACE: "${aws:PrincipalTag/team, 'payments'}"}
    ),
    "AWS does not say whether a star in a default is a wildcard": within(
        StringLike={NAMESPACE: "${aws:PrincipalTag/team, 'pay*'}"}
    ),
}
REFUSED = {
    "another ServiceAccount by pattern": within(StringLike={SERVICE_ACCOUNT: "ebs-*"}),
    "any of others": within(ForAnyValue__StringEquals={NAMESPACE: ["orders", "billing"]}),
    "IfExists compares a key that is there": within(StringEqualsIfExists={NAMESPACE: "orders"}),
    "negated, and it is this one": within(StringNotEquals={NAMESPACE: "payments"}),
    "six tags are more than one": within(ForAllValues__StringEquals={"aws:TagKeys": ["kubernetes-namespace"]}),
    "a cluster of another region": within(ArnLike={"aws:SourceArn": CLUSTER_ARN.replace("eu-west-1", "eu-north-1")}),
    "tags are on": {**SCOPED_BY_CLUSTER, "Null": {SERVICE_ACCOUNT: "true"}},
    "the namespace is not the ServiceAccount": within(StringEquals={SERVICE_ACCOUNT: f"${{{NAMESPACE}}}"}),
    "nor part of it": within(StringEquals={SERVICE_ACCOUNT: f"${{{NAMESPACE}}}-api"}),
    # sts:RoleSessionName is a key of AssumeRole and not of TagSession (Service Authorization Reference).
    "a session name beside TagSession": within(StringLike={"sts:RoleSessionName": "eks-dev-*"}),
    "another default": within(StringEquals={NAMESPACE: "${aws:PrincipalTag/team, 'orders'}"}),
}
IMPOSSIBLE = {
    "a VPC is no part of EKS's call": within(IpAddress={"aws:VpcSourceIp": "10.0.0.0/8"}),
    "no tag of EKS": within(StringEquals={"aws:RequestTag/team": "payments"}),
    "a tag misspelled": within(StringEquals={"aws:RequestTag/kubernetes_namespace": "payments"}),
    "a namespace has at most 63 characters": within(StringEquals={NAMESPACE: "a" * 64}),
    "a namespace has no dot": within(StringEquals={NAMESPACE: "a.b"}),
    "a namespace ends in a letter or digit": within(StringEquals={NAMESPACE: "payments-"}),
    "the form of IRSA": within(StringEquals={SERVICE_ACCOUNT: "system:serviceaccount:payments:api"}),
    "an ARN where the name is": within(StringEquals={"aws:RequestTag/eks-cluster-name": CLUSTER_ARN}),
    "a name where the ARN is": within(StringEquals={"aws:RequestTag/eks-cluster-arn": "dev"}),
    "sessions of EKS begin with eks-": within(StringEquals={"sts:RoleSessionName": "api"}),
    "EKS calls itself": within(Bool={"aws:ViaAWSService": "true"}),
    "a service has no user": within(StringLike={"aws:username": "*"}),
    "StringEquals knows no wildcard": within(StringEqualsIgnoreCase={NAMESPACE: "pay*"}),
    "an organization is in lower case": within(StringEquals={"aws:SourceOrgID": "O-ABCDEFGHIJ"}),
    "a root is no organization": within(StringEquals={"aws:SourceOrgID": "r-ab12"}),
    "a tag that nobody sends": within(ForAnyValue__StringEquals={"aws:TagKeys": ["team"]}),
    "the claims of IRSA": within(
        StringEquals={"oidc.eks.eu-west-1.amazonaws.com/id/AB:sub": "system:serviceaccount:payments:api"}
    ),
    "a part of a cluster": within(ArnLike={"aws:SourceArn": f"{CLUSTER_ARN}/*"}),
    "this time has passed": within(DateLessThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"}),
    "and is past, key or no key": within(DateLessThanEqualsIfExists={"aws:CurrentTime": "2020-01-01T00:00:00Z"}),
    "Null takes no quantifier": within(ForAllValues__Null={NAMESPACE: "true"}),
}


@MODES
@pytest.mark.parametrize("why", list(ADMITTED))
def test_a_condition_that_admits_the_association(preview: bool, why: str):
    result = judge(preview, role=role(trust(Condition=ADMITTED[why])), association=association())

    assert result.codes == set()


@MODES
@pytest.mark.parametrize("why", list(REFUSED))
def test_a_condition_that_another_association_would_satisfy(preview: bool, why: str):
    result = judge(preview, role=role(trust(Condition=REFUSED[why])), association=association())

    assert result.codes == {"PI107"}


@MODES
@pytest.mark.parametrize("why", list(IMPOSSIBLE))
def test_a_condition_that_no_association_satisfies(preview: bool, why: str):
    result = judge(preview, role=role(trust(Condition=IMPOSSIBLE[why])), association=association())

    assert result.codes == {"PI105"}


@MODES
@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({SERVICE_ACCOUNT: f"${{{NAMESPACE}}}"}, {"serviceAccount": "payments"}),
        ({SERVICE_ACCOUNT: f"${{{NAMESPACE}}}-api"}, {"serviceAccount": "payments-api"}),
        ({NAMESPACE: "${aws:RequestTag/eks-cluster-name}"}, {"namespace": "dev"}),
    ],
)
def test_one_tag_in_terms_of_another(preview: bool, wanted: dict[str, str], names: dict[str, str]):
    result = judge(preview, role=role(trust(Condition=within(StringEquals=wanted))), association=association(**names))

    assert result.codes == set()


@MODES
@pytest.mark.parametrize(
    ("statements", "codes"),
    [
        ([allow(Condition=within(StringEquals={NAMESPACE: each})) for each in ("orders", "payments")], set[str]()),
        ([allow(Condition=within(StringEquals={NAMESPACE: each})) for each in ("orders", "billing")], {"PI107"}),
    ],
)
def test_one_of_several_statements_is_enough(preview: bool, statements: list[dict[str, Any]], codes: set[str]):
    assert judge(preview, role=role(document(*statements)), association=association()).codes == codes


# Denials

DENIALS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a service has no account of a principal": (
        deny({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}),
        {"PI105", "PI107"},
    ),
    "IfExists holds for an absent key": (
        deny({"StringNotEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}}),
        {"PI105", "PI107"},
    ),
    "so it does for MFA": (deny({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}), {"PI105", "PI107"}),
    "Bool does not": (deny({"Bool": {"aws:MultiFactorAuthPresent": "false"}}), set()),
    "an absent list holds for all of its values": (
        deny({"ForAllValues:StringNotEquals": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}}),
        {"PI105", "PI107"},
    ),
    "and for none": (deny({"ForAnyValue:StringNotLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}}), set()),
    "this time has come": (deny({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}), {"PI105"}),
    "this one has not": (deny({"DateGreaterThan": {"aws:CurrentTime": "2999-01-01T00:00:00Z"}}), set()),
    "services are left out": (
        deny(
            {
                "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            }
        ),
        set(),
    ),
    "as PI105 advises": (
        deny(
            {
                "StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"},
                "StringNotEqualsIfExists": {"aws:PrincipalServiceName": "pods.eks.amazonaws.com"},
            }
        ),
        set(),
    ),
    "every call has a cluster": (deny({"Null": {"aws:SourceArn": "false"}}), {"PI105", "PI107"}),
    "calls without tags only": (deny({"Null": {NAMESPACE: "true"}}), set()),
    "an action that EKS does not call": (
        deny({"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, Action="sts:SetSourceIdentity"),
        set(),
    ),
    "identities of the account only": (
        deny({"StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, Principal={"AWS": ROOT}),
        set(),
    ),
    "everything but tagging": (
        {"Effect": "Deny", "Principal": {"Service": "pods.eks.amazonaws.com"}, "NotAction": "sts:TagSession"},
        {"PI101", "PI107"},
    ),
    "pods by a name that no stack shows": (
        deny({"StringLike": {"aws:RequestTag/kubernetes-pod-name": "debug-*"}}),
        set(),
    ),
    "a misspelled service denies nobody": (deny(None, Principal={"Service": "pod.eks.amazonaws.com"}), set()),
}


@MODES
@pytest.mark.parametrize("why", list(DENIALS))
def test_a_denial_beside_a_good_statement(preview: bool, why: str):
    denial, codes = DENIALS[why]

    result = judge(preview, role=role(document(allow(), denial)), association=association()).codes

    assert result <= codes
    assert bool(result) is bool(codes)
    assert "PI105" not in codes or "PI105" in result


# Roles that only look like the target of an association


def of_account(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": BOTH, **changes}


OTHERS = {
    "people with MFA": of_account(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    "people who signed in lately": of_account(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}),
    "users": of_account(Condition={"StringEquals": {"aws:PrincipalType": "User"}}),
    "users by name": of_account(Condition={"StringLike": {"sts:RoleSessionName": "${aws:username}"}}),
    "a source identity": of_account(Condition={"StringLike": {"sts:SourceIdentity": "*@example.com"}}),
    "callers in a VPC": of_account(Condition={"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
    "a vendor's external id": of_account(Condition={"StringEquals": {"sts:ExternalId": "abc-123"}}),
    "SAML": of_account(
        Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/x"},
        Action=["sts:AssumeRoleWithSAML", "sts:TagSession"],
    ),
    "an identity provider": of_account(
        Principal={"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.example.com"},
        Action=["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
    ),
    "another service": of_account(Principal={"Service": "ec2.amazonaws.com"}),
    "the cluster's own role": of_account(Principal={"Service": "eks.amazonaws.com"}),
}


@pytest.mark.parametrize("who", list(OTHERS))
def test_a_trust_that_the_second_hop_of_eks_never_satisfies_is_not_a_target_trust(who: str):
    deployer = of_account(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/deployer"}, Action="sts:AssumeRole")

    assert judge(False, role=role(document(OTHERS[who], deployer))).diagnostics == ()


@MODES
def test_an_association_makes_it_a_target_trust(preview: bool):
    trust_policy = document(of_account(Condition={"StringEquals": {"sts:ExternalId": "abc-123"}}))

    result = judge(preview, **target_chain(target_role(trust_policy)))

    assert {"PI302", "PI304"} <= result.codes


SOURCE = {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}}
WITH_ID = SOURCE | {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
ASSUME, TAG = "sts:AssumeRole", "sts:TagSession"
HOPS: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "an external id is no key of TagSession": ([of_account(Condition=WITH_ID)], {"PI302"}),
    "whatever the case": (
        [of_account(Condition=SOURCE | {"stringequals": {"STS:externalid": EXTERNAL_ID}})],
        {"PI302"},
    ),
    "by pattern": ([of_account(Condition=SOURCE | {"StringLike": {"sts:ExternalId": "eu-west-1/*"}})], {"PI302"}),
    "by presence": ([of_account(Condition=SOURCE | {"Null": {"sts:ExternalId": "false"}})], {"PI302"}),
    "all actions": ([of_account(Action="sts:*", Condition=WITH_ID)], {"PI302"}),
    "IfExists passes without": (
        [of_account(Condition=SOURCE | {"StringEqualsIfExists": {"sts:ExternalId": EXTERNAL_ID}})],
        set(),
    ),
    "another statement tags": ([of_account(Condition=WITH_ID), of_account(Action=TAG, Condition=SOURCE)], set()),
    "it tags for another account": (
        [
            of_account(Condition=WITH_ID),
            of_account(Action=TAG, Principal={"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"}),
        ],
        {"PI302"},
    ),
    "it tags for another role": (
        [
            of_account(Condition=WITH_ID),
            of_account(Action=TAG, Condition={"ArnEquals": {"aws:PrincipalArn": f"{SOURCE_ROLE_ARN}-2"}}),
        ],
        {"PI302"},
    ),
    "it tags for another namespace": (
        [
            of_account(Action=ASSUME, Condition=WITH_ID),
            of_account(Action=TAG, Condition=SOURCE | {"StringEquals": {NAMESPACE: "orders"}}),
        ],
        {"PI301"},
    ),
    "it does all for another namespace": (
        [
            of_account(Condition=WITH_ID),
            of_account(Action="sts:*", Condition=SOURCE | {"StringEquals": {NAMESPACE: "orders"}}),
        ],
        {"PI301"},
    ),
    "it does so by other names": (
        [
            of_account(Condition=SOURCE | {"StringLike": {"sts:ExternalId": ["eu-west-1/*", "x"]}}),
            of_account(Condition=SOURCE | {"StringEquals": {SERVICE_ACCOUNT: ["web", "worker"]}}),
        ],
        {"PI301"},
    ),
    "no statement tags": ([of_account(Action=ASSUME, Condition=WITH_ID)], {"PI301"}),
    "a Deny asks for the external id": (
        [of_account(Condition=SOURCE), deny({"StringNotEquals": {"sts:ExternalId": EXTERNAL_ID}})],
        set(),
    ),
    "it asks for it when tagging, too": (
        [of_account(Condition=SOURCE), deny({"StringNotEquals": {"sts:ExternalId": EXTERNAL_ID}}, Action="sts:*")],
        {"PI301"},
    ),
    "a Deny asks for another": (
        [of_account(Condition=SOURCE), deny({"StringNotEquals": {"sts:ExternalId": "x"}})],
        {"PI301"},
    ),
    "an external id compares case": (
        [
            of_account(Action=ASSUME, Condition=SOURCE | {"StringEquals": {"sts:ExternalId": EXTERNAL_ID.upper()}}),
            of_account(Action=TAG, Condition=SOURCE),
        ],
        {"PI304"},
    ),
    "it may be put together from the session's tags": (
        [
            of_account(
                Action=ASSUME,
                Condition=SOURCE
                | {
                    "StringEquals": {
                        "sts:ExternalId": "eu-west-1/${aws:PrincipalAccount}/dev/"
                        "${aws:PrincipalTag/kubernetes-namespace}/${aws:PrincipalTag/kubernetes-service-account}"
                    }
                },
            ),
            of_account(Action=TAG, Condition=SOURCE),
        ],
        set(),
    ),
}


@MODES
@pytest.mark.parametrize("why", list(HOPS))
def test_the_second_hop(preview: bool, why: str):
    statements, codes = HOPS[why]

    assert judge(preview, **target_chain(target_role(document(*statements)))).codes == codes
