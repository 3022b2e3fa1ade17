"""Policies decide on each service that identities of the stacks use: one call is allowed and one denied."""

from typing import Any

import pytest

from tests.sandbox.aws.emulated_aws import REGION, SOURCE, TARGET, Chain, allow, client, document, is_denied, refusal


@pytest.mark.parametrize("account", [SOURCE, TARGET])
def test_a_12_digit_key_is_the_root_of_that_account(chain: Chain, account: str) -> None:
    arn = client(chain.aws, "sts", account).get_caller_identity()["Arn"]

    assert arn == f"arn:aws:iam::{account}:root"
    assert client(chain.aws, "iam", account).list_roles()["Roles"] is not None
    assert client(chain.aws, "s3", account).list_buckets()["Buckets"] is not None


def test_accounts_do_not_see_each_other(chain: Chain) -> None:
    name = client(chain.aws, "iam").create_policy(
        PolicyName=chain.unique("policy"), PolicyDocument=document(allow("s3:*", "*"))
    )["Policy"]["PolicyName"]

    names = {
        policy["PolicyName"] for policy in client(chain.aws, "iam", TARGET).list_policies(Scope="Local")["Policies"]
    }

    assert name not in names


def test_an_unknown_key_is_refused(chain: Chain) -> None:
    unknown = {"AccessKeyId": "AKIAUNKNOWN", "SecretAccessKey": "x", "SessionToken": None}

    assert refusal(client(chain.aws, "sts", credentials=unknown).get_caller_identity)[0] == "InvalidClientTokenId"


def test_a_forged_session_token_is_refused(chain: Chain) -> None:
    forged = chain.session(allow("s3:*", "*")) | {"SessionToken": "forged"}

    assert refusal(client(chain.aws, "sts", credentials=forged).get_caller_identity)[0] == "InvalidClientTokenId"


def test_s3_lists_one_prefix_and_no_other(chain: Chain) -> None:
    bucket, s3 = chain.unique("bucket"), client(chain.aws, "s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="invoices/one", Body=b"content")
    only = allow("s3:ListBucket", f"arn:aws:s3:::{bucket}", StringLike={"s3:prefix": "invoices/*"})
    own = client(chain.aws, "s3", credentials=chain.session(only))

    assert own.list_objects_v2(Bucket=bucket, Prefix="invoices/")["KeyCount"] == 1
    assert is_denied(lambda: own.list_objects_v2(Bucket=bucket, Prefix="other/"))
    assert is_denied(lambda: own.list_objects_v2(Bucket=bucket))


def test_s3_of_another_account_needs_the_bucket_to_allow_it(chain: Chain) -> None:
    bucket, s3 = chain.unique("bucket"), client(chain.aws, "s3", TARGET)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="one", Body=b"content")

    assert is_denied(
        lambda: client(chain.aws, "s3", credentials=chain.session(allow("s3:*", "*"))).get_object(
            Bucket=bucket, Key="one"
        )
    )


def test_route53_changes_one_zone_and_no_other(chain: Chain) -> None:
    """The calls of external-dns."""
    root = client(chain.aws, "route53")
    zones = [
        root.create_hosted_zone(Name=f"{chain.unique('zone')}.example", CallerReference=chain.unique("ref"))[
            "HostedZone"
        ]
        for _ in range(2)
    ]
    may = allow(
        "route53:ChangeResourceRecordSets", f"arn:aws:route53:::hostedzone/{zones[0]['Id'].rsplit('/', 1)[-1]}"
    )
    own = client(chain.aws, "route53", credentials=chain.session(may))

    def change(zone: Any) -> Any:
        record = {"Name": f"api.{zone['Name']}", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        return own.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch=batch)

    assert change(zones[0])["ChangeInfo"]["Status"]
    assert is_denied(lambda: change(zones[1]))
    assert is_denied(own.list_hosted_zones)


def test_dynamodb_reads_one_table_and_no_other(chain: Chain) -> None:
    root = client(chain.aws, "dynamodb")
    names = [chain.unique("table") for _ in range(2)]
    for name in names:
        root.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        root.put_item(TableName=name, Item={"id": {"S": "one"}})
    may = allow("dynamodb:GetItem", f"arn:aws:dynamodb:{REGION}:{SOURCE}:table/{names[0]}")
    own = client(chain.aws, "dynamodb", credentials=chain.session(may))
    key = {"id": {"S": "one"}}

    assert own.get_item(TableName=names[0], Key=key)["Item"] == key
    assert refusal(lambda: own.get_item(TableName=names[1], Key=key))[0] == "AccessDeniedException"
    assert refusal(lambda: own.put_item(TableName=names[0], Item=key))[0] == "AccessDeniedException"


def test_sqs_sends_to_one_queue_and_no_other(chain: Chain) -> None:
    root = client(chain.aws, "sqs")
    names = [chain.unique("queue") for _ in range(2)]
    urls = [root.create_queue(QueueName=name)["QueueUrl"] for name in names]
    own = client(
        chain.aws,
        "sqs",
        credentials=chain.session(allow("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{SOURCE}:{names[0]}")),
    )

    assert own.send_message(QueueUrl=urls[0], MessageBody="hello")["MessageId"]
    assert "AccessDenied" in refusal(lambda: own.send_message(QueueUrl=urls[1], MessageBody="hello"))[0]


def test_a_denial_names_the_caller_and_the_action(chain: Chain) -> None:
    session = chain.session()
    arn = client(chain.aws, "sts", credentials=session).get_caller_identity()["Arn"]

    _, message = refusal(client(chain.aws, "s3", credentials=session).list_buckets)

    assert message.startswith(f"User: {arn} is not authorized to perform: s3:ListAllMyBuckets")


def test_a_changed_policy_holds_for_sessions_that_exist(chain: Chain) -> None:
    session = chain.session(allow("s3:ListAllMyBuckets", "*"))
    own = client(chain.aws, "s3", credentials=session)
    role = client(chain.aws, "sts", credentials=session).get_caller_identity()["Arn"].split("/")[1]
    assert own.list_buckets()["Buckets"] is not None

    client(chain.aws, "iam").delete_role_policy(RoleName=role, PolicyName="permissions")

    assert is_denied(own.list_buckets)
