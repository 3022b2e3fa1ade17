"""Policy variables (IAM User Guide, "IAM policy elements: variables and tags"), class by class.

Each test cites the statement of AWS that it checks. A bucket has one object for each value a tag can have.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.sandbox.aws.emulated_aws import (
    ROOT,
    SERVICE,
    TARGET,
    Chain,
    allow,
    client,
    document,
    is_denied,
    statement,
    tags,
)

NAMESPACE = "${aws:PrincipalTag/kubernetes-namespace}"
ABSENT = "${aws:PrincipalTag/team}"
PAYMENTS = tags(kubernetes_namespace="payments")
KEYS = ("payments/one", "reports/one", "none/one", "*/one", "pay?ents/one", "$/one", "${aws:username}/one")


@dataclass
class Bucket:
    """A bucket with an object for each key, and sessions that try to read them."""

    chain: Chain
    name: str

    def arn(self, key: str) -> str:
        return f"arn:aws:s3:::{self.name}/{key}"

    def session(self, *statements: dict[str, Any], version: str = "2012-10-17", **call: Any) -> Any:
        """Return a session of a role whose policy has *statements*."""
        role = self.chain.role(statement(SERVICE))
        policy = json.dumps({"Version": version, "Statement": list(statements)})
        client(self.chain.aws, "iam").put_role_policy(
            RoleName=role.rpartition("/")[2], PolicyName="permissions", PolicyDocument=policy
        )
        return self.chain.pods(role, **call)

    def readable(self, *statements: dict[str, Any], version: str = "2012-10-17", **call: Any) -> set[str]:
        """Return the keys that a session with *statements* may read."""
        session = self.session(*statements, version=version, **call)
        return {key for key in KEYS if not self.is_hidden(session, key)}

    def is_hidden(self, session: Any, key: str) -> bool:
        s3 = client(self.chain.aws, "s3", credentials=session)
        try:
            s3.get_object(Bucket=self.name, Key=key)["Body"].close()
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "AccessDenied":
                return True
            raise
        return False


@pytest.fixture
def bucket(chain: Chain) -> Iterator[Bucket]:
    new_bucket = Bucket(chain, chain.unique("bucket"))
    s3 = client(chain.aws, "s3")
    s3.create_bucket(Bucket=new_bucket.name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for key in KEYS:
        s3.put_object(Bucket=new_bucket.name, Key=key, Body=b"{}")
    yield new_bucket
    for key in KEYS:
        s3.delete_object(Bucket=new_bucket.name, Key=key)
    s3.delete_bucket(Bucket=new_bucket.name)


def deny(resource: str, **condition: Any) -> dict[str, Any]:
    return allow("s3:GetObject", resource, **condition) | {"Effect": "Deny"}


EVERYTHING = allow("s3:GetObject", "*")


class TestValue:
    """A variable is replaced with the value of the key in the request."""

    def test_in_resource(self, bucket: Bucket) -> None:
        assert bucket.readable(allow("s3:GetObject", bucket.arn(f"{NAMESPACE}/*")), Tags=PAYMENTS) == {"payments/one"}

    def test_in_condition(self, chain: Chain) -> None:
        same = {"aws:RequestTag/kubernetes-namespace": NAMESPACE}
        may_assume = allow(["sts:AssumeRole", "sts:TagSession"], "*")
        target = chain.role(statement(ROOT, StringEquals=same), account=TARGET)
        session = chain.session(may_assume, Tags=PAYMENTS)

        assert chain.next(session, target, Tags=PAYMENTS)
        assert is_denied(lambda: chain.next(session, target, Tags=tags(kubernetes_namespace="other")))

    def test_a_session_tag_wins_over_a_role_tag(self, chain: Chain, bucket: Bucket) -> None:
        """EKS User Guide, "session tags": a session tag with the key of a role tag wins."""
        policy = allow("s3:GetObject", bucket.arn(f"{NAMESPACE}/*"))
        role = chain.role(statement(SERVICE), policy=policy, Tags=tags(kubernetes_namespace="reports"))
        plain, tagged = chain.pods(role), chain.pods(role, Tags=PAYMENTS)

        assert not bucket.is_hidden(plain, "reports/one")
        assert not bucket.is_hidden(tagged, "payments/one")
        assert bucket.is_hidden(tagged, "reports/one")

    @pytest.mark.parametrize(
        ("value", "variable"), [("*", "${aws:RequestTag/none, '*'}"), ("*", "${*}"), ("$", "${$}")]
    )
    def test_a_wildcard_in_a_tag_is_literal(self, bucket: Bucket, value: str, variable: str) -> None:
        """`${*}`, `${?}` and `${$}` stand for the character itself, and a replaced value has no wildcards."""
        assert bucket.readable(allow("s3:GetObject", bucket.arn(f"{variable}/one"))) == {f"{value}/one"}

    def test_a_question_mark_is_literal_beside_a_wildcard(self, bucket: Bucket) -> None:
        assert bucket.readable(allow("s3:GetObject", bucket.arn("pay${?}ents/*"))) == {"pay?ents/one"}

    def test_a_wildcard_outside_stays_a_wildcard(self, bucket: Bucket) -> None:
        assert bucket.readable(allow("s3:GetObject", bucket.arn("${$}*/one"))) == {"$/one", "${aws:username}/one"}

    def test_string_equals_compares_with_the_character(self, bucket: Bucket) -> None:
        listing = allow("s3:ListBucket", "*", StringEquals={"s3:prefix": "${*}"})
        s3 = client(bucket.chain.aws, "s3", credentials=bucket.session(listing))

        assert s3.list_objects_v2(Bucket=bucket.name, Prefix="*")["KeyCount"] == 1
        assert is_denied(lambda: s3.list_objects_v2(Bucket=bucket.name, Prefix="payments"))

    def test_a_default_stands_in_for_an_absent_key(self, bucket: Bucket) -> None:
        resource = bucket.arn("${aws:PrincipalTag/kubernetes-namespace, 'none'}/*")

        assert bucket.readable(allow("s3:GetObject", resource)) == {"none/one"}
        assert bucket.readable(allow("s3:GetObject", resource), Tags=PAYMENTS) == {"payments/one"}


class TestNoValue:
    """Section "Policy variables with no value": the value is null, and "there is no equal or like value"."""

    @pytest.mark.parametrize(
        "operator", ["StringEquals", "StringLike", "StringEqualsIgnoreCase", "ArnEquals", "ArnLike"]
    )
    def test_positive_operators_do_not_match(self, bucket: Bucket, operator: str) -> None:
        """Operators like StringEquals or StringLike do not match, and the statement has no effect."""
        condition = {operator: {"aws:PrincipalArn": ABSENT}}

        assert bucket.readable(allow("s3:GetObject", "*", **condition)) == set()
        assert bucket.readable(EVERYTHING, deny("*", **condition)) == set(KEYS)

    @pytest.mark.parametrize(
        "operator", ["StringNotEquals", "StringNotLike", "StringNotEqualsIgnoreCase", "ArnNotEquals", "ArnNotLike"]
    )
    def test_inverted_operators_match(self, bucket: Bucket, operator: str) -> None:
        """Inverted operators like StringNotEquals or StringNotLike do match against a null value."""
        condition = {operator: {"aws:PrincipalArn": ABSENT}}

        assert bucket.readable(allow("s3:GetObject", "*", **condition)) == set(KEYS)
        assert bucket.readable(EVERYTHING, deny("*", **condition)) == set()

    def test_a_set_operator_does_not_change_that(self, bucket: Bucket) -> None:
        inverted = {"ForAnyValue:StringNotEquals": {"aws:PrincipalArn": ABSENT}}
        positive = {"ForAnyValue:StringEquals": {"aws:PrincipalArn": ABSENT}}

        assert bucket.readable(EVERYTHING, deny("*", **inverted)) == set()
        assert bucket.readable(EVERYTHING, deny("*", **positive)) == set(KEYS)

    def test_if_exists_asks_for_the_key_and_not_for_the_variable(self, bucket: Bucket) -> None:
        present = {"StringEqualsIfExists": {"aws:PrincipalArn": ABSENT}}
        absent = {"StringEqualsIfExists": {"aws:PrincipalTag/other": ABSENT}}

        assert bucket.readable(allow("s3:GetObject", "*", **present)) == set()
        assert bucket.readable(allow("s3:GetObject", "*", **absent)) == set(KEYS)

    def test_the_other_values_of_a_condition_still_count(self, bucket: Bucket) -> None:
        values = {"aws:PrincipalTag/kubernetes-namespace": [ABSENT, "payments"]}

        assert bucket.readable(allow("s3:GetObject", "*", StringEquals=values), Tags=PAYMENTS) == set(KEYS)
        assert bucket.readable(EVERYTHING, deny("*", StringEquals=values), Tags=PAYMENTS) == set()
        assert bucket.readable(EVERYTHING, deny("*", StringNotEquals=values), Tags=PAYMENTS) == set(KEYS)

    def test_a_part_of_a_value_makes_the_whole_value_null(self, bucket: Bucket) -> None:
        condition = {"StringLike": {"aws:PrincipalArn": f"*{ABSENT}*"}}

        assert bucket.readable(allow("s3:GetObject", "*", **condition)) == set()

    def test_resource_matches_no_resource(self, bucket: Bucket) -> None:
        """A resource with such a variable "won't match any resource"."""
        assert bucket.readable(allow("s3:GetObject", bucket.arn(f"{ABSENT}/*"))) == set()
        assert bucket.readable(EVERYTHING, deny(bucket.arn(f"{ABSENT}/*"))) == set(KEYS)

    def test_the_other_resources_still_count(self, bucket: Bucket) -> None:
        resources = [bucket.arn(f"{ABSENT}/*"), bucket.arn("reports/*")]

        assert bucket.readable(allow("s3:GetObject", resources)) == {"reports/one"}
        assert bucket.readable(EVERYTHING, deny("*") | {"Resource": resources}) == set(KEYS) - {"reports/one"}

    def test_not_resource_applies_to_every_resource(self, bucket: Bucket) -> None:
        """NotResource matches no resource either, so the statement applies to all of them."""
        everything_but = {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": bucket.arn(f"{ABSENT}/*")}

        assert bucket.readable(everything_but) == set(KEYS)
        assert bucket.readable(EVERYTHING, everything_but | {"Effect": "Deny"}) == set()

    def test_the_other_entries_of_not_resource_still_count(self, bucket: Bucket) -> None:
        entries = [bucket.arn(f"{ABSENT}/*"), bucket.arn("reports/*")]
        everything_but = {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": entries}

        assert bucket.readable(EVERYTHING, everything_but) == {"reports/one"}

    def test_a_denial_of_the_trust_policy_is_not_lost(self, chain: Chain) -> None:
        locked = statement(ROOT, StringNotEquals={"aws:PrincipalArn": ABSENT}) | {"Effect": "Deny"}
        session = chain.session(allow(["sts:AssumeRole", "sts:TagSession"], "*"))

        assert chain.next(session, chain.role(statement(ROOT), account=TARGET))
        assert is_denied(lambda: chain.next(session, chain.role(statement(ROOT), locked, account=TARGET)))

    @pytest.mark.parametrize("layer", ["session policy", "permissions boundary"])
    def test_a_denial_of_a_limit_is_not_lost(self, chain: Chain, bucket: Bucket, layer: str) -> None:
        limit = document(EVERYTHING, deny("*", StringNotEquals={"aws:PrincipalArn": ABSENT}))
        more: dict[str, str] = {}
        call = {"Policy": limit} if layer == "session policy" else {}
        if layer == "permissions boundary":
            iam = client(chain.aws, "iam")
            boundary = iam.create_policy(PolicyName=chain.unique("boundary"), PolicyDocument=limit)
            more["PermissionsBoundary"] = boundary["Policy"]["Arn"]
        session = chain.pods(chain.role(statement(SERVICE), policy=EVERYTHING, **more), **call)

        assert bucket.is_hidden(session, "payments/one")


class TestWhereTheyExpand:
    """Variables stand in the resource part of an ARN and in values of String and Arn operators, and nowhere else."""

    @pytest.mark.parametrize(
        ("operator", "key", "value"),
        [
            ("IpAddress", "aws:SourceIp", "127.0.0.1"),
            ("NumericLessThan", "aws:EpochTime", "99999999999"),
            ("DateLessThan", "aws:CurrentTime", "2099-01-01T00:00:00Z"),
            ("Bool", "aws:SecureTransport", "false"),
            ("Null", "aws:PrincipalTag/none", "true"),
        ],
    )
    def test_not_in_other_operators(self, bucket: Bucket, operator: str, key: str, value: str) -> None:
        """Numeric, Date, Boolean, Binary, IP Address and Null operators take no variables."""
        plain = allow("s3:GetObject", "*", **{operator: {key: value}})
        variable = allow("s3:GetObject", "*", **{operator: {key: "${aws:PrincipalTag/value}"}})

        assert bucket.readable(plain, Tags=tags(value=value)) == set(KEYS)
        assert bucket.readable(variable, Tags=tags(value=value)) == set()

    def test_not_before_the_fifth_colon(self, bucket: Bucket) -> None:
        """A variable cannot replace the service or the account of an ARN."""
        service = f"arn:aws:${{aws:PrincipalTag/service}}:::{bucket.name}/*"

        assert bucket.readable(allow("s3:GetObject", service), Tags=tags(service="s3")) == set()

    def test_not_in_an_older_document(self, bucket: Bucket) -> None:
        """In version 2008-10-17, variables are literal strings."""
        resource = bucket.arn("${aws:username}/*")

        assert bucket.readable(allow("s3:GetObject", resource), version="2008-10-17") == {"${aws:username}/one"}

    def test_in_a_bucket_policy(self, chain: Chain, bucket: Bucket) -> None:
        """The version of a resource policy decides whether the variables of that policy expand."""
        session = bucket.session(EVERYTHING, Tags=PAYMENTS)
        only_own = deny("*") | {"Principal": "*"}
        only_own = {key: value for key, value in only_own.items() if key != "Resource"}
        policy = document(only_own | {"NotResource": bucket.arn(f"{NAMESPACE}/*")})
        client(chain.aws, "s3").put_bucket_policy(Bucket=bucket.name, Policy=policy)

        assert not bucket.is_hidden(session, "payments/one")
        assert bucket.is_hidden(session, "reports/one")
        client(chain.aws, "s3").delete_bucket_policy(Bucket=bucket.name)

    def test_with_the_tags_of_the_resource(self, chain: Chain, bucket: Bucket) -> None:
        """`aws:ResourceTag` is a variable like any other key; MiniStack has no tags of objects, but of roles."""
        same_team = {"StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}
        reader = bucket.session(allow("iam:GetRole", "*", **same_team), Tags=tags(team="blue"))
        iam = client(chain.aws, "iam", credentials=reader)
        blue, red = (chain.role(statement(SERVICE), Tags=tags(team=team)) for team in ("blue", "red"))

        assert iam.get_role(RoleName=blue.rpartition("/")[2])
        assert is_denied(lambda: iam.get_role(RoleName=red.rpartition("/")[2]))
