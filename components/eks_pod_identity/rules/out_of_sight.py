"""Reports resources that create associations or roles in a form that the rules do not read."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import Located, Unjudged
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import Resource

_ASSOCIATION_CODES = ("PI107", "PI201", "PI203", "PI305", "PI401", "PI402")
_ROLE_CODES = ("PI101", "PI103", "PI104", "PI105", "PI106")

_DIRECT = re.compile(
    r"aws-native:(iam:Role|eks:PodIdentityAssociation|eks:Addon|iam:RolePolicy|iam:ManagedPolicy)"
    r"|aws:index/(iamRole:IamRole|eksPodIdentityAssociation:EksPodIdentityAssociation|eksAddon:EksAddon)"
    r"|kubernetes:eks\.services\.k8s\.aws/[^:]+:(PodIdentityAssociation|Addon)"
    r"|kubernetes:iam\.services\.k8s\.aws/[^:]+:Role"
    r"|kubernetes:(eks|iam)\.aws\.(?:m\.)?upbound\.io/[^:]+:(PodIdentityAssociation|Addon|Role)"
)
"""Types of `aws-native`, of the AWS provider through any-Terraform, of ACK and of Crossplane."""

_CLOUD_CONTROL = frozenset({"aws:cloudcontrol/resource:Resource", "aws-native:index:ExtensionResource"})
_CLOUD_FORMATION = frozenset(
    {
        "aws:cloudformation/stack:Stack",
        "aws:cloudformation/stackSet:StackSet",
        "aws-native:cloudformation:Stack",
        "aws-native:cloudformation:StackSet",
    }
)
_TEMPLATE_TYPES = ("AWS::EKS::PodIdentityAssociation", "AWS::IAM::Role", "AWS::EKS::Addon")


def may_be_out_of_sight(resource_type: str) -> bool:
    """Return whether a resource of this type may create associations or roles that the rules do not read."""
    return (
        resource_type in _CLOUD_CONTROL
        or resource_type in _CLOUD_FORMATION
        or (
            resource_type.startswith(("aws-native:", "aws:index/", "kubernetes:"))
            and bool(_DIRECT.match(resource_type))
        )
    )


def out_of_sight_verdicts(stack: Stack) -> Iterator[Located]:
    """Report each such resource once."""
    for resource in stack.all():
        if may_be_out_of_sight(resource.type):
            hidden = _created_type(resource)
            if hidden:
                reason = f"{quote(resource.type)} creates {hidden}, which these rules read only as aws:… resources."
                yield Located(resource, Unjudged(_codes(hidden), resource.label, reason))


def _codes(hidden: str) -> tuple[str, ...]:
    """Return the rules that cannot judge what it creates: all of them if that is not known."""
    associations = _ASSOCIATION_CODES if "Association" in hidden or "Addon" in hidden else ()
    roles = _ROLE_CODES if "Role" in hidden or "Policy" in hidden else ()
    return (*roles, *associations) or (*_ROLE_CODES, *_ASSOCIATION_CODES)


def _created_type(resource: Resource) -> str:
    """Return what *resource* creates, as the AWS type, or nothing if it does not concern Pod Identity."""
    if resource.type in _CLOUD_CONTROL:
        name = resource.get("typeName") or resource.get("type")
        if name is UNKNOWN:
            return "a resource whose type is not known yet"
        return str(name) if name in _TEMPLATE_TYPES else ""
    if resource.type in _CLOUD_FORMATION:
        return _types_in_template(resource)
    return resource.type.rpartition(":")[2]


def _types_in_template(resource: Resource) -> str:
    template = resource.get("templateBody") or resource.get("template")
    if template in (None, "") or template is UNKNOWN:
        return "the resources of a template that is not in the stack"
    text = template if isinstance(template, str) else repr(cast("Mapping[str, object]", template))
    return join_values([resource_type for resource_type in _TEMPLATE_TYPES if resource_type in text])
