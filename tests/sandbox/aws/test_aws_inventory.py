"""The inventory lists everything that a stack creates, and shows each difference."""

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws.inventory import Inventory, inventory
from tests.sandbox.aws.emulated_aws import SERVICE, Chain, allow, client, document, statement


class Account:
    """An account without resources of another test."""

    def __init__(self, chain: Chain, number: str) -> None:
        self.chain, self.number = chain, number
        self.iam, self.eks = client(chain.aws, "iam", number), client(chain.aws, "eks", number)
        role = chain.role(statement({"Service": "eks.amazonaws.com"}, "sts:AssumeRole"), account=number)
        self.eks.create_cluster(name="dev", roleArn=role, resourcesVpcConfig={})
        self.before = self.now()

    def now(self) -> Inventory:
        return inventory(self.chain.aws.endpoint, self.number)

    def associate(self, role: str, service_account: str = "api") -> Any:
        return self.eks.create_pod_identity_association(
            clusterName="dev", namespace="payments", serviceAccount=service_account, roleArn=role
        )["association"]


@pytest.fixture
def account(chain: Chain, unique: Callable[[str], str]) -> Account:
    return Account(chain, f"{int(unique('n').removeprefix('n-')):012}")


def test_an_unchanged_account_is_equal_to_itself(account: Account) -> None:
    assert account.now() == account.before
    assert account.now().created_since(account.before) == set()


def test_everything_created_is_listed_and_gone_when_deleted(account: Account) -> None:
    role = account.chain.role(statement(SERVICE), policy=allow("s3:GetObject", "*"), account=account.number)
    name = role.rsplit("/", 1)[-1]
    policy = account.iam.create_policy(PolicyName="own", PolicyDocument=document(allow("s3:*", "*")))["Policy"]["Arn"]
    account.iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    account.associate(role)
    declared = [{"serviceAccount": "csi", "roleArn": role}]
    account.eks.create_addon(clusterName="dev", addonName="csi", podIdentityAssociations=declared)

    assert account.now().created_since(account.before) == {
        f"roles {role}",
        f"inline_policies {name}/permissions",
        f"managed_policies {policy}",
        f"attachments {name}/{policy}",
        "associations dev/payments/api",
        "associations dev/kube-system/csi",
        "addons dev/csi",
    }
    assert account.now().addons["dev/csi"]["podIdentityAssociations"] == ["dev/kube-system/csi"]

    account.eks.delete_addon(clusterName="dev", addonName="csi")
    for association in account.eks.list_pod_identity_associations(clusterName="dev")["associations"]:
        account.eks.delete_pod_identity_association(clusterName="dev", associationId=association["associationId"])
    account.iam.detach_role_policy(RoleName=name, PolicyArn=policy)
    account.iam.delete_policy(PolicyArn=policy)
    account.iam.delete_role_policy(RoleName=name, PolicyName="permissions")
    account.iam.delete_role(RoleName=name)
    assert account.now() == account.before


@pytest.mark.parametrize("change", ["trust", "tag", "policy", "association", "association tag"])
def test_any_change_makes_a_difference(account: Account, change: str) -> None:
    role = account.chain.role(statement(SERVICE), policy=allow("s3:GetObject", "*"), account=account.number)
    name, association = role.rsplit("/", 1)[-1], account.associate(role)
    key = {"clusterName": "dev", "associationId": association["associationId"]}
    before = account.now()
    changes: dict[str, Callable[[], Any]] = {
        "trust": lambda: account.iam.update_assume_role_policy(
            RoleName=name, PolicyDocument=document(statement(SERVICE, StringEquals={"aws:SourceAccount": "1"}))
        ),
        "tag": lambda: account.iam.tag_role(RoleName=name, Tags=[{"Key": "k", "Value": "v"}]),
        "policy": lambda: account.iam.put_role_policy(
            RoleName=name, PolicyName="permissions", PolicyDocument=document(allow("s3:*", "*"))
        ),
        "association": lambda: account.eks.update_pod_identity_association(**key, disableSessionTags=True),
        "association tag": lambda: account.eks.tag_resource(
            resourceArn=association["associationArn"], tags={"k": "v"}
        ),
    }

    changes[change]()

    assert account.now() != before
    assert account.now().created_since(before) == set()


def test_a_recreated_association_is_equal_and_has_another_id(account: Account) -> None:
    role = account.chain.role(statement(SERVICE), account=account.number)
    first = account.associate(role)
    before = account.now()

    account.eks.delete_pod_identity_association(clusterName="dev", associationId=first["associationId"])
    account.associate(role)

    assert account.now() == before
    assert account.now().ids != before.ids


def test_a_second_association_of_one_service_account_would_be_named() -> None:
    assert Inventory(associations={"dev/a/b": [{}, {}], "dev/a/c": [{}]}).duplicates() == ["dev/a/b"]


def test_more_than_a_page_is_listed(account: Account) -> None:
    role = account.chain.role(statement(SERVICE), account=account.number)
    for number in range(105):
        account.associate(role, f"sa-{number}")

    assert len(account.now().associations) == 105
