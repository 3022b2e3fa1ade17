"""Document arguments: each problem has its path, and no error shows text that may be a secret."""

import json
from typing import Any

import pytest

from eks_pod_identity.errors import Problem
from eks_pod_identity.values import limits
from pulumi_eks_pod_identity import PodIdentity
from recording import record

BASE: dict[str, Any] = {"cluster_name": "dev", "namespace": "payments", "service_account": "api"}
READ: dict[str, Any] = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]}
NOT_TAKEN = "IAM rejects it in the middle of the update, or the statement silently has no effect."


def identity(args: Any) -> PodIdentity:
    return PodIdentity("app", args)


def problems(**args: Any) -> dict[str, Problem]:
    return {problem.typed_path(): problem for problem in PodIdentity.validate(BASE | args)}


def of_policy(value: object) -> dict[str, Problem]:
    return {path.removeprefix("policies.x"): problem for path, problem in problems(policies={"x": value}).items()}


def document(*statements: Any, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)} | more


def test_every_problem_of_a_document_is_reported_at_its_path():
    wrong = document(
        READ | {"Effect": "allow", "Sid": "a b"},
        READ | {"Action": ["s3:GetObject", "s3:GetObjekt"], "NotAction": "s3:PutObject"},
        {"Effect": "Deny", "Action": []},
        READ | {"Principal": "*", "Condition": {"StringIs": {"aws:SourceIp": "10.0.0.0/8"}}},
        Versio="2012-10-17",
    )

    reported = of_policy(wrong)

    assert set(reported) == {
        "",
        ".Statement[0].Effect",
        ".Statement[0].Sid",
        ".Statement[1]",
        ".Statement[1].Action",
        ".Statement[2]",
        ".Statement[2].Action",
        ".Statement[3]",
        ".Statement[3].Condition.StringIs",
    }
    assert reported[".Statement[1].Action"].rule == (
        f'[PI603] The Action has "s3:GetObjekt", which names no action of that service. {NOT_TAKEN}'
    )
    assert reported[".Statement[1].Action"].fix == 'Write "s3:GetObject", or remove "s3:GetObjekt".'
    assert reported[".Statement[3]"].fix == "Remove Principal."


@pytest.mark.parametrize("key", ["policies", "target_policies"])
def test_policies_of_both_roles_are_checked_alike(key: str):
    reported = problems(create_target_role=True, **{key: {"x": document(READ | {"Action": "s3:GetObjekt"})}})

    assert list(reported) == [f"{key}.x.Statement[0].Action"]


@pytest.mark.parametrize(
    ("value", "path", "text"),
    [
        ("{", "", "is not JSON (line 1, column 2)."),
        ('{"a": ' + "[" * 100_000, "", "is not readable JSON."),
        ('{"Statement": ' + "9" * 5000 + "}", "", "is not readable JSON."),
        ("[]", "", "is not a JSON object."),
        ({"Version": "2012-10-17"}, ".Statement", "is empty."),
        ({"Statement": []}, ".Statement", "is empty."),
        ({"Statement": "Allow"}, ".Statement", "is not an object."),
        ({"Version": "2020-01-01", "Statement": [READ]}, ".Version", 'it must be "2012-10-17".'),
        (document(READ, Id="", Statements=[]), "", 'has the element "Statements", which policies do not have.'),
        (document(READ | {"Ressource": "*"}), ".Statement[0]", 'has the element "Ressource"'),
        (document({"Effect": "Allow", "Resource": "*"}), ".Statement[0]", "has no Action."),
        (document("x"), ".Statement[0]", "is not an object."),
        (document({"Effect": "Allow", "Action": "s3:*"}), ".Statement[0]", "has no Resource."),
        (document(READ | {"NotPrincipal": "*"}), ".Statement[0]", "has NotPrincipal"),
        (document(READ | {"Sid": "A"}, READ | {"Sid": "A"}), ".Statement[1].Sid", "is used twice."),
        ('{"Statement": [], "Id": "", "Id": "a"}', "", 'has "Id" twice in one object'),
        (document(READ | {"Condition": "x"}), ".Statement[0].Condition", "must be an object of operators"),
        (document(READ | {"Condition": {"Bool": "x"}}), ".Statement[0].Condition", "to an object of keys"),
        (document(READ | {"Resource": "invoices"}), ".Statement[0].Resource", 'neither an ARN nor "*"'),
    ],
)
def test_a_malformed_policy_is_reported_with_its_path_and_problem(value: object, path: str, text: str):
    reported = of_policy(value)

    assert text in reported[path].rule


@pytest.mark.parametrize(
    "statement",
    [
        READ | {"Effect": "hunter2"},
        READ | {"Sid": "hunter 2hunter2"},
        READ | {"Action": "hunter2"},
        READ | {"Action": ["s3:GetObject", "hunter2"]},
        READ | {"Resource": "hunter2"},
        READ | {"Resource": ["hunter2" * 40]},
        {"Effect": "Allow", "Principal": {"AWS": "hunter2"}, "Action": "hunter2"},
    ],
)
@pytest.mark.parametrize("form", [lambda value: value, json.dumps], ids=["a map", "text"])
def test_a_key_that_does_not_look_like_a_policy_element_is_not_repeated(statement: dict[str, Any], form: Any):
    value = form(document(statement))

    for arguments in ({"policies": {"x": value}}, {"session_policy": value}):
        reported = PodIdentity.validate(BASE | arguments)
        assert reported
        assert "hunter2" not in "".join(problem.sentence() for problem in reported)


def test_a_statement_of_a_trust_policy_is_judged_at_its_path():
    wrong = [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"},
    ]

    reported = problems(extra_trust_statements=wrong)

    assert set(reported) == {"extra_trust_statements[1]", "extra_trust_statements[1].Principal"}
    assert reported["extra_trust_statements[1]"].fix == "Remove Resource."


def policy_of_length(length: int) -> dict[str, Any]:
    """Return a session policy of exactly this many characters."""
    start = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ""}]}
    prefix = "arn:aws:s3:::"
    missing = length - len(json.dumps(start, separators=(",", ":"))) - len(prefix)
    start["Statement"][0]["Resource"] = prefix + "a" * missing
    return start


@pytest.mark.parametrize("form", [lambda value: value, lambda value: json.dumps(value, indent=8)], ids=["map", "text"])
def test_a_session_policy_has_at_most_2048_characters_without_white_space_between_its_parts(form: Any):
    limit = limits.SESSION_POLICY.value
    recording = record(lambda: identity({**BASE, "session_policy": form(policy_of_length(limit))}))

    assert len(recording.resource("app-association").inputs["policy"]) == limit
    (problem,) = problems(session_policy=form(policy_of_length(limit + 1))).values()
    assert problem.rule.startswith("[PI202]")
    assert "2,049" in problem.rule


def test_a_document_is_registered_in_one_form_however_it_is_written():
    forms = [document(READ), document(READ) | {"Statement": READ}, json.dumps(document(READ), indent=2)]
    texts = [
        record(lambda form=form: identity({**BASE, "policies": {"x": form}})).resource("app-policy-x").inputs["policy"]
        for form in forms
    ]

    assert len(set(texts)) == 1
