"""Complete inputs of each type, and the diff of two programs."""

from typing import Any

from sandbox.aws_plugin.wire import UNKNOWN
from tests.sandbox.aws_plugin.engine_client import (
    ADDON,
    ASSOCIATION,
    ATTACHMENT,
    BUCKET,
    CLUSTER,
    FARGATE_PROFILE,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
)

ARN = "arn:aws:iam::111122223333:role/one"
OTHER_ARN = "arn:aws:iam::111122223333:role/two"
DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
COMPLETE: dict[str, dict[str, Any]] = {
    ROLE: {"assumeRolePolicy": TRUST, "name": "r", "path": "/a/"},
    ROLE_POLICY: {"policy": DOCUMENT, "role": "r", "name": "p"},
    POLICY: {"policy": DOCUMENT, "name": "p", "path": "/a/", "description": "d"},
    ATTACHMENT: {"role": "r", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    OIDC_PROVIDER: {"url": "https://oidc.example.com", "clientIdLists": ["sts.amazonaws.com"]},
    ASSOCIATION: {
        "clusterName": "dev",
        "namespace": "n",
        "serviceAccount": "s",
        "roleArn": ARN,
        "region": "eu-west-1",
    },
    ADDON: {"clusterName": "dev", "addonName": "agent", "region": "eu-west-1"},
    CLUSTER: {"name": "dev", "roleArn": ARN, "vpcConfig": {"subnetIds": ["a", "b"]}, "region": "eu-west-1"},
    FARGATE_PROFILE: {
        "clusterName": "dev",
        "fargateProfileName": "f",
        "podExecutionRoleArn": ARN,
        "selectors": [{"namespace": "n"}],
        "region": "eu-west-1",
    },
    BUCKET: {"bucket": "b", "region": "eu-west-1"},
}


def state_of(plugin: EngineClient, resource_type: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the state after a create, with a placeholder for what AWS chooses."""
    state = plugin.preview_create(resource_type, inputs)
    return {key: "set by AWS" if value is UNKNOWN else value for key, value in state.items()}


def diff(plugin: EngineClient, resource_type: str, before: dict[str, Any], after: dict[str, Any], **more: Any) -> Any:
    olds = plugin.check(resource_type, before)
    return plugin.diff(
        resource_type, state_of(plugin, resource_type, olds), plugin.check(resource_type, after, olds), **more
    )
