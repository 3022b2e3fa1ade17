"""How long a session lasts and what it carries (STS API, AssumeRole; IAM User Guide, role chaining)."""

import datetime as dt
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
    refusal,
    statement,
)

MAY_ASSUME = allow(["sts:AssumeRole", "sts:TagSession"], "*")


def lifetime(credentials: Any) -> float:
    return (credentials["Expiration"] - dt.datetime.now(dt.UTC)).total_seconds()


class TestDuration:
    def test_a_chained_session_lasts_an_hour_at_most(self, chain: Chain) -> None:
        target = chain.role(statement(ROOT), account=TARGET, MaxSessionDuration=43_200)
        session = chain.session(MAY_ASSUME)

        code, message = refusal(lambda: chain.next(session, target, DurationSeconds=3601))

        assert code == "ValidationError"
        assert "1 hour session limit for roles assumed by role chaining" in message
        assert 3590 < lifetime(chain.next(session, target, DurationSeconds=3600)) <= 3600

    def test_a_caller_that_may_not_assume_gets_access_denied_instead(self, chain: Chain) -> None:
        target = chain.role(statement(SERVICE), account=TARGET)

        assert is_denied(lambda: chain.next(chain.session(MAY_ASSUME), target, DurationSeconds=7200))

    def test_a_session_of_eks_lasts_six_hours(self, chain: Chain) -> None:
        assert 21_590 < lifetime(chain.session(DurationSeconds=21_600)) <= 21_600

    def test_a_user_is_bound_by_the_role(self, chain: Chain) -> None:
        """`MaxSessionDuration`; the root of an account stands for a user here."""
        role = chain.role(statement(ROOT), MaxSessionDuration=7200)
        sts = client(chain.aws, "sts")

        _, message = refusal(lambda: sts.assume_role(RoleArn=role, RoleSessionName="user", DurationSeconds=7201))

        assert "MaxSessionDuration" in message
        assert sts.assume_role(RoleArn=role, RoleSessionName="user", DurationSeconds=7200)

    @pytest.mark.parametrize("seconds", [899, 43_201])
    def test_it_has_bounds(self, chain: Chain, seconds: int) -> None:
        role = chain.role(statement(SERVICE))

        assert refusal(lambda: chain.pods(role, DurationSeconds=seconds))[0] == "ValidationError"


@pytest.mark.parametrize(
    "call",
    [
        {"RoleSessionName": "x"},
        {"RoleSessionName": "x" * 65},
        {"RoleSessionName": "a/b"},
        {"ExternalId": "x"},
        {"ExternalId": "x" * 1225},
        {"ExternalId": "a b"},
    ],
    ids=["short name", "long name", "name with a slash", "short id", "long id", "id with a space"],
)
def test_names_and_external_ids_have_a_form(chain: Chain, call: dict[str, str]) -> None:
    call = {"RoleArn": chain.role(statement(ROOT)), "RoleSessionName": "user"} | call

    assert refusal(lambda: client(chain.aws, "sts").assume_role(**call))[0] == "ValidationError"


class TestSize:
    def test_tags_and_policy_share_a_limit(self, chain: Chain) -> None:
        role = chain.role(statement(SERVICE))
        many = [{"Key": f"{number:0100}", "Value": "v" * 200} for number in range(14)]

        assert refusal(lambda: chain.pods(role, Tags=many))[0] == "PackedPolicyTooLarge"
        assert chain.pods(role, Tags=many[:13])
        policy = document(allow("s3:GetObject", "arn:aws:s3:::" + "x" * 400))
        assert refusal(lambda: chain.pods(role, Tags=many[:13], Policy=policy))[0] == "PackedPolicyTooLarge"

    def test_inherited_tags_count(self, chain: Chain) -> None:
        many = [{"Key": f"{number:0100}", "Value": "v" * 200} for number in range(13)]
        target = chain.role(statement(ROOT), account=TARGET)
        session = chain.session(MAY_ASSUME, Tags=many, TransitiveTagKeys=[tag["Key"] for tag in many])
        more = [{"Key": "k" * 128, "Value": "v" * 200}]

        assert chain.next(session, target)
        assert refusal(lambda: chain.next(session, target, Tags=more))[0] == "PackedPolicyTooLarge"

    def test_the_six_tags_of_eks_with_the_longest_names_fit(self, chain: Chain) -> None:
        values = {
            "eks-cluster-arn": "arn:aws:eks:ap-northeast-1:111122223333:cluster/" + "c" * 100,
            "eks-cluster-name": "c" * 100,
            "kubernetes-namespace": "n" * 63,
            "kubernetes-service-account": "s" * 253,
            "kubernetes-pod-name": "p" * 253,
            "kubernetes-pod-uid": "user" * 36,
        }

        assert chain.session(Tags=[{"Key": key, "Value": value} for key, value in values.items()])


class TestSessionPolicy:
    """It narrows what the role allows, and never widens it (EKS API, `policy`)."""

    @pytest.fixture
    def bucket(self, chain: Chain) -> str:
        name, s3 = chain.unique("bucket"), client(chain.aws, "s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        for key in ("a/one", "b/one"):
            s3.put_object(Bucket=name, Key=key, Body=b"content")
        return name

    def read(self, chain: Chain, session: Any, bucket: str, key: str) -> bytes:
        with client(chain.aws, "s3", credentials=session).get_object(Bucket=bucket, Key=key)["Body"] as body:
            return body.read()

    def test_it_narrows_a_role_to_one_prefix(self, chain: Chain, bucket: str) -> None:
        narrow = document(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/a/*"))
        session = chain.session(allow("s3:*", "*"), Policy=narrow)

        assert self.read(chain, session, bucket, "a/one") == b"content"
        assert is_denied(lambda: self.read(chain, session, bucket, "b/one"))

    def test_it_gives_nothing_that_the_role_does_not(self, chain: Chain, bucket: str) -> None:
        session = chain.session(allow("s3:ListBucket", "*"), Policy=document(allow("s3:*", "*")))

        assert is_denied(lambda: self.read(chain, session, bucket, "a/one"))

    def test_on_a_target_role_it_need_not_allow_assuming(self, chain: Chain, bucket: str) -> None:
        """EKS API: with a target role the policy applies to the target alone."""
        narrow = document(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/a/*"))
        target = chain.role(statement(ROOT), policy=allow("s3:*", "*"))
        session = chain.next(chain.session(MAY_ASSUME), target, Policy=narrow)

        assert self.read(chain, session, bucket, "a/one") == b"content"
        assert is_denied(lambda: self.read(chain, session, bucket, "b/one"))

    def test_a_role_without_policies_may_do_nothing(self, chain: Chain, bucket: str) -> None:
        assert is_denied(lambda: self.read(chain, chain.session(), bucket, "a/one"))
