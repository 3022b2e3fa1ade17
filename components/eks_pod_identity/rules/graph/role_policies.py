"""The permission policies of roles, wherever in the stack they are defined."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from eks_pod_identity.iam import Document, parse
from eks_pod_identity.iam.unknown import UNKNOWN
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


class RolePolicy(NamedTuple):
    """One document of a role, with the resource and the property that contain it."""

    resource: Resource
    location: str
    source: object

    @property
    def document(self) -> Document:
        """Return the document, parsed each time: a large stack has thousands, each needed only briefly."""
        return parse(self.source)


@dataclass(slots=True)
class RolePolicies:
    """The policies of one role.

    Attributes:
        documents: Those that are in the stack.
        unseen: ARNs of managed policies outside the stack, such as those of AWS.
        has_unknown: Whether there may be others whose ARN is not known.
        boundary: The permissions boundary, if it is in the stack.
        boundary_is_unseen: Whether there is a boundary outside the stack.
    """

    documents: list[RolePolicy] = field(default_factory=list[RolePolicy])
    unseen: list[str] = field(default_factory=list[str])
    has_unknown: bool = False
    boundary: RolePolicy | None = None
    boundary_is_unseen: bool = False

    @property
    def has_others(self) -> bool:
        """Return whether the role has, or may have, policies outside the stack."""
        return self.has_unknown or bool(self.unseen)

    @property
    def all_documents(self) -> list[RolePolicy]:
        """Return the documents and the boundary."""
        return [*self.documents, *([self.boundary] if self.boundary else [])]


def policies_of_roles(stack: Stack) -> Mapping[str, RolePolicies]:
    """Return the policies of every role of the stack, by the URN of the role."""
    policies: dict[str, RolePolicies] = defaultdict(RolePolicies)
    for role in stack.of(ROLE):
        _add_inline(role, policies[role.urn])
        _add_boundary(stack, role, policies[role.urn])
        _add_all_managed(stack, role, "managedPolicyArns", role.input_value("managedPolicyArns"), policies[role.urn])
    for policy in stack.of(ROLE_POLICY):
        role = stack.role(policy, "role").resource
        if role is not None:
            policies[role.urn].documents.append(RolePolicy(policy, "policy", policy.get("policy")))
    for attachment, role_urn in attachments(stack):
        _add_managed(stack, attachment, "policyArn", attachment.get("policyArn"), policies[role_urn])
    for exclusive in stack.of(ROLE_POLICY_ATTACHMENTS_EXCLUSIVE):
        role = stack.role(exclusive, "roleName").resource
        if role is not None:
            _add_all_managed(stack, exclusive, "policyArns", exclusive.get("policyArns"), policies[role.urn])
    return policies


def attachments(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Return every attachment of a managed policy with the URN of a role of the stack that it is attached to."""
    for attachment in stack.of(ROLE_POLICY_ATTACHMENT):
        role = stack.role(attachment, "role").resource
        if role is not None:
            yield attachment, role.urn
    for attachment in stack.of(POLICY_ATTACHMENT):
        roles = attachment.get("roles")
        for name in cast("list[object]", roles) if isinstance(roles, list) else [roles]:
            role = stack.link(attachment, "roles", name, ROLE).resource
            if role is not None:
                yield attachment, role.urn


def _add_boundary(stack: Stack, role: Resource, into: RolePolicies) -> None:
    value = role.get("permissionsBoundary")
    boundary = stack.link(role, "permissionsBoundary", value, POLICY).resource
    if boundary is not None:
        into.boundary = RolePolicy(boundary, "policy", boundary.get("policy"))
    else:
        into.boundary_is_unseen = value not in (None, "")


def _add_inline(role: Resource, into: RolePolicies) -> None:
    policies = role.input_value("inlinePolicies")
    into.has_unknown |= policies is UNKNOWN
    for index, each in enumerate(cast("list[object]", policies) if isinstance(policies, list) else []):
        if not isinstance(each, Mapping):
            into.has_unknown = True
            continue
        text = cast("Mapping[str, object]", each).get("policy")
        if text not in (None, ""):
            into.documents.append(RolePolicy(role, f"inlinePolicies[{index}].policy", text))


def _add_all_managed(stack: Stack, resource: Resource, key: str, arns: object, into: RolePolicies) -> None:
    into.has_unknown |= arns is UNKNOWN
    for arn in cast("list[object]", arns) if isinstance(arns, list) else []:
        _add_managed(stack, resource, key, arn, into)


def _add_managed(stack: Stack, resource: Resource, key: str, arn: object, into: RolePolicies) -> None:
    policy = stack.link(resource, key, arn, POLICY).resource
    if policy is not None:
        into.documents.append(RolePolicy(policy, "policy", policy.get("policy")))
    elif isinstance(arn, str):
        into.unseen.append(arn)
    else:
        into.has_unknown = True
