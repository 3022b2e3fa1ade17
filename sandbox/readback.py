"""What a stack's environment asks for, compared with what AWS and Kubernetes hold: never with the engine's state."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError
from lightkube import ApiError
from lightkube.resources.core_v1 import ServiceAccount

from sandbox.inventory import kubernetes
from sandbox.running import Sandbox
from sandbox.seed import client

Document = Mapping[str, Any]


@dataclass
class Row:
    """One identity as AWS and Kubernetes hold it."""

    identity: str
    workload: str
    role: str = "-"
    trust_scope: str = "-"
    association: str = "-"
    external_id: str = "-"
    target_role: str = "-"
    service_account: str = "-"
    differences: list[str] = field(default_factory=list)


def read(sandbox: Sandbox, environment: Document, outputs: Mapping[str, Document]) -> list[Row]:
    """Read every identity of *environment* back, noting each difference from what the file asks for or was exported."""
    return [
        _Reading(sandbox, environment, name, identity, outputs.get(name, {})).row()
        for name, identity in environment["identities"].items()
    ]


class _Reading:
    """The reading of one identity."""

    def __init__(
        self, sandbox: Sandbox, environment: Document, name: str, identity: Document, outputs: Document
    ) -> None:
        self._sandbox, self._environment, self._identity, self._outputs = sandbox, environment, identity, outputs
        self._row = Row(name, f"{identity['namespace']}/{identity['serviceAccount']}")
        self._cluster: str = environment["cluster"]["name"]
        self._iam = client("iam", sandbox.aws)

    def row(self) -> Row:
        """Read everything and return it."""
        association = self._association()
        if association:
            self._role(association["roleArn"])
            self._session(association)
            self._target(association)
        self._service_account()
        return self._row

    def _same(self, what: str, expected: object, found: object) -> None:
        if expected != found:
            self._row.differences.append(f"{self._row.identity}: {what} should be {expected!r} and is {found!r}")

    def _association(self) -> Document | None:
        eks = client("eks", self._sandbox.aws)
        namespace, service_account = self._row.workload.split("/")
        found = eks.list_pod_identity_associations(
            clusterName=self._cluster, namespace=namespace, serviceAccount=service_account
        )["associations"]
        self._same("the number of associations", 1, len(found))
        if not found:
            return None
        association = eks.describe_pod_identity_association(
            clusterName=self._cluster, associationId=found[0]["associationId"]
        )["association"]
        self._row.association = association["associationId"]
        self._row.external_id = association.get("externalId", "-")
        self._same("the exported association", self._outputs.get("associationId"), association["associationId"])
        if "externalId" in association:  # EKS gives one where there is a target role to send it to
            self._same("the exported external id", self._outputs.get("externalId"), association["externalId"])
        self._tags("association", association.get("tags", {}))
        return association

    def _role(self, arn: str) -> None:
        name = arn.rsplit("/", 1)[1]
        self._row.role = name
        self._same("the exported role", self._outputs.get("roleArn"), arn)
        role = self._iam.get_role(RoleName=name)["Role"]
        trust = _document(role["AssumeRolePolicyDocument"])
        self._row.trust_scope = scope(trust)
        self._same("the trust policy", _document(self._outputs.get("trustPolicy", "null")), trust)
        inline = {
            policy: _document(self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
            for policy in self._iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        for key, document in self._identity.get("policies", {}).items():
            self._same(f"policy {key!r}", 1, sum(found == document for found in inline.values()))
        attached = {
            item["PolicyArn"] for item in self._iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        }
        self._same("the managed policies", set(self._identity.get("managedPolicyArns", {}).values()), attached)
        self._tags("role", {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])})

    def _session(self, association: Document) -> None:
        wanted = self._identity.get("sessionPolicy")
        self._same("the session policy", wanted, _document(association.get("policy") or "null"))
        self._same("the session tag switch", wanted is not None, bool(association.get("disableSessionTags")))

    def _target(self, association: Document) -> None:
        arn = association.get("targetRoleArn")
        wanted = bool(self._identity.get("createTargetRole") or self._identity.get("targetRoleArn"))
        self._same("having a target role", wanted, bool(arn))
        if not arn:
            return
        account, name = arn.split(":")[4], arn.rsplit("/", 1)[1]
        self._row.target_role = f"{account}/{name}"
        accounts = self._environment.get("accounts", {})
        if self._identity.get("targetAccount"):
            self._same("the target's account", accounts[self._identity["targetAccount"]]["id"], account)
        try:
            role = client("iam", self._sandbox.aws, account).get_role(RoleName=name)["Role"]
        except ClientError as error:
            self._row.differences.append(f"{self._row.identity}: the target role is missing ({error})")
            return
        ids = [
            value
            for statement in _document(role["AssumeRolePolicyDocument"])["Statement"]
            for value in _listed(statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId", []))
        ]
        if self._identity.get("createTargetRole"):
            self._same("the external id that the target trusts", [association["externalId"]], ids)

    def _service_account(self) -> None:
        namespace, name = self._row.workload.split("/")
        if not self._identity.get("createServiceAccount"):
            self._row.service_account = "not ours"
            return
        try:
            with kubernetes(self._sandbox) as api:
                api.get(ServiceAccount, name, namespace=namespace)
            self._row.service_account = self._row.workload
        except ApiError as error:
            self._row.differences.append(f"{self._row.identity}: ServiceAccount {self._row.workload}: {error}")

    def _tags(self, what: str, found: Mapping[str, str]) -> None:
        wanted = {**self._environment.get("tags", {}), **self._identity.get("tags", {})}
        self._same(f"the tags of the {what}", wanted, {key: found[key] for key in wanted if key in found})


def scope(trust: Document) -> str:
    """Name the narrowest scope that every Pod Identity statement of *trust* has."""
    names = [_statement_scope(statement) for statement in trust["Statement"] if "Service" in statement["Principal"]]
    order = ("account", "cluster", "namespace", "service account")
    return min(names, key=order.index) if names else "-"


def _statement_scope(statement: Document) -> str:
    keys = {key.lower() for operator in statement.get("Condition", {}).values() for key in operator}
    for key, name in (
        ("aws:requesttag/kubernetes-service-account", "service account"),
        ("aws:requesttag/kubernetes-namespace", "namespace"),
        ("aws:requesttag/eks-cluster-arn", "cluster"),
        ("aws:sourcearn", "cluster"),
    ):
        if key in keys:
            return name
    return "account"


def agents(sandbox: Sandbox, environment: Document) -> Iterator[str]:
    """Yield a difference when the cluster's agent add-on is not what the environment says."""
    cluster = environment["cluster"]
    addons = client("eks", sandbox.aws).list_addons(clusterName=cluster["name"])["addons"]
    wanted = cluster.get("agent") == "managed"
    if wanted != ("eks-pod-identity-agent" in addons):
        yield f"cluster {cluster['name']}: the agent add-on should be {'there' if wanted else 'absent'}; found {addons}"


def _document(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return json.loads(unquote(value) if value.startswith("%") else value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
