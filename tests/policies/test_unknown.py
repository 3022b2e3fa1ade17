"""Each rule with unknown values: it decides if the known values suffice, or reports that it cannot."""

import copy
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import agent, association, role, service_account, trust
from policy_harness import ACCOUNT, UNKNOWN, analyze_stack, report, run, stack_resource, urn_of

REPORTED = "reported as unjudged"
ENOUGH = "found, because the known values suffice"
PRESENT = "not a finding, because the value is there"
TRUST = ("role", "assumeRolePolicy")

DECIDING: dict[str, tuple[list[tuple[Any, ...]], str]] = {
    "PI101": ([TRUST], REPORTED),
    "PI102": ([TRUST], REPORTED),
    "PI103": ([TRUST], REPORTED),
    "PI104": ([(*TRUST, "Statement", 0, "Condition")], REPORTED),
    "PI105": ([(*TRUST, "Statement", 0, "Condition")], REPORTED),
    "PI106": ([TRUST], REPORTED),
    "PI107": ([("association", "serviceAccount")], REPORTED),
    "PI201": ([("association", "disableSessionTags")], REPORTED),
    "PI202": ([("association", "policy")], REPORTED),
    "PI203": ([("association", "policy")], REPORTED),
    "PI204": ([("association", "policy")], REPORTED),
    "PI205": ([("api", "roleArn"), ("worker", "roleArn")], REPORTED),
    "PI206": ([("association", "disableSessionTags")], REPORTED),
    "PI207": ([("association", "targetRoleArn")], ENOUGH),
    "PI208": ([("association", "policy")], PRESENT),
    "PI209": ([("association", "policy")], REPORTED),
    "PI301": ([("assume", "policy")], REPORTED),
    "PI302": ([("target", "assumeRolePolicy", "Statement", 0, "Condition")], REPORTED),
    "PI303": (
        [("target", "assumeRolePolicy", "Statement", index, "Principal", "AWS") for index in (0, 1)],
        REPORTED,
    ),
    "PI304": ([("target", "assumeRolePolicy")], REPORTED),
    "PI305": ([("association", "roleArn")], REPORTED),
    "PI306": ([("target", "assumeRolePolicy", "Statement", 0, "Condition")], REPORTED),
    "PI307": ([("policy", "policy")], REPORTED),
    "PI308": ([("association", "targetRoleArn")], REPORTED),
    "PI401": ([("second", "serviceAccount")], REPORTED),
    "PI402": ([("association", "namespace")], REPORTED),
    "PI403": ([("account", "metadata", "annotations")], REPORTED),
    "PI404": ([("profile", "selectors", 0, "namespace")], REPORTED),
    "PI405": ([("association", "clusterName")], PRESENT),
    "PI406": ([("second", "clusterName")], REPORTED),
    "PI407": ([("account", "metadata", "name")], REPORTED),
    "PI408": ([("addon", "podIdentityAssociations")], REPORTED),
    "PI409": ([("network", "policyArn")], REPORTED),
    "PI501": ([("association", "tags")], REPORTED),
    "PI502": ([("role", "tags", "Environment")], REPORTED),
    "PI503": ([("role", "tags")], REPORTED),
    "PI504": ([("role", "tags")], REPORTED),
    "PI601": ([("again", "policyArn")], REPORTED),
    "PI602": ([("role", "managedPolicyArns")], ENOUGH),
    "PI603": ([("policy", "policy")], REPORTED),
    "PI604": ([("policy", "policy")], REPORTED),
    "PI605": ([("policy", "policy")], REPORTED),
}


def with_unknown(example: Example, path: tuple[Any, ...]) -> Example:
    """Return the example with UNKNOWN at *path*."""
    resources: Any = copy.deepcopy(dict(example.resources))
    place = resources[path[0]]["properties"]
    for key in path[1:-1]:
        place = place[key]
    place[path[-1]] = UNKNOWN
    return Example(resources, example.config)


def without_deciding_values(code: str) -> Example:
    """Return the violating example of a rule, with UNKNOWN instead of the values that decide."""
    example = RULES[code].violating
    for path in DECIDING[code][0]:
        example = with_unknown(example, path)
    return example


def test_every_rule_is_here():
    assert list(DECIDING) == list(RULES)


@pytest.mark.parametrize("code", list(RULES))
def test_the_verdict_of_a_rule_without_the_deciding_value(code: str):
    outcome = DECIDING[code][1]

    result = run(without_deciding_values(code), preview=True)

    assert (code in result.codes) is (outcome == ENOUGH)
    assert (code in result.open_codes) is (outcome == REPORTED)


@pytest.mark.parametrize("code", list(RULES))
def test_the_report_of_a_rule_without_the_deciding_value_matches_the_snapshot(code: str, snapshot: SnapshotAssertion):
    assert report(without_deciding_values(code), preview=True) == snapshot


def test_a_stack_policy_that_has_not_seen_the_inputs_does_not_take_outputs_for_them():
    stack = [
        stack_resource("aws:iam/role:Role", {"name": "unseen", "managedPolicyArns": UNKNOWN}, name="never-analyzed"),
        stack_resource(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            {"role": "unseen", "policyArn": "x"},
            name="attachment",
        ),
    ]

    result = analyze_stack(stack)

    assert result.codes == set()
    assert result.open_codes == {"PI602"}


def test_an_account_that_only_another_provider_has_is_left_open():
    stack = [
        stack_resource("aws:iam/role:Role", {"name": "a", "assumeRolePolicy": "{}"}, name="a"),
        stack_resource(
            "aws:eks/podIdentityAssociation:PodIdentityAssociation",
            {**association()["properties"], "roleArn": UNKNOWN},
            name="association",
            dependencies={"roleArn": [urn_of("a", "aws:iam/role:Role")]},
        ),
    ]
    stack[0].provider.urn = "urn:pulumi:dev::shop::pulumi:providers:aws::other"

    cluster = {"associationArn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/dev/a-1"}
    stack[1].properties.update(cluster)

    assert "PI305" in analyze_stack(stack).open_codes
    stack[0].provider.urn = stack[1].provider.urn
    assert "PI305" not in analyze_stack(stack).open_codes


def test_a_fargate_profile_with_unknown_selectors():
    profile = {
        "type": "aws:eks/fargateProfile:FargateProfile",
        "properties": {"clusterName": "dev", "selectors": UNKNOWN},
    }

    result = run(
        Example({"role": role(trust()), "association": association(), "agent": agent(), "profile": profile}),
        preview=True,
    )

    assert "PI404" in result.open_codes


def test_a_service_account_without_known_metadata_is_reported():
    account = service_account("api")
    account["properties"]["metadata"] = UNKNOWN

    result = run(
        Example({"role": role(trust()), "association": association(), "agent": agent(), "account": account}),
        preview=True,
    )

    assert result.codes == set()
    assert {"PI403", "PI407"} <= result.open_codes
