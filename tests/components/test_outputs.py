"""Outputs made of other Outputs keep their values, dependencies and secrecy, and whether they are known."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from pulumi_eks_pod_identity._run.outputs import all_outputs, apply_all, gate_on, when_created
from recording import record

TRUST = '{"Version":"2012-10-17","Statement":[]}'


def facts_of(make: Callable[[], Any], *, preview: bool = False) -> dict[str, Any]:
    """Create an Output in a program and return its value, state and dependencies."""
    outputs: dict[str, Any] = {}

    async def look(output: pulumi.Output[Any]) -> None:
        outputs["value"] = await output.future()
        outputs["known"] = await output.is_known()
        outputs["secret"] = await output.is_secret()
        outputs["needs"] = sorted(resource._name for resource in await output.resources())

    record(lambda: pulumi.Output.from_input(look(make())), preview=preview)
    return outputs


def role(name: str) -> aws.iam.Role:
    return aws.iam.Role(name, name=name, assume_role_policy=TRUST)


def unknown() -> pulumi.Output[Any]:
    return pulumi.Output.from_input("x").apply(lambda _: pulumi.output.UNKNOWN)


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("names", [["a"], ["a", "b"], []])
def test_a_value_after_resources_is_known_and_needs_them(names: list[str], *, preview: bool):
    facts = facts_of(lambda: gate_on("plain", when_created([role(name) for name in names])), preview=preview)

    assert facts == {"value": "plain", "known": True, "secret": False, "needs": names}


def test_an_output_after_resources_needs_its_own_and_them():
    facts = facts_of(lambda: gate_on(role("own").name, when_created([role("a"), role("b")])))

    assert facts["value"] == "own"
    assert facts["needs"] == ["a", "b", "own"]


def test_a_secret_after_resources_stays_secret():
    assert facts_of(lambda: gate_on(pulumi.Output.secret("s"), when_created([role("a"), role("b")])))["secret"]


def test_outputs_together_are_their_values_with_all_that_they_need():
    facts = facts_of(lambda: all_outputs([role("a").name, role("b").name]))

    assert facts == {"value": ["a", "b"], "known": True, "secret": False, "needs": ["a", "b"]}


def test_one_secret_among_outputs_makes_them_secret_together():
    assert facts_of(lambda: all_outputs([role("a").name, pulumi.Output.secret("s")]))["secret"]


def test_one_unknown_among_outputs_makes_them_unknown_together():
    assert not facts_of(lambda: all_outputs([role("a").name, unknown()]), preview=True)["known"]


def test_a_failure_among_outputs_is_told_and_nothing_is_left_waiting():
    def failing() -> pulumi.Output[Any]:
        def fail(_: str) -> str:
            raise ValueError("this one failed")

        return all_outputs([role("a").name.apply(fail), role("b").name])

    with pytest.raises(ValueError, match="this one failed"):
        facts_of(failing)


def test_what_is_known_is_combined_at_once_and_what_is_not_when_it_arrives():
    assert apply_all(max, 1, 2) == 2
    assert facts_of(lambda: apply_all(lambda *parts: parts, "x", role("a").name, ["y"]))["value"] == ("x", "a", ["y"])
    assert facts_of(lambda: apply_all(lambda *parts: parts, role("a").name, [role("b").name]))["value"] == ("a", ["b"])
