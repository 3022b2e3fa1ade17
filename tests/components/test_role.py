"""A role without an association, and the association that an add-on creates for it."""

import json
from typing import Any

import pytest

from pulumi_eks_pod_identity import PodIdentityInputError, PodIdentityRole, addon_association
from recording import default_name, record

CSI = {"cluster_name": "dev", "namespace": "kube-system", "service_account": "ebs-csi-controller-sa"}


def record_role(args):
    return record(lambda: PodIdentityRole("csi", args))


def test_it_is_a_role_with_its_policies_and_no_association(read):
    recording = record_role(
        CSI | {"policies": {"x": read}, "managed_policy_arns": {"y": "arn:aws:iam::aws:policy/SecurityAudit"}}
    )

    assert recording.names() == {"csi-role", "csi-policy-x", "csi-attachment-y"}


def test_its_trust_is_scoped_like_that_of_an_identity():
    [statement] = json.loads(record_role(CSI).resource("csi-role").inputs["assumeRolePolicy"])["Statement"]

    assert (
        statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == "ebs-csi-controller-sa"
    )


@pytest.mark.parametrize("scope", ["cluster", "account"])
def test_a_role_for_a_whole_cluster_names_no_service_account(scope):
    recording = record_role({"cluster_name": "dev", "trust_scope": scope})

    assert recording.resource("csi-role").inputs["name"] == default_name("csi")
    assert len(json.loads(recording.outputs["csi"]["trustPolicy"])["Statement"]) == 1


def test_a_narrower_role_names_its_service_accounts():
    with pytest.raises(PodIdentityInputError, match=r"service_account: .*required"):
        record_role({"cluster_name": "dev"})


def test_irsa_needs_service_accounts_at_any_scope():
    provider = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"

    with pytest.raises(PodIdentityInputError, match="none is given"):
        record_role({"cluster_name": "dev", "trust_scope": "cluster", "irsa_provider_arn": provider})


def test_its_trust_can_be_for_associations_without_session_tags():
    [statement] = json.loads(record_role(CSI | {"disable_session_tags": True}).outputs["csi"]["trustPolicy"])[
        "Statement"
    ]

    assert "ArnEquals" in statement["Condition"]


def test_an_add_ons_association_is_its_service_account_and_a_role():
    arn = "arn:aws:iam::111122223333:role/csi"

    assert addon_association({"service_account": "ebs-csi-controller-sa", "role_arn": arn}) == {
        "service_account": "ebs-csi-controller-sa",
        "role_arn": arn,
    }


@pytest.mark.parametrize(
    "key", ["namespace", "cluster_name", "target_role_arn", "session_policy", "disable_session_tags", "tags"]
)
def test_arguments_that_an_add_ons_association_does_not_have_are_refused_by_name(key):
    args: Any = {"service_account": "x", "role_arn": "arn:aws:iam::111122223333:role/csi", key: "y"}

    with pytest.raises(PodIdentityInputError, match=f"- {key}: Unknown argument"):
        addon_association(args)


def test_a_wrong_role_of_an_add_ons_association_is_refused():
    with pytest.raises(PodIdentityInputError, match="role_arn"):
        addon_association({"service_account": "x", "role_arn": "csi"})
