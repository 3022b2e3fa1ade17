"""PI101 to PI106: the trust policy of a role that pods use, one difference at a time."""

import copy
from typing import Any

import pytest

from eks_pod_identity.iam import parse
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.malformed_values import malformed_values
from eks_pod_identity.rules.trust.judge import concerns_pods, trust_findings, trust_verdicts
from eks_pod_identity.rules.trust.pi102_principal import _distance, is_misspelling
from verdicts import finding_codes, unjudged_codes

ACCOUNT = "111122223333"
CLUSTER = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/dev"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
GOOD = {
    "Effect": "Allow",
    "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
}
GONE: Any = object()


def document(*others: Any, **changes: Any) -> dict[str, Any]:
    statement = {key: value for key, value in (copy.deepcopy(GOOD) | changes).items() if value is not GONE}
    return {"Version": "2012-10-17", "Statement": [statement, *others]}


def codes(*others: Any, tags_on: bool | None = None, **changes: Any) -> list[str]:
    findings = trust_findings(document(*others, **changes), subject="trust", tags_on=tags_on, used_by_pods=True)
    return [finding.code for finding in findings]


def open_codes(*others: Any, **changes: Any) -> set[str]:
    return unjudged_codes(trust_verdicts(parse(document(*others, **changes)), "trust"))


def test_the_documented_shape_with_a_scope_is_fine():
    assert codes() == []


# PI101


@pytest.mark.parametrize(
    "action",
    [
        ["sts:TagSession", "sts:AssumeRole"],
        "sts:*",
        "*",
        ["STS:ASSUMEROLE", "sts:tag*"],
        ["sts:Assume*", "sts:T?gSession"],
    ],
)
def test_both_actions_in_any_writing_are_enough(action: Any):
    assert "PI101" not in codes(Action=action)


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession", ["sts:AssumeRole", "sts:SetSourceIdentity"]])
def test_one_action_is_not_enough(action: Any):
    assert codes(Action=action) == ["PI101"]


def test_not_action_gives_the_rest():
    assert "PI101" not in codes(Action=GONE, NotAction="sts:SetSourceIdentity")
    assert "PI101" in codes(Action=GONE, NotAction="sts:TagSession")


def test_the_actions_may_stand_in_two_statements_under_the_same_conditions():
    assert codes({**GOOD, "Action": "sts:TagSession"}, Action="sts:AssumeRole") == []


def test_a_second_statement_under_a_narrower_condition_does_not_help():
    narrower = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:RequestTag/kubernetes-namespace": "a"}}

    assert "PI101" in codes({**GOOD, "Action": "sts:TagSession", "Condition": narrower}, Action="sts:AssumeRole")


def test_the_order_of_the_two_statements_changes_nothing():
    elsewhere = CLUSTER.replace(ACCOUNT, "444455556666")
    under_another = {**GOOD, "Action": "sts:AssumeRole", "Condition": {"ArnLike": {"aws:SourceArn": elsewhere}}}

    assert codes(under_another, Action="sts:TagSession") == ["PI101"]


def test_a_second_statement_helps_whose_condition_follows_from_the_first():
    """The account is a part of the ARN of the cluster."""
    under_cluster = {**GOOD, "Action": "sts:AssumeRole", "Condition": {"ArnLike": {"aws:SourceArn": CLUSTER}}}

    assert codes(under_cluster, Action="sts:TagSession") == []


def test_a_second_statement_that_has_both_covers_the_first():
    wider = {**GOOD, "Condition": {}}

    assert "PI101" not in codes(wider, Action="sts:AssumeRole")


def test_an_unconditional_denial_takes_the_action_away():
    assert codes({"Effect": "Deny", "Principal": GOOD["Principal"], "Action": "sts:TagSession"}) == ["PI101"]


def test_a_role_of_an_association_needs_the_statement():
    other = {"Statement": [{**GOOD, "Principal": {"Service": "ec2.amazonaws.com"}}]}

    assert [finding.code for finding in trust_findings(other, subject="t", used_by_pods=True)] == ["PI101"]
    assert trust_findings(other, subject="t") == ()


# PI102


@pytest.mark.parametrize(
    "name",
    [
        "pod.eks.amazonaws.com",
        "pods.eks.amazonaws.com.cn",
        "eks-pods.amazonaws.com",
        "eks-pod-identity.amazonaws.com",
        "eks-auth.amazonaws.com",
        "pods.eks.aws.amazon.com",
        "pods.eks.amazonaws.co",
        "pds.eks.amazonaws.com",
        "Pods.eks.amazonaws.com",
        "pods.esk.amazonaws.com",
        "pds.es.amazonaws.com",
        "poods.ekss.amazonaws.com",
    ],
)
def test_misspellings_are_found(name: str):
    assert is_misspelling(name)
    assert "PI102" in codes(Principal={"Service": [name, "pods.eks.amazonaws.com"]})


@pytest.mark.parametrize(
    "name",
    [
        "pods.eks.amazonaws.com",
        "eks.amazonaws.com",
        "eks-fargate.amazonaws.com",
        "eks-fargate-pods.amazonaws.com",
        "eks-nodegroup.amazonaws.com",
        "eks-connector.amazonaws.com",
        "ec2.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "lambda.amazonaws.com",
        "identitystore.amazonaws.com",
        "x" * 500,
        "",
    ],
)
def test_other_services_are_not_taken_for_misspellings(name: str):
    assert not is_misspelling(name)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("abc", "abc", 0),
        ("abcd", "abd", 1),
        ("abd", "abcd", 1),
        ("abc", "acb", 2),
        ("kitten", "sitting", 3),
        ("pods.esk", "pods.eks", 2),
        ("xabc", "abc", 1),
        ("abc", "xabcy", 2),
    ],
)
def test_the_distance_of_two_names(left: str, right: str, expected: int):
    assert _distance(left, right) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{'pods-'}{'x' * 41}.eks.amazonaws.com", True),
        (f"{'pods-'}{'x' * 42}.eks.amazonaws.com", False),
        ("EKS.amazonaws.com", False),
        ("pods.amazonaws.com", False),
        ("eks-fargate-identity.amazonaws.com", False),
    ],
    ids=["64 letters", "65 letters", "a neighbour in capitals", "pods of nobody", "Fargate"],
)
def test_the_largest_distance_of_a_misspelling(name: str, expected: bool):
    assert is_misspelling(name) is expected


def test_a_misspelling_is_not_reported_as_a_missing_statement_too():
    assert codes(Principal={"Service": "pod.eks.amazonaws.com"}) == ["PI102"]


# PI103


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": [ROOT, "*"]}}, True),
        ({"NotPrincipal": {"AWS": ROOT}}, True),
        ({"Principal": {"AWS": ROOT}}, False),
        ({"Principal": {"Service": "*"}}, True),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"NotPrincipal": {"AWS": ROOT}, "Effect": "Deny"}, True),
    ],
)
def test_principals_that_are_everyone(elements: dict[str, Any], expected: bool):
    other = {"Effect": "Allow", "Action": "sts:AssumeRole", **elements}

    assert ("PI103" in codes(other)) is expected


# PI104


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        {"StringEquals": {"AWS:SOURCEACCOUNT": [ACCOUNT]}},
        {"ArnLike": {"aws:SourceArn": CLUSTER}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:eks:*:{ACCOUNT}:cluster/*"}},
        {"StringEquals": {"aws:SourceOrgID": "${aws:ResourceOrgID}"}},
        {"StringEquals": {"aws:RequestTag/eks-cluster-arn": CLUSTER}},
        {"StringLike": {"aws:RequestTag/kubernetes-namespace": "team-*"}},
        {"ForAnyValue:StringEquals": {"aws:RequestTag/kubernetes-service-account": "api"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
        {"StringEquals": {"aws:SourceAccount": UNKNOWN}},
    ],
)
def test_what_scopes_a_statement(condition: Any):
    assert codes(Condition=condition) == []


@pytest.mark.parametrize(
    "condition",
    [
        GONE,
        {},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringNotEquals": {"aws:SourceAccount": "444455556666"}},
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"StringLike": {"aws:SourceOrgID": "o-*"}},
        {"StringLike": {"aws:RequestTag/kubernetes-namespace": ["a", "*"]}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:eks:*:*:cluster/*"}},
        {"Null": {"aws:SourceAccount": "false"}},
    ],
)
def test_what_does_not_scope_a_statement(condition: Any):
    assert codes(Condition=condition) == ["PI104"]


@pytest.mark.parametrize(
    ("condition", "opened"),
    [
        ({"StringEquals": {"aws:SourceAccount": UNKNOWN}}, False),  # one value, and not that of every stranger
        ({"StringEqualsIgnoreCase": {"aws:RequestTag/kubernetes-namespace": UNKNOWN}}, False),
        ({"StringLike": {"aws:SourceAccount": UNKNOWN}}, True),
        ({"ArnLike": {"aws:SourceArn": UNKNOWN}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": UNKNOWN}}, True),
        ({"StringEquals": {"aws:SecureTransport": UNKNOWN}}, True),
        ({"StringEquals": {"aws:SecureTransport": UNKNOWN, "aws:SourceAccount": ACCOUNT}}, False),
        (
            {"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}, "ArnLike": {"aws:SourceArn": UNKNOWN}},
            True,
        ),
    ],
)
def test_a_value_that_is_not_known_may_scope_a_statement(condition: Any, opened: bool):
    assert codes(Condition=condition) == []
    assert ("PI104" in open_codes(Condition=condition)) is opened


@pytest.mark.parametrize(
    ("condition", "scoped"),
    [
        ({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"StringNotEqualsIfExists": {"aws:RequestTag/kubernetes-namespace": "payments"}}, True),
        ({"StringEquals": {"aws:SourceAccount": "444455556666"}}, False),
        (UNKNOWN, False),
    ],
)
def test_a_denial_of_other_callers_scopes_a_statement_too(condition: Any, scoped: bool):
    denial = {"Effect": "Deny", "Principal": GOOD["Principal"], "Action": "sts:AssumeRole", "Condition": condition}

    assert codes(denial, Condition={}) == ([] if scoped else ["PI104"])
    assert codes({**denial, "Action": "sts:TagSession"}, Condition={}) == ["PI104"]


def test_an_optional_tag_scopes_only_while_tags_are_on():
    condition = {"StringEqualsIfExists": {"aws:RequestTag/kubernetes-namespace": "a"}}

    assert codes(Condition=condition, tags_on=True) == []
    assert codes(Condition=condition, tags_on=False) == ["PI104"]
    assert codes(Condition=condition) == ["PI104"]


def test_every_statement_is_judged():
    assert codes({**GOOD, "Condition": {}}) == ["PI104"]
    assert codes({**GOOD, "Condition": {}}, Action="sts:TagSession", Condition={}) == ["PI104"]


# PI105


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"aws:SourceArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/dev/*"}},
        {"ArnEquals": {"aws:SourceArn": f"arn:aws:iam::{ACCOUNT}:role/x"}},
        {"StringEquals": {"aws:SourceArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/*"}},
        {"StringEquals": {"aws:SourceArn": "dev"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT, "sts:ExternalId": "x"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:PrincipalTag/team": "x"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:RequestTag/team": "x"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:RequestTag/namespace": UNKNOWN}},
        {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "team-*"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT, "eks:clusterName": "dev"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "Null": {"sts:ExternalId": "false"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "StringEqual": {"aws:SourceAccount": ACCOUNT}},
    ],
)
def test_conditions_that_eks_can_never_satisfy(condition: Any):
    assert codes(Condition=condition) == ["PI105"]


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"aws:SourceArn": [CLUSTER, f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/dev/*"]}},
        {"ArnLike": {"aws:SourceArn": "arn:aws-cn:eks:cn-north-1:111122223333:cluster/d?v"}},
        {"StringLike": {"aws:SourceArn": f"arn:${{aws:Partition}}:eks:eu-west-1:{ACCOUNT}:cluster/dev"}},
        {"ArnLike": {"aws:SourceArn": UNKNOWN}},
        {"ArnLike": {"aws:SourceArn": ["dev", UNKNOWN]}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "StringNotEquals": {"aws:RequestTag/team": "x"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "StringEqualsIfExists": {"sts:ExternalId": "x"}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "Null": {"aws:RequestTag/team": "true"}},
    ],
)
def test_conditions_that_eks_can_satisfy(condition: Any):
    assert codes(Condition=condition) == []


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("DateLessThan", "aws:CurrentTime", "2024-01-01T00:00:00Z", True),
        ("DateEquals", "aws:CurrentTime", "2024-01-01", True),
        ("DateLessThanEqualsIfExists", "aws:CurrentTime", ["2023-01-01", "2024-01-01"], True),
        ("DateLessThan", "aws:EpochTime", "1500000000", True),
        ("NumericLessThan", "aws:EpochTime", 1500000000, True),
        ("NumericEquals", "aws:EpochTime", 1500000000, True),
        ("DateEquals", "aws:CurrentTime", "2999-01-01", False),
        ("NumericLessThan", "aws:EpochTime", 32503680000, False),
        ("DateNotEquals", "aws:CurrentTime", "2024-01-01", False),
        ("DateGreaterThan", "aws:EpochTime", "1500000000", False),
        ("DateLessThan", "aws:CurrentTime", ["2024-01-01", "2999-01-01"], False),
    ],
)
def test_a_time_that_has_passed_does_not_come_back(operator: str, key: str, value: Any, expected: bool):
    assert codes(Condition={**GOOD["Condition"], operator: {key: value}}) == (["PI105"] if expected else [])


@pytest.mark.parametrize("key", ["aws:CurrentTime", "aws:EpochTime"])
def test_a_denial_that_has_begun_lasts(key: str):
    begun = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:*",
        "Condition": {"DateGreaterThan": {key: "1500000000"}},
    }

    assert codes(begun) == ["PI105"]


@pytest.mark.parametrize(
    ("operator", "value", "noun"),
    [
        ("Bool", "yes", 'neither "true" nor "false"'),
        ("Null", "0", 'neither "true" nor "false"'),
        ("IpAddress", "10.0.0.0/33", "no IP address"),
        ("NotIpAddress", "${aws:RequestTag/kubernetes-namespace}", "no IP address"),
        ("NumericEquals", "5x", "no number"),
        ("NumericLessThanIfExists", "", "no number"),
        ("DateGreaterThan", "2026-13-01", "no date"),
        ("ForAnyValue:DateLessThan", "tomorrow", "no date"),
    ],
)
def test_a_value_that_its_operator_cannot_compare(operator: str, value: str, noun: str):
    trust = document(Condition={**GOOD["Condition"], operator: {"aws:RequestTag/kubernetes-namespace": value}})

    (finding,) = trust_findings(trust, subject="trust")

    assert (finding.code, finding.location) == ("PI105", f"Statement[0].Condition.{operator}")
    assert finding.problem.endswith(f'with "{value}", which is {noun}.')


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("Bool", True),
        ("Bool", "TRUE"),
        ("IpAddress", "2001:db8::/32"),
        ("NumericEquals", 5.5),
        ("DateGreaterThan", "2026-11"),
        ("DateGreaterThan", "2026-11-30T12:00:00+02:00"),
        ("StringEquals", "10.0.0.0/33"),
        ("BinaryEquals", "QmluYXJ5"),
        ("IpAddress", UNKNOWN),
    ],
)
def test_a_value_that_its_operator_can_compare(operator: str, value: Any):
    assert malformed_values(parse(document(Condition={operator: {"a:b": value}})).statements[0]) == []


def test_an_unknown_operator_is_found_in_statements_for_others_too():
    other = {
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": "sts:AssumeRole",
        "Condition": {"Equals": {"a": 1}},
    }

    assert codes(other) == ["PI105"]


def test_a_condition_of_another_principal_may_use_what_eks_never_sends():
    other = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.example"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"oidc.example:sub": "system:serviceaccount:payments:api"}},
    }

    assert codes(other) == []


# PI106


@pytest.mark.parametrize(
    "changes",
    [
        {"Resource": "*"},
        {"NotResource": "*"},
        {"Action": ["sts:AssumeRole", "sts:TagSession", "sts:AssumeRoles"]},
        {"Action": ["sts:AssumeRole", "sts:TagSession", "s3:GetObject"]},
        {"Effect": "ALLOW"},
        {"Sid": "Allow EKS"},
        {"Conditions": {}},
    ],
)
def test_what_iam_refuses(changes: dict[str, Any]):
    assert "PI106" in codes(**changes)


@pytest.mark.parametrize(
    "other", [{}, {"Effect": "Allow", "Action": "sts:AssumeRole"}, {"Effect": "Allow", "Principal": "*"}]
)
def test_a_statement_without_its_parts_is_refused(other: dict[str, Any]):
    assert "PI106" in codes(other)


@pytest.mark.parametrize(
    ("principal_type", "name"),
    [
        ("AWS", "111122223333:root"),
        ("AWS", "11122223333"),
        ("AWS", "1111-2222-3333"),
        ("AWS", "payments-api"),
        ("AWS", "arn:aws:iam::1111:root"),
        ("AWS", f"arn:aws:iam:eu-west-1:{ACCOUNT}:root"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:group/developers"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:policy/read"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:assumed-role/api/session"),
        ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/api"),
        ("AWS", f"arn:aws:sts::{ACCOUNT}:role/api"),
        ("AWS", f"arn:aws-gov:iam::{ACCOUNT}:root"),
        ("AWS", f"ARN:aws:iam::{ACCOUNT}:root"),
        ("AWS", f" {ROOT}"),
        ("AWS", CLUSTER),
        ("AWS", "arn:aws:iam::${AWS::AccountId}:root"),
        ("AWS", "arn:aws:iam::<ACCOUNT>:role/api"),
        ("Service", "ec2"),
        ("Service", "ec2:amazonaws:com"),
        ("Federated", "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"),
        ("Federated", f"arn:aws:iam::{ACCOUNT}:role/api"),
    ],
)
def test_a_principal_that_iam_refuses(principal_type: str, name: str):
    """IAM answers "MalformedPolicyDocument: Invalid principal in policy" when it creates the role."""
    other = {"Effect": "Allow", "Principal": {principal_type: [name]}, "Action": "sts:AssumeRole"}

    (finding,) = trust_findings(document(other), subject="trust")

    assert (finding.code, finding.location) == ("PI106", "Statement[1].Principal")
    assert f'names "{name}" under {principal_type}, which is ' in finding.problem


@pytest.mark.parametrize(
    ("principal_type", "name"),
    [
        ("AWS", ACCOUNT),
        ("AWS", f"arn:aws-eusc:iam::{ACCOUNT}:root"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:user/path/root"),
        ("AWS", f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef"),
        ("AWS", f"arn:aws:sts::{ACCOUNT}:assumed-role/api/session"),
        ("AWS", f"arn:aws-cn:sts::{ACCOUNT}:federated-user/alice"),
        ("AWS", "AIDAIOSFODNN7EXAMPLE"),
        ("Service", "ec2.amazonaws.com"),
        ("Service", "s3.cn-north-1.amazonaws.com.cn"),
        ("Federated", "cognito-identity.amazonaws.com"),
        ("Federated", f"arn:aws:iam::{ACCOUNT}:saml-provider/okta"),
    ],
)
def test_a_principal_that_iam_accepts(principal_type: str, name: str):
    other = {"Effect": "Deny", "Principal": {principal_type: name}, "Action": "sts:AssumeRole"}

    assert codes(other) == []


# Unknown values


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Action": UNKNOWN}, {"PI101"}),
        ({"Condition": UNKNOWN}, {"PI104", "PI105"}),
        ({"Condition": {"StringEquals": UNKNOWN}}, {"PI104", "PI105"}),
        ({"Principal": {"AWS": UNKNOWN, "Service": "pods.eks.amazonaws.com"}}, {"PI103"}),
        ({"Principal": UNKNOWN}, {"PI102", "PI103"}),
    ],
)
def test_an_unknown_part_leaves_open_only_what_needs_it(changes: dict[str, Any], expected: set[str]):
    assert open_codes(**changes) == expected


def test_an_unknown_statement_does_not_hide_what_is_wrong_in_another():
    assert codes(UNKNOWN, Condition={}) == ["PI104"]
    assert "PI104" in open_codes(UNKNOWN)


def test_an_unknown_document_is_open_for_every_rule():
    verdicts = list(trust_verdicts(parse(UNKNOWN), "trust"))

    assert unjudged_codes(verdicts) == {f"PI10{number}" for number in range(1, 7)}
    assert finding_codes(verdicts) == []


# Documents that the rules judge


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Principal": {"Service": "pods.eks.amazonaws.com"}}, True),
        ({"Principal": {"Service": "pod.eks.amazonaws.com"}}, True),
        ({"Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}, True),
        ({"Principal": {"AWS": ROOT}, "Condition": {"StringEquals": {"aws:RequestTag/eks-cluster-arn": "x"}}}, True),
        ({"Principal": {"Service": UNKNOWN}}, True),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, False),
        ({"Principal": {"AWS": ROOT}}, False),
        (
            {"Principal": {"AWS": ROOT}, "Action": "sts:*", "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
            False,
        ),
        ({"Principal": "*"}, False),
    ],
)
def test_a_trust_policy_shows_that_pods_use_it(statement: dict[str, Any], expected: bool):
    document = parse({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **statement}]})

    assert concerns_pods(document) is expected
