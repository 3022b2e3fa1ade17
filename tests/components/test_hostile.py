"""Hostile values: the components report one error, without a traceback."""

import collections
import datetime as dt
import decimal
import json
import math
from typing import Any

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulumi_eks_pod_identity import (
    PodIdentity,
    PodIdentityAgent,
    PodIdentityAgentArgs,
    PodIdentityArgs,
    PodIdentityInputError,
    PodIdentityRole,
    PodIdentityRoleArgs,
    PodIdentityTargetRole,
    PodIdentityTargetRoleArgs,
    TrustScope,
)
from recording import record

BINDING = {"namespace": "a", "service_account": "b"}
BASE = {"cluster_name": "dev", **BINDING}
TARGET_BASE = {"source_role_arn": "arn:aws:iam::111122223333:role/x", "cluster_region": "eu-west-1", **BASE}
CHECKS: dict[Any, tuple[Any, dict[str, Any]]] = {
    PodIdentity: (PodIdentityArgs, BASE),
    PodIdentityRole: (PodIdentityRoleArgs, BASE),
    PodIdentityTargetRole: (PodIdentityTargetRoleArgs, TARGET_BASE),
    PodIdentityAgent: (PodIdentityAgentArgs, {"cluster_name": "dev"}),
}
KEYS = [(component, key) for component, (args, _) in CHECKS.items() for key in args.__annotations__]


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError


def nest(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def itself() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def policy(**elements: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | elements
    return {"Version": "2012-10-17", "Statement": [statement]}


BARE: list[Any] = [
    *("", " ", "\x00", "\ud800", "“x”", "x\n", "a" * 100_000, b"x", bytearray(b"x")),
    *(0, -1, 10**30, 10**5000, 1.5, math.nan, math.inf, -math.inf, True, decimal.Decimal(1), 1j),
    *([], {}, (), set(), frozenset({"x"}), range(3), iter([1]), itself(), nest(50), nest(3000)),
    *(object(), Unprintable(), Unprintable, str, len, dt.date(2012, 10, 17), TrustScope, TrustScope.CLUSTER),
    *("NaN", "null", "[]", "[" * 100_000, '{"Statement": NaN}', '{"Statement": [1]}', "arn:aws:iam:::role/x"),
    *(BINDING, "a/b", policy(), policy()["Statement"], policy(Action=1), policy(Effect=[]), policy(Sid={})),
    *(policy(Principal={"AWS": 1}), policy(Condition={"StringEquals": 1}), policy(Condition={1: {2: 3}})),
    *({"Version": [], "Statement": {}}, {"Statement": (policy(),)}, collections.Counter("aa")),
]
VALUES = [
    *BARE,
    *([value] for value in BARE),
    *({"x": value} for value in BARE),
    *({key: "x"} for key in (None, 1, 1.5, b"x", ("a",), "", "a b", "\ud800", "a" * 3000)),
    *([{**BINDING, "session_policy": value}] for value in BARE),
    *([{**BINDING, key: "x"}] for key in (None, 1, "namespaces")),
    [BINDING, BINDING],
]


@pytest.mark.parametrize(("component", "key"), KEYS, ids=[f"{component.__name__}.{key}" for component, key in KEYS])
def test_any_value_of_any_argument_is_accepted_or_refused_with_a_message(component, key):
    _, base = CHECKS[component]

    for value in VALUES:
        if problems := component.validate(base | {key: value}):
            error = PodIdentityInputError("x", problems)
            text = f"{error}{error.respell().errors}"
            assert all(problem.rule and problem.fix for problem in problems)
            assert len(text.encode()) < 5000
            assert "NoneType" not in text


@pytest.mark.parametrize("args", [None, [], "x", 1, {1: "x"}, [("a", "b")]])
@pytest.mark.parametrize("component", CHECKS)
def test_arguments_that_are_not_a_map_are_refused(component, args):
    with pytest.raises(PodIdentityInputError):
        component("x", args)


@pytest.mark.parametrize("name", ["", None, 1, {"cluster_name": "hunter2"}])
@pytest.mark.parametrize("component", CHECKS)
def test_an_invalid_name_is_refused_and_not_shown(component, name):
    with pytest.raises(PodIdentityInputError, match=r"name: .*first the name, then the arguments") as caught:
        component(name, BASE)

    assert "hunter2" not in str(caught.value)


def test_a_whole_resource_instead_of_a_name_is_refused_as_one():
    def program():
        with pytest.raises(
            PodIdentityInputError,
            match=r"cluster_name: Expected a string.*got a ComponentResource.*the name or the ARN",
        ):
            PodIdentity("x", {**BASE, "cluster_name": pulumi.ComponentResource("a:b:C", "d")})  # pyright: ignore[reportArgumentType] # the mistake

    record(program)


@pytest.mark.parametrize("key", ["cluster_name", "role_name", "session_policy", "irsa_provider_arn", "account_id"])
def test_an_output_with_a_wrong_value_is_refused_with_a_message(key):
    for value in ("", math.nan, "[" * 100_000, "a" * 100_000, True):
        with pytest.raises(PodIdentityInputError, match=rf"- {key}: "):
            record(lambda value=value: PodIdentity("x", with_output(key, value)))


def with_output(key: str, value: Any) -> Any:
    return {**BASE, key: pulumi.Output.from_input(value)}


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(KEYS), JSON, st.sampled_from(["plain", "in a map", "in a list", "as text"]))
def test_any_data_is_accepted_or_refused_with_a_message(place, value, how):
    component, key = place
    _, base = CHECKS[component]
    argument = {"plain": value, "in a map": {"x": value}, "in a list": [value], "as text": json.dumps(value)}[how]

    assert all(problem.rule and problem.fix for problem in component.validate(base | {key: argument}))


@pytest.mark.parametrize("key", ["cluster_name", "namespace", "service_account"])
@pytest.mark.parametrize("value", [5, ["x"], {"a": "b"}])
def test_an_output_of_another_type_beside_a_wrong_argument_is_refused_with_a_message(key: str, value: Any):
    def program():
        arguments: Any = {**BASE, key: pulumi.Output.from_input(value), "policies": "inline"}
        PodIdentity("api", arguments)

    with pytest.raises(PodIdentityInputError, match="policies"):
        record(program)
