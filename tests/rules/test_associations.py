"""PI305 and PI402, and the associations of add-ons: one association at a time."""

from typing import Any

import pytest

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.chain.pi305_account import account_verdicts
from eks_pod_identity.rules.graph.associations import addon_associations, namespace_is_assumed
from eks_pod_identity.rules.resource import ADDON, Resource, account_of, provider_account
from eks_pod_identity.rules.stack.pi402_names import name_findings
from verdicts import finding_codes, resource

# PI402


@pytest.mark.parametrize(
    ("names", "reported"),
    [
        ({"cluster_name": "dev", "namespace": "payments", "service_account": "api"}, False),
        ({"cluster_name": "d", "namespace": "p", "service_account": "a"}, False),
        ({"service_account": "a.b-c.d"}, False),
        ({"namespace": "n" * 63, "service_account": "s" * 253, "cluster_name": "c" * 100}, False),
        ({"namespace": UNKNOWN}, False),
        ({"namespace": "team-*"}, True),
        ({"namespace": "team-?"}, True),
        ({"namespace": "a.b"}, True),
        ({"namespace": "n" * 64}, True),
        ({"namespace": ""}, True),
        ({"namespace": 7}, True),
        ({"service_account": "a..b"}, True),
        ({"service_account": "Api"}, True),
        ({"service_account": "s" * 254}, True),
        ({"cluster_name": "-dev"}, True),
        ({"cluster_name": "arn:aws:eks:eu-west-1:111122223333:cluster/dev"}, True),
    ],
)
def test_names(names: dict[str, Any], reported: bool):
    assert [finding.code for finding in name_findings(**names, subject="it")] == (["PI402"] if reported else [])


# PI305


@pytest.mark.parametrize(
    ("arn", "account", "expected"),
    [
        ("arn:aws:iam::111122223333:role/a", "111122223333", []),
        ("arn:aws:iam::444455556666:role/a", "111122223333", ["PI305"]),
        ("arn:aws:iam::444455556666:role/a", "", []),
        (UNKNOWN, "111122223333", []),
        ("nonsense", "111122223333", []),
    ],
)
def test_the_account_of_a_role(arn: Any, account: str, expected: list[str]):
    assert finding_codes(account_verdicts(resource(roleArn=arn), account)) == expected


@pytest.mark.parametrize(
    ("properties", "account"),
    [
        ({"allowedAccountIds": '["111122223333"]'}, "111122223333"),
        ({"allowedAccountIds": ["111122223333"]}, "111122223333"),
        ({"allowedAccountIds": ["111122223333", "444455556666"]}, ""),
        ({"assumeRoles": '[{"roleArn": "arn:aws:iam::444455556666:role/deploy"}]'}, "444455556666"),
        ({"allowedAccountIds": "{"}, ""),
        ({"assumeRoles": []}, ""),
        ({"assumeRoles": [UNKNOWN]}, ""),
        ({}, ""),
    ],
)
def test_the_account_that_a_provider_is_bound_to(properties: dict[str, Any], account: str):
    assert provider_account(properties) == account


def test_the_account_of_a_text_that_is_not_an_arn():
    assert account_of(UNKNOWN) == ""
    assert account_of("arn:aws:s3:::bucket") == ""


# Associations of add-ons


@pytest.mark.parametrize(
    ("name", "config", "expected", "assumed"),
    [
        ("vpc-cni", None, "kube-system", False),
        ("aws-mountpoint-s3-csi-driver", {}, "kube-system", False),
        ("amazon-cloudwatch-observability", None, "amazon-cloudwatch", False),
        ("aws-network-flow-monitoring-agent", None, "amazon-network-flow-monitor", False),
        ("vpc-cni", {"namespace": "network"}, "network", False),
        ("vpc-cni", {"namespace": UNKNOWN}, UNKNOWN, False),
        ("vpc-cni", UNKNOWN, UNKNOWN, False),
        ("vendor-agent", None, "kube-system", True),
        ("vendor-agent", {"namespace": "kube-system"}, "kube-system", False),
        (UNKNOWN, None, "kube-system", True),
    ],
)
def test_where_an_add_on_runs(name: Any, config: Any, expected: Any, assumed: bool):
    entries = [{"serviceAccount": "api", "roleArn": "x"}]
    addon = resource(ADDON, addonName=name, namespaceConfig=config, podIdentityAssociations=entries)

    (association,) = addon_associations(addon)

    assert association.get("namespace") == expected
    assert namespace_is_assumed(association) is assumed


def test_the_namespace_of_an_add_on_in_the_program_takes_precedence_over_the_one_from_aws():
    inputs = {"addonName": "vpc-cni", "namespaceConfig": {"namespace": "network"}}
    filled_in = {**inputs, "namespaceConfig": {"namespace": "other"}, "podIdentityAssociations": [{}]}

    (association,) = addon_associations(Resource("urn", ADDON, "cni", filled_in, inputs=inputs))

    assert association.get("namespace") == "network"
