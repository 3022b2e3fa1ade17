"""The documents of arguments: each is refused for the mandatory rules, with what is wrong, why, and the fix."""

from typing import Any

import pytest

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.argument_checks import (
    DocumentProblem,
    permission_policy_problems,
    session_policy_problems,
    target_statement_problems,
    target_trust_problems,
    trust_problems,
    trust_statement_problems,
)
from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.samples import ACCOUNT, READ_INVOICES, SOURCE_ROLE_ARN, document, target_trust, trust

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
BY_NAMESPACE = "arn:aws:s3:::invoices/${aws:PrincipalTag/kubernetes-namespace}/*"
READ: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"}
ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole"}
OF_THE_SAME_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}
TWO_ACTIONS = ["sts:AssumeRole", "sts:TagSession"]


def codes(problems: list[DocumentProblem]) -> list[str]:
    return [problem.code for problem in problems]


def test_documents_that_are_fine_have_no_problems():
    assert trust_problems(trust(), role_arn=SOURCE_ROLE_ARN) == []
    assert target_trust_problems(target_trust(), role_arn="arn:aws:iam::444455556666:role/target") == []
    assert session_policy_problems(READ_INVOICES) == []
    assert permission_policy_problems(READ_INVOICES, session_tags=False) == []


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (document(trust()["Statement"][0] | {"Action": "sts:AssumeRole"}), ["PI101"]),
        (document({**ASSUME, "Principal": {"Service": "ec2.amazonaws.com"}}), ["PI101"]),
        (trust(Principal={"Service": "pod.eks.amazonaws.com"}), ["PI102"]),
        (trust(Principal={"AWS": "*", "Service": "pods.eks.amazonaws.com"}), ["PI103"]),
        (trust(Condition={}), ["PI104"]),
        (trust(Condition={"StringEquals": {"sts:ExternalId": "x", "aws:SourceAccount": ACCOUNT}}), ["PI105"]),
        (trust(Sid="a b"), ["PI106"]),
        (document(trust()["Statement"][0], {"Effect": "Allow", "Principal": ROOT, "Action": TWO_ACTIONS}), ["PI306"]),
        ({"Statement": trust(Condition=OF_THE_SAME_ACCOUNT)["Statement"]}, ["PI105", "PI604"]),
    ],
)
def test_a_trust_policy(policy: object, expected: list[str]):
    assert codes(trust_problems(policy)) == expected


@pytest.mark.parametrize(("session_tags", "expected"), [(True, []), (False, ["PI104"]), (None, ["PI104"])])
def test_whether_a_trust_policy_is_scoped_may_depend_on_the_session_tags(session_tags: Any, expected: list[str]):
    optional = trust(Condition={"StringEqualsIfExists": {"aws:RequestTag/kubernetes-namespace": "payments"}})

    assert codes(trust_problems(optional, session_tags=session_tags)) == expected


def test_a_role_that_trusts_itself():
    """IAM resolves the principal when it stores the policy, and the role does not exist yet."""
    itself = {**ASSUME, "Principal": {"AWS": SOURCE_ROLE_ARN}, "Action": TWO_ACTIONS}
    source = document(trust()["Statement"][0], itself)
    target = document(itself)

    assert codes(trust_problems(source, role_arn=SOURCE_ROLE_ARN)) == ["PI308"]
    assert codes(target_trust_problems(target, role_arn=SOURCE_ROLE_ARN)) == ["PI308"]
    assert codes(trust_problems(source, role_arn="arn:aws:iam::111122223333:role/another")) == []
    assert codes(trust_problems(source)) == []
    assert codes(target_trust_problems(target)) == []
    assert trust_problems(source, role_arn=SOURCE_ROLE_ARN)[0].rule == (
        "[PI308] The trust policy, Statement[1].Principal, names the role itself as principal. " + RULES["PI308"].why
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Principal": {"Service": "pod.eks.amazonaws.com"}}, ["PI102"]),
        ({"Principal": {"AWS": "*"}}, ["PI103"]),
        ({"Condition": {"StringEqual": {"sts:ExternalId": "x"}}}, ["PI105"]),
        ({"Condition": {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}}, "Sid": "a b"}, ["PI106"]),
        ({"Condition": {"StringEquals": {"sts:ExternalId": "x"}}}, ["PI302"]),
        ({"Principal": {"AWS": SOURCE_ROLE_ARN}}, []),  # PI303 is advisory
        ({}, ["PI306"]),
    ],
)
def test_the_trust_policy_of_a_target_role(changes: dict[str, Any], expected: list[str]):
    statement = {"Effect": "Allow", "Principal": ROOT, "Action": TWO_ACTIONS, **changes}

    assert codes(target_trust_problems(document(statement))) == expected


def test_a_variable_needs_the_current_version_in_the_trust_policy_of_a_target_role_too():
    """Without the version the variable is literal text: no role has such a tag."""
    condition = {"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}
    statement = {"Effect": "Allow", "Principal": ROOT, "Action": TWO_ACTIONS, "Condition": condition}

    assert "PI604" in codes(target_trust_problems({"Statement": [statement]}))
    assert "PI604" not in codes(target_trust_problems(document(statement)))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (document({**READ, "Resource": "arn:aws:s3:::" + "a" * 2048}), ["PI202"]),
        (document({**READ, "Action": "s3:GetObjekt"}), ["PI203"]),
        (document({"Effect": "Allow", "Action": "*", "Resource": "*"}), ["PI204"]),
        (document({**READ, "Effect": "Deny"}), ["PI209"]),
        (document({**READ, "Resource": BY_NAMESPACE}), ["PI206"]),
        ({"Statement": [{**READ, "Resource": "arn:aws:s3:::invoices/${aws:userid}"}]}, ["PI604"]),
    ],
)
def test_a_session_policy(policy: object, expected: list[str]):
    assert codes(session_policy_problems(policy)) == expected


def test_a_permission_policy():
    by_tag = document({**READ, "Resource": BY_NAMESPACE})

    assert codes(permission_policy_problems(document({**READ, "Action": "s3:GetObjekt"}))) == ["PI603"]
    assert codes(permission_policy_problems({"Statement": [{**READ, "Resource": BY_NAMESPACE}]})) == ["PI604"]
    assert codes(permission_policy_problems(by_tag)) == []
    assert codes(permission_policy_problems(by_tag, session_tags=None)) == []
    assert codes(permission_policy_problems(by_tag, session_tags=False)) == ["PI206"]
    assert codes(permission_policy_problems(document({**READ, "Resource": "arn:aws:s3:::invoices"}))) == []  # PI605
    both = document({**READ, "Action": "s3:GetObjekt", "Resource": BY_NAMESPACE})
    assert codes(permission_policy_problems(both, session_tags=False)) == ["PI603", "PI206"]


@pytest.mark.parametrize(
    ("problems", "subject"),
    [
        (session_policy_problems, "The session policy"),
        (permission_policy_problems, "The policy"),
        (trust_problems, "The trust policy"),
        (target_trust_problems, "The trust policy"),
    ],
)
def test_the_name_of_a_document_where_the_caller_gives_none(problems: Any, subject: str):
    assert all(problem.rule.startswith(f"[{problem.code}] {subject}") for problem in problems("{"))
    literal = {"Statement": {**READ, "Principal": ROOT, "Resource": "arn:aws:s3:::${aws:username}"}}
    (version,) = [problem for problem in problems(literal, subject="it") if problem.code == "PI604"]
    assert version.rule.startswith("[PI604] it, Statement.Resource, ")


def test_a_problem_has_path_problem_reason_and_the_fix_for_a_raw_document():
    (problem,) = trust_problems(trust(Condition={}), subject="extra_trust_statements")
    rule = RULES["PI104"]

    assert problem.rule.startswith("[PI104] extra_trust_statements, Statement[0], ")
    assert problem.rule.endswith(f" {rule.why}")
    assert problem.fix == rule.raw_fix


def test_a_problem_of_the_whole_document_has_no_location():
    (problem,) = trust_problems(document({**ASSUME, "Principal": {"Service": "ec2.amazonaws.com"}}))

    assert problem.rule.startswith("[PI101] The trust policy has no statement for pods.eks.amazonaws.com. ")


def test_a_use_of_a_session_tag_is_reported_with_its_location_and_the_argument_that_fixes_it():
    policy = document({**READ, "Resource": BY_NAMESPACE})
    rule = RULES["PI206"]
    expected = DocumentProblem(
        "PI206",
        "[PI206] {}, Statement[0].Resource, depends on session tags, which are disabled: Statement[0].Resource "
        'compares "${{aws:PrincipalTag/kubernetes-namespace}}", which then never holds. ' + rule.why,
        rule.fix,
        ("Statement", 0, "Resource"),
        "[PI206] The Resource depends on session tags, which are disabled: Statement[0].Resource compares "
        '"${aws:PrincipalTag/kubernetes-namespace}", which then never holds. ' + rule.why,
    )

    for subject in ("The policy", "policies.invoices"):
        named = expected._replace(rule=expected.rule.format(subject))
        assert permission_policy_problems(policy, session_tags=False, subject=subject) == [named]
    assert session_policy_problems(policy) == [expected._replace(rule=expected.rule.format("The session policy"))]


@pytest.mark.parametrize(
    "problems", [session_policy_problems, permission_policy_problems, trust_problems, target_trust_problems]
)
def test_the_subject_is_the_callers_and_what_is_not_known_is_no_problem(problems: Any):
    assert all(problem.rule.startswith(f"[{problem.code}] it") for problem in problems("{", subject="it"))
    assert codes(problems("{")) != []
    everything = problems(
        document({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}), subject="it"
    )
    assert all(problem.rule.startswith(f"[{problem.code}] it") for problem in everything)
    assert codes(problems(UNKNOWN)) == []


def test_a_malformed_policy_comes_with_the_fix_for_the_case():
    (problem,) = permission_policy_problems(document({**READ, "Resource": "invoices/*"}), subject="policies.read")

    assert problem.rule == (
        '[PI603] policies.read, Statement[0].Resource, has "invoices/*", which is neither an ARN nor "*". '
        + RULES["PI603"].why
    )
    assert problem.fix == 'Write an ARN, such as "arn:aws:s3:::invoices/*".'


@pytest.mark.parametrize(
    ("statement", "path", "rule"),
    [
        (READ | {"Effect": "allow"}, ("Statement", 0, "Effect"), 'The Effect is "allow"; it must be'),
        (READ | {"Action": "s3:GetObjekt"}, ("Statement", 0, "Action"), 'The Action has "s3:GetObjekt"'),
        ({"Effect": "Allow", "Action": "s3:*"}, ("Statement", 0), "The statement has no Resource."),
        (
            READ | {"Condition": {"StringIs": {"a": "b"}}},
            ("Statement", 0, "Condition", "StringIs"),
            'The condition uses the operator "StringIs"',
        ),
    ],
)
def test_a_problem_has_its_path_and_names_the_part_there(statement: Any, path: Any, rule: str):
    (problem,) = permission_policy_problems(document(statement))

    assert problem.path == path
    assert problem.rule_at_path.startswith(f"[PI603] {rule}")
    assert problem.rule_at_path.endswith(RULES["PI603"].why)


def test_a_problem_of_the_whole_has_no_path():
    (problem,) = permission_policy_problems("{")

    assert problem.path == ()
    assert problem.rule_at_path.startswith("[PI603] The policy is not JSON")
    assert permission_policy_problems({"Statement": READ | {"Effect": "x"}})[0].path == ("Statement", "Effect")


@pytest.mark.parametrize(
    ("statement", "problems"),
    [
        ({**ASSUME, "Principal": "*"}, [("PI103", ("Principal",))]),
        ({**ASSUME, "Principal": ROOT, "Resource": "*"}, [("PI106", ())]),
        ({**ASSUME, "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"}}, []),
    ],
)
def test_one_statement_is_judged_with_paths_of_its_own(statement: Any, problems: list[Any]):
    assert [(problem.code, problem.path) for problem in trust_statement_problems(statement)] == problems


def test_a_statement_for_a_target_role_must_not_open_it_to_an_account():
    (problem,) = target_statement_problems({**ASSUME, "Principal": ROOT})

    assert (problem.code, problem.path) == ("PI306", ())
