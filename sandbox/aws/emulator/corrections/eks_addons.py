"""An add-on owns the associations that it declares.

AWS: `podIdentityAssociations` of CreateAddon and UpdateAddon creates associations whose `ownerArn` is the add-on; its
description lists their ARNs. In an update, an absent list changes nothing, a list replaces the old one, and an empty
list deletes it. DeleteAddon deletes them unless `preserve`. An add-on does not adopt an association that exists: 409
(EKS API; EKS User Guide, "IAM roles for add-ons"). Tags have limits.

MiniStack stores the list and creates nothing. Simplified here: AWS chooses the namespace of each add-on; here it is
that of `namespaceConfig`, or `kube-system`.
"""

import json
from contextvars import ContextVar
from typing import Any

from sandbox.aws.emulator.association_rules import check_role
from sandbox.aws.emulator.corrections import eks_associations
from sandbox.aws.emulator.eks import Rejected, answering, associations, check_cluster, eks
from sandbox.aws.emulator.patching import lookup, replace
from sandbox.aws.emulator.tags import problem_of

_DECLARED = "podIdentityAssociations"
_NAMESPACE = "kube-system"
_preserve: ContextVar[bool] = ContextVar("preserve", default=False)


def apply() -> None:
    """Create, replace and delete the associations of an add-on with it."""
    replace("services.eks._create_addon", "cluster_name body", _creating)
    replace("services.eks._update_addon", "cluster_name addon_name body", _updating)
    replace("services.eks._delete_addon", "cluster_name addon_name", _deleting)
    replace("services.eks._handle_request_sync", "method path headers body_bytes query_params", _with_preserve)


def _creating(original: Any) -> Any:
    def create_addon(cluster: str, body: dict[str, Any]) -> Any:
        check_cluster(cluster)
        if body.get("tags") and (problem := problem_of(body["tags"])):
            raise Rejected("InvalidParameterException", problem)
        namespace = (body.get("namespaceConfig") or {}).get("namespace") or _NAMESPACE
        declared = body.get(_DECLARED) or []
        if f"{cluster}/{body.get('addonName')}" not in eks()._addons:
            _check(cluster, namespace, declared, owner=None)
        answer = original(cluster, body | {_DECLARED: []})
        if answer[0] != 200:  # noqa: PLR2004 - HTTP
            return answer
        addon = eks()._addons[f"{cluster}/{body['addonName']}"]
        addon["namespaceConfig"] = {"namespace": namespace}
        return eks()._json_resp(200, {"addon": _declare(cluster, addon, declared)})

    return answering(create_addon)


def _updating(original: Any) -> Any:
    def update_addon(cluster: str, addon_name: str, body: dict[str, Any]) -> Any:
        addon = eks()._addons.get(f"{cluster}/{addon_name}")
        declared = body.get(_DECLARED)
        if addon and declared is not None:
            _check(cluster, addon["namespaceConfig"]["namespace"], declared, owner=addon["addonArn"])
        answer = original(cluster, addon_name, {name: value for name, value in body.items() if name != _DECLARED})
        if addon and declared is not None:
            _delete_owned(cluster, addon)
            _declare(cluster, addon, declared)
        return answer

    return answering(update_addon)


def _deleting(original: Any) -> Any:
    def delete_addon(cluster: str, addon_name: str) -> Any:
        addon = eks()._addons.get(f"{cluster}/{addon_name}")
        if addon and not _preserve.get():
            _delete_owned(cluster, addon)
        return original(cluster, addon_name)

    return answering(delete_addon)


def _with_preserve(original: Any) -> Any:
    def handle(method: str, path: str, headers: Any, body_bytes: bytes, query_params: Any) -> Any:
        _preserve.set(query_params.get("preserve") in ("true", ["true"]))  # each request runs in its own context
        return original(method, path, headers, body_bytes, query_params)

    return handle


def _check(cluster: str, namespace: str, declared: list[dict[str, str]], owner: str | None) -> None:
    """Reject all of *declared* if one of them cannot be created."""
    account = lookup("core.responses").get_account_id()
    taken = {
        association["serviceAccount"]: association["associationId"]
        for association in associations(cluster)
        if association["namespace"] == namespace and (not owner or association.get("ownerArn") != owner)
    }
    if len({entry["serviceAccount"] for entry in declared}) < len(declared):
        raise Rejected("InvalidParameterException", "A service account is declared more than once.")
    for entry in declared:
        check_role(entry["roleArn"], account)
        if association_id := taken.get(entry["serviceAccount"]):
            raise Rejected("ResourceInUseException", f"Association already exists: {association_id}")


def _declare(cluster: str, addon: dict[str, Any], declared: list[dict[str, str]]) -> dict[str, Any]:
    arns: list[str] = []
    for entry in declared:
        body = {"namespace": addon["namespaceConfig"]["namespace"], **entry}
        answer = eks_associations.create(cluster, body, owner=addon["addonArn"])
        arns.append(json.loads(answer[2])["association"]["associationArn"])
    addon[_DECLARED] = arns
    return addon


def _delete_owned(cluster: str, addon: dict[str, Any]) -> None:
    for association in associations(cluster):
        if association.get("ownerArn") == addon["addonArn"]:
            eks()._delete_pod_identity_association(cluster, association["associationId"])
