"""Which actions and resources can be asked about: what clients name in a call, and no other."""

import pytest

from eks_pod_identity.access import QuestionError
from eks_pod_identity.access.question import check_question

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
