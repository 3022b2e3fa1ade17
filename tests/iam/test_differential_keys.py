"""Keys of every type and bucket policies, evaluated by the evaluator and by MiniStack over HTTP.

Numbers, dates, addresses, keys with several values and keys of services, with fixed seeds. There are no differences
among these documents; what they leave out because MiniStack judges it otherwise is in `DIFFERENT`, with AWS's page for
our side.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from differential import EVERYONE, SEED, SETS, STRING, SUFFIXES, is_allowed, parse_optional, policy_arn, run_chain
from eks_pod_identity.access.identity import keys_of
from eks_pod_identity.access.layers import Layers, decide
from eks_pod_identity.access.steps import Outcome
from eks_pod_identity.iam.document import parse
from eks_pod_identity.iam.request import Session, pod_request
from sandbox.aws import Aws
from tests.sandbox.aws.emulated_aws import REGION, SOURCE, Chain, client, tags

pytestmark = pytest.mark.engine

ROLES = 200
NUMERIC = (
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
)
DATE = tuple(operator.replace("Numeric", "Date") for operator in NUMERIC)
YEARS = ["2020-01-01T00:00:00Z", "2020-01-01", "2099-12-31T23:59:59Z", "2099-12-31T23:59:59+14:00", "1577836800"]
OPERATORS_OF = {
    "s3:prefix": (
        STRING,
        ["payments/", "pay*", "Payments/", "orders/", "", "${aws:PrincipalTag/kubernetes-namespace}/"],
    ),
    "s3:delimiter": (STRING, ["/", "-", "?"]),
    "s3:max-keys": (NUMERIC, ["10", "10.0", "9", "11", "1000", "-1", 10]),
    "s3:ExistingObjectTag/class": (STRING, ["public", "p*", "secret", "${aws:PrincipalTag/team}"]),
    "aws:SourceIp": (
        ("IpAddress", "NotIpAddress"),
        ["127.0.0.1", "127.0.0.1/32", "127.0.0.0/8", "127.0.0.200/24", "10.0.0.0/8", "::1", "0.0.0.0/0", "::/0"],
    ),
    "aws:CurrentTime": (DATE, YEARS),
    "aws:EpochTime": (NUMERIC + DATE, ["1577836800", "4102444799"]),
    "aws:SecureTransport": (("Bool",), ["true", "false", "False", True, False]),
    "aws:RequestedRegion": (STRING, [REGION, "eu-*", "us-east-1"]),
    "aws:PrincipalType": (STRING, ["AssumedRole", "User", "*Role"]),
    "aws:ResourceAccount": (STRING, [SOURCE, "444455556666", "${aws:PrincipalAccount}"]),
    "dynamodb:Attributes": (
        tuple(f"{quantifier}{operator}" for quantifier in SETS for operator in STRING),
        ["id", "name", "n*", "ID", "secret", "*"],
    ),
    "dynamodb:Select": (STRING, ["ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "SPECIFIC*"]),
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    yield from run_chain(tmp_path_factory.mktemp("aws"))


def conditions(chance: random.Random, keys: list[str]) -> dict[str, Any]:
    """Make up to three conditions, each with an operator that its key takes."""
    drawn: dict[str, Any] = {}
    for _ in range(chance.randrange(4)):
        key = chance.choice(keys)
        operators, values = OPERATORS_OF[key]
        if chance.random() < 0.1:
            drawn.setdefault("Null", {})[key] = chance.choice(["true", "false"])
        else:
            operator = chance.choice(operators) + chance.choice(SUFFIXES)
            drawn.setdefault(operator, {})[key] = chance.sample(values, k=chance.randint(1, 2))
    return drawn


ANY_REQUEST = ["aws:SourceIp", "aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "aws:RequestedRegion"]
OF_SERVICE = {
    "s3:ListBucket": ["s3:prefix", "s3:prefix", "s3:delimiter", "s3:max-keys", "s3:max-keys"],
    "s3:GetObject": ["s3:ExistingObjectTag/class", "s3:prefix", "aws:ResourceAccount"],
    "dynamodb:GetItem": ["dynamodb:Attributes", "dynamodb:Attributes", "dynamodb:Select", "aws:PrincipalType"],
}
OTHERS = "arn:aws:iam::444455556666:root"


def statements(chance: random.Random, action: str, principals: list[Any] | None) -> dict[str, Any]:
    keys = ANY_REQUEST + OF_SERVICE[action] * 2
    service = action.partition(":")[0]
    documents = []
    for _ in range(chance.randint(1, 3)):
        elements = {
            "Effect": "Deny" if chance.random() < 0.25 else "Allow",
            "Action": chance.choice((action, f"{service}:*")),
            "Resource": "*" if principals is None else ["arn:aws:s3:::records", "arn:aws:s3:::records/*"],
        }
        if principals is not None:
            elements["Principal"] = chance.choice(principals)
        documents.append(elements | {"Condition": conditions(chance, keys)})
    return {"Version": chance.choice(("2012-10-17", "2012-10-17", "2008-10-17")), "Statement": documents}


@dataclass(frozen=True)
class Call:
    """A call of a service, and the known condition keys of its request."""

    action: str
    resource: str
    keys: dict[str, Any]
    parameters: dict[str, Any]

    def run_with(self, aws: Aws, credentials: Any) -> bool:
        service, _, name = self.action.partition(":")
        method = {"ListBucket": "list_objects_v2", "GetObject": "get_object", "GetItem": "get_item"}[name]
        return is_allowed(lambda: getattr(client(aws, service, credentials=credentials), method)(**self.parameters))


REQUEST: dict[str, Any] = {
    "aws:SourceIp": "127.0.0.1",
    "aws:SecureTransport": "false",
    "aws:RequestedRegion": REGION,
    "aws:ResourceAccount": SOURCE,
    # A time between those in the policies.
    "aws:CurrentTime": "2060-01-01T00:00:00Z",
    "aws:EpochTime": "2840140800",
}


def get_item(attributes: list[str]) -> Call:
    parameters: dict[str, Any] = {"TableName": "records", "Key": {"id": {"S": "1"}}}
    if attributes:
        # DynamoDB reserves some names, so all are sent under placeholders.
        parameters["ExpressionAttributeNames"] = {f"#{index}": name for index, name in enumerate(attributes)}
        parameters["ProjectionExpression"] = ", ".join(parameters["ExpressionAttributeNames"])
    keys = {
        "dynamodb:Attributes": attributes or None,
        "dynamodb:Select": "SPECIFIC_ATTRIBUTES" if attributes else "ALL_ATTRIBUTES",
    }
    table = f"arn:aws:dynamodb:{REGION}:{SOURCE}:table/records"
    return Call("dynamodb:GetItem", table, keys_of(REQUEST | keys), parameters)


def call(chance: random.Random, action: str) -> Call:
    if action == "dynamodb:GetItem":
        return get_item(chance.choice(([], ["id"], ["id", "name"], ["name", "secret"])))
    keys = dict(REQUEST)
    if action == "s3:GetObject":
        key = chance.choice(("public", "secret", "untagged"))
        keys["s3:ExistingObjectTag/class"] = None if key == "untagged" else key
        return Call(action, f"arn:aws:s3:::records/{key}", keys_of(keys), {"Bucket": "records", "Key": key})
    parameters = {"Bucket": "records"}
    for name, parameter, values in (
        ("s3:prefix", "Prefix", ("payments/", "orders/", None)),
        ("s3:delimiter", "Delimiter", ("/", None)),
        ("s3:max-keys", "MaxKeys", (10, 9, None)),
    ):
        keys[name] = chance.choice(values)
        parameters |= {parameter: keys[name]} if keys[name] is not None else {}
    return Call(action, "arn:aws:s3:::records", keys_of(keys), parameters)


def test_random_keys_of_every_type_and_bucket_policies_are_judged_alike(chain: Chain) -> None:
    """Numbers, dates, addresses, keys with several values and keys of services."""
    chance = random.Random(SEED + 2)
    iam, s3 = client(chain.aws, "iam"), client(chain.aws, "s3")
    s3.create_bucket(Bucket="records", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.delete_public_access_block(Bucket="records")  # a policy may name everybody
    for key, tagging in (("public", "class=public"), ("secret", "class=secret"), ("untagged", "")):
        s3.put_object(Bucket="records", Key=key, Body=b"1", Tagging=tagging)
    client(chain.aws, "dynamodb").create_table(
        TableName="records",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    differences, answers = [], []
    for _ in range(ROLES):
        action = chance.choice(list(OF_SERVICE))
        own, boundary, session_policy = (
            statements(chance, action, None) if chance.random() < share else None for share in (0.8, 0.2, 0.2)
        )
        name = chain.unique("keyed")
        role = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps(EVERYONE),
            Tags=[{"Key": "team", "Value": "public"}],
            **({"PermissionsBoundary": policy_arn(iam, f"{name}-limit", boundary)} if boundary else {}),
        )["Role"]["Arn"]
        if own:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(own))
        session_arn = f"arn:aws:sts::{SOURCE}:assumed-role/{name}/eks-dev-pod"
        principals = [
            {"AWS": role},
            {"AWS": session_arn},
            {"AWS": SOURCE},
            {"AWS": [OTHERS, role]},
            "*",
            {"AWS": OTHERS},
        ]
        of_bucket = None
        if action.startswith("s3:"):
            s3.delete_bucket_policy(Bucket="records")
            of_bucket = statements(chance, action, principals) if chance.random() < 0.6 else None
            if of_bucket:
                s3.put_bucket_policy(Bucket="records", Policy=json.dumps(of_bucket))
        narrowed = {"Policy": json.dumps(session_policy)} if session_policy else {}
        credentials = chain.pods(role, Tags=tags(kubernetes_namespace="payments"), **narrowed)
        layers = Layers(
            {"own": parse(own)} if own else {},
            parse_optional(boundary),
            parse_optional(session_policy),
            {"bucket": parse(of_bucket)} if of_bucket else {},
        )
        session = Session(role, {"kubernetes-namespace": "payments"}, {"team": "public"}, name="eks-dev-pod")
        for asked in [call(chance, action) for _ in range(3)]:
            theirs = asked.run_with(chain.aws, credentials)
            ours = decide(pod_request(asked.action, asked.resource, session, asked.keys), layers).outcome
            answers.append(theirs)
            if (ours is Outcome.ALLOW) is not theirs or ours is Outcome.UNKNOWN:
                differences.append((own, boundary, session_policy, of_bucket, asked, ours, theirs))

    assert differences == []
    assert 0.2 < sum(answers) / len(answers) < 0.8


OPERATORS_PAGE = "IAM User Guide, IAM JSON policy elements: Condition operators"
DIFFERENT: list[tuple[dict[str, Any], Outcome, bool, str]] = [
    (
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:*:role/*"}},
        Outcome.IMPLICIT_DENY,
        True,
        f"{OPERATORS_PAGE}: the six parts of an ARN are compared one by one, so no star stands for several.",
    ),
    (
        {"Null": {"aws:PrincipalTag/nothing": ["false", "true"]}},
        Outcome.ALLOW,
        False,
        f"{OPERATORS_PAGE}: several values of a key are joined by OR.",
    ),
    (
        {"StringEquals": {"dynamodb:Attributes": ["id", "name"]}},
        Outcome.UNKNOWN,
        False,
        "IAM User Guide, Set operators: a key with several values needs ForAllValues or ForAnyValue.",
    ),
    (
        {"NumericNotEquals": {"aws:EpochTime": "yesterday"}},
        Outcome.UNKNOWN,
        False,
        f"{OPERATORS_PAGE}: says of no operator what a value of the wrong form does.",
    ),
    (
        {"NotIpAddress": {"aws:SourceIp": "office"}},
        Outcome.UNKNOWN,
        True,
        f"{OPERATORS_PAGE}: says of no operator what a value of the wrong form does.",
    ),
]


@pytest.mark.parametrize(("condition", "ours", "theirs", "page"), DIFFERENT)
def test_where_ministack_decides_differently(
    chain: Chain, condition: dict[str, Any], ours: Outcome, theirs: bool, page: str
) -> None:
    """If a row fails here, remove it, and let the random policies use its operators and values."""
    own = {"Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*", "Condition": condition}}
    name = chain.unique("different")
    iam = client(chain.aws, "iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(EVERYONE))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(own))
    asked = get_item(["id", "name"])
    session = Session(role, {}, {}, name="eks-dev-pod")

    request = pod_request(asked.action, asked.resource, session, asked.keys)
    assert decide(request, Layers({"own": parse(own)})).outcome is ours, page
    assert asked.run_with(chain.aws, chain.pods(role)) is theirs, page
