"""The comparison of each element of a statement with a request, and the callers that a trust policy admits."""

from typing import Any

import pytest

from eks_pod_identity.iam.admission import (
    Admission,
    admits_association,
    admits_second_hop,
    may_meet_second_hop,
    unmet_conditions,
)
from eks_pod_identity.iam.document import Document, parse
from eks_pod_identity.iam.evaluate import (
    Check,
    Effect,
    Evaluation,
    checks,
    evaluate,
    evaluate_resource_policy,
    unreadable,
)
from eks_pod_identity.iam.possible import ABSENT, unknown_value
from eks_pod_identity.iam.principal import Principals, principals_of
from eks_pod_identity.iam.principal_match import Naming, named_as
from eks_pod_identity.iam.request import Association, Caller, Request, Session, session_of, source_requests
from eks_pod_identity.iam.unknown import UNKNOWN

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/workloads/api"
TARGET = "arn:aws:iam::444455556666:role/data"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/api/eks-1"
OBJECT = "arn:aws:s3:::b/payments/1"
API = Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws")
BOTH = ["sts:AssumeRole", "sts:TagSession"]
PODS = {"Service": "pods.eks.amazonaws.com"}
CALLER = Caller(role_arn=ROLE, session_arn=SESSION, account=ACCOUNT)
KEYS = {"k:known": "v", "k:open": unknown_value("k:open"), "k:several": ("v", "w")}
YES, NO, OPEN = True, False, None


def document(*statements: Any, version: str = "2012-10-17") -> Document:
    return parse({"Version": version, "Statement": list(statements)})


def compare(statement: dict[str, Any], *, has_principals: bool = False, version: str = "2012-10-17") -> list[Check]:
    parsed = document({"Effect": "Allow", "Action": "s3:*", **statement}, version=version)
    request = Request("s3:GetObject", OBJECT, CALLER, KEYS)
    return checks(parsed.statements[0], request, parsed, has_principals=has_principals)[1:]


@pytest.mark.parametrize(
    ("elements", "check"),
    [
        ({"Action": "s3:*"}, Check("Action", "Statement[0]", YES, ("s3:*",), "s3:GetObject")),
        ({"NotAction": "s3:*"}, Check("NotAction", "Statement[0]", NO, ("s3:*",), "s3:GetObject")),
    ],
)
def test_the_action_is_compared_first(elements: dict[str, Any], check: Check) -> None:
    parsed = document({"Effect": "Allow", **elements})

    assert (
        checks(parsed.statements[0], Request("s3:GetObject", OBJECT, CALLER), parsed, has_principals=False)[0] == check
    )


ON_RESOURCE = "arn:aws:s3:::b/${k:known}/${k:absent}/${k:open}"


@pytest.mark.parametrize(
    ("elements", "check"),
    [
        ({"Resource": OBJECT}, Check("Resource", "Statement[0]", YES, (OBJECT,), OBJECT)),
        ({"NotResource": OBJECT}, Check("NotResource", "Statement[0]", NO, (OBJECT,), OBJECT)),
        (
            {"Resource": ON_RESOURCE},
            Check("Resource", "Statement[0]", NO, (ON_RESOURCE,), OBJECT, missing=("k:absent", "k:open")),
        ),
        (
            {"Condition": {"StringEquals": {"K:Known": ["v", "${k:absent}"]}}},
            Check(
                "Condition",
                "Statement[0].Condition.StringEquals",
                YES,
                ("v", "${k:absent}"),
                "v",
                "StringEquals",
                "K:Known",
                ("k:absent",),
            ),
        ),
        (
            {"Condition": {"StringEquals": {"k:open": "v"}}},
            Check(
                "Condition",
                "Statement[0].Condition.StringEquals",
                OPEN,
                ("v",),
                unknown_value("k:open"),
                "StringEquals",
                "k:open",
                ("k:open",),
            ),
        ),
        # An operator without variables reads them as text.
        (
            {"Condition": {"BinaryEquals": {"k:known": "${k:absent}"}}},
            Check(
                "Condition",
                "Statement[0].Condition.BinaryEquals",
                NO,
                ("${k:absent}",),
                "v",
                "BinaryEquals",
                "k:known",
            ),
        ),
        (
            {"Condition": {"Null": {"k:absent": "TRUE"}}},
            Check("Condition", "Statement[0].Condition.Null", YES, ("true",), ABSENT, "Null", "k:absent"),
        ),
        (
            {"Condition": {"StringEqual": {"k:known": "${k:absent}"}}},
            Check(
                "Condition",
                "Statement[0].Condition.StringEqual",
                OPEN,
                ("${k:absent}",),
                "v",
                "StringEqual",
                "k:known",
            ),
        ),
        ({"Condition": UNKNOWN}, Check("Condition", "Statement[0].Condition", OPEN, (), ABSENT)),
    ],
)
def test_each_element_is_compared(elements: dict[str, Any], check: Check) -> None:
    assert compare(elements) == [check]


def test_in_the_older_version_nothing_is_missing_for_a_variable() -> None:
    (resource, condition) = compare(
        {"Resource": ON_RESOURCE, "Condition": {"StringEquals": {"k:known": "${k:absent}"}}}, version="2008-10-17"
    )

    assert (resource.holds, resource.missing) == (NO, ())
    assert (condition.holds, condition.missing) == (NO, ())


@pytest.mark.parametrize(
    ("elements", "check"),
    [
        ({"Principal": {"AWS": ROLE}}, Check("Principal", "Statement[0]", YES, (ROLE,), ROLE)),
        ({"Principal": "*"}, Check("Principal", "Statement[0]", YES, ("*",), ROLE)),
        ({"Principal": PODS}, Check("Principal", "Statement[0]", NO, ("pods.eks.amazonaws.com",), ROLE)),
        ({"NotPrincipal": {"AWS": ROLE}}, Check("NotPrincipal", "Statement[0]", OPEN, (ROLE,), ROLE)),
        ({}, Check("Principal", "Statement[0]", OPEN, (), ROLE)),
    ],
)
def test_the_principal_is_compared_where_a_policy_has_one(elements: dict[str, Any], check: Check) -> None:
    assert compare(elements, has_principals=True) == [check]
    assert compare(elements) == []


ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
DENY = ALLOW | {"Effect": "Deny"}
MAYBE = {"Condition": {"StringEquals": {"k:open": "v"}}}


@pytest.mark.parametrize(
    ("statements", "effect", "deciding", "allows", "denies"),
    [
        ([ALLOW], Effect.ALLOW, [0], YES, NO),
        ([], Effect.IMPLICIT_DENY, [], NO, NO),
        ([ALLOW, ALLOW | MAYBE], Effect.ALLOW, [0], YES, NO),
        ([ALLOW, DENY], Effect.EXPLICIT_DENY, [1], YES, YES),
        ([ALLOW | MAYBE], Effect.UNKNOWN, [0], OPEN, NO),
        ([ALLOW, DENY | MAYBE], Effect.UNKNOWN, [1], YES, OPEN),
        ([ALLOW, ALLOW | MAYBE, DENY | MAYBE], Effect.UNKNOWN, [2], YES, OPEN),
        ([ALLOW | MAYBE, DENY | MAYBE], Effect.UNKNOWN, [1, 0], OPEN, OPEN),
        ([DENY | MAYBE], Effect.IMPLICIT_DENY, [], NO, OPEN),
        ([ALLOW | {"Effect": UNKNOWN}], Effect.UNKNOWN, [0, 0], OPEN, OPEN),
        # A statement that IAM refuses is open.
        ([ALLOW | {"Effect": "allow"}], Effect.UNKNOWN, [0, 0], OPEN, OPEN),
        ([ALLOW | {"Sid": "a b"}], Effect.ALLOW, [0], YES, NO),
        ([ALLOW, UNKNOWN], Effect.UNKNOWN, [], YES, OPEN),
    ],
)
def test_what_decides_is_named(
    statements: list[Any], effect: Effect, deciding: list[int], allows: bool | None, denies: bool | None
) -> None:
    filler = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    parsed = document(*statements, filler)

    evaluation = evaluate(parsed, Request("s3:GetObject", OBJECT, CALLER, KEYS))

    assert (evaluation.effect, evaluation.allows, evaluation.denies) == (effect, allows, denies)
    assert [statement.location for statement in evaluation.deciding] == [f"Statement[{index}]" for index in deciding]
    assert evaluation.namings == ()


@pytest.mark.parametrize(
    ("principals", "namings"),
    [
        ([{"AWS": ROLE}], {Naming.ROLE: YES}),
        ([{"AWS": [ROLE, SESSION, ACCOUNT]}], {Naming.ROLE: YES, Naming.SESSION: YES, Naming.ACCOUNT: YES}),
        ([{"AWS": ROLE}, "*"], {Naming.ROLE: YES, Naming.EVERYONE: YES}),
        ([{"AWS": UNKNOWN}], dict.fromkeys(Naming)),
        ([{"AWS": UNKNOWN}, {"AWS": ROLE}], {**dict.fromkeys(Naming), Naming.ROLE: YES}),
        ([{"AWS": ROLE}, {"AWS": UNKNOWN}], {**dict.fromkeys(Naming), Naming.ROLE: YES}),
        ([{"CanonicalUser": "79a59df9"}], {Naming.ACCOUNT: OPEN}),
        ([PODS], {}),
    ],
)
def test_a_resource_policy_reports_how_it_names_the_caller(principals: list[Any], namings: dict[Any, Any]) -> None:
    parsed = document(*({**ALLOW, "Principal": principal} for principal in principals), ALLOW | {"Action": "sqs:*"})

    evaluation = evaluate_resource_policy(parsed, Request("s3:GetObject", OBJECT, CALLER, KEYS))

    assert dict(evaluation.namings) == namings


@pytest.mark.parametrize(
    ("principals", "namings"),
    [
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {Naming.ACCOUNT: YES}),
        ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, {Naming.ACCOUNT: YES}),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root:x"}, {}),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:root"}, {}),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/root"}, {}),
        ({"AWS": "arn:aws:iam"}, {}),
        ({"AWS": "444455556666"}, {}),
        ({"AWS": "*"}, {Naming.EVERYONE: YES}),
        ({"Service": "*"}, {}),
        ({"AWS": [SESSION, f"{SESSION}x"]}, {Naming.SESSION: YES}),
        ({"Federated": ROLE}, {}),
    ],
)
def test_a_caller_is_named_by_its_role_session_or_account(principals: Any, namings: dict[Naming, bool | None]) -> None:
    read, _ = principals_of(principals, negated=False)

    assert named_as(read, CALLER) == namings


def test_a_service_is_named_as_a_service_only() -> None:
    eks = Caller(service="pods.eks.amazonaws.com")

    assert named_as(principals_of(PODS, negated=False)[0], eks) == {Naming.SERVICE: YES}
    assert named_as(principals_of({"AWS": "pods.eks.amazonaws.com"}, negated=False)[0], eks) == {}
    assert named_as(principals_of("*", negated=False)[0], eks) == {Naming.EVERYONE: YES}
    assert named_as(principals_of("*", negated=True)[0], eks) == {}


@pytest.mark.parametrize("negated", [True, False])
def test_principals_are_read_by_type(negated: bool) -> None:
    every = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})
    mixed, faults = principals_of({"Aws": 1, "AWS": ["a", UNKNOWN, ""], "Service": "b"}, negated=negated)

    assert principals_of(UNKNOWN, negated=negated) == (Principals(negated=negated, open_types=every), [])
    assert principals_of("*", negated=negated) == (Principals(everyone=True, negated=negated), [])
    assert principals_of("me", negated=negated)[0] == Principals(negated=negated)
    assert principals_of(7, negated=negated)[0] == Principals(negated=negated)
    assert mixed == Principals(
        negated=negated, by_type={"AWS": ("a",), "Service": ("b",)}, open_types=frozenset({"AWS"})
    )
    assert len(faults) == 2
    assert mixed.names == ("a", "b")
    assert (mixed.of("AWS"), mixed.of("Federated")) == (("a",), ())
    assert (mixed.is_open("AWS"), mixed.is_open("Service")) == (True, False)
    assert principals_of({"AWS": "*"}, negated=negated)[0].include_everyone is not negated
    assert not principals_of({"Service": "*"}, negated=negated)[0].include_everyone


def trust(condition: Any = None, **elements: Any) -> Document:
    statement = {"Effect": "Allow", "Principal": PODS, "Action": BOTH, **elements}
    return document(statement if condition is None else statement | {"Condition": condition})


def test_an_admission_has_the_decision_for_each_request() -> None:
    admitted = admits_association(trust(), API)
    refused = admits_association(trust({"StringEquals": {"aws:SourceAccount": "1"}}), API)
    half = admits_association(trust(Action=BOTH[0]), API)

    assert [evaluation.effect for evaluation in admitted.evaluations] == [Effect.ALLOW] * 2
    assert admitted.refusal is None
    assert [evaluation.effect for evaluation in refused.evaluations] == [Effect.IMPLICIT_DENY] * 2
    assert refused.refusal is refused.evaluations[0]
    assert (half.answer, half.refusal) == (False, half.evaluations[1])


def test_the_refusal_is_what_denies_before_what_is_open() -> None:
    assume, tag = source_requests(API)
    is_open = Evaluation(Effect.UNKNOWN, assume, trust())
    denies = Evaluation(Effect.EXPLICIT_DENY, tag, trust())
    allows = Evaluation(Effect.ALLOW, tag, trust())

    assert Admission(None, (is_open, denies)).refusal is denies
    assert Admission(None, (allows, is_open)).refusal is is_open
    assert Admission(True, (allows, allows)).refusal is None


@pytest.mark.parametrize(
    ("role_arn", "tags", "condition", "answer"),
    [
        (ROLE, {"team": "core"}, {"StringEquals": {"aws:ResourceTag/team": "core"}}, YES),
        (ROLE, {"team": "x"}, {"StringEquals": {"aws:ResourceTag/team": "core"}}, NO),
        (ROLE, {}, {"StringEquals": {"aws:ResourceTag/team": "core"}}, NO),
        (ROLE, UNKNOWN, {"StringEquals": {"aws:ResourceTag/team": "core"}}, OPEN),
    ],
)
def test_the_tags_of_the_role_count(role_arn: str, tags: Any, condition: Any, answer: bool | None) -> None:
    assert admits_association(trust(condition), API, role_arn, tags).answer is answer


def test_the_role_that_is_assumed_is_the_resource() -> None:
    guard = document(
        {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": ROLE},
    )

    assert admits_association(guard, API, ROLE).answer is NO
    assert admits_association(guard, API, f"{ROLE}-x").answer is YES


@pytest.mark.parametrize(
    ("condition", "source", "tags", "answer"),
    [
        ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, session_of(API, ROLE), {}, YES),
        ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, session_of(API, f"{ROLE}-x"), {}, NO),
        ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, Session(UNKNOWN), {}, OPEN),
        ({"StringEquals": {"aws:ResourceTag/team": "core"}}, session_of(API, ROLE), {"team": "core"}, YES),
        ({"StringEquals": {"aws:ResourceTag/team": "core"}}, session_of(API, ROLE), {}, NO),
        ({"StringEquals": {"aws:ResourceAccount": "444455556666"}}, session_of(API, ROLE), {}, YES),
        ({"StringEquals": {"aws:RequestTag/kubernetes-namespace": "orders"}}, session_of(API, ROLE), {}, NO),
    ],
)
def test_a_target_admits_the_session_of_the_source_role(
    condition: Any, source: Session, tags: Any, answer: bool | None
) -> None:
    target = trust(condition, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    if source.role_arn is UNKNOWN:
        target = trust(condition, Principal={"AWS": "*"})

    assert admits_second_hop(target, API, source, TARGET, tags).answer is answer


@pytest.mark.parametrize(
    ("condition", "meets", "meets_with_other_values"),
    [
        (None, True, True),
        ({"ArnEquals": {"aws:PrincipalArn": ROLE}}, True, True),
        # A value that EKS's external ids cannot have.
        ({"StringEquals": {"sts:ExternalId": "by-hand"}}, False, True),
        # A key that its second hop does not have, whatever the value.
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False, False),
        # Either with tags on or with tags off.
        ({"Null": {"aws:RequestTag/kubernetes-namespace": "true"}}, True, True),
        ({"Null": {"aws:RequestTag/kubernetes-namespace": "false"}}, True, True),
        ({"StringEquals": {"aws:RequestTag/kubernetes-namespace": "Upper"}}, False, True),
    ],
)
def test_a_statement_that_the_second_hop_of_some_association_may_satisfy(
    condition: Any, meets: bool, meets_with_other_values: bool
) -> None:
    # The principals do not matter here.
    target = trust(condition, Principal={"Service": "ec2.amazonaws.com"})
    (statement,) = target.statements

    assert may_meet_second_hop(statement, target) is meets
    assert may_meet_second_hop(statement, target, whatever_values=True) is meets_with_other_values


def test_only_conditions_that_fail_with_tags_on_and_off_are_never_satisfied() -> None:
    conditions = {
        "StringEquals": {"aws:RequestTag/kubernetes-namespace": "Upper", "aws:SourceVpc": "vpc-1"},
        "Null": {"aws:RequestTag/eks-cluster-arn": "true"},
    }
    document_of_pods = trust(conditions, Action="s3:*", Principal={"AWS": ROLE})

    never = unmet_conditions(document_of_pods.statements[0], document_of_pods)

    assert [check.key for check in never] == ["aws:RequestTag/kubernetes-namespace", "aws:SourceVpc"]


def test_what_cannot_be_read_is_named_with_its_location() -> None:
    parsed = document(
        {"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "*", "Resource": "*"},
        ALLOW | {"Condition": {"StringEqual": {"k:known": "v"}}},
    )

    assert [(problem.location, problem.text) for problem in unreadable(parsed)] == [
        ("Statement[0].NotPrincipal", "cannot be judged: name the allowed principals instead"),
        ("Statement[1].Condition.StringEqual", 'uses the operator "StringEqual", which IAM lacks'),
    ]


def test_what_failed_is_that_of_the_first_statement_that_is_nearest() -> None:
    near = ALLOW | {"Condition": {"StringEquals": {"k:known": "x"}}}
    as_near = ALLOW | {"Condition": {"StringEquals": {"k:known": "y"}}}
    parsed = document(ALLOW | {"Action": "sqs:*"}, near, as_near, DENY | {"Action": "sqs:*"})

    failing = evaluate(parsed, Request("s3:GetObject", OBJECT, CALLER, KEYS)).failing()

    assert [(check.key, check.wanted) for check in failing] == [("k:known", ("x",))]
    assert evaluate(document(), Request("s3:GetObject", OBJECT, CALLER, KEYS)).failing() == []
