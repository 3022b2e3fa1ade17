"""IAM resources in the emulator."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.aws_plugin.engine_client import (
    ATTACHMENT,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
    RefusedError,
    after_refresh,
    policy_document,
)

AtAws = Callable[..., EngineClient]
Client = Callable[..., Any]
Unique = Callable[[str], str]
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_an_inline_policy_is_created_read_updated_and_deleted(at_aws: AtAws, aws_client: Client, role: str) -> None:
    plugin, name = at_aws(), role.rsplit("/", 1)[-1]
    news = {"role": name, "name": "access", "policy": policy_document("s3:GetObject")}
    id_, inputs, state = plugin.check_and_create(ROLE_POLICY, news)
    assert id_ == f"{name}:access"
    assert plugin.read(ROLE_POLICY, id_, state, inputs) == (id_, state, after_refresh(inputs))

    after = plugin.check_and_update(ROLE_POLICY, id_, state, {**news, "policy": policy_document("s3:PutObject")})

    stored = aws_client("iam").get_role_policy(RoleName=name, PolicyName="access")["PolicyDocument"]
    assert stored["Statement"][0]["Action"] == "s3:PutObject"
    imported = plugin.read(ROLE_POLICY, id_)[2]
    assert not plugin.diff(ROLE_POLICY, after, plugin.check(ROLE_POLICY, imported)).detailedDiff
    plugin.delete(ROLE_POLICY, id_, after)
    plugin.delete(ROLE_POLICY, id_, after)
    assert plugin.read(ROLE_POLICY, id_, after) == ("", {}, {})


def test_the_import_id_of_an_inline_policy_has_two_parts(at_aws: AtAws) -> None:
    with pytest.raises(
        RefusedError, match="role_policy_id must be of the form <role name>:<role policy name>, got: x"
    ):
        at_aws().read(ROLE_POLICY, "x")


def test_a_managed_policy_keeps_five_versions(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    plugin = at_aws()
    news = {"name": unique("policy"), "path": "/pods/", "description": "d", "tags": {"a": "b"}}
    id_, _, state = plugin.check_and_create(POLICY, {**news, "policy": policy_document("s3:GetObject")})
    assert id_ == state["arn"] == f"arn:aws:iam::111122223333:policy/pods/{news['name']}"

    for number in range(7):
        state = plugin.check_and_update(POLICY, id_, state, {**news, "policy": policy_document(f"s3:Get{number}")})

    iam = aws_client("iam")
    versions = {version["VersionId"] for version in iam.list_policy_versions(PolicyArn=id_)["Versions"]}
    assert versions == {"v4", "v5", "v6", "v7", "v8"}
    assert iam.get_policy(PolicyArn=id_)["Policy"]["DefaultVersionId"] == "v8"
    plugin.delete(POLICY, id_, state)
    assert plugin.read(POLICY, id_, state) == ("", {}, {})


def test_tags_of_a_managed_policy_change_without_a_new_version(
    at_aws: AtAws, aws_client: Client, unique: Unique
) -> None:
    plugin = at_aws()
    news = {"name": unique("policy"), "policy": policy_document("s3:GetObject")}
    id_, inputs, state = plugin.check_and_create(POLICY, {**news, "tags": {"a": "b"}})
    assert plugin.read(POLICY, id_, state, inputs) == (id_, state, after_refresh(inputs))

    after = plugin.check_and_update(POLICY, id_, state, {**news, "tags": {"c": "d"}})

    iam = aws_client("iam")
    assert after["tagsAll"] == {"c": "d"}
    assert iam.list_policy_tags(PolicyArn=id_)["Tags"] == [{"Key": "c", "Value": "d"}]
    assert len(iam.list_policy_versions(PolicyArn=id_)["Versions"]) == 1


def test_an_attachment_is_created_read_and_deleted(at_aws: AtAws, aws_client: Client, role: str) -> None:
    plugin, name = at_aws(), role.rsplit("/", 1)[-1]

    id_, inputs, state = plugin.check_and_create(ATTACHMENT, {"role": name, "policyArn": READ_ONLY})

    attached = aws_client("iam").list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [READ_ONLY]
    assert id_ == f"{name}/{READ_ONLY}"
    assert plugin.read(ATTACHMENT, id_, state, inputs) == (id_, state, after_refresh(inputs))
    assert plugin.read(ATTACHMENT, id_)[2] == {"role": name, "policyArn": READ_ONLY}
    plugin.delete(ATTACHMENT, id_, state)
    plugin.delete(ATTACHMENT, id_, state)
    assert plugin.read(ATTACHMENT, id_, state) == ("", {}, {})


def test_an_oidc_provider_is_created_read_and_deleted(at_aws: AtAws, unique: Unique) -> None:
    plugin = at_aws()
    news = {
        "url": f"https://{unique('oidc')}.example.com",
        "clientIdLists": ["sts.amazonaws.com"],
        "thumbprintLists": ["a" * 40],
    }

    id_, inputs, state = plugin.check_and_create(OIDC_PROVIDER, news)

    assert id_ == f"arn:aws:iam::111122223333:oidc-provider/{news['url'].removeprefix('https://')}"
    assert plugin.read(OIDC_PROVIDER, id_, state, inputs) == (id_, state, after_refresh(inputs))
    assert not plugin.diff(OIDC_PROVIDER, state, inputs).detailedDiff
    plugin.delete(OIDC_PROVIDER, id_, state)
    assert plugin.read(OIDC_PROVIDER, id_, state) == ("", {}, {})


def test_another_provider_works_in_another_account(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    name = unique("target")
    source, target = at_aws(), at_aws("444455556666")

    _, _, here = source.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": name})
    _, _, there = target.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": name})

    assert here["arn"] == f"arn:aws:iam::111122223333:role/{name}"
    assert there["arn"] == f"arn:aws:iam::444455556666:role/{name}"
    assert aws_client("iam", "444455556666").get_role(RoleName=name)["Role"]["Arn"] == there["arn"]
    assert target.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "444455556666"


def test_the_provider_uses_the_assumed_role(at_aws: AtAws, unique: Unique) -> None:
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": "pulumi"}},
                }
            ],
        }
    )
    _, _, state = at_aws("444455556666").check_and_create(
        ROLE, {"assumeRolePolicy": trust, "name": unique("deployer")}
    )
    role = {"roleArn": state["arn"], "externalId": "pulumi", "sessionName": "deploy", "duration": "30m"}

    identity = at_aws(assumeRoles=[role]).invoke("aws:index/getCallerIdentity:getCallerIdentity")

    assert identity["accountId"] == "444455556666"
    assert identity["arn"] == f"arn:aws:sts::444455556666:assumed-role/{state['name']}/deploy"


def test_an_allowed_account_is_accepted(at_aws: AtAws) -> None:
    plugin = at_aws(allowedAccountIds='["111122223333"]')

    assert plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "111122223333"


def test_a_profile_gives_the_credentials(
    at_aws: AtAws, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    credentials = tmp_path_factory.mktemp("aws") / "credentials"
    credentials.write_text("[target]\naws_access_key_id = 444455556666\naws_secret_access_key = any\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")

    plugin = at_aws(accessKey=None, secretKey=None, profile="target", sharedCredentialsFiles=f'["{credentials}"]')

    assert plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "444455556666"
