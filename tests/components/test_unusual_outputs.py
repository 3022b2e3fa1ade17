"""Outputs with unusual values: an object that cannot be sent, a date, a whole result, nothing."""

import asyncio
import datetime as dt
import json
import math
from collections.abc import Callable
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
from recording import ACCOUNT, record

BASE = {"cluster_name": "dev", "namespace": "payments", "service_account": "api"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/x"
TARGET = BASE | {"source_role_arn": ROLE, "cluster_region": "eu-west-1"}
ID = f"eu-west-1/{ACCOUNT}/dev/payments/api"
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}


def output_of(value: Any) -> Any:
    """Return an Output that a callback resolves to *value*."""
    return pulumi.Output.from_input("").apply(lambda _: value)


def awaitable_of(value: Any) -> asyncio.Future[Any]:
    """Return an awaitable that has resolved to *value*."""
    future: asyncio.Future[Any] = asyncio.Future()
    future.set_result(value)
    return future


class Thing:
    """A class of a user."""


UNSENDABLE: dict[str, Any] = {
    "an object": Thing(),
    "an object deep inside": {"a": [{"b": Thing()}]},
    "an object in an Output in an Output": lambda: {"a": output_of({"b": Thing()})},
    "an awaitable deep inside": lambda: {"a": [awaitable_of("x")]},
    "a function": lambda: len,
    "bytes": b"x",
    "a set": {"x"},
    "a lone surrogate": "a\ud800",
    "a lone surrogate in a key": {"a\ud800": "b"},
    "a complex number": 1j,
    "a number that is none": math.nan,
    "a number with 400 digits": 10**400,
    "a map with a number as key": {1: "x"},
    "a date": dt.date(2027, 3, 31),
}
ARGUMENTS: list[tuple[Any, dict[str, Any], str]] = [
    (PodIdentity, BASE, "cluster_name"),
    (PodIdentity, BASE, "tags"),
    (PodIdentity, BASE, "session_policy"),
    (PodIdentity, BASE, "extra_trust_statements"),
    (PodIdentityRole, BASE, "role_description"),
    (PodIdentityTargetRole, TARGET, "source_role_arn"),
    (PodIdentityAgent, {"cluster_name": "dev"}, "configuration"),
]


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("value", UNSENDABLE.values(), ids=UNSENDABLE.keys())
@pytest.mark.parametrize(
    ("component", "base", "key"), ARGUMENTS, ids=[f"{component.__name__}.{key}" for component, _, key in ARGUMENTS]
)
def test_a_value_that_cannot_be_sent_is_refused(component: Any, base: Any, key: str, value: Any, *, preview: bool):
    with pytest.raises(PodIdentityInputError, match=rf"- {key}\W") as caught:
        record(lambda: component("x", base | {key: output_of(value() if callable(value) else value)}), preview=preview)

    assert [problem.path[0] for problem in caught.value.problems] == [key]
    assert "object at 0x" not in str(caught.value)


def test_what_cannot_be_sent_is_reported_with_every_other_problem():
    with pytest.raises(PodIdentityInputError) as caught:
        record(lambda: PodIdentity("x", BASE | {"tags": {"a": output_of(Thing())}, "role_name": output_of("a b")}))  # pyright: ignore[reportArgumentType] # the mistakes

    assert [problem.typed_path() for problem in caught.value.problems] == ["tags.a", "role_name"]


@pytest.mark.parametrize(
    ("key", "make", "fix"),
    [
        ("policies", lambda: {"a": aws.iam.get_policy_document_output(statements=[])}, "`.json`"),
        ("session_policy", lambda: aws.iam.get_policy_document_output(statements=[]), "`.json`"),
        ("region", aws.get_region_output, "attribute"),
        ("account_id", aws.get_caller_identity_output, "attribute"),
        (
            "role_arn",
            lambda: pulumi.Output.from_input(aws.iam.Role("r", name="r", assume_role_policy="{}")),
            "the ARN",
        ),
    ],
)
def test_a_whole_result_as_an_output_comes_with_what_to_pass(key: str, make: Callable[[], Any], fix: str):
    with pytest.raises(PodIdentityInputError, match=rf"- {key}.*{fix}"):
        record(lambda: PodIdentity("x", BASE | {key: make()}))  # pyright: ignore[reportArgumentType] # the mistake


@pytest.mark.parametrize("form", [lambda value: value, output_of], ids=["plain", "an Output"])
def test_the_version_of_a_document_may_be_a_date(read: Any, form: Any):
    dated = read | {"Version": dt.date(2012, 10, 17)}
    args: Any = {
        "cluster_name": "dev",
        "policies": {"read": form(dated)},
        "bindings": [{"namespace": "payments", "service_account": "api", "session_policy": form(dated)}],
    }

    recording = record(lambda: PodIdentity("x", args))

    assert json.loads(recording.resource("x-policy-read").inputs["policy"]) == read
    assert json.loads(recording.resource("x-association-payments.api").inputs["policy"]) == read
    assert recording.resource("x").inputs["policies"]["read"]["Version"] == "2012-10-17"


@pytest.mark.parametrize(
    "empty",
    [
        list,
        lambda: None,
        lambda: output_of([]),
        lambda: output_of(None),
        lambda: output_of([None]),
        lambda: output_of([output_of(None)]),
    ],
)
def test_external_ids_that_turn_out_empty_are_computed(empty: Callable[[], Any]):
    recording = record(lambda: PodIdentityTargetRole("x", TARGET | {"external_ids": empty()}))  # pyright: ignore[reportArgumentType] # plain dicts of the test

    trust = json.loads(recording.resource("x-target-role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Condition"]["StringEquals"] == {"sts:ExternalId": ID}
    assert trust["Statement"][0]["Action"] == "sts:AssumeRole"


def test_external_ids_that_turn_out_empty_must_be_computable():
    with pytest.raises(PodIdentityInputError) as caught:
        record(lambda: PodIdentityTargetRole("x", {"source_role_arn": ROLE, "external_ids": output_of([])}))

    assert {problem.typed_path() for problem in caught.value.problems} == {
        "cluster_name",
        "cluster_region",
        "namespace",
        "service_account",
    }


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_an_item_without_a_value_means_absent(*, preview: bool):
    def program() -> None:
        ids: Any = {"source_role_arn": ROLE, "external_ids": [output_of(None), output_of(ID)]}
        PodIdentityTargetRole("one", ids)
        PodIdentityTargetRole("two", ids | {"external_ids": [ID], "role_name": "two"})
        PodIdentityRole("three", BASE | {"extra_trust_statements": [output_of(None), EC2]})  # pyright: ignore[reportArgumentType] # plain dicts of the test
        PodIdentityRole("four", BASE | {"extra_trust_statements": [EC2]})  # pyright: ignore[reportArgumentType] # likewise

    recording = record(program, preview=preview)

    trusts = {item.name: item.inputs["assumeRolePolicy"] for item in recording.of("Role")}
    assert trusts["one-target-role"] == trusts["two-target-role"]
    assert trusts["three-role"] == trusts["four-role"]


def test_an_agent_not_managed_here_checks_outputs():
    with pytest.raises(PodIdentityInputError, match=r"- cluster_name: .*not the ARN"):
        record(lambda: PodIdentityAgent("x", {"mode": "existing", "cluster_name": output_of("a:b")}))  # pyright: ignore[reportArgumentType] # a member's text
