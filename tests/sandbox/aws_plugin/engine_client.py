"""A client of the plugin's protocol that takes and returns plain values."""

import json
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.aws_plugin.server import Plugin, serve
from sandbox.aws_plugin.wire import decode, encode

REGION = "eu-west-1"
KIND = provider_pb2.PropertyDiff.Kind

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
INLINE_EXCLUSIVE = "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"
ATTACHED_EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
OIDC_PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
CLUSTER = "aws:eks/cluster:Cluster"
ADDON = "aws:eks/addon:Addon"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
FARGATE_PROFILE = "aws:eks/fargateProfile:FargateProfile"
BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
ZONE = "aws:route53/zone:Zone"

TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"pods.eks.amazonaws.com"},'
    '"Action":["sts:AssumeRole","sts:TagSession"]}]}'
)
EQUIVALENT_TRUST = (
    '{"Statement": {"Action": ["sts:TagSession", "sts:AssumeRole"], "Effect": "Allow",'
    ' "Principal": {"Service": ["pods.eks.amazonaws.com"]}}, "Version": "2012-10-17"}'
)


class RefusedError(Exception):
    """An operation that failed; the message is what the user reads."""

    def __init__(self, error: grpc.RpcError) -> None:
        super().__init__(error.details())  # pyright: ignore[reportAttributeAccessIssue]
        metadata: Any = error.trailing_metadata()  # pyright: ignore[reportAttributeAccessIssue]
        self.metadata: dict[str, Any] = dict(metadata or ())


class EngineClient:
    """A client of one configured plugin that calls it as the engine does."""

    def __init__(self, configuration: dict[str, Any] | None = None, *, retry_seconds: float = 1.0) -> None:
        self.plugin = Plugin(retry_seconds=retry_seconds)
        self._server, port = serve(self.plugin)
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        if configuration is not None:
            self.configure(configuration)

    def close(self) -> None:
        self._channel.close()
        self._server.stop(None).wait()

    def configure(self, configuration: dict[str, Any]) -> None:
        self._ask(self.stub.Configure, provider_pb2.ConfigureRequest(args=encode({"region": REGION, **configuration})))

    def check_config(self, configuration: dict[str, Any]) -> dict[str, str]:
        answer = self._ask(self.stub.CheckConfig, provider_pb2.CheckRequest(news=encode(configuration)))
        return {failure.property: failure.reason for failure in answer.failures}

    def version(self) -> str:
        answer: plugin_pb2.PluginInfo = self._ask(self.stub.GetPluginInfo, empty_pb2.Empty())
        return answer.version

    def check(
        self, resource_type: str, news: dict[str, Any], olds: dict[str, Any] | None = None, **more: Any
    ) -> dict[str, Any]:
        """Return the complete inputs; a test that expects failures calls `check_failures`."""
        answer = self._check(resource_type, news, olds, more)
        assert not answer.failures, answer.failures
        return decode(answer.inputs)

    def check_failures(self, resource_type: str, news: dict[str, Any], **more: Any) -> dict[str, str]:
        return {failure.property: failure.reason for failure in self._check(resource_type, news, None, more).failures}

    def diff(
        self, resource_type: str, state: dict[str, Any], news: dict[str, Any], ignore: tuple[str, ...] = ()
    ) -> Any:
        """Return the answer to a Diff of *state* against checked inputs."""
        return self._ask(
            self.stub.Diff,
            provider_pb2.DiffRequest(
                urn=urn(resource_type), olds=encode(state), news=encode(news), ignoreChanges=ignore
            ),
        )

    def preview_create(self, resource_type: str, inputs: dict[str, Any]) -> dict[str, Any]:
        return self._create(resource_type, inputs, preview=True)[1]

    def create(self, resource_type: str, inputs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return self._create(resource_type, inputs, preview=False)

    def check_and_create(self, resource_type: str, news: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Check and create; return the id, the inputs and the state."""
        inputs = self.check(resource_type, news)
        id_, state = self.create(resource_type, inputs)
        return id_, inputs, state

    def update(
        self, resource_type: str, id_: str, state: dict[str, Any], inputs: dict[str, Any], *, preview: bool = False
    ) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            id=id_, urn=urn(resource_type), olds=encode(state), news=encode(inputs), preview=preview
        )
        return decode(self._ask(self.stub.Update, request).properties)

    def check_and_update(
        self, resource_type: str, id_: str, state: dict[str, Any], news: dict[str, Any]
    ) -> dict[str, Any]:
        """Check the inputs and update in place."""
        inputs = self.check(resource_type, news)
        answer = self.diff(resource_type, state, inputs)
        assert answer.detailedDiff
        assert not answer.replaces
        return self.update(resource_type, id_, state, inputs)

    def read(
        self, resource_type: str, id_: str, state: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Return id, state and inputs; an import gives neither."""
        request = provider_pb2.ReadRequest(
            id=id_, urn=urn(resource_type), properties=encode(state or {}), inputs=encode(inputs or {})
        )
        answer = self._ask(self.stub.Read, request)
        return answer.id, decode(answer.properties), decode(answer.inputs)

    def delete(self, resource_type: str, id_: str, state: dict[str, Any]) -> None:
        self._ask(
            self.stub.Delete, provider_pb2.DeleteRequest(id=id_, urn=urn(resource_type), properties=encode(state))
        )

    def invoke(self, token: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self._ask(self.stub.Invoke, provider_pb2.InvokeRequest(tok=token, args=encode(arguments or {})))
        return decode(getattr(answer, "return"))

    def _check(
        self, resource_type: str, news: dict[str, Any], olds: dict[str, Any] | None, more: dict[str, Any]
    ) -> Any:
        request = provider_pb2.CheckRequest(urn=urn(resource_type), news=encode(news), olds=encode(olds or {}), **more)
        return self._ask(self.stub.Check, request)

    def _create(self, resource_type: str, inputs: dict[str, Any], *, preview: bool) -> tuple[str, dict[str, Any]]:
        request = provider_pb2.CreateRequest(urn=urn(resource_type), properties=encode(inputs), preview=preview)
        answer = self._ask(self.stub.Create, request)
        return answer.id, decode(answer.properties)

    @staticmethod
    def _ask(method: Any, request: Any) -> Any:
        try:
            return method(request, timeout=60)
        except grpc.RpcError as error:
            raise RefusedError(error) from error


def policy_document(action: str) -> str:
    """Return a policy that allows one action."""
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def after_refresh(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs after a refresh without drift: an empty list of defaults is dropped."""
    return {key: value for key, value in inputs.items() if key != "__defaults" or value}


def initialization_failure(error: RefusedError) -> provider_pb2.ErrorResourceInitFailed:
    """Return the resource that the engine records together with the failure."""
    status = status_pb2.Status.FromString(error.metadata["grpc-status-details-bin"])
    details = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(details)
    return details


def urn(resource_type: str) -> str:
    """Return a resource inside a component: its type carries the parent's."""
    return f"urn:pulumi:dev::shop::eks-pod-identity:index:PodIdentity${resource_type}::api"


def detailed_changes(answer: Any) -> dict[str, str]:
    """Return the type of each change by path."""
    return {path: KIND.Name(part.kind) for path, part in answer.detailedDiff.items()}
