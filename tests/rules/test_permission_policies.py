"""PI603 to PI605: the resources of actions by the Service Authorization Reference, and mistakes in policies."""

from typing import Any

import pytest

from eks_pod_identity.iam import parse
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import findings_of
from eks_pod_identity.rules.identity_policy import identity_policy_problems, may_be_resource
from eks_pod_identity.rules.permissions.action_resources import arn_forms_of, can_act
from eks_pod_identity.rules.permissions.pi604_version import version_verdicts
from eks_pod_identity.rules.permissions.pi605_resources import resource_verdicts
from eks_pod_identity.rules.samples import document

BUCKET, OBJECTS = "arn:aws:s3:::invoices", "arn:aws:s3:::invoices/*"
ROLE = "arn:aws:iam::111122223333:role/spoke"
TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/invoices"


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:GetObject", OBJECTS, True),
        ("s3:GetObject", BUCKET, False),
        ("s3:GetObject", "arn:aws:s3:::invoices*", True),
        ("s3:GetObject", "arn:aws:s3:eu-west-1:111122223333:accesspoint/a/object/b", True),
        ("s3:GetObject", "arn:aws:s3:eu-west-1:111122223333:accesspoint/a", False),
        ("s3:ListBucket", BUCKET, True),
        ("s3:ListBucket", OBJECTS, False),
        ("s3:ListBucket", "arn:aws:s3:::invoices/2026", False),
        ("s3:ListBucket", "arn:aws:s3:eu-west-1:111122223333:accesspoint/a", True),
        ("s3:ListBucket", "arn:aws:s3:::inv*", True),
        ("S3:listbucket", BUCKET, True),
        ("s3:GetObject", "*", True),
        ("s3:GetObject", "**", True),
        ("s3:GetObject", "arn:aws:s3*", True),
        ("s3:GetObject", "arn:aws:dynamodb*", False),
        ("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/team}/*", True),
        ("s3:ListBucket", "arn:aws:s3:::${aws:PrincipalTag/team}", True),
        ("s3:ListAllMyBuckets", BUCKET, False),
        ("s3:ListAllMyBuckets", "*", True),
        ("s3:Get*", BUCKET, True),
        ("s3:GetObject*", BUCKET, False),
        ("s3:*", BUCKET, True),
        ("s3:*", TABLE, False),
        ("sts:AssumeRole", ROLE, True),
        ("sts:AssumeRole", BUCKET, False),
        ("dynamodb:GetItem", TABLE, True),
        ("dynamodb:Query", f"{TABLE}/index/by-date", True),
        ("s3:GetObjekt", BUCKET, None),
        ("nothing:*", BUCKET, None),
    ],
)
def test_what_an_action_can_act_on(action: str, resource: str, expected: bool | None):
    assert can_act(action, resource) is expected


def test_the_arn_forms_of_an_action_are_named_once_each():
    assert arn_forms_of("s3:ListBucket") == ("arn:*:s3:*:*:accesspoint/*", "arn:*:s3:::*")
    assert arn_forms_of("s3:ListAllMyBuckets") == ()
    assert arn_forms_of("s3:ListBucket*").count("arn:*:s3:::*") == 1
    assert arn_forms_of("s3:Nope") == ()


def findings_in(policy: object) -> list[tuple[str, str]]:
    verdicts = findings_of([*version_verdicts(parse(policy), "it"), *resource_verdicts(parse(policy), "it")])
    return [(finding.code, finding.location) for finding in verdicts]


def allow(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow("s3:GetObject", BUCKET), True),
        (allow("s3:GetObject", [BUCKET, OBJECTS]), False),  # one is enough
        (allow(["s3:ListBucket", "s3:GetObject"], BUCKET), True),
        (allow("*", BUCKET), False),
        (allow("*:*", BUCKET), False),
        (allow("s3:GetObject", [BUCKET, "nonsense"]), True),
        (allow("s3:GetObject", "nonsense"), False),  # PI603
        (allow("s3:GetObjekt", BUCKET), False),  # PI603
        (allow("s3:GetObject", BUCKET) | {"Effect": "Deny"}, True),
        (allow("s3:GetObject", [BUCKET, UNKNOWN]), False),
        ({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": BUCKET}, False),
        ({"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": BUCKET}, False),
        ({"Effect": "Allow", "Action": "s3:GetObject"}, False),
    ],
)
def test_statements_that_can_never_match(statement: dict[str, Any], expected: bool):
    fine = allow("s3:GetObject", OBJECTS)

    assert findings_in(document(statement)) == ([("PI605", "Statement[0].Resource")] if expected else [])
    assert findings_in(document(fine, statement)) == ([("PI605", "Statement[1].Resource")] if expected else [])


def test_every_statement_that_can_never_match_is_named():
    all_but = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": BUCKET}
    statements = [allow("s3:GetObject", BUCKET), allow("*", "*"), all_but, allow("s3:ListBucket", OBJECTS)]

    assert [location for _, location in findings_in(document(*statements))] == [
        "Statement[0].Resource",
        "Statement[3].Resource",
    ]


def test_a_document_that_iam_always_rejects_is_not_examined():
    filler = allow("s3:GetObject", [f"{OBJECTS}{number}" for number in range(1200)])

    assert findings_in(document(allow("s3:GetObject", BUCKET), filler)) == []


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_a_variable_that_is_taken_literally_is_named_once(version: str | None):
    statements = [allow("s3:GetObject", OBJECTS), allow("s3:GetObject", ["*", "arn:aws:s3:::${aws:username}/*"])]
    policy = {"Version": version, "Statement": statements} if version else {"Statement": statements}

    assert findings_in(policy) == [("PI604", "Statement[1].Resource")]
    assert findings_in({**policy, "Version": "2012-10-17"}) == []


@pytest.mark.parametrize(
    ("operator", "literal"),
    [("StringEquals", True), ("ArnLike", True), ("StringLikeIfExists", True), ("Bool", False), ("Nope", False)],
)
def test_a_variable_stands_only_where_an_operator_takes_one(operator: str, literal: bool):
    """IAM replaces variables in comparisons of strings and ARNs."""
    condition = {operator: {"aws:SourceArn": ["a", "${aws:username}"]}}
    policy = {"Statement": [allow("s3:GetObject", OBJECTS, Condition=condition)]}

    assert findings_in(policy) == ([("PI604", f"Statement[0].Condition.{operator}")] if literal else [])


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*", True),
        ("**", True),
        ("arn:aws:s3:::a", True),
        ("arn:*", True),
        ("arn:a:b", False),
        ("arn:aws:s3:b", False),
        ("arn:aws:s3:*", True),
        ("arn:aws:iam::1*", True),
        ("arn:aws:s3::b*", False),
        ("arn:*:s3:::a", True),
        ("arn:was:s3:::a", False),
        ("arn:aws-eusc:s3:::a", True),
        ("arn:aws-china:s3:::a", False),
        ("arn:aws*:s3:::a", True),
        ("arn:${aws:Partition}:s3:::a", True),
        ("arn:aws:iam::aws:policy/a", True),
        ("arn:aws:iam::1*:policy/a", True),
        ("arn:aws:iam::012345678901:policy/a", True),
        ("arn:aws:iam::12345678901:policy/a", False),
        ("arn:aws:iam::1234-5678-9012:policy/a", False),
        ("arn:a", False),
        ("a*", True),
        ("ar?:aws:s3:::a", True),
        ("${aws:a}", True),
        ("bucket", False),
        ("/bucket", False),
        ("s3:::bucket", False),
        ("b*", False),
        ("ARN:aws:s3:::a", False),
    ],
)
def test_what_may_be_a_resource(pattern: str, expected: bool):
    assert may_be_resource(pattern) is expected


@pytest.mark.parametrize(
    ("resource", "fix"),
    [
        ("invoices/*", 'Write an ARN, such as "arn:aws:s3:::invoices/*".'),
        ("/invoices", "Write an ARN."),
        ("s3:::invoices", "Write an ARN."),
        ("arn:aws-gov:s3:::invoices", "Correct the partition: it is aws, aws-cn or aws-us-gov."),
        ("arn:aws:sqs:eu-west-1:11122223333:a", 'Write the twelve digits of the account instead of "11122223333".'),
        ("arn:aws:sqs:eu-west-1:1-2-3:a", 'Write the twelve digits of the account instead of "1-2-3".'),
    ],
)
def test_a_text_like_a_bucket_name_is_suggested_as_a_bucket_arn(resource: str, fix: str):
    (problem,) = identity_policy_problems(parse(document(allow("s3:GetObject", resource))))

    assert (problem.location, problem.fix) == ("Statement[0].Resource", fix)


@pytest.mark.parametrize(
    "variable",
    ["${AWS::AccountId}", "${AWS::Region}", "${ACCOUNT_ID}", "${var.bucket}", "${aws_s3_bucket.invoices.id}"],
)
def test_variables_of_other_tools_are_not_replaced(variable: str):
    """CloudFormation, a shell and Terraform replace them; IAM looks for a condition key of that name."""
    tagged = {"StringLike": {"aws:ResourceAccount": ["111122223333", variable]}}
    policy = document(allow("s3:GetObject", f"arn:aws:s3:::a-{variable}/*"), allow("s3:*", "*", Condition=tagged))

    resource, condition = identity_policy_problems(parse(policy))

    assert (resource.location, condition.location) == ("Statement[0].Resource", "Statement[1].Condition.StringLike")
    assert {resource.text, condition.text} == {
        f'has the variable "{variable}", which is no condition key: IAM does not replace it.'
    }


@pytest.mark.parametrize(
    "variable",
    [
        "${aws:PrincipalAccount}",
        "${aws:PrincipalTag/Cost Center}",
        "${aws:PrincipalTag/team, 'none'}",
        "${oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub}",
        "${saml:sub}",
        "${*}",
    ],
)
def test_condition_keys_are_replaced(variable: str):
    assert list(identity_policy_problems(parse(document(allow("s3:GetObject", f"{BUCKET}/{variable}"))))) == []


def test_the_version_does_not_help_variables_of_other_tools():
    policy = {"Statement": [allow("s3:GetObject", f"{BUCKET}/${{BUCKET}}")]}

    (problem,) = identity_policy_problems(parse(policy))

    assert problem.fix.startswith("Write the value itself;")
    assert findings_in(policy) == []


def test_an_unfinished_variable():
    (problem,) = identity_policy_problems(parse(document(allow("s3:GetObject", f"{BUCKET}/${{aws:username"))))

    assert problem.text == 'has an unfinished variable in "arn:aws:s3:::invoices/${aws:username".'


def test_a_value_that_its_operator_cannot_compare():
    condition = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "10.0.0.0/33"]}}

    (problem,) = identity_policy_problems(parse(document(allow("s3:GetObject", OBJECTS, Condition=condition))))

    assert problem.location == "Statement[0].Condition.IpAddress"
    assert problem.text == 'compares "aws:SourceIp" IpAddress with "10.0.0.0/33", which is no IP address.'
