"""The permissions that a caller needs to create and change associations.

AWS: besides the action itself on the cluster, `iam:PassRole` and `iam:GetRole` on the source role, with
`iam:PassedToService` = the service and `iam:AssociatedResourceARN` = the cluster, and `eks:TagResource` for tags; none
of it for the target role. Describe, update and delete are authorized on the association's ARN, tag actions on the ARN
tagged (EKS User Guide, "create an association"; EMR on EKS guide; Service Authorization Reference, EKS).

MiniStack checks only the action on the cluster. Simplified here: TagResource at creation, when there is no ARN yet, is
checked on `podidentityassociation/{cluster}/*`.
"""

import re
import urllib.parse
from typing import Any

from sandbox.aws.emulator.corrections.service_principal import PRINCIPAL
from sandbox.aws.emulator.eks import eks
from sandbox.aws.emulator.patching import lookup, replace

_ASSOCIATION = re.compile(r"/clusters/([^/]+)/pod-identity-associations/([^/]+)")
_TAGS = "/tags/"


def apply() -> None:
    """Authorize on the right resource, and check the permissions for passing a role and for tags."""
    replace(
        "core.iam_actions.extract_resource_arn",
        "service method path headers body query_params region account_id",
        _of_association,
    )
    replace("services.eks._create_pod_identity_association", "cluster_name body", _creating)
    replace("services.eks._update_pod_identity_association", "cluster_name association_id body", _updating)


def _of_association(original: Any) -> Any:
    def extract_resource_arn(service: str, method: str, path: str, *more: Any) -> str:
        if service == "eks":
            if match := _ASSOCIATION.fullmatch(path):
                return eks()._pod_identity_association_arn(*match.groups())
            if path.startswith(_TAGS):
                return urllib.parse.unquote(path.removeprefix(_TAGS))
        return original(service, method, path, *more)

    return extract_resource_arn


def _creating(original: Any) -> Any:
    def create(cluster_name: str, body: dict[str, Any]) -> Any:
        needed = _role_permissions(cluster_name, body)
        if body.get("tags"):
            needed.append(
                ("eks", "TagResource", eks()._pod_identity_association_arn(cluster_name, "*"), _tag_keys(body["tags"]))
            )
        return _refusal(needed) or original(cluster_name, body)

    return create


def _updating(original: Any) -> Any:
    def update(cluster_name: str, association_id: str, body: dict[str, Any]) -> Any:
        return _refusal(_role_permissions(cluster_name, body)) or original(cluster_name, association_id, body)

    return update


def _role_permissions(cluster: str, body: dict[str, Any]) -> list[tuple[str, str, str, dict[str, Any]]]:
    if not body.get("roleArn"):
        return []
    passing = {"iam:passedtoservice": PRINCIPAL, "iam:associatedresourcearn": eks()._cluster_arn(cluster)}
    return [("iam", "PassRole", body["roleArn"], passing), ("iam", "GetRole", body["roleArn"], {})]


def _tag_keys(tags: dict[str, str]) -> dict[str, Any]:
    return {f"aws:requesttag/{key}".lower(): value for key, value in tags.items()} | {"aws:tagkeys": list(tags)}


def _refusal(needed: list[tuple[str, str, str, dict[str, Any]]]) -> Any:
    evaluator, here = lookup("core.iam_evaluator"), lookup("core.responses")
    caller = evaluator._verified_key.get()
    if not caller:
        return None  # the root of the account, whose signature is not checked
    for service, action, resource, keys in needed:
        denied = evaluator.enforce(caller, f"{service}:{action}", service, here.get_region(), resource, keys)
        if denied is not None:
            return eks()._error(
                403,
                "AccessDeniedException",
                f"User: {denied.principal_arn} is not authorized to perform: {service}:{action} "
                f"on resource: {resource}",
            )
    return None
