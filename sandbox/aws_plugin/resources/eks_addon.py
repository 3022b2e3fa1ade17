"""`aws:eks/addon:Addon`."""

from typing import Any

from sandbox.aws_plugin import tags
from sandbox.aws_plugin.account import Aws
from sandbox.aws_plugin.errors import PluginError, code, message
from sandbox.aws_plugin.model import AwsResource, PartialCreateError, Property, ResourceType, Values, read_created
from sandbox.aws_plugin.resources import rules
from sandbox.aws_plugin.resources.names import timestamp

_LABEL = "EKS Add-On"
_UPDATED = ("addonVersion", "configurationValues", "serviceAccountRoleArn", "podIdentityAssociations")


def _create(aws: Aws, news: Values) -> AwsResource:
    eks, id_ = aws.eks(news), f"{news['clusterName']}:{news['addonName']}"
    request: dict[str, Any] = {
        "clusterName": news["clusterName"],
        "addonName": news["addonName"],
        "addonVersion": news.get("addonVersion"),
        "configurationValues": news.get("configurationValues"),
        "namespaceConfig": news.get("namespaceConfig"),
        "podIdentityAssociations": news.get("podIdentityAssociations"),
        "resolveConflicts": news.get("resolveConflictsOnCreate"),
        "serviceAccountRoleArn": news.get("serviceAccountRoleArn"),
        "tags": news.get("tagsAll"),
    }
    aws.call(
        f"creating {_LABEL} ({id_})",
        lambda: eks.create_addon(**{key: value for key, value in request.items() if value}),
        retry=_is_missing_role,
    )
    try:
        _wait_active(aws, news, "create")
    except PluginError as error:
        raise PartialCreateError(id_, news, lambda: _read(aws, id_, news), error) from error
    return read_created(aws, _LABEL, id_, news, _read)


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    cluster, name, region = _parts(id_)
    known = {**state, "region": state.get("region") or region or aws.region}
    eks = aws.eks(known)
    addon = aws.call(f"reading {_LABEL} ({id_})", lambda: _describe(eks, cluster, name))
    if addon is None:
        return None
    return AwsResource(
        f"{cluster}:{name}",
        {
            "addonName": addon["addonName"],
            "addonVersion": addon.get("addonVersion", ""),
            "arn": addon["addonArn"],
            "clusterName": addon["clusterName"],
            "configurationValues": addon.get("configurationValues") or "",
            "createdAt": timestamp(addon["createdAt"]),
            "modifiedAt": timestamp(addon["modifiedAt"]),
            "namespaceConfig": addon.get("namespaceConfig"),
            "podIdentityAssociations": aws.call(f"reading {_LABEL} ({id_})", lambda: _associations(eks, addon)),
            "preserve": state.get("preserve"),
            "region": known["region"],
            "resolveConflictsOnCreate": state.get("resolveConflictsOnCreate"),
            "resolveConflictsOnUpdate": state.get("resolveConflictsOnUpdate"),
            "serviceAccountRoleArn": addon.get("serviceAccountRoleArn") or "",
            **tags.from_aws(addon.get("tags"), aws.settings, state.get("tags")),
        },
    )


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    eks = aws.eks(news)
    aws.call(
        f"updating tags for {_LABEL} ({id_})",
        lambda: tags.change(
            olds,
            news,
            put=lambda added: eks.tag_resource(resourceArn=olds["arn"], tags=added),
            remove=lambda keys: eks.untag_resource(resourceArn=olds["arn"], tagKeys=keys),
        ),
    )
    changed = {key for key in _UPDATED if key in news and (olds.get(key) or "") != (news[key] or "")}
    # If the program removes the associations, an empty list is sent, which deletes them.
    if olds.get("podIdentityAssociations") and not news.get("podIdentityAssociations"):
        changed.add("podIdentityAssociations")
    if olds.get("serviceAccountRoleArn") and not news.get("serviceAccountRoleArn"):
        changed.add("serviceAccountRoleArn")
    if changed:
        request: dict[str, Any] = {key: news.get(key) or "" for key in changed - {"podIdentityAssociations"}}
        if "podIdentityAssociations" in changed:
            request["podIdentityAssociations"] = news.get("podIdentityAssociations") or []
        if news.get("serviceAccountRoleArn"):
            request["serviceAccountRoleArn"] = news["serviceAccountRoleArn"]
        if news.get("resolveConflictsOnUpdate"):
            request["resolveConflicts"] = news["resolveConflictsOnUpdate"]
        aws.call(
            f"updating {_LABEL} ({id_})",
            lambda: eks.update_addon(clusterName=news["clusterName"], addonName=news["addonName"], **request),
        )
        try:
            _wait_active(aws, news, "update")
        except PluginError as error:
            if news.get("resolveConflictsOnUpdate") == "OVERWRITE":
                raise
            raise PluginError(f'{error}. Consider setting resolve_conflicts_on_update to "OVERWRITE"') from error
    known = {key: news.get(key) for key in ("preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate")}
    current = _read(aws, id_, {**olds, **known, "tags": news.get("tags")})
    return current.state if current else olds


def _delete(aws: Aws, id_: str, state: Values) -> None:
    cluster, name, _ = _parts(id_)
    eks = aws.eks(state)

    def delete() -> None:
        try:
            eks.delete_addon(clusterName=cluster, addonName=name, preserve=bool(state.get("preserve")))
        except eks.exceptions.ResourceNotFoundException:
            return

    aws.call(f"deleting {_LABEL} ({id_})", delete)
    aws.wait(f"waiting for {_LABEL} ({id_}) delete", lambda: _describe(eks, cluster, name) is None)


def _describe(eks: Any, cluster: str, name: str) -> Any:
    try:
        return eks.describe_addon(clusterName=cluster, addonName=name)["addon"]
    except eks.exceptions.ResourceNotFoundException:
        return None


def _wait_active(aws: Aws, news: Values, step: str) -> None:
    cluster, name = news["clusterName"], news["addonName"]
    eks = aws.eks(news)
    action = f"waiting for {_LABEL} ({cluster}:{name}) {step}"

    def active() -> bool:
        addon = _describe(eks, cluster, name)
        if addon is None:
            raise PluginError(f"{action}: the add-on no longer exists")
        if addon["status"] in ("CREATE_FAILED", "UPDATE_FAILED"):
            issues = addon.get("health", {}).get("issues", [])
            reasons = "; ".join(f"{issue.get('code')}: {issue.get('message')}" for issue in issues)
            raise PluginError(f"{action}: {addon['status']}{': ' if reasons else ''}{reasons}")
        return addon["status"] == "ACTIVE"

    aws.wait(action, active)


def _associations(eks: Any, addon: Values) -> list[Values]:
    """Return the add-on's associations in the form of the input; AWS lists only their ARNs."""
    associations = []
    for arn in addon.get("podIdentityAssociations") or []:
        answer = eks.describe_pod_identity_association(
            clusterName=addon["clusterName"], associationId=arn.rsplit("/", 1)[-1]
        )["association"]
        associations.append({"roleArn": answer["roleArn"], "serviceAccount": answer["serviceAccount"]})
    return associations


def _is_missing_role(error: Exception) -> bool:
    text = message(error)
    return code(error) == "InvalidParameterException" and ("CREATE_FAILED" in text or "does not exist" in text)


def _parts(id_: str) -> tuple[str, str, str | None]:
    rest, _, region = id_.partition("@")
    cluster, colon, name = rest.partition(":")
    if not (cluster and colon and name):
        raise PluginError(f"unexpected format for ID ({id_}), expected cluster-name:addon-name")
    return cluster, name, region or None


TYPE = ResourceType(
    token="aws:eks/addon:Addon",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "addonName": Property(required=True, replaces=True),
        "addonVersion": Property(computed=True, check=rules.addon_version),
        "clusterName": Property(required=True, replaces=True),
        "configurationValues": Property(computed=True),
        "namespaceConfig": Property("object", computed=True, replaces=True, check=rules.namespace_config),
        "podIdentityAssociations": Property("set"),
        "preserve": Property("boolean"),
        "region": Property(replaces=True),
        "resolveConflictsOnCreate": Property(check=rules.one_of("NONE", "OVERWRITE")),
        "resolveConflictsOnUpdate": Property(check=rules.one_of("NONE", "OVERWRITE", "PRESERVE")),
        "serviceAccountRoleArn": Property(check=rules.arn),
        "tags": Property("map"),
    },
    outputs=("arn", "createdAt", "modifiedAt"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    tagged=True,
    regional=True,
    not_returned=("preserve", "resolveConflictsOnCreate", "resolveConflictsOnUpdate"),
)
