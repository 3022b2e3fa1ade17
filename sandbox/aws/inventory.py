"""Lists everything that a stack can create in one account, by asking the emulator.

Compare two listings with `==`: the same before and after a stack means that nothing is left behind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import boto3
from botocore.config import Config


@dataclass
class Inventory:
    """The contents of one account and region, keyed by unique name or ARN.

    Attributes:
        roles: Role ARN to `trust`, `tags`, `description`, `max_session_duration` and `permissions_boundary`.
        inline_policies: Role name and policy name, joined by a slash, to the document.
        managed_policies: ARN of a policy of the account's own to its default document and `tags`.
        attachments: Role name and policy ARN, joined by a slash.
        clusters: Cluster name to its tags.
        associations: Cluster, namespace and ServiceAccount, joined by slashes, to the descriptions: a list, because a
            second one must show. Ids and dates are left out; `ids` has them.
        addons: Cluster and add-on name, joined by a slash, to its description without dates.
        ids: Association ARN to the key in `associations`.
    """

    roles: dict[str, Any] = field(default_factory=dict)
    inline_policies: dict[str, Any] = field(default_factory=dict)
    managed_policies: dict[str, Any] = field(default_factory=dict)
    attachments: set[str] = field(default_factory=set)
    clusters: dict[str, Any] = field(default_factory=dict)
    associations: dict[str, list[Any]] = field(default_factory=dict)
    addons: dict[str, Any] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict, compare=False)

    def names(self) -> set[str]:
        """Return one line for each resource: its type and its name."""
        return {
            f"{resource_type} {name}"
            for resource_type, names in asdict(self).items()
            if resource_type != "ids"
            for name in names
        }

    def created_since(self, before: "Inventory") -> set[str]:
        """Return the lines that *before* does not have."""
        return self.names() - before.names()

    def duplicates(self) -> list[str]:
        """Return each cluster, namespace and ServiceAccount that has more than one association."""
        return sorted(key for key, records in self.associations.items() if len(records) > 1)


_NOT_COMPARED = ("associationId", "associationArn", "addonArn", "createdAt", "modifiedAt")


def inventory(endpoint: str, account: str, region: str = "eu-west-1") -> Inventory:
    """List the contents of *account*, as its root.

    Args:
        endpoint: The emulator.
        account: A 12-digit account id, which is its root's access key there.
        region: Of the clusters; roles and policies have none.
    """
    session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="inventory", region_name=region)  # noqa: S106 - no secret
    config = Config(retries={"mode": "standard", "total_max_attempts": 5})
    iam, eks = (session.client(service, endpoint_url=endpoint, config=config) for service in ("iam", "eks"))  # pyright: ignore[reportArgumentType, reportCallIssue] - boto3 types each name by itself
    account_inventory = Inventory()
    for role in _pages(iam, "list_roles", "Roles"):
        _add_role(account_inventory, iam, role["RoleName"])
    for policy in _pages(iam, "list_policies", "Policies", Scope="Local"):
        _add_policy(account_inventory, iam, policy)
    for cluster in _pages(eks, "list_clusters", "clusters"):
        _add_cluster(account_inventory, eks, cluster)
    return account_inventory


def _pages(client: Any, operation: str, member: str, **arguments: Any) -> Iterable[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[member]


def _add_role(inventory: Inventory, iam: Any, name: str) -> None:
    role = iam.get_role(RoleName=name)["Role"]
    inventory.roles[role["Arn"]] = {
        "trust": role["AssumeRolePolicyDocument"],
        "tags": _tags(role),
        "description": role.get("Description", ""),
        "max_session_duration": role["MaxSessionDuration"],
        "permissions_boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
    }
    for policy in _pages(iam, "list_role_policies", "PolicyNames", RoleName=name):
        document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        inventory.inline_policies[f"{name}/{policy}"] = document
    for policy in _pages(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name):
        inventory.attachments.add(f"{name}/{policy['PolicyArn']}")


def _add_policy(inventory: Inventory, iam: Any, policy: Mapping[str, Any]) -> None:
    arn = policy["Arn"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    inventory.managed_policies[arn] = {
        "document": version["Document"],
        "tags": _tags(iam.list_policy_tags(PolicyArn=arn)),
    }


def _add_cluster(inventory: Inventory, eks: Any, name: str) -> None:
    inventory.clusters[name] = eks.describe_cluster(name=name)["cluster"].get("tags", {})
    for summary in _pages(eks, "list_pod_identity_associations", "associations", clusterName=name):
        described = eks.describe_pod_identity_association(clusterName=name, associationId=summary["associationId"])
        association = described["association"]
        key = f"{name}/{association['namespace']}/{association['serviceAccount']}"
        inventory.associations.setdefault(key, []).append(_without_ids_and_dates(association))
        inventory.ids[association["associationArn"]] = key
    for addon in _pages(eks, "list_addons", "addons", clusterName=name):
        described = eks.describe_addon(clusterName=name, addonName=addon)["addon"]
        owned = [inventory.ids[arn] for arn in described.get("podIdentityAssociations", [])]
        inventory.addons[f"{name}/{addon}"] = _without_ids_and_dates(described) | {
            "podIdentityAssociations": sorted(owned)
        }


def _without_ids_and_dates(described: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in described.items() if name not in _NOT_COMPARED}


def _tags(holder: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in holder.get("Tags", [])}
