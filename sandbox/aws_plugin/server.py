"""The engine's plugin protocol: one gRPC servicer for all resource types, on many threads."""

import threading
import traceback
from collections.abc import Callable
from concurrent import futures
from functools import wraps
from typing import Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from sandbox.aws_plugin import STAND_IN, VERSION, planning
from sandbox.aws_plugin.account import RETRY_SECONDS, Aws
from sandbox.aws_plugin.checking import Naming, check
from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.functions import FUNCTIONS
from sandbox.aws_plugin.model import PartialCreateError, ResourceType, Values
from sandbox.aws_plugin.resources import TYPES
from sandbox.aws_plugin.schema import schema
from sandbox.aws_plugin.settings import Settings, problems, settings
from sandbox.aws_plugin.wire import decode, encode, has_unknown

_DIFF_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}
_THREADS = 64
_UNKNOWN_CODE = 2
_Method = TypeVar("_Method", bound=Callable[..., Any])


def _one_line_errors(method: _Method) -> _Method:
    """Report every error of an operation as one line, never as a traceback."""

    @wraps(method)
    def wrapper(self: "Plugin", request: Any, context: grpc.ServicerContext) -> Any:
        self.enter()
        try:
            return method(self, request, context)
        except PluginError as error:
            if isinstance(error, _DetailedError):
                context.set_trailing_metadata((("grpc-status-details-bin", error.details),))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the user gets one line and the engine goes on
            frame = traceback.extract_tb(error.__traceback__)[-1]
            location = f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"
            context.abort(
                grpc.StatusCode.INTERNAL, f"internal error in {STAND_IN}: {type(error).__name__} at {location}"
            )
        finally:
            self.leave()
        return None

    return wrapper  # type: ignore[return-value]  # wraps keeps the signature, which the checker cannot see


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """A plugin process, which is one configured provider."""

    def __init__(self, end: Callable[[], None] = lambda: None, *, retry_seconds: float = RETRY_SECONDS) -> None:
        """Store *end*, which is called when the engine cancels."""
        self._end = end
        self._retry_seconds = retry_seconds
        self._aws = Aws(Settings(), retry_seconds=retry_seconds)
        self._running = 0
        self._idle = threading.Condition()

    def enter(self) -> None:
        """Count an operation as running."""
        with self._idle:
            self._running += 1

    def leave(self) -> None:
        """Count an operation as finished."""
        with self._idle:
            self._running -= 1
            self._idle.notify_all()

    def finish(self, seconds: float) -> None:
        """Cancel waits and retries, and let running calls finish, so that every created resource is recorded."""
        self._aws.cancelled.set()
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0, seconds)

    # The provider itself

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        return provider_pb2.ProviderHandshakeResponse(supports_autonaming_configuration=True)

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        return plugin_pb2.PluginInfo(version=f"{VERSION}+sandbox-stand-in")

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        return provider_pb2.GetSchemaResponse(schema=schema(TYPES.values(), FUNCTIONS.values()))

    def GetMapping(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        return provider_pb2.GetMappingResponse()

    @_one_line_errors
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        news = decode(request.news)
        failures = [provider_pb2.CheckFailure(property=key, reason=reason) for key, reason in problems(news)]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    @_one_line_errors
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        olds, news = decode(request.old_inputs), decode(request.news)
        changed = sorted(key for key in {*olds, *news} if olds.get(key) != news.get(key))
        changes = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=changes, diffs=changed)

    @_one_line_errors
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        arguments = decode(request.args)
        messages = [message for _, message in problems(arguments)]
        if messages:
            raise PluginError(" ".join(messages))
        configured = settings(arguments)
        if not configured.region and not configured.unknown:
            raise PluginError(
                "Missing region information. "
                "Set aws:region, the provider's region, AWS_REGION, or a region in the AWS profile."
            )
        self._aws = Aws(configured, retry_seconds=self._retry_seconds)
        if not configured.unknown:
            self._aws.check_account()
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    @_one_line_errors
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        function = FUNCTIONS.get(request.tok)
        if function is None:
            raise PluginError(f"The function '{request.tok}' is not supported by {STAND_IN}.")
        arguments = {key: value for key, value in decode(request.args).items() if value is not None}
        if has_unknown(arguments) or self._aws.settings.unknown:
            return provider_pb2.InvokeResponse()
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(encode(function.run(self._aws, arguments)))
        return response

    # Resources

    @_one_line_errors
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        resource_type = _resource_type(request)
        auto = request.autonaming
        naming = Naming(
            logical=request.name or request.urn.rsplit("::", 1)[-1],
            seed=request.randomSeed,
            proposed=auto.proposed_name,
            disabled=auto.mode == provider_pb2.CheckRequest.AutonamingOptions.DISABLE,
        )
        inputs, failures = check(resource_type, decode(request.olds), decode(request.news), naming, self._aws.settings)
        answers = [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]
        return provider_pb2.CheckResponse(inputs=encode(inputs), failures=answers)

    @_one_line_errors
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        state, news = decode(request.olds), decode(request.news)
        plan = planning.diff(_resource_type(request), state, news, self._aws.settings, request.ignoreChanges)
        detailed = {
            path: provider_pb2.PropertyDiff(kind=_DIFF_KINDS[change, path in plan.replacing_paths])
            for path, change in plan.changes.items()
        }
        changes = provider_pb2.DiffResponse.DIFF_SOME if detailed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=changes,
            diffs=plan.properties,
            replaces=plan.replacing,
            deleteBeforeReplace=plan.delete_first,
            detailedDiff=detailed,
            hasDetailedDiff=True,
        )

    @_one_line_errors
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        resource_type, news = _resource_type(request), decode(request.properties)
        if request.preview:
            state = planning.preview_create(resource_type, news, self._aws.settings)
            return provider_pb2.CreateResponse(properties=encode(state))
        try:
            resource = resource_type.create(
                self._aws, planning.planned_inputs(resource_type, news, self._aws.settings)
            )
        except PartialCreateError as error:
            state = planning.keep_equivalent(resource_type, news, error.resource.state)
            raise _DetailedError(str(error), _init_failed(error.resource.id, state, news, error)) from error
        state = planning.keep_equivalent(resource_type, news, resource.state)
        return provider_pb2.CreateResponse(id=resource.id, properties=encode({**state, "id": resource.id}))

    @_one_line_errors
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        resource_type, olds, inputs = _resource_type(request), decode(request.properties), decode(request.inputs)
        resource = resource_type.read(self._aws, request.id, olds)
        if resource is None:
            return provider_pb2.ReadResponse()
        state = planning.keep_equivalent(resource_type, olds, resource.state)
        return provider_pb2.ReadResponse(
            id=resource.id,
            properties=encode({**state, "id": resource.id}),
            inputs=encode(planning.inputs_after_read(resource_type, state, inputs, self._aws.settings)),
        )

    @_one_line_errors
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        resource_type, olds, news = _resource_type(request), decode(request.olds), decode(request.news)
        if request.preview:
            state = planning.preview_update(resource_type, olds, news, self._aws.settings)
            return provider_pb2.UpdateResponse(properties=encode(state))
        if resource_type.update is None:
            raise PluginError(f"updating {resource_type.label} ({request.id}): every change replaces it")
        try:
            answer = resource_type.update(
                self._aws, request.id, olds, planning.planned_inputs(resource_type, news, self._aws.settings)
            )
        except PluginError as error:
            if resource_type.plugin_framework:
                raise
            # Terraform's older SDK keeps the planned values in the state when an update fails, and the bridge returns
            # them: the next `pulumi up` of the same program finds no difference and only reads.
            # https://github.com/pulumi/pulumi/issues/21458
            state = planning.preview_update(resource_type, olds, news, self._aws.settings)
            raise _DetailedError(str(error), _init_failed(request.id, state, news, error)) from error
        state = planning.keep_equivalent(resource_type, news, answer)
        return provider_pb2.UpdateResponse(properties=encode({**state, "id": request.id}))

    @_one_line_errors
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        _resource_type(request).delete(self._aws, request.id, decode(request.properties))
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ARG002, N802, D102
        self._aws.cancelled.set()
        context.add_callback(self._end)  # after the response: without one, the engine reports a broken plugin
        return empty_pb2.Empty()


def serve(plugin: Plugin) -> tuple[grpc.Server, int]:
    """Serve *plugin* on a free loopback port and return the server and its port."""
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


class _DetailedError(PluginError):
    """An error with details for the engine."""

    def __init__(self, reason: str, details: bytes) -> None:
        super().__init__(reason)
        self.details = details


def _init_failed(id_: str, state: Values, news: Values, error: PluginError) -> bytes:
    """Return the details with which the engine records a resource whose create or update failed."""
    details = provider_pb2.ErrorResourceInitFailed(
        id=id_,
        properties=encode({**state, "id": id_}),
        reasons=[str(error)],
        inputs=encode(news),
    )
    status = status_pb2.Status(code=_UNKNOWN_CODE, message=str(error))
    status.details.add().Pack(details)
    return status.SerializeToString()


def _resource_type(request: Any) -> ResourceType:
    # The type in a URN is a chain of parents that ends with the resource's own type.
    token = request.type or request.urn.split("::")[2].rsplit("$", 1)[-1]
    resource_type = TYPES.get(token)
    if resource_type is None:
        raise PluginError(f"The resource type '{token}' is not supported by {STAND_IN}.")
    return resource_type
