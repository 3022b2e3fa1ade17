"""A user's transformations see the children of a component like resources of the SDK."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes
import pytest

from pulumi_eks_pod_identity import PodIdentity
from recording import record

DOCUMENT = '{"Version":"2012-10-17","Statement":[]}'
OWN: dict[str, Any] = {
    "aws:iam/role:Role": lambda: aws.iam.Role("own", name="own", assume_role_policy=DOCUMENT),
    "aws:iam/rolePolicy:RolePolicy": lambda: aws.iam.RolePolicy("own", role="r", policy=DOCUMENT),
    "aws:iam/policy:Policy": lambda: aws.iam.Policy("own", name="own", policy=DOCUMENT),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": lambda: aws.iam.RolePolicyAttachment(
        "own", role="r", policy_arn="arn:aws:iam::aws:policy/SecurityAudit"
    ),
    "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive": lambda: aws.iam.RolePoliciesExclusive(
        "own", role_name="r", policy_names=[]
    ),
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": (
        lambda: aws.iam.RolePolicyAttachmentsExclusive("own", role_name="r", policy_arns=[])
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": lambda: aws.eks.PodIdentityAssociation(
        "own", cluster_name="c", namespace="n", service_account="s", role_arn="arn:aws:iam::111122223333:role/x"
    ),
    "aws:eks/addon:Addon": lambda: aws.eks.Addon("own", cluster_name="c", addon_name="a"),
    "kubernetes:core/v1:ServiceAccount": lambda: kubernetes.core.v1.ServiceAccount("own", metadata={"name": "s"}),
    "kubernetes:core/v1:Namespace": lambda: kubernetes.core.v1.Namespace("own", metadata={"name": "n"}),
}


def everything(read: Any) -> Any:
    return {
        "cluster_name": "dev",
        "namespace": "payments",
        "service_account": "api",
        "policies": {"read": read},
        "policy_kind": "managed",
        "managed_policy_arns": {"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
        "assumable_role_arns": {"spoke": "arn:aws:iam::444455556666:role/spoke"},
        "exclusive_policies": True,
        "create_target_role": True,
        "agent": "managed",
        "create_service_account": True,
        "create_namespace": True,
    }


def record_views(program: Any, read: Any) -> Any:
    """Return the properties that a transformation reads and sets, by type, and what is registered then."""
    properties: dict[str, set[str]] = {}

    def read_and_set(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
        props: Any = args.props
        if args.type_ in OWN:
            properties.setdefault(args.type_, set()).update(props)
            for key in OWN_PROPERTIES.get(args.type_, ()):
                props[key] = props[key]  # a property that is not set reads as None
            if "tags" in props:
                props["tags"] = {**(props["tags"] or {}), "Owner": "shop"}
        return pulumi.ResourceTransformationResult(props, args.opts)

    def run() -> None:
        program(pulumi.ResourceOptions(transformations=[read_and_set]))

    return properties, record(run)


OWN_PROPERTIES: dict[str, set[str]] = {}


@pytest.fixture(scope="module", autouse=True)
def _own_properties() -> None:
    """The view of a transformation on resources of the SDK."""

    def look(args: pulumi.ResourceTransformationArgs) -> None:
        props: Any = args.props
        OWN_PROPERTIES[args.type_] = set(props)

    def program() -> None:
        pulumi.runtime.register_stack_transformation(look)
        for make in OWN.values():
            make()

    record(program)


@pytest.mark.parametrize("resource_type", OWN)
def test_every_property_of_the_sdks_own_resource_can_be_read_and_set(read: Any, resource_type: str):
    properties, recording = record_views(lambda opts: PodIdentity("api", everything(read), opts), read)

    assert properties[resource_type] == OWN_PROPERTIES[resource_type]
    tagged = [
        item.inputs["tags"] for item in recording.resources if item.type == resource_type and "tags" in item.inputs
    ]
    assert all(tags == {"Owner": "shop"} for tags in tagged)
    assert bool(tagged) == ("tags" in OWN_PROPERTIES[resource_type])


@pytest.mark.parametrize("resource_type", OWN)
def test_every_type_of_child_is_an_instance_of_the_sdks_class(read: Any, resource_type: str):
    children: list[Any] = []

    def collect(args: pulumi.ResourceTransformationArgs) -> None:
        children.append((args.type_, args.resource))

    options = pulumi.ResourceOptions(transformations=[collect])
    record(lambda: PodIdentity("api", everything(read), options))
    own: list[Any] = []
    record(lambda: own.append(type(OWN[resource_type]())))

    assert all(isinstance(resource, own[0]) for type_, resource in children if type_ == resource_type)
