"""The permission policies of a role from all resources of a stack, known and unknown."""

from typing import Any

import pytest

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.graph.role_policies import RolePolicies, policies_of_roles
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import (
    POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS_EXCLUSIVE,
    Resource,
)
from eks_pod_identity.rules.samples import READ_INVOICES, document

POLICY_ARN = "arn:aws:iam::111122223333:policy/read"
OF_AWS = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
ONE, TWO = READ_INVOICES, document({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})


def resource(resource_type: str, urn: str, /, inputs: dict[str, Any] | None = None, **properties: Any) -> Resource:
    policies = ("api", "worker", "read")
    depends_on = {
        "policyArn": policies,
        "policyArns": policies,
        "managedPolicyArns": policies,
        "permissionsBoundary": ("read",),
    }
    return Resource(urn, resource_type, urn, properties, depends_on, "aws", inputs=inputs)


def api(**properties: Any) -> Resource:
    return resource(ROLE, "api", name="api", **properties)


WORKER = resource(ROLE, "worker", name="worker")
READ = resource(POLICY, "read", arn=POLICY_ARN, policy=ONE)


def of_api(*resources: Resource) -> RolePolicies:
    others = [] if any(resource.urn == "api" for resource in resources) else [api()]
    return policies_of_roles(Stack([*resources, *others, WORKER]))["api"]


def locations(policies: RolePolicies) -> list[tuple[str, str, object]]:
    return [(each.resource.urn, each.location, each.source) for each in policies.documents]


def test_a_role_without_policies_has_none():
    policies = of_api()

    assert policies == RolePolicies()
    assert not policies.has_others
    assert policies.all_documents == []


def test_every_role_is_there_and_no_policy_of_another():
    policies = policies_of_roles(Stack([api(), WORKER, resource(ROLE_POLICY, "inline", role="worker", policy=ONE)]))

    assert list(policies) == ["api", "worker"]
    assert (len(policies["api"].documents), len(policies["worker"].documents)) == (0, 1)


# Inline


def test_policies_of_resources_of_their_own_and_of_the_role_itself():
    inline = [{"name": "a", "policy": ONE}, {"name": "b", "policy": ""}, {"name": "c"}, {"name": "d", "policy": TWO}]
    separate = resource(ROLE_POLICY, "separate", role="api", policy=TWO)

    policies = of_api(api(inlinePolicies=inline), separate, resource(ROLE_POLICY, "another", role="gone", policy=ONE))

    assert locations(policies) == [
        ("api", "inlinePolicies[0].policy", ONE),
        ("api", "inlinePolicies[3].policy", TWO),
        ("separate", "policy", TWO),
    ]
    assert [each.document.statements[0].denies for each in policies.documents] == [False, True, True]
    assert not policies.has_others


@pytest.mark.parametrize("inline", [UNKNOWN, [UNKNOWN], [{"policy": ONE}, UNKNOWN], ["x"]])
def test_inline_policies_that_are_not_known_may_be_others(inline: Any):
    policies = of_api(api(inlinePolicies=inline))

    assert policies.has_unknown
    assert policies.has_others


def test_a_list_that_is_not_known_does_not_hide_what_follows():
    policies = of_api(api(inlinePolicies=[UNKNOWN, {"policy": ONE}], managedPolicyArns=[UNKNOWN, POLICY_ARN]), READ)

    assert locations(policies) == [
        ("api", "inlinePolicies[1].policy", ONE),
        ("read", "policy", ONE),
        ("read", "policy", ONE),
    ]


@pytest.mark.parametrize("key", ["inlinePolicies", "managedPolicyArns"])
def test_lists_that_aws_fills_in_are_not_what_the_program_gave(key: str):
    """As outputs, both list policies that other resources attached."""
    role = resource(ROLE, "api", {}, name="api", **{key: UNKNOWN})

    assert of_api(role) == RolePolicies()


# Managed


@pytest.mark.parametrize(
    "attached",
    [
        [api(managedPolicyArns=[POLICY_ARN])],
        [resource(ROLE_POLICY_ATTACHMENT, "attachment", role="api", policyArn=POLICY_ARN)],
        [resource(POLICY_ATTACHMENT, "attachment", roles=["worker", "api"], policyArn=POLICY_ARN)],
        [resource(POLICY_ATTACHMENT, "attachment", roles="api", policyArn=POLICY_ARN)],
        [resource(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE, "attachment", roleName="api", policyArns=[POLICY_ARN])],
    ],
    ids=["the role", "an attachment", "an attachment of several roles", "of one", "an exclusive list"],
)
def test_a_policy_of_the_stack_is_found_however_it_is_attached(attached: list[Resource]):
    policies = of_api(READ, *attached)

    assert locations(policies) == [("read", "policy", ONE)]
    assert not policies.has_others


@pytest.mark.parametrize(
    "attached",
    [
        [api(managedPolicyArns=[OF_AWS])],
        [resource(ROLE_POLICY_ATTACHMENT, "attachment", role="api", policyArn=OF_AWS)],
        [resource(POLICY_ATTACHMENT, "attachment", roles=["api"], policyArn=OF_AWS)],
        [resource(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE, "attachment", roleName="api", policyArns=[OF_AWS])],
    ],
)
def test_a_policy_of_aws_is_named_without_its_document(attached: list[Resource]):
    policies = of_api(*attached)

    assert (policies.documents, policies.unseen, policies.has_unknown) == ([], [OF_AWS], False)
    assert policies.has_others


@pytest.mark.parametrize(
    "attached",
    [
        [api(managedPolicyArns=UNKNOWN)],
        [api(managedPolicyArns=[UNKNOWN])],
        [resource(ROLE_POLICY_ATTACHMENT, "attachment", role="api", policyArn=UNKNOWN)],
        [resource(POLICY_ATTACHMENT, "attachment", roles=["api"], policyArn=UNKNOWN)],
        [resource(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE, "attachment", roleName="api", policyArns=UNKNOWN)],
        [resource(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE, "attachment", roleName="api", policyArns=[UNKNOWN])],
    ],
)
def test_a_policy_that_is_not_known_may_be_any(attached: list[Resource]):
    policies = of_api(*attached)

    assert (policies.documents, policies.unseen, policies.has_unknown) == ([], [], True)
    assert policies.has_others


@pytest.mark.parametrize(
    "attached",
    [
        [api(managedPolicyArns=[UNKNOWN])],
        [resource(ROLE_POLICY_ATTACHMENT, "attachment", role="api", policyArn=UNKNOWN)],
        [resource(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE, "attachment", roleName="api", policyArns=[UNKNOWN])],
    ],
)
def test_at_preview_an_arn_is_known_by_the_policy_that_it_depends_on(attached: list[Resource]):
    assert locations(of_api(READ, *attached)) == [("read", "policy", ONE)]


def test_what_is_attached_to_another_role_or_to_none_of_the_stack_is_not_this_role_s():
    policies = of_api(
        READ,
        resource(ROLE_POLICY_ATTACHMENT, "a", role="gone", policyArn=POLICY_ARN),
        resource(ROLE_POLICY_ATTACHMENT, "b", role="worker", policyArn=POLICY_ARN),
        resource(POLICY_ATTACHMENT, "c", roles=["gone", "worker"], policyArn=POLICY_ARN),
        resource(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE, "d", roleName="worker", policyArns=[POLICY_ARN]),
        resource(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE, "e", roleName="gone", policyArns=[POLICY_ARN]),
        resource(ROLE_POLICY, "f", role="worker", policy=ONE),
    )

    assert policies == RolePolicies()


# The boundary


@pytest.mark.parametrize("boundary", [POLICY_ARN, UNKNOWN])
def test_a_boundary_of_the_stack_is_a_document_that_grants_nothing(boundary: Any):
    policies = of_api(READ, api(permissionsBoundary=boundary))

    assert policies.boundary is not None
    assert (policies.boundary.resource, policies.boundary.location, policies.boundary.source) == (READ, "policy", ONE)
    assert (policies.documents, policies.all_documents, policies.boundary_is_unseen) == (
        [],
        [policies.boundary],
        False,
    )


@pytest.mark.parametrize(("boundary", "unseen"), [(OF_AWS, True), (UNKNOWN, True), ("", False), (None, False)])
def test_a_boundary_that_the_stack_does_not_show(boundary: Any, unseen: bool):
    policies = of_api(api(permissionsBoundary=boundary))

    assert (policies.boundary, policies.boundary_is_unseen) == (None, unseen)
    assert not policies.has_others
