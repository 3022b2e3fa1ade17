"""Duplicates of what an account, a cluster or a program can have once are refused at preview, with both names."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from pulumi_eks_pod_identity import (
    PodIdentity,
    PodIdentityAgent,
    PodIdentityInputError,
    PodIdentityRole,
    PodIdentityTargetRole,
)
from recording import ACCOUNT, output_of, record

ARN = f"arn:aws:iam::{ACCOUNT}:role/shared"


def identity(name: str, opts: Any = None, **more: Any) -> PodIdentity:
    args: Any = {"cluster_name": "dev", "namespace": name, "service_account": "api"} | more
    return PodIdentity(name, args, opts)


READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
SAME_ACCOUNT = {"namespace": "payments", "create_service_account": True}
PROGRAMS: dict[str, tuple[Any, str]] = {
    "one ServiceAccount": (lambda: [identity("one", namespace="x"), identity("two", namespace="x")], "two"),
    "one ServiceAccount, in a list": (
        lambda: [
            identity("one", namespace="x"),
            PodIdentity("two", {"cluster_name": "dev", "bindings": [{"namespace": "x", "service_account": "api"}]}),
        ],
        "two",
    ),
    "one ServiceAccount, known later": (
        lambda: [identity("one", namespace="x"), identity("two", namespace=output_of("x"))],
        "two",
    ),
    "one ServiceAccount of a cluster that the program makes": (
        lambda: [
            (cluster := aws.eks.Cluster("c", role_arn=ARN, vpc_config={"subnet_ids": []})),
            *(identity(name, namespace="x", cluster_name=cluster.name) for name in ("one", "two")),
        ],
        "two",
    ),
    "one role name": (lambda: [identity("one", role_name="same"), identity("two", role_name="Same")], "two"),
    "one role name of two kinds of component": (
        lambda: [
            identity("one", role_name="same"),
            PodIdentityRole("two", {"cluster_name": "dev", "trust_scope": "cluster", "role_name": "same"}),  # pyright: ignore[reportArgumentType] # a member's text
        ],
        "two",
    ),
    "a role name and the name of a target role": (
        lambda: [identity("one", create_target_role=True, target_role_name="same"), identity("two", role_name="same")],
        "two",
    ),
    "one managed policy": (
        lambda: [
            identity("one", role_name="a", policy_kind="managed", policies={"b-c": READ}),
            identity("two", role_name="a-b", policy_kind="managed", policies={"c": READ}),
        ],
        "two",
    ),
    "one child's name": (lambda: [identity("a", create_target_role=True), identity("a-target")], "a-target"),
    "one policy's name in the program": (
        lambda: [identity("a", policies={"b-policy-c": READ}), identity("a-policy-b", policies={"c": READ})],
        "a-policy-b",
    ),
    "one created ServiceAccount": (
        lambda: [
            identity("one", **SAME_ACCOUNT),
            identity("two", **SAME_ACCOUNT, cluster_name="other"),
        ],
        "two",
    ),
    "one agent, where one component names the region": (
        lambda: [
            identity("one", agent="managed", region="eu-west-1"),
            PodIdentityAgent("two", {"cluster_name": "dev"}),
        ],
        "two",
    ),
    "one agent, where the other component names the region": (
        lambda: [
            identity("one", agent="managed"),
            identity("two", agent="managed", region=output_of("eu-west-1")),
        ],
        "two",
    ),
    "one created namespace": (
        lambda: [
            identity("one", namespace="x", create_service_account=True, create_namespace=True),
            identity("two", namespace="x", service_account="b", create_service_account=True, create_namespace=True),
        ],
        "two",
    ),
}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize(("program", "second"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_second_is_refused_naming_both(program: Any, second: str, *, preview: bool):
    with pytest.raises(PodIdentityInputError) as caught:
        record(program, preview=preview)

    assert caught.value.subject == f'PodIdentity "{second}"' or second == "two"
    first = "a" if second.startswith("a-") else "one"
    assert f'PodIdentity "{first}"' in str(caught.value)


def test_a_second_component_of_the_same_name_is_called_another_component():
    def program() -> None:
        identity("one", namespace="x")
        with pytest.raises(PodIdentityInputError, match='Another PodIdentity "one" already has an association'):
            identity("one", namespace="x", role_name="other")

    record(program)


def test_no_child_of_the_second_is_created():
    def program() -> None:
        identity("one", namespace="x")
        with pytest.raises(PodIdentityInputError):
            identity("two", namespace="x")

    assert record(program).names() == {"one-role", "one-association"}


def test_components_that_only_look_alike_pass():
    def program() -> None:
        identity("one")
        identity("two")
        identity("api", cluster_name="prod-blue", namespace="a")
        identity("api-prod", cluster_name="blue", namespace="a")
        PodIdentityTargetRole("two", {"source_role_arn": ARN, "external_ids": [f"eu-west-1/{ACCOUNT}/a/b/c"]})
        elsewhere = aws.Provider("target-account")
        identity("three", pulumi.ResourceOptions(provider=elsewhere), namespace="one", role_name="one")
        identity("four", role_name="one")

    recording = record(program)

    names = [item.inputs["name"] for item in recording.of("Role")]
    assert len({name.lower() for name in names}) == len(names) - 1  # two accounts have a cluster `one`


def test_two_stacks_of_one_project_have_role_names_of_their_own(monkeypatch: pytest.MonkeyPatch):
    first = record(lambda: identity("api")).resource("api-role").inputs["name"]
    monkeypatch.setattr("recording.STACK", "pr-7")

    second = record(lambda: identity("api")).resource("api-role").inputs["name"]

    assert first != second
    assert first.rpartition("-")[0] == second.rpartition("-")[0] == "api-dev-eu-west-1"
