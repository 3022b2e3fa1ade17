"""Associations are created, changed and deleted by the rules of EKS.

AWS: one per cluster, namespace and ServiceAccount; a second is rejected, and the message has the id of the first; a
repeated `clientRequestToken` returns the association it created. Ids are `a-` and 17 characters. `externalId` is
`{region}/{account}/{cluster}/{namespace}/{serviceAccount}` (AWS Containers blog, "cross account access"; EKS User
Guide, "target IAM role"). Update leaves what is absent unchanged, and an empty string clears `targetRoleArn` and
`policy` (AWS controllers for Kubernetes, eks-controller). `ownerArn` is there only for what an add-on owns. At most
5,000 per cluster (EKS User Guide, Pod Identity; environment variable EKS_POD_IDENTITY_QUOTA_ASSOCIATIONS for tests).

MiniStack creates random external ids, and has no quota and no rules for the role, the policy or clearing.
"""

import json
import os
import secrets
import string
from typing import Any

from sandbox.aws.emulator.association_rules import check_role, check_session_policy
from sandbox.aws.emulator.eks import Rejected, answering, associations, check_cluster, eks
from sandbox.aws.emulator.patching import lookup, replace
from sandbox.aws.emulator.tags import problem_of

_ID_CHARACTERS = string.ascii_lowercase + string.digits
_ID_LENGTH = 17
_created_by_token: dict[tuple[str, str, str, str], tuple[str, str]] = {}


def apply() -> None:
    """Replace MiniStack's rules with those of EKS. The store stays MiniStack's."""
    replace(
        "services.eks._create_pod_identity_association", "cluster_name body", lambda _: answering(_create_association)
    )
    replace(
        "services.eks._update_pod_identity_association",
        "cluster_name association_id body",
        lambda _: answering(update),
    )
    replace("services.eks._delete_pod_identity_association", "cluster_name association_id", answering)


def _create_association(cluster_name: str, body: dict[str, Any]) -> Any:
    return create(cluster_name, body)


def create(cluster: str, body: dict[str, Any], owner: str | None = None) -> Any:
    """Answer CreatePodIdentityAssociation; *owner* is the ARN of the add-on that creates it."""
    check_cluster(cluster)
    _check_members(body)
    account, region = lookup("core.responses").get_account_id(), lookup("core.responses").get_region()
    token, fingerprint = body.get("clientRequestToken"), json.dumps(body, sort_keys=True)
    if token and (again := _created_before((account, region, cluster, token), fingerprint, cluster)):
        return eks()._json_resp(200, {"association": again})
    check_role(body["roleArn"], account)
    _check_free(cluster, body["namespace"], body["serviceAccount"])
    association = _record(cluster, body, account, region, owner)
    eks()._pod_identity_associations[eks()._pia_key(cluster, association["associationId"])] = association
    if association["tags"]:
        eks()._tags[association["associationArn"]] = dict(association["tags"])
    if token:
        _created_by_token[account, region, cluster, token] = (fingerprint, association["associationId"])
    return eks()._json_resp(200, {"association": association})


def update(cluster_name: str, association_id: str, body: dict[str, Any]) -> Any:
    """Answer UpdatePodIdentityAssociation."""
    record = eks()._pod_identity_associations.get(eks()._pia_key(cluster_name, association_id))
    if not record:
        raise Rejected("ResourceNotFoundException", f"No pod identity association found for ID: {association_id}.")
    changes = {key: body[key] for key in ("roleArn", "targetRoleArn", "disableSessionTags", "policy") if key in body}
    if not changes:
        raise Rejected("InvalidParameterException", "Specify at least one member to update.")
    changed = {key: value for key, value in (record | changes).items() if value != "" or key == "roleArn"}
    check_session_policy(changed)
    if "roleArn" in changes:
        check_role(changed["roleArn"], lookup("core.responses").get_account_id())
    changed["modifiedAt"] = eks()._now()
    record.clear()
    record.update(
        _with_external_id(changed, lookup("core.responses").get_account_id(), lookup("core.responses").get_region())
    )
    return eks()._json_resp(200, {"association": record})


def _check_members(body: dict[str, Any]) -> None:
    for name in ("namespace", "serviceAccount"):
        if not body.get(name):
            raise Rejected("InvalidParameterException", f"{name} is required.")
    if "roleArn" not in body:
        raise Rejected("InvalidParameterException", "roleArn is required.")
    check_session_policy(body)
    if body.get("tags") and (problem := problem_of(body["tags"])):
        raise Rejected("InvalidParameterException", problem)


def _created_before(key: tuple[str, str, str, str], fingerprint: str, cluster: str) -> Any:
    earlier = _created_by_token.get(key)
    if earlier is None or earlier[0] != fingerprint:
        return None
    return eks()._pod_identity_associations.get(eks()._pia_key(cluster, earlier[1]))


def _check_free(cluster: str, namespace: str, service_account: str) -> None:
    others = associations(cluster)
    for other in others:
        if (other["namespace"], other["serviceAccount"]) == (namespace, service_account):
            raise Rejected("ResourceInUseException", f"Association already exists: {other['associationId']}")
    quota = int(os.environ.get("EKS_POD_IDENTITY_QUOTA_ASSOCIATIONS", "5000"))
    if len(others) >= quota:
        raise Rejected("ResourceLimitExceededException", f"A cluster has at most {quota} pod identity associations.")


def _record(cluster: str, body: dict[str, Any], account: str, region: str, owner: str | None) -> dict[str, Any]:
    association_id = "a-" + "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH))
    now = eks()._now()
    record = {
        "clusterName": cluster,
        "namespace": body["namespace"],
        "serviceAccount": body["serviceAccount"],
        "roleArn": body["roleArn"],
        "associationArn": eks()._pod_identity_association_arn(cluster, association_id),
        "associationId": association_id,
        "tags": dict(body.get("tags") or {}),
        "createdAt": now,
        "modifiedAt": now,
        "disableSessionTags": bool(body.get("disableSessionTags", False)),
    }
    optional = {"ownerArn": owner, "targetRoleArn": body.get("targetRoleArn"), "policy": body.get("policy")}
    record |= {name: value for name, value in optional.items() if value}
    return _with_external_id(record, account, region)


def _with_external_id(record: dict[str, Any], account: str, region: str) -> dict[str, Any]:
    record = {name: value for name, value in record.items() if name != "externalId"}
    if record.get("targetRoleArn"):
        record["externalId"] = (
            f"{region}/{account}/{record['clusterName']}/{record['namespace']}/{record['serviceAccount']}"
        )
    return record
