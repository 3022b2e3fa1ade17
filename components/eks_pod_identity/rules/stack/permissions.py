"""The permission policies of a role, wherever in the stack they are written."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from eks_pod_identity.iam import Document, parse
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.resource import (
    POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS_EXCLUSIVE,
    Resource,
)
from eks_pod_identity.rules.stack.graph import Stack


@dataclass(slots=True)
class Permissions:
    """The documents of one role, whether it has others that the stack does not show, and its boundary if the stack does."""

    documents: list[tuple[str, Document]] = field(default_factory=list["tuple[str, Document]"])
    has_others: bool = False
    boundary: Document | None = None


def permissions_of_roles(stack: Stack) -> Mapping[str, Permissions]:
    """Read the permissions of every role of the stack, by the URN of the role."""
    found: dict[str, Permissions] = defaultdict(Permissions)
    for role in stack.of(ROLE):
        _inline(role, found[role.urn])
        boundary = stack.link(role, "permissionsBoundary", role.get("permissionsBoundary"), POLICY).resource
        if boundary is not None:
            found[role.urn].boundary = parse(boundary.get("policy"))
        _all_managed(stack, role, "managedPolicyArns", role.given("managedPolicyArns"), found[role.urn])
    for one in stack.of(ROLE_POLICY):
        role = stack.role(one, "role").resource
        if role is not None:
            found[role.urn].documents.append((one.mention, parse(one.get("policy"))))
    for attachment, role_urn in attachments(stack):
        _managed(stack, attachment, "policyArn", attachment.get("policyArn"), found[role_urn])
    for one in stack.of(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE):
        role = stack.role(one, "roleName").resource
        if role is not None:
            _all_managed(stack, one, "policyArns", one.get("policyArns"), found[role.urn])
    return found


def attachments(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every attachment of a managed policy with the URN of a role of the stack that it is attached to."""
    for one in stack.of(ROLE_POLICY_ATTACHMENT):
        role = stack.role(one, "role").resource
        if role is not None:
            yield one, role.urn
    for one in stack.of(POLICY_ATTACHMENT):
        roles = one.get("roles")
        for name in cast("list[object]", roles) if isinstance(roles, list) else [roles]:
            role = stack.link(one, "roles", name, ROLE).resource
            if role is not None:
                yield one, role.urn


def _inline(role: Resource, into: Permissions) -> None:
    policies = role.given("inlinePolicies")
    if policies is UNKNOWN:
        into.has_others = True
    for one in cast("list[object]", policies) if isinstance(policies, list) else []:
        if isinstance(one, Mapping):
            into.documents.append((role.mention, parse(cast("Mapping[str, object]", one).get("policy", {}))))
        else:
            into.has_others = True


def _all_managed(stack: Stack, resource: Resource, key: str, arns: object, into: Permissions) -> None:
    into.has_others |= arns is UNKNOWN
    for arn in cast("list[object]", arns) if isinstance(arns, list) else []:
        _managed(stack, resource, key, arn, into)


def _managed(stack: Stack, resource: Resource, key: str, arn: object, into: Permissions) -> None:
    policy = stack.link(resource, key, arn, POLICY).resource
    if policy is None:
        into.has_others = True
    else:
        into.documents.append((policy.mention, parse(policy.get("policy"))))
