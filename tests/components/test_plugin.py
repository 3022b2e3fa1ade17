"""The components as a plugin: their schema, and how errors and values cross to other languages."""

import json
from pathlib import Path

import pulumi
import pytest
from pulumi.provider.server import ComponentInitError

from pulumi_eks_pod_identity.host import COMPONENTS, PodIdentityProvider
from recording import record

SCHEMA = Path(__file__).with_name("schema.json")
BASE = {"clusterName": "dev", "namespace": "payments", "serviceAccount": "api"}
TYPE = "eks-pod-identity:index:PodIdentity"


@pytest.fixture(scope="module")
def provider():
    """The provider of the plugin."""
    return PodIdentityProvider()


@pytest.fixture(scope="module")
def schema(provider):
    """Its schema."""
    return json.loads(provider.schema)


def constructed(provider, inputs, **options):
    """Construct a PodIdentity as the engine asks for it."""
    return record(lambda: provider.construct("api", TYPE, dict(inputs)) and None, **options)


def test_the_schema_is_the_one_that_was_agreed(schema):
    """A difference is a change of the contract; write_schema.py writes one that is meant."""
    assert schema == json.loads(SCHEMA.read_text())


def test_every_component_has_the_token_it_registers_under(schema):
    assert set(schema["resources"]) == {f"eks-pod-identity:index:{component.__name__}" for component in COMPONENTS}


def test_every_property_says_what_it_is_and_every_input_its_default(schema):
    for token, resource in schema["resources"].items():
        for kind in ("inputProperties", "properties"):
            for name, item in resource[kind].items():
                text = item.get("description", "")
                assert len(text) > 15, f"{token}.{name}"
                assert kind == "properties" or "Default:" in text or "Required." in text, f"{token}.{name}"
                assert "\n    " not in text, f"{token}.{name} is indented"


def test_whole_numbers_that_come_as_fractions_are_whole(provider):
    recording = constructed(provider, BASE | {"maxSessionDurationSeconds": 7200.0, "propagationSeconds": 0.0})

    assert recording.one("api-role").inputs["maxSessionDuration"] == 7200


def test_choices_come_as_text(provider):
    recording = constructed(provider, BASE | {"agent": "managed", "trustScope": "cluster"})

    assert "api-agent" in recording.names()


def test_bindings_come_in_camel_case(provider):
    bindings = [{"namespace": "payments", "serviceAccount": "api", "clusterName": "green"}]

    recording = constructed(provider, {"clusterName": "dev", "bindings": bindings})

    assert "api-association-green.payments.api" in recording.names()


def test_state_is_the_same_as_from_a_python_program(provider):
    from pulumi_eks_pod_identity import PodIdentity  # noqa: PLC0415 - beside its use

    plugin = constructed(provider, BASE)
    program = record(
        lambda: PodIdentity("api", {"cluster_name": "dev", "namespace": "payments", "service_account": "api"})
    )

    assert plugin.outputs["api"] == program.outputs["api"]
    assert plugin.one("api").inputs == program.one("api").inputs


def test_wrong_arguments_are_structured_errors_in_camel_case(provider):
    with pytest.raises(pulumi.InputPropertiesError) as caught:
        constructed(provider, BASE | {"serviceAccount": "a..b", "roleName": "x" * 65})

    assert not isinstance(caught.value, pulumi.RunError)
    assert {error["property_path"] for error in caught.value.errors or []} == {"serviceAccount", "roleName"}


def test_an_unknown_argument_is_refused_instead_of_dropped(provider):
    with pytest.raises(pulumi.InputPropertiesError) as caught:
        constructed(provider, BASE | {"sessionPolcy": {}})

    assert caught.value.errors == [
        {"property_path": "sessionPolcy", "reason": "There is no such key. Did you mean 'sessionPolicy'?"}
    ]


def test_an_error_that_is_no_input_error_stays_what_it_is(provider, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setitem(provider._components, "PodIdentity", broken)

    with pytest.raises(ComponentInitError):
        constructed(provider, BASE)
