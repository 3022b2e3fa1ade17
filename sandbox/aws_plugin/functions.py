"""The functions of the plugin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws_plugin.account import Aws, partition_of
from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.model import Values
from sandbox.aws_plugin.resources.eks_cluster import describe

_SUFFIXES = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
}


@dataclass(frozen=True)
class Function:
    """A function: its token, its arguments and results for the schema, and its implementation."""

    token: str
    arguments: Mapping[str, str]
    results: tuple[str, ...]
    run: Callable[[Aws, Values], Values]


def _caller_identity(aws: Aws, _arguments: Values) -> Values:
    identity = aws.identity
    return {
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "id": identity["Account"],
        "userId": identity["UserId"],
    }


def _partition(aws: Aws, _arguments: Values) -> Values:
    suffix = _SUFFIXES[aws.partition]
    return {
        "dnsSuffix": suffix,
        "id": aws.partition,
        "partition": aws.partition,
        "reverseDnsPrefix": ".".join(reversed(suffix.split("."))),
    }


def _region(aws: Aws, arguments: Values) -> Values:
    region = arguments.get("region") or arguments.get("name") or aws.region
    return {
        "description": _DESCRIPTIONS.get(region, region),
        "endpoint": f"ec2.{region}.{_SUFFIXES[partition_of(region)]}",
        "id": region,
        "name": region,
        "region": region,
    }


def _cluster(aws: Aws, arguments: Values) -> Values:
    name = arguments.get("name")
    if not name:
        raise PluginError("aws:eks/getCluster:getCluster needs the argument 'name'.")
    values: dict[str, Any] = {"region": arguments.get("region") or aws.region}
    return describe(aws, name, values)


_DESCRIPTIONS = {
    "eu-central-1": "Europe (Frankfurt)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-2": "US West (Oregon)",
}

_CLUSTER = (
    "accessConfigs",
    "arn",
    "certificateAuthorities",
    "clusterId",
    "createdAt",
    "endpoint",
    "id",
    "identities",
    "name",
    "platformVersion",
    "region",
    "roleArn",
    "status",
    "tags",
    "version",
    "vpcConfig",
)

FUNCTIONS: dict[str, Function] = {
    function.token: function
    for function in (
        Function(
            "aws:index/getCallerIdentity:getCallerIdentity",
            {"id": "string"},
            ("accountId", "arn", "id", "userId"),
            _caller_identity,
        ),
        Function(
            "aws:index/getPartition:getPartition",
            {"id": "string"},
            ("dnsSuffix", "id", "partition", "reverseDnsPrefix"),
            _partition,
        ),
        Function(
            "aws:index/getRegion:getRegion",
            {"endpoint": "string", "id": "string", "name": "string", "region": "string"},
            ("description", "endpoint", "id", "name", "region"),
            _region,
        ),
        Function(
            "aws:eks/getCluster:getCluster", {"name": "string", "region": "string", "tags": "map"}, _CLUSTER, _cluster
        ),
    )
}
