"""Identities from the resources of a program: each property that links two resources."""

from typing import Any

import pytest

from eks_pod_identity.access.identity import Identity, Role
from eks_pod_identity.access.resources import (
    ADDON,
    ASSOCIATION,
    ATTACHMENT,
    EXCLUSIVE_ATTACHMENTS,
    POLICY,
    ROLE,
    ROLE_POLICY,
    SHARED_ATTACHMENT,
    Resource,
    identities_of,
)
from eks_pod_identity.iam.unknown import UNKNOWN
from workload import ACCOUNT, INVOICES, OTHER_ACCOUNT, TRUST, allow, document

ARN = f"arn:aws:iam::{ACCOUNT}:role/workloads/payments/api"
TARGET = f"arn:aws:iam::{OTHER_ACCOUNT}:role/teams/other/data"
LIMIT = f"arn:aws:iam::{ACCOUNT}:policy/team/payments/limit"
MANAGED = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
WRITES = document(allow("s3:PutObject"))
REGION = "eu-west-1"


def resource_of(resource_type: str, name: str, provider: str = "here", /, **parts: Any) -> Resource:
    dependencies = {key: [urn(*of) for of in value] for key, value in parts.pop("depends", {}).items()}
    is_read = parts.pop("is_read", False)
    return Resource(urn(resource_type, name), resource_type, parts, provider, dependencies, is_read)


def urn(resource_type: str, name: str) -> str:
    return f"urn:pulumi:dev::app::{resource_type}::{name}"


def role(name: str = "api", /, **properties: Any) -> Resource:
    return resource_of(ROLE, name, **{"arn": ARN, "name": name, "assumeRolePolicy": TRUST, **properties})


def association(name: str = "payments", /, **properties: Any) -> Resource:
    defaults = {
        "clusterName": "prod",
        "namespace": "payments",
        "serviceAccount": "api",
        "roleArn": ARN,
        "associationArn": f"arn:aws:eks:{REGION}:{ACCOUNT}:podidentityassociation/prod/a-1",
    }
    return resource_of(ASSOCIATION, name, **{**defaults, **properties})


def addon(*entries: Any, **properties: Any) -> Resource:
    defaults = {
        "addonName": "aws-ebs-csi-driver",
        "clusterName": "prod",
        "arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:addon/prod/x/1",
        "podIdentityAssociations": list(entries),
    }
    return resource_of(ADDON, "addon", **{**defaults, **properties})


def identity(*resources: Resource, **managed: Any) -> Identity:
    (only,) = identities_of(resources, managed).values()
    return only


EXPECTED = {
    "cluster": "prod",
    "namespace": "payments",
    "service_account": "api",
    "role": Role(ARN, trust=TRUST, policies={}, boundary=None, tags={}),
    "region": REGION,
    "account": ACCOUNT,
    "session_tags": True,
}


@pytest.mark.parametrize(
    ("properties", "changes"),
    [
        ({}, {}),
        ({"clusterName": UNKNOWN}, {"cluster": UNKNOWN}),
        ({"namespace": UNKNOWN}, {"namespace": UNKNOWN}),
        ({"serviceAccount": ""}, {"service_account": UNKNOWN}),
        ({"policy": INVOICES}, {"session_policy": INVOICES}),
        ({"policy": "{}"}, {"session_policy": "{}"}),
        ({"policy": ""}, {"session_policy": None}),
        ({"policy": UNKNOWN}, {"session_policy": UNKNOWN}),
        ({"disableSessionTags": True}, {"session_tags": False}),
        ({"disableSessionTags": False}, {"session_tags": True}),
        ({"disableSessionTags": UNKNOWN}, {"session_tags": UNKNOWN}),
        # If the region is a property of the resource, the account is that of the role.
        ({"associationArn": UNKNOWN, "region": "eu-north-1"}, {"region": "eu-north-1", "account": None}),
        ({"associationArn": UNKNOWN}, {"region": UNKNOWN, "account": None}),
        ({"associationArn": "arn:aws:eks:x"}, {"region": UNKNOWN, "account": None}),
        ({"region": "eu-north-1"}, {}),
    ],
)
def test_an_association_becomes_an_identity(properties: dict[str, Any], changes: dict[str, Any]) -> None:
    assert identity(role(), association(**properties)) == Identity(**{**EXPECTED, **changes})


MISSING = {"policies": {"the policies of role data, which is not in the program": UNKNOWN}, "tags": UNKNOWN}


@pytest.mark.parametrize(
    ("properties", "target"),
    [
        ({"targetRoleArn": TARGET}, Role(TARGET, **MISSING)),
        (
            {"targetRoleArn": UNKNOWN},
            Role(
                UNKNOWN,
                policies={"the policies of role (not known), which is not in the program": UNKNOWN},
                tags=UNKNOWN,
            ),
        ),
        ({"targetRoleArn": UNKNOWN, "depends": {"targetRoleArn": [(ROLE, "api")]}}, EXPECTED["role"]),
        ({"targetRoleArn": ""}, None),
        ({"targetRoleArn": None}, None),
    ],
)
def test_a_target_role_is_that_of_the_program_or_not_known(properties: dict[str, Any], target: Role | None) -> None:
    assert identity(role(), association(**properties)).target == target


@pytest.mark.parametrize(
    ("entry", "properties", "changes"),
    [
        ({"roleArn": ARN, "serviceAccount": "csi"}, {}, {}),
        ({"roleArn": ARN, "serviceAccount": UNKNOWN}, {}, {"service_account": UNKNOWN}),
        ({"roleArn": ARN, "serviceAccount": "csi"}, {"arn": UNKNOWN}, {"region": UNKNOWN, "account": None}),
        (
            {"roleArn": ARN, "serviceAccount": "csi"},
            {"arn": UNKNOWN, "region": "eu-north-1"},
            {"region": "eu-north-1", "account": None},
        ),
        ({"roleArn": ARN, "serviceAccount": "csi"}, {"namespaceConfig": {"namespace": "own"}}, {"namespace": "own"}),
        ({"roleArn": ARN, "serviceAccount": "csi"}, {"addonName": "of-somebody-else"}, {"namespace": UNKNOWN}),
        ({"roleArn": ARN, "serviceAccount": "csi"}, {"addonName": UNKNOWN}, {"namespace": UNKNOWN}),
        ({"roleArn": UNKNOWN, "serviceAccount": "csi"}, {"depends": {"podIdentityAssociations": [(ROLE, "api")]}}, {}),
    ],
)
def test_an_association_of_an_addon_becomes_an_identity(
    entry: dict[str, Any], properties: dict[str, Any], changes: dict[str, Any]
) -> None:
    expected = {**EXPECTED, "namespace": "kube-system", "service_account": "csi", "session_tags": None}

    assert identity(role(), addon(entry, "x", UNKNOWN, **properties)) == Identity(**{**expected, **changes})


def test_an_addon_without_a_list_has_no_identity() -> None:
    assert identities_of([role(), addon(podIdentityAssociations=UNKNOWN)]) == {}


@pytest.mark.parametrize(
    ("properties", "tags"),
    [
        ({"tags": {"a": "1"}}, {"a": "1"}),
        ({"tags": {"a": "1"}, "tagsAll": {"a": "1", "b": "2"}}, {"a": "1", "b": "2"}),
        ({"tags": {"a": "1"}, "tagsAll": None}, {}),
        ({"tags": {"a": UNKNOWN}}, UNKNOWN),
        ({"tagsAll": UNKNOWN}, UNKNOWN),
        ({"tags": {"a": "1", "b": 2}}, {"a": "1"}),
        ({}, {}),
    ],
)
def test_tags_of_the_role_include_those_of_its_provider(properties: dict[str, Any], tags: Any) -> None:
    assert identity(role(**properties), association()).role.tags == tags


def inline(name: str = "own", /, **properties: Any) -> Resource:
    return resource_of(ROLE_POLICY, name, **{"role": "api", "name": name, "policy": INVOICES, **properties})


def attach(arn: Any, resource_type: str = ATTACHMENT, **properties: Any) -> Resource:
    defaults = {"roles": ["api"]} if resource_type == SHARED_ATTACHMENT else {"role": "api"}
    return resource_of(resource_type, "attached", **{**defaults, "policyArn": arn, **properties})


LIMITED = resource_of(POLICY, "limit", arn=LIMIT, policy=WRITES)
PLANNED = resource_of(POLICY, "limit", arn=UNKNOWN, policy=WRITES)


@pytest.mark.parametrize(
    ("resources", "policies"),
    [
        ([role(), inline()], {"own": INVOICES}),
        ([role(), inline(name=UNKNOWN)], {"own": INVOICES}),
        ([role(), inline(name="in-aws")], {"in-aws": INVOICES}),
        ([role(), inline(role=ARN)], {"own": INVOICES}),
        ([role(), inline(role=UNKNOWN, depends={"role": [(ROLE, "api")]})], {"own": INVOICES}),
        ([role(), inline(role="other")], {}),
        ([role(), inline(policy=UNKNOWN)], {"own": UNKNOWN}),
        (
            [role(inlinePolicies=[{"name": "in", "policy": INVOICES}, UNKNOWN])],
            {"in": INVOICES, "inlinePolicies[1]": UNKNOWN},
        ),
        (
            [role(inlinePolicies=[{"policy": INVOICES}, {"name": UNKNOWN, "policy": WRITES}])],
            {"inlinePolicies[0]": INVOICES, "inlinePolicies[1]": WRITES},
        ),
        ([role(inlinePolicies=[{"name": "in", "policy": UNKNOWN}])], {"in": UNKNOWN}),
        # As the provider returns a role without inline policies.
        ([role(inlinePolicies=[{"name": "", "policy": ""}, {}])], {}),
        ([role(inlinePolicies=UNKNOWN)], {"inlinePolicies": UNKNOWN}),
        ([role(managedPolicyArns=UNKNOWN)], {"managedPolicyArns": UNKNOWN}),
        ([role(managedPolicyArns=[LIMIT, MANAGED]), LIMITED], {"limit": WRITES, MANAGED: UNKNOWN}),
        (
            [role(managedPolicyArns=[UNKNOWN], depends={"managedPolicyArns": [(POLICY, "limit")]}), PLANNED],
            {"managedPolicyArns[0]": WRITES},
        ),
        (
            [role(managedPolicyArns=[UNKNOWN, LIMIT, UNKNOWN])],
            {"managedPolicyArns[0]": UNKNOWN, "limit": UNKNOWN, "managedPolicyArns[2]": UNKNOWN},
        ),
        ([role(), attach(LIMIT), LIMITED], {"limit": WRITES}),
        ([role(), attach(LIMIT)], {"limit": UNKNOWN}),
        ([role(), attach(UNKNOWN, depends={"policyArn": [(POLICY, "limit")]}), PLANNED], {"attached": WRITES}),
        ([role(), attach(UNKNOWN), PLANNED], {"attached": UNKNOWN}),
        # The ARN may be that of either policy.
        (
            [
                role(),
                attach(UNKNOWN, depends={"policyArn": [(POLICY, "limit"), (POLICY, "more")]}),
                PLANNED,
                resource_of(POLICY, "more", policy=INVOICES),
            ],
            {"attached": UNKNOWN},
        ),
        ([role(), attach(LIMIT, SHARED_ATTACHMENT), LIMITED], {"limit": WRITES}),
        ([role(), attach(LIMIT, SHARED_ATTACHMENT, roles=["other", ARN]), LIMITED], {"limit": WRITES}),
        (
            [
                role(),
                attach(LIMIT, SHARED_ATTACHMENT, roles=[UNKNOWN], depends={"roles": [(ROLE, "api")]}),
                LIMITED,
            ],
            {"limit": WRITES},
        ),
        ([role(), attach(LIMIT, SHARED_ATTACHMENT, roles=["other"]), LIMITED], {}),
        ([role(is_read=True)], {"further policies of role api, which the program only reads": UNKNOWN}),
    ],
)
def test_policies_of_a_role_are_found_wherever_they_are(resources: list[Resource], policies: dict[str, Any]) -> None:
    assert identity(*resources, association()).role.policies == policies


def test_the_text_of_a_managed_policy_may_be_given() -> None:
    informed = identity(role(managedPolicyArns=[MANAGED]), association(), **{MANAGED: WRITES})

    assert informed.role.policies == {MANAGED: WRITES}


@pytest.mark.parametrize(
    ("properties", "boundary"),
    [
        ({"permissionsBoundary": LIMIT}, WRITES),
        ({"permissionsBoundary": MANAGED}, UNKNOWN),
        ({"permissionsBoundary": ""}, None),
        ({"permissionsBoundary": UNKNOWN}, UNKNOWN),
        ({"permissionsBoundary": UNKNOWN, "depends": {"permissionsBoundary": [(POLICY, "limit")]}}, WRITES),
        ({"permissionsBoundary": UNKNOWN, "depends": {"managedPolicyArns": [(POLICY, "limit")]}}, UNKNOWN),
    ],
)
def test_a_boundary_is_the_policy_of_its_arn(properties: dict[str, Any], boundary: Any) -> None:
    assert identity(role(**properties), LIMITED, association()).role.boundary == boundary


@pytest.mark.parametrize(
    ("roles", "properties", "trust"),
    [
        # By the last part of the ARN if the role does not exist yet.
        ([role(arn=UNKNOWN)], {}, TRUST),
        ([role(arn=UNKNOWN, name="other")], {}, UNKNOWN),
        # A role with another ARN does not match.
        ([role(arn=TARGET)], {}, UNKNOWN),
        # Two have the same name, and nothing distinguishes them.
        ([role(arn=UNKNOWN), resource_of(ROLE, "twin", name="api", assumeRolePolicy={})], {}, UNKNOWN),
        # The property depends on one of them.
        (
            [role(arn=UNKNOWN), resource_of(ROLE, "twin", name="api", assumeRolePolicy={"Id": "twin"})],
            {"depends": {"roleArn": [(ROLE, "twin"), (POLICY, "x")]}},
            {"Id": "twin"},
        ),
        # Or that of the same provider.
        ([role(arn=UNKNOWN), resource_of(ROLE, "twin", "elsewhere", name="api", assumeRolePolicy={})], {}, TRUST),
        ([resource_of(ROLE, "twin", "elsewhere", name="api", assumeRolePolicy={})], {}, UNKNOWN),
    ],
)
def test_a_role_that_does_not_exist_yet_is_found_by_its_name(
    roles: list[Resource], properties: dict[str, Any], trust: Any
) -> None:
    expected = identity(*roles, association(**properties)).role

    assert expected.arn == ARN
    assert expected.trust == trust


def test_a_policy_belongs_to_the_role_of_its_provider_first() -> None:
    here, there = role(), resource_of(ROLE, "twin", "elsewhere", arn=TARGET, name="api", assumeRolePolicy=TRUST)
    own = resource_of(ROLE_POLICY, "own", "elsewhere", role="api", name="own", policy=INVOICES)
    foreign = resource_of(ROLE_POLICY, "foreign", "third", role="api", name="foreign", policy=WRITES)

    api = identity(here, there, own, foreign, association(targetRoleArn=TARGET))

    assert api.role.policies == {"foreign": WRITES}
    assert api.target is not None
    assert api.target.policies == {"own": INVOICES, "foreign": WRITES}


def test_identities_are_named_by_what_differs() -> None:
    identities = identities_of(
        [
            role(),
            association("a", serviceAccount="worker"),
            association("b"),
            association("c", clusterName="dev"),
            association("d", namespace=UNKNOWN, serviceAccount=UNKNOWN),
            association("e", namespace="orders", clusterName=UNKNOWN),
            association("f", namespace="orders"),
        ]
    )

    assert list(identities) == [
        "?/?",
        "?/orders/api",
        "dev/payments/api",
        "payments/worker",
        "prod/orders/api",
        "prod/payments/api",
    ]
    assert identities["dev/payments/api"].cluster == "dev"


OTHER = resource_of(ROLE, "other", arn=TARGET, name="other", assumeRolePolicy=TRUST)
WITHOUT_ACCOUNT = {
    ROLE_POLICY: ("role", {"role": UNKNOWN, "name": "own", "policy": INVOICES}),
    ATTACHMENT: ("role", {"role": UNKNOWN, "policyArn": LIMIT}),
    SHARED_ATTACHMENT: ("roles", {"roles": [UNKNOWN], "policyArn": LIMIT}),
    EXCLUSIVE_ATTACHMENTS: ("roleName", {"roleName": UNKNOWN, "policyArns": [LIMIT]}),
}


@pytest.mark.parametrize("resource_type", WITHOUT_ACCOUNT)
def test_a_policy_of_a_role_that_is_not_known_belongs_to_the_one_that_it_depends_on(resource_type: str) -> None:
    """Of its property for the role: what else it depends on, such as the role in its text, says nothing."""
    key, properties = WITHOUT_ACCOUNT[resource_type]
    depends = {key: [(ROLE, "api")], "policy": [(ROLE, "other")]}

    depending = identity(
        role(), OTHER, LIMITED, resource_of(resource_type, "p", **properties, depends=depends), association()
    )
    open_role = identity(role(), OTHER, LIMITED, resource_of(resource_type, "p", **properties), association())

    assert list(depending.role.policies.values()) == [INVOICES if resource_type == ROLE_POLICY else WRITES]
    assert list(open_role.role.policies.values()) == [UNKNOWN]


def test_a_policy_of_another_role_is_not_that_of_this_one() -> None:
    of_other = resource_of(
        ATTACHMENT, "p", role=UNKNOWN, policyArn=LIMIT, depends={"role": [(ROLE, "other"), (POLICY, "limit")]}
    )

    assert identity(role(), OTHER, LIMITED, of_other, association()).role.policies == {}


def test_a_managed_and_an_inline_policy_of_one_name_are_two() -> None:
    both = identity(role(managedPolicyArns=[LIMIT]), LIMITED, inline(name="limit"), association())
    twice = identity(role(managedPolicyArns=[LIMIT]), LIMITED, attach(LIMIT), association())
    attached_after = identity(role(), inline(name="limit"), attach(LIMIT), LIMITED, association())

    assert both.role.policies == {"limit": WRITES, "inline policy limit": INVOICES}
    assert twice.role.policies == {"limit": WRITES}
    assert attached_after.role.policies == {"limit": INVOICES, LIMIT: WRITES}
