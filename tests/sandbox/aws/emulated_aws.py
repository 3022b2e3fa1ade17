"""Helpers that call the emulator: roles, chains of sessions, refusals."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.aws import Aws, service_headers

SOURCE, TARGET, REGION = "111122223333", "444455556666", "eu-west-1"
PODS = "pods.eks.amazonaws.com"


def client(aws: Aws, service: str, account: str = SOURCE, credentials: dict[str, Any] | None = None) -> Any:
    """Return a client that is the root of *account*, or one with the credentials of a session."""
    if credentials is None:
        return _root(aws.endpoint, service, account)
    return _signed_client(
        aws.endpoint, service, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]
    )


def client_sending(aws: Aws, service: str, headers: dict[str, str]) -> Any:
    """Return a client that is the root of the source account and sends *headers* with each of its requests."""
    service_client = _signed_client(aws.endpoint, service, SOURCE)
    service_client.meta.events.register("before-call", lambda params, **_: params["headers"].update(headers))
    return service_client


@cache
def _root(endpoint: str, service: str, account: str) -> Any:
    return _signed_client(endpoint, service, account)


def _signed_client(endpoint: str, service: str, key: str, secret: str = "any", token: str | None = None) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        # The client sends invalid requests too, so that the emulator answers them.
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
    )


def statement(principal: Any, *actions: str, **condition: Any) -> dict[str, Any]:
    """Return one statement of a trust policy."""
    elements = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions or ("sts:AssumeRole", "sts:TagSession")),
    }
    return elements | ({"Condition": condition} if condition else {})


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: str | list[str], resources: str | list[str], **condition: Any) -> dict[str, Any]:
    """Return one statement of an identity policy."""
    elements = {"Effect": "Allow", "Action": actions, "Resource": resources}
    return elements | ({"Condition": condition} if condition else {})


ROOT = {"AWS": f"arn:aws:iam::{SOURCE}:root"}
SERVICE = {"Service": PODS}


@dataclass
class Chain:
    """Creates roles and assumes them, as EKS and as sessions do."""

    aws: Aws
    unique: Callable[[str], str]

    def role(
        self, *trust: dict[str, Any], policy: dict[str, Any] | None = None, account: str = SOURCE, **more: Any
    ) -> str:
        iam = client(self.aws, "iam", account)
        name = self.unique("role")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(*trust), **more)
        if policy:
            iam.put_role_policy(RoleName=name, PolicyName="permissions", PolicyDocument=document(policy))
        return role["Role"]["Arn"]

    def pods(
        self, role: str, cluster: str = "dev", *, account: str = SOURCE, secret: str | None = None, **call: Any
    ) -> Any:
        """Assume *role* as the service principal of EKS Pod Identity, for *cluster*."""
        headers = service_headers(
            secret or self.aws.service_secret, account=account, cluster_arn=cluster_arn(cluster, account)
        )
        sts = client_sending(self.aws, "sts", headers)
        return sts.assume_role(RoleArn=role, RoleSessionName="eks-dev-pod", **call)["Credentials"]

    def next(self, credentials: Any, role: str, **call: Any) -> Any:
        """Assume *role* with the credentials of a session."""
        sts = client(self.aws, "sts", credentials=credentials)
        return sts.assume_role(RoleArn=role, RoleSessionName="next", **call)["Credentials"]

    def session(self, policy: dict[str, Any] | None = None, **call: Any) -> Any:
        """Return a session of a fresh role that pods may assume."""
        return self.pods(self.role(statement(SERVICE), policy=policy), **call)


def cluster_arn(name: str, account: str = SOURCE) -> str:
    return f"arn:aws:eks:{REGION}:{account}:cluster/{name}"


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"Key": key.replace("_", "-"), "Value": value} for key, value in pairs.items()]


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    """Return the code and message of the error of *call*, which must fail."""
    with pytest.raises(ClientError) as raised:
        call()
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]


def is_denied(call: Callable[[], Any]) -> bool:
    return refusal(call)[0] == "AccessDenied"
