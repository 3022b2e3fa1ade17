"""The check of the whole trust policy before its creation: it admits each binding and nobody else."""

import json
from typing import Any

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eks_pod_identity.bindings import Binding
from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError, PodIdentityRole, PodIdentityTargetRole
from pulumi_eks_pod_identity._validation.admission import check_admission
from recording import ACCOUNT, TARGET_ACCOUNT, output_of, record, record_error

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
GITHUB = "token.actions.githubusercontent.com"
ASSUME, WEB = "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"


def allow(principal: Any, action: Any = ASSUME, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, **more}


def web(issuer: str, **conditions: Any) -> dict[str, Any]:
    provider = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"}
    return allow(provider, WEB, **({"Condition": conditions} if conditions else {}))


def deny(condition: Any = None, principal: Any = "*") -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Deny", "Principal": principal, "Action": ASSUME}
    return statement | ({"Condition": condition} if condition else {})


PODS = {"Service": "pods.eks.amazonaws.com"}
SAME_SID = [allow({"Service": "ec2.amazonaws.com"}, Sid="A"), allow({"Service": "lambda.amazonaws.com"}, Sid="A")]
WRONG = {
    "the cluster's provider without a subject": [web(ISSUER)],
    "the audience alone": [web(ISSUER, StringEquals={f"{ISSUER}:aud": "sts.amazonaws.com"})],
    "any subject": [web(ISSUER, StringLike={f"{ISSUER}:sub": "*"})],
    "any ServiceAccount": [web(ISSUER, StringLike={f"{ISSUER}:sub": "system:serviceaccount:*:*"})],
    "all but one subject": [web(ISSUER, StringNotEquals={f"{ISSUER}:sub": "x"})],
    "GitHub without a subject": [web(GITHUB, StringEquals={f"{GITHUB}:aud": "sts.amazonaws.com"})],
    "every repository": [web(GITHUB, StringLike={f"{GITHUB}:sub": "repo:*"})],
    "every provider": [allow({"Federated": "*"}, WEB)],
    "every service": [allow({"Service": "*"})],
    "another account": [allow({"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"})],
    "another account by its number": [allow({"AWS": TARGET_ACCOUNT})],
    "everyone": [allow({"AWS": "*"})],
    "a Deny of everyone": [deny()],
    "a Deny of pods": [deny(principal=PODS)],
    "a Deny that always holds": [deny({"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}})],
    "a Deny of this account": [deny({"StringEquals": {"aws:SourceAccount": ACCOUNT}})],
    "the same Sid twice": SAME_SID,
}
RIGHT = {
    "one ServiceAccount": [web(ISSUER, StringEquals={f"{ISSUER}:sub": "system:serviceaccount:payments:api"})],
    "one repository": [web(GITHUB, StringLike={f"{GITHUB}:sub": "repo:acme/payments:*"})],
    "another service": [allow({"Service": "ec2.amazonaws.com"})],
    "one role of another account": [allow({"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:role/admin"})],
    "people of another account with MFA": [
        allow(
            {"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"},
            Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/admin"}},
        )
    ],
    "a Deny of another account": [deny({"StringEquals": {"aws:SourceAccount": TARGET_ACCOUNT}})],
}


@pytest.mark.parametrize("component", [PodIdentity, PodIdentityRole])
@pytest.mark.parametrize("statements", WRONG.values(), ids=WRONG.keys())
def test_a_trust_that_excludes_the_binding_or_admits_others_is_refused(base: Any, component: Any, statements: Any):
    def program() -> None:
        with pytest.raises(PodIdentityInputError, match=r"- extra_trust_statements"):
            component("api", base | {"extra_trust_statements": statements})

    assert record(program).names() == set()


def refusal(program: Any) -> str:
    with pytest.raises(PodIdentityInputError) as caught:
        record(program)
    return str(caught.value)


@pytest.mark.parametrize("form", ["each statement", "the whole list", "a part of each statement"])
@pytest.mark.parametrize("statements", WRONG.values(), ids=WRONG.keys())
def test_it_is_refused_with_the_same_message_as_an_output(base: Any, statements: Any, form: str):
    def arguments() -> Any:
        return {
            "each statement": lambda: [output_of(statement) for statement in statements],
            "the whole list": lambda: output_of(statements),
            "a part of each statement": lambda: [
                statement | {"Principal": output_of(statement["Principal"])} for statement in statements
            ],
        }[form]()

    plain = refusal(lambda: PodIdentity("api", base | {"extra_trust_statements": statements}))

    assert refusal(lambda: PodIdentity("api", base | {"extra_trust_statements": arguments()})) == plain


@pytest.mark.parametrize("statements", RIGHT.values(), ids=RIGHT.keys())
def test_a_trust_with_a_named_principal_passes(base: Any, statements: Any):
    recording = record(lambda: PodIdentity("api", base | {"extra_trust_statements": statements}))

    trust = json.loads(recording.resource("api-role").inputs["assumeRolePolicy"])
    assert trust["Statement"][1:] == statements


@pytest.mark.parametrize("name", ["another account", "everyone", "every service", "any subject", "the same Sid twice"])
def test_a_target_role_is_checked_too(name: str):
    args: Any = {
        "source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/x",
        "external_ids": [f"eu-west-1/{ACCOUNT}/dev/payments/api"],
        "extra_trust_statements": WRONG[name],
    }

    assert "extra_trust_statements" in str(record_error(lambda: PodIdentityTargetRole("reader", args)))


NAMES = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)


SOURCE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/api"
SHUT_OUT = {
    "everyone": deny(),
    "the account": deny({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
    "the source role": deny({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/a*"}}, {"AWS": "*"}),
    "all external ids but another": deny({"StringNotEquals": {"sts:ExternalId": "eu-west-1/1/dev/a/b"}}),
    "everyone since a time in the past": deny({"DateGreaterThan": {"aws:CurrentTime": "2024-01-01"}}),
}
LET_IN = {
    "other accounts": deny({"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}),
    "other roles": deny({"ArnNotEquals": {"aws:PrincipalArn": SOURCE_ROLE}}),
    "everyone from a time on": deny({"DateGreaterThan": {"aws:CurrentTime": "2999-01-01"}}),
    "addresses": deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
}


def make_target(statement: dict[str, Any], external_id: str = f"eu-west-1/{ACCOUNT}/dev/payments/api") -> Any:
    args: Any = {"source_role_arn": SOURCE_ROLE, "external_ids": [external_id], "extra_trust_statements": [statement]}
    return PodIdentityTargetRole("data", args)


@pytest.mark.parametrize("statement", SHUT_OUT.values(), ids=SHUT_OUT)
def test_a_target_role_that_denies_its_source_role_is_refused(statement: dict[str, Any]):
    error = record_error(lambda: make_target(statement))

    (problem,) = error.problems
    assert problem.path == ("extra_trust_statements",)
    assert problem.rule.startswith('[PI301] The trust policy as a whole does not admit EKS for "payments/api"')


@pytest.mark.parametrize("statement", LET_IN.values(), ids=LET_IN)
def test_a_target_role_may_deny_others(statement: dict[str, Any]):
    assert record(lambda: make_target(statement)).names() == {"data-target-role"}


def test_a_trust_that_names_its_own_role_is_refused(base: Any):
    own = allow({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/api"})
    args = base | {"role_name": "api", "role_path": "/team/", "extra_trust_statements": [own]}

    text = refusal(lambda: PodIdentity("api", args))

    assert "[PI308]" in text
    assert "Remove the role from the principals of its own trust policy." in text


def test_the_advice_about_a_denial_shows_the_service(base: Any):
    text = refusal(lambda: PodIdentity("api", base | {"extra_trust_statements": WRONG["a Deny that always holds"]}))

    assert '{"aws:PrincipalServiceName": "pods.eks.amazonaws.com"}' in text


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(NAMES, NAMES, st.booleans()), min_size=1, max_size=3, unique_by=lambda item: item[:2]),
    st.sampled_from(["service_account", "namespace", "cluster", "account"]),
)
def test_every_trust_that_a_component_writes_admits_its_bindings_and_no_stranger(pairs: Any, scope: str):
    narrow = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    )
    args: Any = {
        "cluster_name": "dev",
        "trust_scope": scope,
        "bindings": [
            {"namespace": namespace, "service_account": account} | ({} if tags else {"session_policy": narrow})
            for namespace, account, tags in pairs
        ],
    }

    recording = record(lambda: PodIdentity("x", args))

    items = [Binding("dev", namespace, account, tags) for namespace, account, tags in pairs]
    trust = json.loads(recording.resource("x-role").inputs["assumeRolePolicy"])
    check_admission(trust, items, partition="aws", region="eu-west-1", account=ACCOUNT)


MANY = [{"namespace": f"tenant-{number}", "service_account": "app"} for number in range(40)]
ROLE, TARGET_ROLE = f"arn:aws:iam::{ACCOUNT}:role/app", f"arn:aws:iam::{TARGET_ACCOUNT}:role/app"
OVER_QUOTA: dict[str, tuple[dict[str, Any], str]] = {
    "of an existing role": ({"role_arn": ROLE}, "trust_scope"),
    "of an existing target role": ({"target_role_arn": TARGET_ROLE, "trust_scope": "cluster"}, "bindings"),
    "of a created target role": ({"create_target_role": True, "trust_scope": "cluster"}, "bindings"),
}


@pytest.mark.parametrize(("more", "argument"), OVER_QUOTA.values(), ids=OVER_QUOTA)
@pytest.mark.parametrize("later", [False, True], ids=["known", "output"])
def test_a_trust_policy_over_its_quota_is_refused_before_anything_is_created(
    more: dict[str, Any], argument: str, *, later: bool
):
    recordings: list[Any] = []

    def program() -> None:
        cluster: Any = pulumi.Output.from_input("dev") if later else "dev"
        args: Any = {"cluster_name": cluster, "bindings": MANY, **more}
        PodIdentity("app", args)

    with pytest.raises(PodIdentityInputError) as caught:
        record(program, into=recordings)

    assert [problem.path[0] for problem in caught.value.problems] == [argument]
    assert "2,048" in str(caught.value)
    assert recordings[0].names() == set()


def test_a_target_trust_that_only_the_name_of_the_role_makes_too_long_is_the_same_error():
    args: Any = {"cluster_name": "development-of-payments", "trust_scope": "account", "bindings": MANY[:24]}
    recordings: list[Any] = []

    with pytest.raises(PodIdentityInputError, match=r"bindings: The trust policy of the target role has 2,\d{3} char"):
        record(lambda: PodIdentity("a-long-name-of-a-component", args | {"create_target_role": True}), into=recordings)

    assert recordings[0].names() == set()
