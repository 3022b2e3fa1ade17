"""The emulated IAM refuses the same requests as AWS (IAM API; IAM JSON policy language; IAM quotas)."""

import json
from typing import Any

import pytest

from tests.sandbox.aws.emulated_aws import (
    ROOT,
    SERVICE,
    SOURCE,
    TARGET,
    Chain,
    allow,
    client,
    document,
    is_denied,
    refusal,
    statement,
    tags,
)

TRUST = document(statement(SERVICE))
READ = document(allow("s3:GetObject", "*"))
BAD_TRUSTS = {
    "not JSON": ("{", "This policy contains invalid Json"),
    "a list": ("[]", "Syntax errors in policy."),
    "no statement": ('{"Version": "2012-10-17", "Statement": []}', "Syntax errors in policy."),
    "unknown version": ('{"Version": "2020-01-01", "Statement": [{}]}', "Syntax errors in policy."),
    "resource": (document(statement(SERVICE) | {"Resource": "*"}), "Has prohibited field Resource"),
    "no principal": (
        document({"Effect": "Allow", "Action": "sts:AssumeRole"}),
        "Missing required field Principal",
    ),
    "empty principal": (document(statement({"Service": []})), "Missing required field Principal cannot be empty!"),
    "not principal": (
        document({"Effect": "Allow", "NotPrincipal": ROOT, "Action": "sts:AssumeRole"}),
        "Allow with NotPrincipal is not allowed.",
    ),
    "another service's action": (
        document(statement(SERVICE, "s3:GetObject")),
        "AssumeRole policy may only specify STS AssumeRole actions.",
    ),
    "no action": (document({"Effect": "Allow", "Principal": SERVICE}), "Policy statement must contain actions."),
    "unknown operator": (
        document(statement(SERVICE, StringEqual={"aws:SourceAccount": SOURCE})),
        "Invalid Condition type : StringEqual.",
    ),
    "spaces in the Sid": (
        document(statement(SERVICE) | {"Sid": "Allow EKS"}),
        "Statement IDs (SID) must be alpha-numeric.",
    ),
    "the same Sid twice": (
        document(statement(SERVICE) | {"Sid": "A"}, statement(ROOT) | {"Sid": "A"}),
        "Statement IDs (SID) in a single policy must be unique.",
    ),
    "a missing role": (
        document(statement({"AWS": f"arn:aws:iam::{SOURCE}:role/missing"})),
        f'Invalid principal in policy: "AWS":"arn:aws:iam::{SOURCE}:role/missing"',
    ),
    "a wildcard in an ARN": (
        document(statement({"AWS": f"arn:aws:iam::{SOURCE}:role/*"})),
        f'Invalid principal in policy: "AWS":"arn:aws:iam::{SOURCE}:role/*"',
    ),
}
BAD_POLICIES = {
    "not JSON": "{",
    "principal": document(statement(SERVICE, "s3:GetObject") | {"Resource": "*"}),
    "no resource": document({"Effect": "Allow", "Action": "s3:GetObject"}),
    "empty resource": document(allow("s3:GetObject", [])),
    "no service": document(allow("GetObject", "*")),
    "not an ARN": document(allow("s3:GetObject", "invoices/*")),
    "unknown operator": document(allow("s3:GetObject", "*", StringLikes={"a": "b"})),
    "unknown effect": document(allow("s3:GetObject", "*") | {"Effect": "Permit"}),
}


class TestTrustPolicy:
    @pytest.mark.parametrize(("trust", "message"), BAD_TRUSTS.values(), ids=BAD_TRUSTS)
    def test_a_gross_error_is_refused_at_creation_and_update(self, chain: Chain, trust: str, message: str) -> None:
        iam, name = client(chain.aws, "iam"), chain.unique("role")

        at_creation = refusal(lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust))
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        at_update = refusal(lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust))

        assert at_creation == at_update == ("MalformedPolicyDocument", message)
        assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)

    @pytest.mark.parametrize(
        "trust",
        [
            statement({"AWS": TARGET}),
            statement({"AWS": "*"}),
            statement(
                {"Federated": f"arn:aws:iam::{SOURCE}:oidc-provider/oidc.example"}, "sts:AssumeRoleWithWebIdentity"
            ),
            statement(SERVICE, "sts:Assume*", **{"ForAnyValue:StringLikeIfExists": {"aws:TagKeys": "kubernetes-*"}}),
        ],
        ids=["account", "everybody", "federated", "wildcards"],
    )
    def test_an_unwise_but_valid_trust_is_accepted(self, chain: Chain, trust: dict[str, Any]) -> None:
        assert chain.role(trust)

    def test_a_deleted_principal_leaves_its_unique_id(self, chain: Chain) -> None:
        """A new role of the old name is not admitted (IAM User Guide, "AWS JSON policy elements: Principal")."""
        iam = client(chain.aws, "iam")
        may_assume = allow(["sts:AssumeRole", "sts:TagSession"], "*")
        source = chain.role(statement(SERVICE), policy=may_assume)
        target = chain.role(statement({"AWS": source}), account=TARGET)
        assert chain.next(chain.pods(source), target)
        name = source.rsplit("/", 1)[-1]
        unique_id = iam.get_role(RoleName=name)["Role"]["RoleId"]

        iam.delete_role_policy(RoleName=name, PolicyName="permissions")
        iam.delete_role(RoleName=name)
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName=name, PolicyName="permissions", PolicyDocument=document(may_assume))

        assert is_denied(lambda: chain.next(chain.pods(source), target))
        trust = client(chain.aws, "iam", TARGET).get_role(RoleName=target.rsplit("/", 1)[-1])["Role"]
        assert trust["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": unique_id}


class TestPolicies:
    @pytest.mark.parametrize("policy", BAD_POLICIES.values(), ids=BAD_POLICIES)
    def test_a_gross_error_is_refused_wherever_it_is_written(self, chain: Chain, policy: str) -> None:
        iam, role = client(chain.aws, "iam"), chain.role(statement(SERVICE))
        name, managed = role.rsplit("/", 1)[-1], chain.unique("policy")

        codes = {
            refusal(call)[0]
            for call in (
                lambda: iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy),
                lambda: iam.create_policy(PolicyName=managed, PolicyDocument=policy),
                lambda: chain.pods(role, Policy=policy),
            )
        }

        assert codes == {"MalformedPolicyDocument"}

    def test_a_policy_for_a_missing_role_is_no_such_entity(self, chain: Chain) -> None:
        iam = client(chain.aws, "iam")

        code, _ = refusal(lambda: iam.put_role_policy(RoleName="missing", PolicyName="p", PolicyDocument="{"))

        assert code == "NoSuchEntity"

    def test_only_a_policy_that_exists_is_attached(self, chain: Chain) -> None:
        iam, name = client(chain.aws, "iam"), chain.role(statement(SERVICE)).rsplit("/", 1)[-1]
        missing = f"arn:aws:iam::{SOURCE}:policy/missing"

        assert refusal(lambda: iam.attach_role_policy(RoleName=name, PolicyArn=missing))[0] == "NoSuchEntity"
        iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")

    def test_older_versions_must_go_before_a_policy(self, chain: Chain) -> None:
        iam = client(chain.aws, "iam")
        arn = iam.create_policy(PolicyName=chain.unique("policy"), PolicyDocument=READ)["Policy"]["Arn"]
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=READ, SetAsDefault=True)

        assert refusal(lambda: iam.delete_policy(PolicyArn=arn))[0] == "DeleteConflict"
        iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
        iam.delete_policy(PolicyArn=arn)

    def test_a_role_with_policies_cannot_be_deleted(self, chain: Chain) -> None:
        iam = client(chain.aws, "iam")
        inline = chain.role(statement(SERVICE), policy=allow("s3:GetObject", "*")).rsplit("/", 1)[-1]
        attached = chain.role(statement(SERVICE)).rsplit("/", 1)[-1]
        iam.attach_role_policy(RoleName=attached, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")

        assert refusal(lambda: iam.delete_role(RoleName=inline))[0] == "DeleteConflict"
        assert refusal(lambda: iam.delete_role(RoleName=attached))[0] == "DeleteConflict"


class TestQuotas:
    def exactly(self, size: int, make: Any) -> str:
        """Return a document of *size* characters besides white space."""
        empty = make("")
        full = make("x" * (size - len("".join(empty.split()))))
        assert len("".join(full.split())) == size
        return full

    def trust(self, size: int) -> str:
        return self.exactly(size, lambda text: document(statement(SERVICE, StringEquals={"aws:SourceAccount": text})))

    def policy(self, size: int) -> str:
        return self.exactly(size, lambda text: document(allow("s3:GetObject", "arn:aws:s3:::" + text)))

    def test_a_trust_policy_has_2048_characters_without_white_space(self, chain: Chain) -> None:
        iam, name = client(chain.aws, "iam"), chain.unique("role")

        assert (
            refusal(lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=self.trust(2049)))[0]
            == "LimitExceeded"
        )
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=self.trust(2048))
        assert (
            refusal(lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=self.trust(2049)))[0]
            == "LimitExceeded"
        )

    def test_inline_policies_of_a_role_have_10240_characters_together(self, chain: Chain) -> None:
        iam, name = client(chain.aws, "iam"), chain.role(statement(SERVICE)).rsplit("/", 1)[-1]
        put = lambda key, size: iam.put_role_policy(  # noqa: E731 - a call with two things that vary
            RoleName=name, PolicyName=key, PolicyDocument=self.policy(size)
        )

        put("one", 10_000)
        assert refusal(lambda: put("two", 241))[0] == "LimitExceeded"
        put("two", 240)
        put("one", 9_000)

    def test_a_managed_policy_has_6144_characters(self, chain: Chain) -> None:
        iam = client(chain.aws, "iam")
        create = lambda size: iam.create_policy(  # noqa: E731 - a call with one thing that varies
            PolicyName=chain.unique("policy"), PolicyDocument=self.policy(size)
        )

        assert refusal(lambda: create(6_145))[0] == "LimitExceeded"
        assert create(6_144)

    def test_a_role_has_20_attachments(self, chain: Chain) -> None:
        iam, name = client(chain.aws, "iam"), chain.role(statement(SERVICE)).rsplit("/", 1)[-1]
        attach = lambda number: iam.attach_role_policy(  # noqa: E731 - a call with one thing that varies
            RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/Some{number}"
        )
        for number in range(20):
            attach(number)

        assert refusal(lambda: attach(20))[0] == "LimitExceeded"
        attach(19)


class TestRole:
    def create(self, chain: Chain, **parts: Any) -> Any:
        parts = {"RoleName": chain.unique("role"), "AssumeRolePolicyDocument": TRUST} | parts
        return client(chain.aws, "iam").create_role(**parts)["Role"]

    @pytest.mark.parametrize(
        "parts",
        [
            {"RoleName": "with space"},
            {"RoleName": "x" * 64 + "y"},
            {"Path": "no-slashes"},
            {"MaxSessionDuration": 3599},
            {"MaxSessionDuration": 43201},
            {"Tags": tags(k="v" * 257)},
            {"Tags": tags(k="<>")},
            {"Tags": [{"Key": "aws:x", "Value": "v"}]},
            {"Description": "\u4e2d"},
        ],
        ids=[
            "name",
            "long name",
            "path",
            "short session",
            "long session",
            "long tag",
            "tag characters",
            "reserved",
            "text",
        ],
    )
    def test_invalid_parts_are_refused(self, chain: Chain, parts: dict[str, Any]) -> None:
        assert refusal(lambda: self.create(chain, **parts))[0] == "ValidationError"

    def test_a_name_of_64_characters_is_accepted(self, chain: Chain) -> None:
        assert self.create(chain, RoleName=chain.unique("x" * 50).ljust(64, "y"))

    def test_a_name_is_unique_whatever_its_case(self, chain: Chain) -> None:
        name = self.create(chain)["RoleName"]

        assert refusal(lambda: self.create(chain, RoleName=name))[0] == "EntityAlreadyExists"
        assert refusal(lambda: self.create(chain, RoleName=name.upper()))[0] == "EntityAlreadyExists"

    def test_a_missing_one_is_no_such_entity(self, chain: Chain) -> None:
        iam = client(chain.aws, "iam")

        assert refusal(lambda: iam.get_role(RoleName="missing"))[0] == "NoSuchEntity"
        assert refusal(lambda: iam.delete_role(RoleName="missing"))[0] == "NoSuchEntity"

    def test_a_description_is_read_as_it_was_written(self, chain: Chain) -> None:
        text = "R&D <payments> role"
        name = self.create(chain, Description=text)["RoleName"]

        assert client(chain.aws, "iam").get_role(RoleName=name)["Role"]["Description"] == text

    def test_it_has_50_tags(self, chain: Chain) -> None:
        iam = client(chain.aws, "iam")
        name = self.create(chain, Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(50)])["RoleName"]

        assert refusal(lambda: iam.tag_role(RoleName=name, Tags=tags(one_more="v")))[0] == "LimitExceeded"
        iam.tag_role(RoleName=name, Tags=tags(k0="changed"))
