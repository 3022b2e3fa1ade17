"""The adapter to the SDK: proxies, levels and remediation."""

import contextlib
import datetime as dt
import json
from typing import Any, cast
from unittest.mock import Mock

import pulumi_policy.policy as sdk_policy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import proto
from pulumi_policy import PolicyCustomTimeouts, PolicyResource, PolicyResourceOptions, ResourceValidationArgs
from pulumi_policy.deserialize import SPECIAL_SECRET_SIG, SPECIAL_SIG_KEY
from pulumi_policy.proxy import unknown_checking_proxy

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.finding import Finding
from eks_pod_identity.rules.resource import ASSOCIATION, ROLE, Resource
from eks_pod_identity_policies import redaction
from eks_pod_identity_policies.reporting import Reporter
from eks_pod_identity_policies.resource_policies import validation
from eks_pod_identity_policies.resources import resources_of
from eks_pod_identity_policies.sdk_values import to_plain
from eks_pod_identity_policies.settings import Exemption, Settings
from policy_harness import UNKNOWN as MARK
from policy_harness import analyze, analyze_stack, servicer, stack_resource, struct, urn_of

OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=10) | st.just(MARK),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("__target"), inner, max_size=3)
    ),
    max_leaves=15,
)


def expected_value(value: Any) -> Any:
    if value == MARK:
        return UNKNOWN
    if isinstance(value, dict):
        return {key: expected_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [expected_value(item) for item in value]
    return value


@given(st.dictionaries(st.text(max_size=5) | st.just("__target"), VALUES, max_size=4))
def test_proxies_become_what_they_stand_for(properties: dict[str, Any]):
    assert to_plain(unknown_checking_proxy(properties)) == expected_value(properties)


SECRET = {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": "[secret]"}
ALLOWED = {"requiredTags": {"Environment": ["dev"]}}


def test_a_secret_that_was_not_decrypted_is_unknown():
    result = analyze(ROLE, {"assumeRolePolicy": SECRET, "tags": {"Environment": SECRET}}, config=ALLOWED)

    assert {"PI101", "PI502"} <= result.open_codes
    assert result.codes == set()


def test_a_secret_that_was_not_decrypted_is_unknown_in_a_list_too():
    properties = {"assumeRolePolicy": SECRET, "inlinePolicies": [{"name": "read", "policy": SECRET}, SECRET]}

    reading = cast("Any", sdk_policy).deserialize_properties(properties)

    assert to_plain(unknown_checking_proxy(reading)) == {
        "assumeRolePolicy": UNKNOWN,
        "inlinePolicies": [{"name": "read", "policy": UNKNOWN}, UNKNOWN],
    }


def test_the_placeholder_of_such_a_secret_is_ordinary_text_elsewhere():
    result = analyze(ROLE, {"assumeRolePolicy": "[secret]", "tags": {"Environment": "[secret]"}}, config=ALLOWED)

    assert {"PI106", "PI502"} <= result.codes


def test_a_program_cannot_make_a_secret_that_was_not_decrypted(monkeypatch: pytest.MonkeyPatch):
    pack = servicer(ALLOWED)
    monkeypatch.setattr(redaction._run, "has_program", False)  # as in a separate process

    with contextlib.suppress(NotImplementedError):  # pulumi-policy 1.18 answers so, and the engine continues
        pack.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="dev", project="shop"), Mock())
    result = analyze(ROLE, {"assumeRolePolicy": SECRET, "tags": {"Environment": SECRET}}, pack=pack)

    assert {"PI106", "PI502"} <= result.codes


def test_a_resource_nested_some_hundred_levels_deep_does_not_end_the_run():
    deep = stack_resource("aws:iam/role:Role", {"name": "deep"}, name="deep")
    inner = deep.properties
    for _ in range(900):
        inner = inner.fields["tags"].struct_value
    open_trust = {"name": "open", "assumeRolePolicy": "{}"}
    other = stack_resource(ASSOCIATION, {**open_trust, "clusterName": "dev"}, name="association")

    assert analyze_stack([deep, other]).codes == {"PI405"}


def test_numbers_that_are_whole_are_integers_again():
    assert to_plain(unknown_checking_proxy({"a": 3.0, "b": 3.5})) == {"a": 3, "b": 3.5}
    assert isinstance(to_plain(3.0), int)


def test_a_stack_is_in_memory_once_and_can_be_read_again():
    properties = {"name": MARK, "tags": {"Owner": "payments"}}
    theirs = PolicyResource(ROLE, unknown_checking_proxy(properties), "urn", "it", OPTIONS, None, None, [], {})

    (ours,) = resources_of([theirs])
    (again,) = resources_of([theirs])

    assert ours.properties == {"name": UNKNOWN, "tags": {"Owner": "payments"}}
    assert again == ours
    assert theirs.props is again.properties


@pytest.mark.parametrize("exemptions", [(), (Exemption("*", frozenset({"PI104"}), "known", dt.date(2999, 12, 31)),)])
def test_what_several_rules_find_is_reported_once(exemptions: tuple[Exemption, ...]):
    messages: list[str] = []
    reporter = Reporter(Settings(exemptions=exemptions), lambda message, _: messages.append(message))
    roles = [Resource(urn=f"urn::{name}", type=ROLE, name="it", properties={}) for name in ("one", "two")]

    for role in (*roles, *roles):
        reporter.add(Finding(RULES["PI104"], "The trust policy", "is open."), role)

    assert len(messages) == len(roles)
    assert len(reporter.exempted) == (len(roles) if exemptions else 0)


def remediate(
    resource_type: str, properties: dict[str, Any], config: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    pack = servicer(config, level=proto.REMEDIATE)
    request = proto.AnalyzeRequest(
        type=resource_type, name="it", urn=urn_of("it", resource_type), properties=struct(properties)
    )
    response = pack.Remediate(request, None)
    changed = [remediation for remediation in response.remediations if remediation.HasField("properties")]
    assert not [remediation.diagnostic for remediation in response.remediations if remediation.diagnostic]
    return dict(changed[-1].properties) if changed else None


TAGS = {"remediateTags": {"CostCenter": "4711", "Owner": "nobody"}}


@pytest.mark.parametrize(
    ("properties", "tags"),
    [
        ({}, {"CostCenter": "4711", "Owner": "nobody"}),
        ({"tags": None}, {"CostCenter": "4711", "Owner": "nobody"}),
        ({"tags": {"Owner": "payments"}}, {"CostCenter": "4711", "Owner": "payments"}),
        ({"tags": {"Owner": MARK}}, {"CostCenter": "4711", "Owner": MARK}),
    ],
)
def test_constant_tags_are_added_where_they_are_missing(properties: dict[str, Any], tags: dict[str, str]):
    changed = remediate(ROLE, properties, TAGS)

    assert changed is not None
    assert dict(changed["tags"]) == tags


@pytest.mark.parametrize("properties", [{"tags": {"Owner": "a", "CostCenter": "1"}}, {"tags": MARK}])
def test_tags_that_are_complete_or_not_known_are_left_alone(properties: dict[str, Any]):
    assert remediate(ROLE, properties, TAGS) is None


def test_the_provider_s_own_merge_of_the_tags_is_kept_in_step():
    changed = remediate(ROLE, {"tags": {}, "tagsAll": {"Default": "x"}}, TAGS)

    assert changed is not None
    assert dict(changed["tagsAll"]) == {"Default": "x", "CostCenter": "4711", "Owner": "nobody"}


def test_nothing_is_added_without_constants_or_to_other_resources():
    assert remediate(ROLE, {}) is None
    assert remediate("aws:s3/bucket:Bucket", {}, TAGS) is None


def test_a_secret_tag_stays_secret():
    secret = {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": "hush"}

    changed = remediate(ROLE, {"tags": {"Owner": secret}}, TAGS)

    assert changed is not None
    assert dict(changed["tags"]["Owner"]) == secret


@pytest.mark.parametrize("properties", [{}, {"disableSessionTags": False}, {"disableSessionTags": None}])
def test_session_tags_are_turned_off_beside_a_session_policy(properties: dict[str, Any]):
    for policy in ("{}", MARK, {SPECIAL_SIG_KEY: SPECIAL_SECRET_SIG, "value": "{}"}):
        changed = remediate(ASSOCIATION, {"policy": policy, **properties})

        assert changed is not None
        assert changed["disableSessionTags"] is True


@pytest.mark.parametrize(
    "properties", [{}, {"policy": ""}, {"policy": None}, {"policy": "{}", "disableSessionTags": True}]
)
def test_session_tags_are_left_alone_otherwise(properties: dict[str, Any]):
    assert remediate(ASSOCIATION, properties) is None


def test_a_callback_that_is_not_the_sdk_s_gets_the_message():
    """A test of a user calls a policy with a plain function."""
    messages: list[str] = []
    document = json.dumps({"Statement": [{"Effect": "Allow", "Principal": {"Service": "pod.eks.amazonaws.com"}}]})
    properties = unknown_checking_proxy({"assumeRolePolicy": document})
    args = ResourceValidationArgs(ROLE, properties, "urn", "it", OPTIONS, None, {})

    def report(message: str, urn: str | None = None) -> None:
        messages.append(f"{urn} {message}")

    validation("pod-identity-trust")(args, report)

    assert any(line.startswith("urn [PI102]") for line in messages)
