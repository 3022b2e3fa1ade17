"""The components as a plugin: their schema, and how errors and values cross to other languages."""

import json
import re
from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi
import pytest
from pulumi.provider.server import ComponentInitError
from pulumi.resource import DependencyResource

from eks_pod_identity.values import limits
from pulumi_eks_pod_identity._run import program as running_program
from pulumi_eks_pod_identity._schema import describe_keys
from pulumi_eks_pod_identity.provider import COMPONENTS, PodIdentityProvider
from recording import record

SCHEMA = Path(__file__).with_name("schema.json")
BASE = {"clusterName": "dev", "namespace": "payments", "serviceAccount": "api"}
TYPE = "eks-pod-identity:index:PodIdentity"


@pytest.fixture(autouse=True)
def _separate_run(monkeypatch):
    """A plugin process serves one run of a program, but all tests of this file share one process."""
    monkeypatch.setattr(running_program, "_PLUGIN_PROCESS", running_program._Owner())


@pytest.fixture(scope="module")
def provider():
    """The provider of the plugin."""
    return PodIdentityProvider()


@pytest.fixture(scope="module")
def schema(provider):
    """Its schema."""
    return json.loads(provider.schema)


def construct(provider, inputs, **options):
    """Construct a PodIdentity as the engine asks for it."""
    return record(lambda: provider.construct("api", TYPE, dict(inputs)) and None, **options)


def test_the_schema_is_the_reviewed_one(schema):
    """A difference is a change of the contract. write_schema.py writes an intended change."""
    assert schema == json.loads(SCHEMA.read_text())


def test_every_component_has_the_token_it_registers_under(schema):
    assert set(schema["resources"]) == {f"eks-pod-identity:index:{component.__name__}" for component in COMPONENTS}


def test_every_property_has_a_description_and_every_input_its_default(schema):
    for token, resource in schema["resources"].items():
        for kind in ("inputProperties", "properties"):
            for name, item in resource[kind].items():
                text = item.get("description", "")
                assert len(text) > 15, f"{token}.{name}"
                assert kind == "properties" or "Default:" in text or "Required." in text, f"{token}.{name}"
                assert "\n    " not in text, f"{token}.{name} is indented"


class Shared(TypedDict):
    tags: NotRequired[int]
    """Tags."""
    cluster_name: int
    """Written once."""


class Inheriting(Shared):
    tags: NotRequired[int]  # type: ignore[misc]
    """Tags of this one."""
    undescribed: int
    own: int
    """Its own."""


def test_arguments_that_several_components_share_are_described_once():
    assert describe_keys(Inheriting) == {
        "tags": "Tags of this one.",
        "cluster_name": "Written once.",
        "own": "Its own.",
    }


def test_the_namespace_is_never_empty(schema):
    """Without one, the generated Python package would have the name of ours."""
    assert schema["namespace"] == "eks-pod-identity"


def test_the_schema_describes_the_package_and_its_repository(schema):
    for key in ("description", "homepage", "repository", "license", "keywords", "publisher", "logoUrl"):
        assert schema[key], key
    logo = schema["logoUrl"].split("/raw/main/")[1]
    assert (SCHEMA.parents[2] / logo).exists()


CONSTRAINTS = {
    "clusterName": [limits.CLUSTER_NAME],
    "namespace": [limits.NAMESPACE],
    "serviceAccount": [limits.SERVICE_ACCOUNT],
    "roleName": [limits.ROLE_NAME],
    "targetRoleName": [limits.ROLE_NAME],
    "rolePath": [limits.ROLE_PATH],
    "roleDescription": [limits.ROLE_DESCRIPTION],
    "maxSessionDurationSeconds": [limits.SESSION_SECONDS_LEAST, limits.SESSION_SECONDS_MOST],
    "policies": [limits.INLINE_POLICIES, limits.MANAGED_POLICY, limits.POLICY_NAME],
    "targetPolicies": [limits.INLINE_POLICIES, limits.POLICY_NAME],
    "managedPolicyArns": [limits.MANAGED_ATTACHMENTS],
    "targetManagedPolicyArns": [limits.MANAGED_ATTACHMENTS],
    "sessionPolicy": [limits.SESSION_POLICY],
    "trustScope": [limits.TRUST_POLICY],
    "externalIds": [limits.EXTERNAL_ID],
    "serviceAccountLabels": [limits.LABEL, limits.LABEL_PREFIX],
    "tags": [limits.TAGS, limits.TAG_KEY, limits.TAG_VALUE],
}


def test_every_limit_that_is_checked_is_in_the_documentation_of_its_property(schema):
    said = {limit for constraints in CONSTRAINTS.values() for limit in constraints}
    every = {limit for limit in vars(limits).values() if isinstance(limit, limits.Limit)}
    # The components do not check these: AWS can raise the first, and the others are for an estimate.
    assert every - said == {limits.ASSOCIATIONS, limits.SESSION_TOKEN, limits.GENERATED_POD_NAME}
    for token, resource in schema["resources"].items():
        for name in resource["inputProperties"].keys() & CONSTRAINTS.keys():
            text = resource["inputProperties"][name]["description"]
            for limit in CONSTRAINTS[name]:
                assert re.search(rf"\b{limit.value:,}\b", text), f"{token}.{name} does not say {limit}"


def test_whole_numbers_arrive_as_floats_and_are_registered_as_integers(provider):
    recording = construct(provider, BASE | {"maxSessionDurationSeconds": 7200.0, "propagationSeconds": 0.0})

    assert recording.resource("api-role").inputs["maxSessionDuration"] == 7200


def test_enum_values_arrive_as_text(provider):
    recording = construct(provider, BASE | {"agent": "managed", "trustScope": "cluster"})

    assert "api-agent" in recording.names()


def test_bindings_arrive_in_camel_case(provider):
    bindings = [{"namespace": "payments", "serviceAccount": "api", "clusterName": "green"}]

    recording = construct(provider, {"clusterName": "dev", "bindings": bindings})

    assert "api-association-green.payments.api" in recording.names()


def test_state_is_the_same_as_from_a_python_program(provider):
    from pulumi_eks_pod_identity import PodIdentity  # noqa: PLC0415 - beside its use

    plugin = construct(provider, BASE)
    program = record(
        lambda: PodIdentity("api", {"cluster_name": "dev", "namespace": "payments", "service_account": "api"})
    )

    assert plugin.outputs["api"] == program.outputs["api"]
    assert plugin.resource("api").inputs == program.resource("api").inputs


def test_a_component_has_a_parent_in_the_calling_program(provider):
    stack = DependencyResource("urn:pulumi:test::p::pulumi:pulumi:Stack::p-test")
    options = pulumi.ResourceOptions(parent=stack, protect=False, providers={})  # as Pulumi's server sets them

    recording = record(lambda: provider.construct("api", TYPE, dict(BASE), options) and None)

    assert recording.names() == {"api-role", "api-association"}


def test_wrong_arguments_are_structured_errors_in_camel_case(provider):
    with pytest.raises(pulumi.InputPropertiesError) as caught:
        construct(provider, BASE | {"serviceAccount": "a..b", "roleName": "x" * 65})

    assert not isinstance(caught.value, pulumi.RunError)
    assert {error["property_path"] for error in caught.value.errors or []} == {"serviceAccount", "roleName"}


def problems_of(provider, inputs):
    """Return the problems that the engine gets, by path."""
    with pytest.raises(pulumi.InputPropertiesError) as caught:
        construct(provider, inputs)
    return {error["property_path"].strip(): error["reason"] for error in caught.value.errors or []}


def test_an_unknown_argument_is_refused_instead_of_dropped(provider):
    assert problems_of(provider, BASE | {"sessionPolcy": {}}) == {
        "sessionPolcy": "Unknown argument. Did you mean 'sessionPolicy'?"
    }


def test_the_spelling_of_python_is_refused_in_other_languages(provider):
    assert "'clusterName'" in problems_of(provider, BASE | {"cluster_name": "dev"})["cluster_name"]


def test_an_unknown_key_of_a_binding_is_refused_instead_of_dropped(provider):
    binding = {"namespace": "payments", "serviceAccount": "api"}
    faults = problems_of(provider, {"clusterName": "dev", "bindings": [binding, binding | {"sessionPolcy": {}}, "x"]})

    assert "'sessionPolicy'" in faults["bindings[1].sessionPolcy"]
    assert "map with the keys of a binding" in faults["bindings[2]"]


def test_all_problems_are_reported_at_once_whatever_their_type(provider):
    """Pulumi's own provider stops at the first wrong enum value or number."""
    wrong = {"trustScope": "all", "agent": 1, "propagationSeconds": "soon", "serviceAccount": {}, "sessionPolcy": 1}

    assert set(problems_of(provider, BASE | wrong)) == set(wrong)


def test_an_output_where_a_plain_value_is_needed_is_an_input_error(provider):
    faults: dict[str, str] = {}

    def program():
        wrong = {key: pulumi.Output.from_input(1) for key in ("trustScope", "propagationSeconds")}
        try:
            provider.construct("api", TYPE, BASE | wrong)
        except pulumi.InputPropertiesError as error:
            faults.update({item["property_path"]: item["reason"] for item in error.errors or []})

    record(program)

    assert set(faults) == {"trustScope", "propagationSeconds"}
    assert "Pass a plain value." in faults["trustScope"]


def test_other_errors_are_passed_on_unchanged(provider, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setitem(provider._components, "PodIdentity", fail)

    with pytest.raises(ComponentInitError):
        construct(provider, BASE)


@pytest.mark.parametrize(
    ("component", "inputs", "path", "text"),
    [
        (
            "PodIdentity",
            {"clusterName": "dev", "bindings": [{"namespace": "a", "serviceacount": "b"}]},
            "bindings[0].serviceacount",
            "'serviceAccount'",
        ),
        (
            "PodIdentity",
            {"clusterName": "dev", "namespace": "a", "serviceacount": "b"},
            "serviceacount",
            "'serviceAcc",
        ),
        (
            "PodIdentityRole",
            BASE | {"createServiceAccount": True},
            "createServiceAccount",
            "It belongs to PodIdentity",
        ),
        (
            "PodIdentityTargetRole",
            BASE
            | {
                "sourceRoleArn": "arn:aws:iam::111122223333:role/x",
                "clusterRegion": "eu-west-1",
                "irsaProviderArn": "x",
            },
            "irsaProviderArn",
            "creates the target role only",
        ),
    ],
)
def test_an_unknown_key_is_one_problem_with_the_nearest_key(provider, component, inputs, path, text):
    token = f"eks-pod-identity:index:{component}"

    with pytest.raises(pulumi.InputPropertiesError) as caught:
        record(lambda: provider.construct("api", token, dict(inputs)) and None)

    [error] = caught.value.errors or []
    assert error["property_path"].strip() == path
    assert text in error["reason"]
