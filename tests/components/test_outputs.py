"""Outputs made of other Outputs keep their values, dependencies and secrecy, and whether they are known."""

from collections.abc import Callable
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime import stack

from eks_pod_identity.errors import camel_case
from pulumi_eks_pod_identity import PodIdentity
from pulumi_eks_pod_identity._run.outputs import Gated, apply_all, gate_on, when_created
from pulumi_eks_pod_identity._run.state import outputs_when_read, set_outputs
from pulumi_eks_pod_identity.outputs import PodIdentityOutputs
from recording import ACCOUNT, record

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


def unknown_output() -> pulumi.Output[Any]:
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


class Gives(pulumi.ComponentResource):
    """Two outputs, and an argument that has the name of one of them."""

    first: pulumi.Output[str]
    second: pulumi.Output[dict[str, str] | None]

    def __init__(self, name: str, **outputs: Any) -> None:
        super().__init__("test:index:Gives", name, {"first": "the argument"})
        if outputs:
            set_outputs(self, outputs)


outputs_when_read(Gives)


def test_an_output_is_created_when_it_is_first_read_and_once():
    def make() -> pulumi.Output[Any]:
        component = Gives("a", first="the output", second=None)
        assert not isinstance(vars(component).get("first"), pulumi.Output)
        assert component.first is component.first
        return component.first

    assert facts_of(make)["value"] == "the output"


def test_a_gated_output_needs_the_resources_and_its_state_does_not():
    def make() -> Gives:
        return Gives("a", first=Gated("plain", [role("created")]), second=None)

    facts = facts_of(lambda: make().first, preview=True)

    assert facts == {"value": "plain", "known": True, "secret": False, "needs": ["created"]}
    assert record(make).outputs["a"] == {"first": "plain"}


def test_a_map_of_outputs_is_one_output():
    facts = facts_of(lambda: Gives("a", first="x", second={"key": role("a").name}).second)

    assert facts == {"value": {"key": "a"}, "known": True, "secret": False, "needs": ["a"]}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("whole", [False, True], ids=["map of outputs", "output of a map of outputs"])
def test_a_gated_map_of_outputs_is_one_output(*, preview: bool, whole: bool):
    def make() -> pulumi.Output[Any]:
        values = {"key": role("a").name, "secret": pulumi.Output.secret("s")}
        second = role("b").name.apply(lambda _: values) if whole else values
        return Gives("a", first="x", second=Gated(second, [role("created")])).second

    facts = facts_of(make, preview=preview)

    needs = ["a", "b", "created"] if whole else ["a", "created"]
    assert facts == {"value": {"key": "a", "secret": "s"}, "known": True, "secret": True, "needs": needs}


@pytest.mark.parametrize("read", [[], ["first"]], ids=["unread", "read"])
def test_the_export_of_a_component_has_all_its_outputs(read: list[str]):
    def make() -> pulumi.Output[Any]:
        values = {
            "first": Gated("plain", [role("a")]),
            "second": {"key": role("b").name, "s": pulumi.Output.secret("s")},
        }
        component = Gives("c", **values)
        for name in read:
            getattr(component, name)
        return pulumi.Output.from_input(stack.massage(component, []))

    facts = facts_of(make)

    assert facts["value"].items() >= {"first": "plain", "second": {"key": "b", "s": "s"}}.items()
    assert facts["secret"]


def test_an_output_that_a_subclass_sets_itself_replaces_the_inherited_one():
    class Own(Gives):
        first: pulumi.Output[str]

        def __init__(self, name: str) -> None:
            super().__init__(name, first="inherited", second=None)
            self.first = self.first.apply(lambda first: f"not {first}")

    assert facts_of(lambda: Own("a").first)["value"] == "not inherited"


def test_an_output_of_a_constructor_that_failed_is_missing():
    with pytest.raises(AttributeError, match="no output 'second' yet"):
        facts_of(lambda: Gives("a").second)


def test_the_class_has_the_attribute_too_and_a_subclass_may_add_its_own():
    class Wider(Gives):
        third: pulumi.Output[str]

        def __init__(self, name: str) -> None:
            super().__init__(name, first="x", second=None)
            self.third = pulumi.Output.from_input("own")

    assert Gives.first is not None
    assert facts_of(lambda: Wider("a").third)["value"] == "own"
    assert facts_of(lambda: Wider("a").first)["value"] == "x"


ONE: Any = {"cluster_name": "dev", "namespace": "payments", "service_account": "api"}
PAIRS = [{"namespace": "payments", "service_account": name} for name in ("api", "worker")]
IDENTITIES: dict[str, dict[str, Any]] = {
    "one binding": ONE,
    "bindings": {"cluster_name": "dev", "bindings": PAIRS},
    "target role": ONE | {"create_target_role": True},
    "existing role": ONE | {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/app"},
}


@pytest.mark.parametrize("args", IDENTITIES.values(), ids=IDENTITIES)
@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_every_output_that_a_program_reads_is_the_one_in_the_state(args: Any, *, preview: bool):
    read: dict[str, Any] = {}

    async def look(name: str, output: pulumi.Output[Any]) -> None:
        if (value := await output.future()) is not None:
            read[camel_case(name)] = value

    def program() -> None:
        identity = PodIdentity("app", args)
        for name in PodIdentityOutputs.__annotations__:
            pulumi.Output.from_input(look(name, getattr(identity, name)))

    recording = record(program, preview=preview)

    known = {key: value for key, value in recording.outputs["app"].items() if key in read}
    assert read == known
    assert {"roleArn", "externalIds", "restartToken"} <= set(read)


@pytest.mark.parametrize("name", ["association_ids", "external_ids"])
def test_a_map_of_outputs_with_an_unknown_key_needs_their_resources(name: str):
    facts = facts_of(lambda: getattr(PodIdentity("app", ONE | {"namespace": unknown_output()}), name), preview=True)

    assert not facts["known"]
    assert facts["needs"] == ["app-association"]


def test_known_outputs_are_combined_at_once_and_others_when_they_resolve():
    assert apply_all(max, 1, 2) == 2
    assert facts_of(lambda: apply_all(lambda *parts: parts, "x", role("a").name, ["y"]))["value"] == ("x", "a", ["y"])
    assert facts_of(lambda: apply_all(lambda *parts: parts, role("a").name, [role("b").name]))["value"] == ("a", ["b"])
