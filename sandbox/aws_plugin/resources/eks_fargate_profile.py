"""`aws:eks/fargateProfile:FargateProfile`, stored in the state only: the emulator has no Fargate.

The policies need it to see that a profile selects the namespace of an association.
"""

import datetime as dt

from sandbox.aws_plugin.account import Aws, partition_of
from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.model import AutoName, AwsResource, Property, ResourceType, Values
from sandbox.aws_plugin.resources import rules


def _create(aws: Aws, news: Values) -> AwsResource:
    cluster, name = news["clusterName"], news["fargateProfileName"]
    prefix = f"arn:{partition_of(news['region'])}:eks:{news['region']}:{aws.identity['Account']}"
    created = dt.datetime.now(dt.UTC).strftime("%Y%m%d%H%M%S")
    state = {**news, "arn": f"{prefix}:fargateprofile/{cluster}/{name}/{created}", "status": "ACTIVE"}
    return AwsResource(f"{cluster}:{name}", state)


def _read(_aws: Aws, id_: str, state: Values) -> AwsResource | None:
    if not state:
        raise PluginError(f"reading EKS Fargate Profile ({id_}): the sandbox has no profiles to import")
    return AwsResource(id_, state)


def _update(_aws: Aws, _id: str, olds: Values, news: Values) -> Values:
    return {**news, "arn": olds["arn"], "status": olds["status"]}


def _delete(_aws: Aws, _id: str, _state: Values) -> None:
    """Do nothing: the profile exists in the state only."""


TYPE = ResourceType(
    token="aws:eks/fargateProfile:FargateProfile",  # noqa: S106 - a type token
    label="EKS Fargate Profile",
    inputs={
        "clusterName": Property(required=True, replaces=True),
        "fargateProfileName": Property(replaces=True),
        "podExecutionRoleArn": Property(required=True, replaces=True, check=rules.arn),
        "region": Property(replaces=True),
        "selectors": Property("set", required=True, replaces=True),
        "subnetIds": Property("set", replaces=True),
        "tags": Property("map"),
    },
    outputs=("arn", "status"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    autoname=AutoName(property="fargateProfileName", limit=100),
    tagged=True,
    regional=True,
)
