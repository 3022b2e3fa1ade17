"""Properties of every PodIdentityTargetRole.

It trusts the role and the external ids of a PodIdentity, or the component reports an error.
"""

import json
from typing import Any

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError, PodIdentityTargetRole
from recording import ACCOUNT, REGION, TARGET_ACCOUNT, record, record_error
from test_properties import BAD, DOCUMENT, KEY, LABEL, PAIRS

SOURCE = f"arn:aws:iam::{ACCOUNT}:role/theirs"
TARGET = f"arn:aws:iam::{TARGET_ACCOUNT}:role/x"
ROOT = f"arn:aws:iam::{TARGET_ACCOUNT}:root"
MODEST = settings(max_examples=40, deadline=None)


def target(args: Any, **options: Any) -> Any:
    """Register a target role called x, with arguments or with a function that creates them in the run."""

    def program() -> None:
        taken: Any = args() if callable(args) else args
        PodIdentityTargetRole("x", taken)

    return record(program, **options)


def trust_of(recording: Any) -> str:
    return recording.resource("x-target-role").inputs["assumeRolePolicy"]


@st.composite
def bound(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the ServiceAccounts of an identity, in one form or the other."""
    if draw(st.booleans()):
        return {"namespace": draw(LABEL), "service_account": draw(LABEL)}
    return {"bindings": [{"namespace": namespace, "service_account": account} for namespace, account in draw(PAIRS)]}


@MODEST
@given(LABEL, bound())
def test_it_trusts_exactly_what_the_identity_prints_for_the_other_team(cluster, pods):
    used: Any = pods | {"cluster_name": cluster, "role_arn": SOURCE, "target_role_arn": TARGET}
    printed = record(lambda: PodIdentity("theirs", used)).outputs["theirs"]
    parts = pods | {"source_role_arn": SOURCE, "cluster_name": cluster, "cluster_region": REGION}
    ids = {"source_role_arn": SOURCE, "external_ids": list(printed["externalIds"].values())}

    assert trust_of(target(parts)) == printed["targetTrustPolicy"]
    assert trust_of(target(ids)) == printed["targetTrustPolicy"]


@MODEST
@given(bound(), st.dictionaries(KEY, DOCUMENT, max_size=3), st.sampled_from(["inline", "managed"]))
def test_it_registers_exactly_the_expected_children_known_at_preview(pods, policies, policy_kind):
    args = pods | {
        "source_role_arn": SOURCE,
        "cluster_name": "dev",
        "cluster_region": REGION,
        "policies": policies,
        "policy_kind": policy_kind,
    }

    def with_outputs():
        plain = {key: value for key, value in args.items() if key in {"bindings", "policy_kind"}}
        plain["policies"] = {key: pulumi.Output.from_input(value) for key, value in policies.items()}
        return plain | {key: pulumi.Output.from_input(args[key]) for key in args.keys() - plain.keys()}

    recording, _ = runs = target(args, preview=True), target(with_outputs, preview=True)

    expected = {"x-target-role"} | {f"x-target-policy-{key}" for key in policies}
    expected |= {f"x-target-policy-{key}-attachment" for key in policies} if policy_kind == "managed" else set()
    assert recording.names() == expected
    for name in expected:
        # AWS creates the ARN of a managed policy, so no document contains it.
        computed = {"policyArn"} if name.endswith("-attachment") else set()
        known, known_later = (
            {key: value for key, value in run.resource(name).inputs.items() if key not in computed} for run in runs
        )
        assert not any(isinstance(value, pulumi.output.Unknown) for value in known.values())
        assert known_later == known
        assert recording.resource(name).parent == "x"


# Arguments of the association are no arguments here.
@MODEST
@given(BAD.filter(lambda bad: not bad.keys() & {"session_policy", "propagation_seconds"}))
def test_wrong_arguments_raise_before_anything_is_registered(bad):
    args = {"cluster_name": "dev", "cluster_region": REGION, "namespace": "shop", "service_account": "api"}
    wrong: Any = args | {"source_role_arn": SOURCE} | bad

    assert record_error(lambda: PodIdentityTargetRole("x", wrong)).problems


def allow(
    action: Any = "sts:AssumeRole", principal: Any = f"arn:aws:iam::{TARGET_ACCOUNT}:role/ci", **more: Any
) -> Any:
    principal = principal if isinstance(principal, dict) else {"AWS": principal}
    return {"Effect": "Allow", "Principal": principal, "Action": action} | more


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (allow(principal="*"), "PI103"),
        (allow(principal=ROOT), "Add conditions on sts:ExternalId and aws:PrincipalArn"),
        (
            allow(["sts:AssumeRole", "sts:TagSession"], Condition={"StringEquals": {"sts:ExternalId": "x"}}),
            "PI302",
        ),
        (allow(Resource="*"), "Resource"),
        (allow(action=[]), "Action"),
        (allow(principal={"Service": "pods.eks.amazonaws.com"}), "PI10"),
    ],
    ids=["everyone", "whole account", "external id with tags", "resource", "no action", "pods of every cluster"],
)
def test_a_statement_that_opens_or_breaks_the_trust_is_refused_with_its_path(statement, reason):
    with pytest.raises(PodIdentityInputError) as caught:
        target(with_statement(statement))

    assert all(problem.path[:2] == ("extra_trust_statements", 0) for problem in caught.value.problems)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        allow(),
        allow(principal=ROOT, Condition={"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/ci"}}),
        allow(Condition={"StringEquals": {"sts:ExternalId": "x"}}),
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:Secure": False}}},
    ],
    ids=["a role", "one role of an account", "an external id", "a denial"],
)
def test_a_statement_with_a_named_principal_is_appended(statement):
    recording = target(with_statement(statement))

    assert json.loads(trust_of(recording))["Statement"][2:] == [statement]


def with_statement(statement: Any) -> dict[str, Any]:
    return {
        "source_role_arn": SOURCE,
        "external_ids": [f"eu-west-1/{ACCOUNT}/dev/shop/api"],
        "extra_trust_statements": [statement],
    }
