"""Compares a stack's environment with what AWS and Kubernetes have, never with the engine's state."""

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
    """One ServiceAccount of an identity, as it exists in AWS and Kubernetes."""

    identity: str
    workload: str
    cluster: str
    role: str = "-"
    trust_scope: str = "-"
    association: str = "-"
    external_id: str = "-"
    target_role: str = "-"
    service_account: str = "-"
    differences: list[str] = field(default_factory=list)

    def lines(self, *, verbose: bool) -> Iterator[tuple[str, str]]:
        """Yield what exists in AWS and Kubernetes, as label and text."""
        source = "" if self.target_role == "none" else f"source role {self.role}: "
        yield "trust", source + _SCOPES[self.trust_scope].format(self)
        yield "target", self.target_role
        if verbose:
            yield "assoc.", f"{self.association}, external id {self.external_id}"
            yield "account", f"ServiceAccount {self.service_account}"


_SCOPES = {
    "service account": "only ServiceAccount {0.workload} of cluster {0.cluster}",
    "namespace": "every ServiceAccount in the namespace of {0.workload}, cluster {0.cluster}",
    "untagged": "associations of cluster {0.cluster} without session tags",
    "cluster": "every ServiceAccount of cluster {0.cluster}",
    "account": "every cluster of the account",
    "-": "no pods",
}


def read_rows(sandbox: Sandbox, environment: Document, outputs: Mapping[str, Document]) -> list[Row]:
    """Read every identity of *environment*, and note each difference from the file and from the stack's outputs."""
    return [
        _Reading(sandbox, environment, name, {**identity, **binding}, outputs.get(name, {})).row()
        for name, identity in environment["identities"].items()
        for binding in identity.get("bindings") or [{}]
        if binding.get("clusterName", environment["cluster"]["name"]) == environment["cluster"]["name"]
    ]


class _Reading:
    """Reads one ServiceAccount of an identity."""

    def __init__(
        self, sandbox: Sandbox, environment: Document, name: str, identity: Document, outputs: Document
    ) -> None:
        self._sandbox, self._environment, self._identity, self._outputs = sandbox, environment, identity, outputs
        self._cluster: str = environment["cluster"]["name"]
        self._row = Row(name, f"{identity['namespace']}/{identity['serviceAccount']}", self._cluster)
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

    def _compare(self, what: str, expected: object, actual: object) -> None:
        if expected != actual:
            self._row.differences.append(f"{self._row.identity}: {what}: expected {expected!r}, got {actual!r}")

    def _association(self) -> Document | None:
        eks = client("eks", self._sandbox.aws)
        namespace, service_account = self._row.workload.split("/")
        associations = eks.list_pod_identity_associations(
            clusterName=self._cluster, namespace=namespace, serviceAccount=service_account
        )["associations"]
        self._compare("number of associations", 1, len(associations))
        if not associations:
            return None
        association = eks.describe_pod_identity_association(
            clusterName=self._cluster, associationId=associations[0]["associationId"]
        )["association"]
        self._row.association = association["associationId"]
        self._row.external_id = association.get("externalId", "-")
        exported = self._exported_value("associationIds")
        self._compare("exported association", exported, association["associationId"])
        if "externalId" in association:  # EKS returns one only if there is a target role
            self._compare("exported external id", self._exported_value("externalIds"), association["externalId"])
        self._tags("association", association.get("tags", {}))
        return association

    def _exported_value(self, output: str) -> str | None:
        by_workload = self._outputs.get(output) or {}
        return by_workload.get(self._row.workload, by_workload.get(f"{self._cluster}/{self._row.workload}"))

    def _role(self, arn: str) -> None:
        name = arn.rsplit("/", 1)[1]
        self._row.role = name
        self._compare("exported role", self._outputs.get("roleArn"), arn)
        role = self._iam.get_role(RoleName=name)["Role"]
        trust = _document(role["AssumeRolePolicyDocument"])
        self._row.trust_scope = scope(trust)
        if self._identity.get("roleArn"):
            return  # an existing role is not managed by this stack
        self._compare("trust policy", _document(self._outputs.get("trustPolicy", "null")), trust)
        self._policies(name)
        self._tags("role", {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])})

    def _policies(self, role: str) -> None:
        attached = {
            item["PolicyArn"] for item in self._iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        }
        expected = set(self._identity.get("managedPolicyArns", {}).values())
        if self._identity.get("policyKind") == "managed":
            documents = [self._managed_policy(arn) for arn in attached - expected]
            self._compare("number of managed policies", len(expected) + len(documents), len(attached))
        else:
            documents = [
                _document(self._iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"])
                for policy in self._iam.list_role_policies(RoleName=role)["PolicyNames"]
            ]
            self._compare("managed policies", expected, attached)
        for key, document in self._identity.get("policies", {}).items():
            self._compare(
                f"policies with the document of {key!r}", 1, sum(actual == _document(document) for actual in documents)
            )

    def _managed_policy(self, arn: str) -> Any:
        version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        policy = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        return _document(policy["Document"])

    def _session(self, association: Document) -> None:
        expected = _document(self._identity.get("sessionPolicy"))
        self._compare("session policy", expected, _document(association.get("policy") or "null"))
        switch = self._identity.get("disableSessionTags", expected is not None)
        self._compare("disableSessionTags", switch, bool(association.get("disableSessionTags")))

    def _target(self, association: Document) -> None:
        arn = association.get("targetRoleArn")
        expected = bool(self._identity.get("createTargetRole") or self._identity.get("targetRoleArn"))
        self._compare("has a target role", expected, bool(arn))
        if not arn:
            self._row.target_role = "none"
            return
        account, name = arn.split(":")[4], arn.rsplit("/", 1)[1]
        self._row.target_role = f"{name} in {account}"
        accounts = self._environment.get("accounts", {})
        if self._identity.get("targetAccount"):
            self._compare("account of the target role", accounts[self._identity["targetAccount"]]["id"], account)
        try:
            role = client("iam", self._sandbox.aws, account).get_role(RoleName=name)["Role"]
        except ClientError as error:
            self._row.differences.append(f"{self._row.identity}: the target role is missing ({error})")
            return
        ids = [
            value
            for statement in _document(role["AssumeRolePolicyDocument"])["Statement"]
            for value in _as_list(statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId", []))
        ]
        if self._identity.get("createTargetRole"):
            is_trusted = association["externalId"] in ids
            self._compare("target role trusts the external id", True, is_trusted)

    def _service_account(self) -> None:
        namespace, name = self._row.workload.split("/")
        if not self._identity.get("createServiceAccount"):
            self._row.service_account = "is not created by this stack"
            return
        try:
            with kubernetes(self._sandbox) as api:
                api.get(ServiceAccount, name, namespace=namespace)
            self._row.service_account = self._row.workload
        except ApiError as error:
            self._row.differences.append(f"{self._row.identity}: ServiceAccount {self._row.workload}: {error}")

    def _tags(self, what: str, actual: Mapping[str, str]) -> None:
        expected = {**self._environment.get("tags", {}), **self._identity.get("tags", {})}
        self._compare(f"tags of the {what}", expected, {key: actual[key] for key in expected if key in actual})


def scope(trust: Document) -> str:
    """Return the narrowest scope that every Pod Identity statement of *trust* has."""
    names = [_statement_scope(statement) for statement in trust["Statement"] if "Service" in statement["Principal"]]
    order = ("account", "cluster", "untagged", "namespace", "service account")
    return min(names, key=order.index) if names else "-"


def _statement_scope(statement: Document) -> str:
    condition = {
        operator: {key.lower(): value for key, value in keys.items()}
        for operator, keys in statement.get("Condition", {}).items()
    }
    # Null requires that a tag is absent.
    without_tags = condition.pop("Null", {}).get("aws:requesttag/kubernetes-service-account") == "true"
    compared = {key for keys in condition.values() for key in keys}
    for key, name in (
        ("aws:requesttag/kubernetes-service-account", "service account"),
        ("aws:requesttag/kubernetes-namespace", "namespace"),
        ("aws:requesttag/eks-cluster-arn", "cluster"),
        ("aws:sourcearn", "untagged" if without_tags else "cluster"),
    ):
        if key in compared:
            return name
    return "account"


def agent_differences(sandbox: Sandbox, environment: Document) -> Iterator[str]:
    """Yield a difference if the cluster's agent add-on does not match the environment."""
    cluster = environment["cluster"]
    addons = client("eks", sandbox.aws).list_addons(clusterName=cluster["name"])["addons"]
    managed = cluster.get("agent") == "managed"
    if managed != ("eks-pod-identity-agent" in addons):
        state = "installed" if managed else "absent"
        yield f"cluster {cluster['name']}: expected the agent add-on to be {state}, got the add-ons {addons}"


def _document(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return json.loads(unquote(value) if value.startswith("%") else value)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
