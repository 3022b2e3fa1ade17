"""Roles that the workload assumes itself, and policies that a component alone owns."""

import json
from typing import Any

import pytest

from pulumi_eks_pod_identity import AssumedBy, PodIdentity, PodIdentityRole, PodIdentityTargetRole
from recording import ACCOUNT, TARGET_ACCOUNT, Recording, record, record_error

SPOKE = f"arn:aws:iam::{TARGET_ACCOUNT}:role/spoke"
OTHER = f"arn:aws:iam::{TARGET_ACCOUNT}:role/other"
SOURCE = f"arn:aws:iam::{ACCOUNT}:role/hub"
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"


def document(recording: Recording, name: str) -> Any:
    return json.loads(recording.resource(name).inputs["policy"])["Statement"]


@pytest.mark.parametrize("component", [PodIdentity, PodIdentityRole])
def test_the_created_role_may_assume_and_tag_each_role(base: Any, component: Any):
    args = base | {"assumable_role_arns": {"spoke": SPOKE, "other": OTHER}}

    recording = record(lambda: component("api", args))

    assert recording.resource("api-assume-spoke").inputs["name"] == "assume-spoke"
    assert document(recording, "api-assume-spoke") == [
        {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": SPOKE}
    ]
    assert document(recording, "api-assume-other")[0]["Resource"] == OTHER


def test_the_association_waits_for_the_permission(base: Any):
    recording = record(lambda: PodIdentity("api", base | {"assumable_role_arns": {"spoke": SPOKE}}))

    assert "api-assume-spoke" in recording.dependencies_of("api-association")


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ({"assumable_role_arns": {"spoke": "spoke"}}, "assumable_role_arns.spoke"),
        ({"assumable_role_arns": {"spoke": f"{SPOKE}*"}}, "assumable_role_arns.spoke"),
        ({"assumable_role_arns": {"a": SPOKE, "b": SPOKE}}, "assumable_role_arns.b"),
        (
            {"assumable_role_arns": {"spoke": SPOKE.replace("aws", "aws-cn")}, "partition": "aws"},
            "assumable_role_arns",
        ),
        ({"assumable_role_arns": {"spoke": SPOKE}, "role_arn": SOURCE}, "assumable_role_arns"),
    ],
)
def test_a_role_that_cannot_be_assumed_is_refused(base: Any, args: Any, place: str):
    assert f"- {place}" in str(record_error(lambda: PodIdentity("api", base | args)))


def test_the_name_of_the_permission_is_reserved(base: Any, read: Any):
    args = base | {"assumable_role_arns": {"spoke": SPOKE}, "policies": {"assume-spoke": read}}

    assert "- policies.assume-spoke:" in str(record_error(lambda: PodIdentity("api", args)))


def test_the_permission_for_the_target_role_keeps_its_name(base: Any):
    args = base | {"assumable_role_arns": {"target": SPOKE}, "create_target_role": True}

    assert "- assumable_role_arns.target:" in str(record_error(lambda: PodIdentity("api", args)))


def assumed_by_workload(**more: Any) -> Any:
    args: Any = {"source_role_arn": SOURCE, "assumed_by": AssumedBy.WORKLOAD} | more
    recording = record(lambda: PodIdentityTargetRole("spoke", args))
    return json.loads(recording.resource("spoke-target-role").inputs["assumeRolePolicy"])["Statement"]


def test_a_role_for_the_workloads_own_code_trusts_the_source_role_with_tags():
    assert assumed_by_workload() == [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {"ArnEquals": {"aws:PrincipalArn": SOURCE}},
        }
    ]


def test_it_takes_an_external_id_of_any_form():
    assume, tag = assumed_by_workload(external_ids=["hub-and-spoke"])

    assert assume["Condition"]["StringEquals"] == {"sts:ExternalId": "hub-and-spoke"}
    assert tag["Action"] == "sts:TagSession"


@pytest.mark.parametrize("external_id", ["x", "a b", "é", "x" * 1225])
def test_an_external_id_that_sts_refuses_is_refused(external_id: str):
    args: Any = {"source_role_arn": SOURCE, "assumed_by": "workload", "external_ids": [external_id]}

    assert "- external_ids[0]:" in str(record_error(lambda: PodIdentityTargetRole("spoke", args)))


def test_it_names_no_cluster(base: Any):
    args: Any = base | {"source_role_arn": SOURCE, "assumed_by": "workload", "cluster_region": "eu-west-1"}

    error = record_error(lambda: PodIdentityTargetRole("spoke", args))

    assert {problem.typed_path() for problem in error.problems} == set(base) | {"cluster_region"}


@pytest.mark.parametrize(
    ("component", "prefix", "more"),
    [
        (PodIdentity, "api", {"create_target_role": True}),
        (PodIdentityRole, "api", {}),
        (
            PodIdentityTargetRole,
            "api-target",
            {"source_role_arn": SOURCE, "cluster_region": "eu-west-1"},
        ),
    ],
)
def test_exclusive_resources_list_and_wait_for_every_policy(
    base: Any, read: Any, component: Any, prefix: str, more: Any
):
    args = base | more | {"policies": {"read": read}, "managed_policy_arns": {"a": AUDIT}, "exclusive_policies": True}

    recording = record(lambda: component("api", args))

    inline = {"read"} | ({"assume-target"} if component is PodIdentity else set())
    policies = recording.resource(f"{prefix}-exclusive-policies")
    attachments = recording.resource(f"{prefix}-exclusive-attachments")
    assert set(policies.inputs["policyNames"]) == inline
    assert attachments.inputs["policyArns"] == [AUDIT]
    children = {f"{prefix}-policy-read", f"{prefix}-attachment-a"}
    children |= {"api-assume-target"} if component is PodIdentity else set()
    for name in (policies.name, attachments.name):
        assert recording.dependencies_of(name) >= children


def test_a_role_is_not_owned_exclusively_unless_asked(base: Any):
    assert not [name for name in record(lambda: PodIdentity("api", base)).names() if "exclusive" in name]


def test_the_association_waits_until_the_role_is_owned(base: Any):
    recording = record(lambda: PodIdentity("api", base | {"exclusive_policies": True}))

    assert {"api-exclusive-policies", "api-exclusive-attachments"} <= recording.dependencies_of("api-association")


def spokes(number: int, path: str = "") -> dict[str, Any]:
    return {f"spoke-{index}": f"arn:aws:iam::{TARGET_ACCOUNT}:role/{path}spoke-{index}" for index in range(number)}


@pytest.mark.parametrize("component", [PodIdentity, PodIdentityRole])
@pytest.mark.parametrize("policy_kind", ["inline", "managed"])
def test_more_roles_than_fit_into_the_inline_policies_are_refused(base: Any, component: Any, policy_kind: str):
    args = base | {"policy_kind": policy_kind}

    assert list(component.validate(args | {"assumable_role_arns": spokes(55)})) == []
    [many] = component.validate(args | {"assumable_role_arns": spokes(80)})
    [long] = component.validate(args | {"assumable_role_arns": spokes(55, "a-long-path/" * 10)})

    for problem in (many, long):
        assert problem.path == ("assumable_role_arns",)
        assert "10,240" in problem.rule
        assert "a managed policy of your own" in problem.fix


def test_a_role_and_its_separate_policies_share_the_limit(base: Any, read: Any):
    long = read | {"Statement": [{**read["Statement"][0], "Resource": [f"arn:aws:s3:::{'x' * 5000}"]}]}

    [problem] = PodIdentity.validate(base | {"policies": {"long": long}, "assumable_role_arns": spokes(55)})

    assert problem.path == ("policies",)


@pytest.mark.parametrize("component", [PodIdentity, PodIdentityRole])
def test_a_name_too_long_for_the_policy_that_is_called_after_it_is_refused(base: Any, component: Any):
    assert list(component.validate(base | {"assumable_role_arns": {"k" * 121: SPOKE}})) == []

    [problem] = component.validate(base | {"assumable_role_arns": {"k" * 122: SPOKE}})

    assert problem.path == ("assumable_role_arns", "k" * 122)
    assert "128 characters" in problem.rule
