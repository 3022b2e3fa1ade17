"""Resources that a component registers are those that the AWS SDK's own classes would register, made where the user is."""

from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityAgent
from pulumi_eks_pod_identity.registration import register
from recording import record

DOCUMENT = '{"Version":"2012-10-17","Statement":[]}'
LATER = "known later"
KINDS = [
    (aws.iam.Role, aws.iam.RoleArgs, {"name": "api", "assume_role_policy": DOCUMENT, "tags": {"cost_center": "7"}}),
    (aws.iam.RolePolicy, aws.iam.RolePolicyArgs, {"name": "read", "role": LATER, "policy": DOCUMENT}),
    (aws.iam.Policy, aws.iam.PolicyArgs, {"name": "read", "policy": DOCUMENT, "path": "/team/"}),
    (aws.iam.RolePolicyAttachment, aws.iam.RolePolicyAttachmentArgs, {"role": LATER, "policy_arn": LATER}),
    (
        aws.eks.PodIdentityAssociation,
        aws.eks.PodIdentityAssociationArgs,
        {
            "cluster_name": "dev",
            "namespace": "shop",
            "service_account": "api",
            "role_arn": LATER,
            "disable_session_tags": True,
        },
    ),
    (aws.eks.Addon, aws.eks.AddonArgs, {"cluster_name": "dev", "addon_name": "agent", "preserve": False}),
]


def values(given, other):
    """Return arguments in which what is known later is an output of *other*."""
    return {key: other.urn.apply(lambda _: "x") if value == LATER else value for key, value in given.items()}


def options(other):
    """Return options of the sort that components use."""
    return pulumi.ResourceOptions(
        parent=pulumi.ComponentResource("a:b:Owner", "owner"),
        depends_on=[other],
        delete_before_replace=True,
        aliases=[pulumi.Alias(name="earlier")],
    )


@pytest.mark.parametrize(("kind", "arguments", "given"), KINDS, ids=[kind.__name__ for kind, *_ in KINDS])
@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
def test_the_engine_is_told_exactly_what_the_class_would_tell_it(kind, arguments, given, preview):
    def by_class():
        other = pulumi.ComponentResource("a:b:Other", "other")
        kind("child", opts=options(other), **values(given, other))

    def by_us():
        other = pulumi.ComponentResource("a:b:Other", "other")
        register(kind, "child", arguments(**values(given, other)), options(other))

    told = []
    for program in (by_class, by_us):
        request = record(program, preview=preview).one("child").request
        for where in ("sourcePosition", "stackTrace"):
            request.ClearField(where)
        told.append(request)
    assert told[0] == told[1]


def test_what_is_registered_is_an_instance_of_its_class_with_the_outputs_asked_for():
    made = []

    def program():
        properties = aws.iam.RoleArgs(name="api", assume_role_policy=DOCUMENT)
        made.append(register(aws.iam.Role, "child", properties, pulumi.ResourceOptions(), outputs=("arn",)))
        made[0].arn.apply(made.append)

    record(program)

    assert isinstance(made[0], aws.iam.Role)
    assert made[1] == "arn:aws:iam::111122223333:role/api"
    assert made[0].unique_id is None


def test_the_source_of_every_child_is_the_line_that_makes_the_component(base, read):
    everything = base | {
        "policies": {"read": read},
        "managed_policy_arns": {"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
        "create_target_role": True,
    }

    def program():
        PodIdentity("api", everything)
        PodIdentityAgent("cluster", {"cluster_name": "dev"})

    recording = record(program)

    first = program.__code__.co_firstlineno
    children = [item for item in recording.resources if item.type.startswith("aws:")]
    assert {item.request.sourcePosition.uri for item in children} == {Path(__file__).as_uri()}
    assert {(item.parent, item.request.sourcePosition.line - first) for item in children} == {
        ("api", 1),
        ("cluster", 2),
    }


def test_a_transformation_can_add_to_the_tags_of_what_has_none(base):
    def tagged(args):
        if args.type_ in {"aws:iam/role:Role", "aws:eks/podIdentityAssociation:PodIdentityAssociation"}:
            args.props["tags"] = {**(args.props["tags"] or {}), "Owner": "shop"}
        return pulumi.ResourceTransformationResult(args.props, args.opts)

    recording = record(lambda: PodIdentity("api", base, pulumi.ResourceOptions(transformations=[tagged])))

    assert [item.inputs["tags"] for item in (recording.one("api-role"), recording.one("api-association"))] == [
        {"Owner": "shop"},
        {"Owner": "shop"},
    ]
