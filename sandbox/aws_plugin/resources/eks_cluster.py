"""`aws:eks/cluster:Cluster`, and the result of the function `getCluster`."""

from typing import Any

from sandbox.aws_plugin import tags
from sandbox.aws_plugin.account import Aws
from sandbox.aws_plugin.errors import PluginError, code, message
from sandbox.aws_plugin.model import (
    AutoName,
    AwsResource,
    PartialCreateError,
    Property,
    ResourceType,
    Values,
    read_created,
)
from sandbox.aws_plugin.resources.names import timestamp

_LABEL = "EKS Cluster"
_VPC = ("endpointPrivateAccess", "endpointPublicAccess", "publicAccessCidrs", "securityGroupIds", "subnetIds")
_CONFIG = ("computeConfig", "deletionProtection", "storageConfig", "upgradePolicy", "zonalShiftConfig")
"""Members of UpdateClusterConfig with the same name in programs and in the API."""
_ROLE_PROPAGATION = (
    "does not exist",
    "Error in role params",
    "Role could not be assumed because the trusted entity is not correct",
    "The provided role doesn't have the Amazon EKS Managed Policies associated with it",
    "IAM role's policy must include",
)
"""The errors of EKS while it does not see a new role or its policies yet."""
_BOOTSTRAP = "bootstrapClusterCreatorAdminPermissions"


def _create(aws: Aws, news: Values) -> AwsResource:
    eks, name = aws.eks(news), news["name"]
    request: dict[str, Any] = {
        "name": name,
        "roleArn": news["roleArn"],
        "version": news.get("version"),
        "resourcesVpcConfig": _part(news["vpcConfig"], _VPC),
        "kubernetesNetworkConfig": news.get("kubernetesNetworkConfig"),
        "logging": _logging(news.get("enabledClusterLogTypes")),
        "encryptionConfig": [news["encryptionConfig"]] if news.get("encryptionConfig") else None,
        "tags": news.get("tagsAll"),
        **{key: news.get(key) for key in ("accessConfig", *_CONFIG)},
    }
    if news.get("bootstrapSelfManagedAddons") is False:
        request["bootstrapSelfManagedAddons"] = False
    aws.call(
        f"creating {_LABEL} ({name})",
        lambda: eks.create_cluster(**{key: value for key, value in request.items() if value is not None}),
        retry=_is_missing_role,
    )
    try:
        _wait_active(aws, news, name, "create")
    except PluginError as error:
        raise PartialCreateError(name, news, lambda: _read(aws, name, news), error) from error
    return read_created(aws, _LABEL, name, news, _read)


def _is_missing_role(error: Exception) -> bool:
    return code(error) == "InvalidParameterException" and any(part in message(error) for part in _ROLE_PROPAGATION)


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    name, _, region = id_.partition("@")
    known = {**state, "region": state.get("region") or region or aws.region}
    cluster = aws.call(f"reading {_LABEL} ({name})", lambda: _describe(aws.eks(known), name))
    return None if cluster is None else AwsResource(name, _state(aws, cluster, known))


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
    if _has_changed(olds, news, "version"):
        aws.call(
            f"updating {_LABEL} ({id_}) version",
            lambda: eks.update_cluster_version(name=id_, version=news["version"]),
        )
        _wait_active(aws, news, id_, "update")
    if _has_changed(olds, news, "encryptionConfig"):
        aws.call(
            f"associating {_LABEL} ({id_}) encryption config",
            lambda: eks.associate_encryption_config(clusterName=id_, encryptionConfig=[news["encryptionConfig"]]),
        )
        _wait_active(aws, news, id_, "update")
    for request in _config_requests(olds, news):
        aws.call(
            f"updating {_LABEL} ({id_}) {next(iter(request))}",
            lambda request=request: eks.update_cluster_config(name=id_, **request),
        )
        _wait_active(aws, news, id_, "update")
    current = _read(aws, id_, {**olds, "tags": None, **news})
    return current.state if current else olds


def _config_requests(olds: Values, news: Values) -> list[Values]:
    """Return the requests of UpdateClusterConfig, which accepts one change at a time."""
    requests: list[Values] = [{key: news[key]} for key in _CONFIG if _has_changed(olds, news, key)]
    if _has_changed(olds, news, "accessConfig"):
        requests.append({"accessConfig": _part(news["accessConfig"], ("authenticationMode",))})
    if _has_changed(olds, news, "kubernetesNetworkConfig"):
        requests.append({"kubernetesNetworkConfig": _part(news["kubernetesNetworkConfig"], ("elasticLoadBalancing",))})
    if _has_changed(olds, news, "vpcConfig"):
        requests.append({"resourcesVpcConfig": _part(news["vpcConfig"], _VPC)})
    if (news.get("enabledClusterLogTypes") or []) != (olds.get("enabledClusterLogTypes") or []):
        requests.append({"logging": _logging(news.get("enabledClusterLogTypes") or [])})
    return requests


def _has_changed(olds: Values, news: Values, key: str) -> bool:
    new, old = news.get(key), olds.get(key)
    if isinstance(new, dict) and isinstance(old, dict):
        return any(value != old.get(part) for part, value in new.items())  # AWS adds members
    return new is not None and new != old


def _delete(aws: Aws, id_: str, state: Values) -> None:
    eks = aws.eks(state)

    def delete() -> None:
        try:
            eks.delete_cluster(name=id_)
        except eks.exceptions.ResourceNotFoundException:
            return

    aws.call(
        f"deleting {_LABEL} ({id_})",
        delete,
        retry=lambda error: code(error) == "ResourceInUseException" and "in progress" in message(error),
    )
    aws.wait(f"waiting for {_LABEL} ({id_}) delete", lambda: _describe(eks, id_) is None)


def describe(aws: Aws, name: str, values: Values) -> Values:
    """Return a cluster as the function `getCluster` returns it."""
    cluster = aws.call(f"reading {_LABEL} ({name})", lambda: aws.eks(values).describe_cluster(name=name)["cluster"])
    state = _state(aws, cluster, values)
    return {
        "accessConfigs": [state["accessConfig"]],
        "arn": state["arn"],
        "certificateAuthorities": [state["certificateAuthority"]],
        "clusterId": state.get("clusterId", ""),
        "createdAt": state["createdAt"],
        "enabledClusterLogTypes": state["enabledClusterLogTypes"],
        "endpoint": state["endpoint"],
        "id": name,
        "identities": state["identities"],
        "kubernetesNetworkConfigs": [state["kubernetesNetworkConfig"]],
        "name": name,
        "platformVersion": state["platformVersion"],
        "region": state["region"],
        "roleArn": state["roleArn"],
        "status": state["status"],
        "tags": state["tagsAll"],
        "version": state["version"],
        "vpcConfig": state["vpcConfig"],
        **{
            f"{key}s": []
            for key in (
                "computeConfig",
                "controlPlaneScalingConfig",
                "outpostConfig",
                "remoteNetworkConfig",
                "storageConfig",
                "zonalShiftConfig",
            )
        },
        "upgradePolicies": [state["upgradePolicy"]] if state.get("upgradePolicy") else [],
    }


def _state(aws: Aws, cluster: Values, known: Values) -> Values:
    issuer = cluster.get("identity", {}).get("oidc", {}).get("issuer")
    logging = cluster.get("logging", {}).get("clusterLogging", [])
    vpc = cluster.get("resourcesVpcConfig", {})
    return {
        **{key: known.get(key) for key in ("defaultAddonsToRemoves", "forceUpdateVersion", "encryptionConfig")},
        **{key: cluster.get(key, known.get(key)) for key in _CONFIG},
        # EKS does not return this member: the known value is kept.
        "accessConfig": {**cluster.get("accessConfig", {}), **_part(known.get("accessConfig") or {}, (_BOOTSTRAP,))},
        "arn": cluster["arn"],
        "bootstrapSelfManagedAddons": known.get("bootstrapSelfManagedAddons", True),
        "certificateAuthority": {"data": cluster.get("certificateAuthority", {}).get("data", "")},
        "createdAt": timestamp(cluster["createdAt"]),
        "enabledClusterLogTypes": sorted(
            log_type for entry in logging if entry.get("enabled") for log_type in entry.get("types", [])
        ),
        "endpoint": cluster.get("endpoint", ""),
        "identities": [{"oidcs": [{"issuer": issuer}]}] if issuer else [],
        "kubernetesNetworkConfig": cluster.get("kubernetesNetworkConfig", {}),
        "name": cluster["name"],
        "platformVersion": cluster.get("platformVersion", ""),
        "region": known.get("region") or aws.region,
        "roleArn": cluster["roleArn"],
        "status": cluster["status"],
        "version": cluster["version"],
        "vpcConfig": _part(vpc, (*_VPC, "clusterSecurityGroupId", "vpcId")),
        **tags.from_aws(cluster.get("tags"), aws.settings, known.get("tags")),
    }


def _describe(eks: Any, name: str) -> Any:
    try:
        return eks.describe_cluster(name=name)["cluster"]
    except eks.exceptions.ResourceNotFoundException:
        return None


def _wait_active(aws: Aws, values: Values, name: str, step: str) -> None:
    eks = aws.eks(values)
    action = f"waiting for {_LABEL} ({name}) {step}"

    def active() -> bool:
        cluster = _describe(eks, name)
        if cluster is None or cluster["status"] == "FAILED":
            raise PluginError(f"{action}: the cluster {'no longer exists' if cluster is None else 'is FAILED'}")
        return cluster["status"] == "ACTIVE"

    aws.wait(action, active, seconds=1800)


def _part(values: Values, keys: tuple[str, ...]) -> Values:
    return {key: values[key] for key in keys if values.get(key) is not None}


def _logging(log_types: list[str] | None) -> Values | None:
    every = ("api", "audit", "authenticator", "controllerManager", "scheduler")
    if log_types is None:
        return None
    off = [log_type for log_type in every if log_type not in log_types]
    entries = [{"types": list(log_types), "enabled": True}] if log_types else []
    return {"clusterLogging": [*entries, *([{"types": off, "enabled": False}] if off else [])]}


TYPE = ResourceType(
    token="aws:eks/cluster:Cluster",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "accessConfig": Property("object", computed=True, replacing_parts=(_BOOTSTRAP,)),
        "bootstrapSelfManagedAddons": Property("boolean", default=True, replaces=True),
        "computeConfig": Property("object", computed=True),
        "controlPlaneScalingConfig": Property("object", computed=True),
        "defaultAddonsToRemoves": Property("list"),
        "deletionProtection": Property("boolean", computed=True),
        "enabledClusterLogTypes": Property("set"),
        "encryptionConfig": Property("object", removal_replaces=True),
        "forceUpdateVersion": Property("boolean"),
        "kubeApiServerConfig": Property("object", computed=True),
        "kubeControllerManagerConfig": Property("object", computed=True),
        "kubeSchedulerConfig": Property("object", computed=True),
        "kubernetesNetworkConfig": Property("object", computed=True, replacing_parts=("ipFamily", "serviceIpv4Cidr")),
        "name": Property(replaces=True),
        "outpostConfig": Property("object", replaces=True),
        "region": Property(replaces=True),
        "remoteNetworkConfig": Property("object", replaces=True),
        "roleArn": Property(required=True, replaces=True),
        "storageConfig": Property("object", computed=True),
        "tags": Property("map"),
        "upgradePolicy": Property("object", computed=True),
        "version": Property(computed=True),
        "vpcConfig": Property("object", required=True, computed=True),
        "zonalShiftConfig": Property("object"),
    },
    outputs=(
        "arn",
        "certificateAuthority",
        "clusterId",
        "createdAt",
        "endpoint",
        "identities",
        "platformVersion",
        "status",
    ),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    autoname=AutoName(),
    tagged=True,
    regional=True,
    not_returned=("defaultAddonsToRemoves", "forceUpdateVersion", "encryptionConfig", "bootstrapSelfManagedAddons"),
)
