"""The target role: created in another account, existing, or created alone."""

import json

import pulumi_aws as aws
import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError, PodIdentityTargetRole
from recording import ACCOUNT, TARGET_ACCOUNT, default_name, record

TARGET = f"arn:aws:iam::{TARGET_ACCOUNT}:role/reader"
SOURCE = f"arn:aws:iam::{ACCOUNT}:role/exporter"
EXTERNAL_ID = f"eu-west-1/{ACCOUNT}/dev/payments/api"


def in_two_accounts(args):
    def program():
        provider = aws.Provider("target-account", region="eu-west-1")
        PodIdentity("api", args, target_provider=provider)

    return record(program)


def statements(recording, role):
    return json.loads(recording.resource(role).inputs["assumeRolePolicy"])["Statement"]


def test_the_target_role_and_its_policies_are_created_with_the_target_provider(base, read):
    recording = in_two_accounts(base | {"create_target_role": True, "target_policies": {"data": read}})

    with_target = {item.name for item in recording.resources if "target-account" in item.provider}
    assert with_target == {"api-target-role", "api-target-policy-data"}


def test_the_target_role_is_known_to_be_in_the_account_of_its_provider(base):
    recording = in_two_accounts(base | {"create_target_role": True})

    policy = json.loads(recording.resource("api-assume-target").inputs["policy"])
    assert policy["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Resource": f"arn:aws:iam::{TARGET_ACCOUNT}:role/{default_name('api-target')}",
        }
    ]


def test_the_target_role_trusts_the_source_role_with_the_computed_external_id(base):
    assume, tag = statements(in_two_accounts(base | {"create_target_role": True}), "api-target-role")

    assert assume["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{default_name('api')}"},
        "StringEquals": {"sts:ExternalId": EXTERNAL_ID},
    }
    assert tag["Action"] == "sts:TagSession"


def test_neither_role_waits_for_the_other(base):
    recording = in_two_accounts(base | {"create_target_role": True})

    assert recording.dependencies_of("api-role") == set()
    assert recording.dependencies_of("api-target-role") == set()


def test_the_association_waits_for_the_whole_chain(base, read):
    recording = in_two_accounts(base | {"create_target_role": True, "target_policies": {"data": read}})

    assert recording.dependencies_of("api-association") == {
        "api-role",
        "api-target-role",
        "api-target-policy-data",
        "api-assume-target",
    }


def test_the_trust_policy_for_a_target_role_of_another_team_is_printed(base):
    recording = record(lambda: PodIdentity("api", base | {"target_role_arn": TARGET}))

    assert recording.names() == {"api-role", "api-assume-target", "api-association"}
    trust = json.loads(recording.outputs["api"]["targetTrustPolicy"])
    assert trust["Statement"][0]["Condition"]["StringEquals"] == {"sts:ExternalId": EXTERNAL_ID}
    assert recording.resource("api-association").inputs["targetRoleArn"] == TARGET


def test_a_target_role_of_another_partition_is_refused(base):
    with pytest.raises(PodIdentityInputError, match=r'target_role_arn: .*partition "aws-cn"'):
        record(lambda: PodIdentity("api", base | {"target_role_arn": TARGET.replace("aws", "aws-cn")}), preview=True)


def test_without_a_target_there_is_no_target_trust(base):
    outputs = record(lambda: PodIdentity("api", base)).outputs["api"]

    assert outputs.get("targetTrustPolicy") is None
    assert outputs.get("targetRoleArn") is None


def test_a_target_provider_without_a_target_role_is_refused(base):
    with pytest.raises(PodIdentityInputError, match=r"target_provider: .*'create_target_role'"):
        in_two_accounts(base)


def test_a_name_of_a_policy_that_the_chain_needs_is_refused(base, read):
    args = base | {"create_target_role": True, "policies": {"assume-target": read}}

    with pytest.raises(PodIdentityInputError, match=r"policies\.assume-target"):
        record(lambda: PodIdentity("api", args))


def alone(args):
    return record(lambda: PodIdentityTargetRole("reader", {"source_role_arn": SOURCE} | args))


PARTS = {"cluster_name": "dev", "cluster_region": "eu-west-1", "namespace": "payments", "service_account": "api"}


def test_alone_it_trusts_external_ids_as_given(read):
    recording = alone({"external_ids": [EXTERNAL_ID], "policies": {"data": read}})

    assert recording.names() == {"reader-target-role", "reader-target-policy-data"}
    assert statements(recording, "reader-target-role")[0]["Condition"]["StringEquals"] == {
        "sts:ExternalId": EXTERNAL_ID
    }


def test_alone_it_computes_the_external_id_with_the_account_of_the_source_role():
    recording = alone(PARTS)

    assert statements(recording, "reader-target-role")[0]["Condition"]["StringEquals"] == {
        "sts:ExternalId": EXTERNAL_ID
    }
    assert recording.resource("reader-target-role").inputs["name"] == default_name("reader")


def test_alone_it_computes_one_for_each_binding():
    args = {"cluster_name": "dev", "cluster_region": "eu-west-1"} | {
        "bindings": [
            {"namespace": "payments", "service_account": "api"},
            {"namespace": "payments", "service_account": "api", "cluster_name": "green"},
        ]
    }

    external_ids = statements(alone(args), "reader-target-role")[0]["Condition"]["StringEquals"]["sts:ExternalId"]

    assert external_ids == [EXTERNAL_ID, EXTERNAL_ID.replace("dev", "green")]


def test_alone_it_gives_the_arn_when_its_policies_are_attached(read):
    recording = alone(PARTS | {"policies": {"data": read}})

    assert recording.outputs["reader"]["roleArn"] == f"arn:aws:iam::{ACCOUNT}:role/{default_name('reader')}"


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ({}, "cluster_name"),
        ({"cluster_name": "dev"}, "cluster_region"),
        ({"external_ids": ["x"]}, "external_ids[0]"),
        (PARTS | {"external_ids": [EXTERNAL_ID]}, "cluster_name"),
        (PARTS | {"cluster_account_id": TARGET_ACCOUNT}, "source_role_arn"),
        (PARTS | {"source_role_arn": "x"}, "source_role_arn"),
        (PARTS | {"external_id": "x"}, "external_id"),
    ],
)
def test_alone_a_wrong_argument_is_reported_with_its_path(args, place):
    with pytest.raises(PodIdentityInputError) as caught:
        alone(args)

    assert place in [problem.typed_path() for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("args", "place"),
    [
        ({"role_name": "same", "create_target_role": True, "target_role_name": "Same"}, "target_role_name"),
        ({"role_name": "same", "target_role_arn": f"arn:aws:iam::{ACCOUNT}:role/same"}, "target_role_arn"),
        (
            {"role_name": "same", "role_path": "/a/", "target_role_arn": f"arn:aws:iam::{ACCOUNT}:role/a/same"},
            "target_role_arn",
        ),
    ],
)
def test_a_role_is_not_its_own_target(base, args, place):
    def program():
        with pytest.raises(PodIdentityInputError, match=f"- {place}: "):
            PodIdentity("api", base | args)

    assert record(program).names() == set()


def test_roles_of_two_accounts_may_have_the_same_name(base):
    recording = in_two_accounts(base | {"role_name": "same", "create_target_role": True, "target_role_name": "same"})

    assert [item.inputs["name"] for item in recording.of("Role")] == ["same", "same"]
