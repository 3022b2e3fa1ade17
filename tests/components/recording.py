"""A monitor that records what a component registers: types, inputs, parents, dependencies and options."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc, settings, stack

from eks_pod_identity.values import names
from pulumi_eks_pod_identity import PodIdentityInputError

ACCOUNT = "111122223333"
TARGET_ACCOUNT = "444455556666"
REGION = "eu-west-1"
PROJECT, STACK = "eks-pod-identity", "test"


def default_name(component: str, *scope: str, path: str = "/") -> str:
    """Return the name that a component gives to its role: with cluster and region, and a hash of what is unique."""
    parts = scope or ("dev", REGION)
    unique = (PROJECT, STACK, component, *parts, *([path] if path != "/" else []))
    return names.default_role_name(component, *parts, unique=unique)


# All recordings share one loop: Pulumi starts threads for each loop, and never closes the loops of those threads.
_loop = asyncio.new_event_loop()
# `record` raises errors. Without a handler asyncio would also report them when it collects the future, which may be
# while Python parses source: formatting a traceback would parse again, and Python 3.11 cannot do that.
_loop.set_exception_handler(lambda *_: None)


@dataclass
class Registered:
    """A resource as the engine would receive it."""

    type: str
    name: str
    inputs: dict[str, Any]
    parent: str
    provider: str
    dependencies: list[str]
    property_dependencies: dict[str, list[str]]
    aliases: list[Any]
    request: Any
    urn: str = ""

    @property
    def resource_type(self) -> str:
        """Return the last part of the type."""
        return self.type.rsplit(":", 1)[-1]


@dataclass
class Recording:
    """Everything a program registered."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def resource(self, name: str) -> Registered:
        """Return the only resource of this name."""
        [registered] = [item for item in self.resources if item.name == name]
        return registered

    def of(self, resource_type: str) -> list[Registered]:
        """Return the resources of this type: Role, PodIdentityAssociation, ..."""
        return [item for item in self.resources if item.resource_type == resource_type]

    def names(self) -> set[str]:
        """Return the names of all children."""
        return {item.name for item in self.resources if not item.type.startswith(("eks-pod-identity:", "pulumi:"))}

    def dependencies_of(self, name: str) -> set[str]:
        """Return the names of what a resource waits for."""
        return {urn.rsplit("::", 1)[-1] for urn in self.resource(name).dependencies}


def _plain(value: Any) -> Any:
    """Return registered values without the envelopes of secrets, and without absent values."""
    if isinstance(value, dict):
        if rpc._special_sig_key in value:
            return _plain(value.get("value"))
        return {key: plain for key, item in value.items() if (plain := _plain(item)) is not None}
    return [_plain(item) for item in value] if isinstance(value, list) else value


class _Mocks(pulumi.runtime.Mocks):
    def __init__(self, recording: Recording, answers: dict[str, dict[str, Any]], preview: bool) -> None:
        self.recording, self.answers, self.preview = recording, answers, preview

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        state = _plain(dict(args.inputs))
        if self.preview:
            return "", state
        account = TARGET_ACCOUNT if "target-account" in (args.provider or "") else ACCOUNT
        if args.typ == "aws:iam/role:Role":
            state["arn"] = f"arn:aws:iam::{account}:role{state.get('path') or '/'}{state['name']}"
        if args.typ == "aws:iam/policy:Policy":
            state["arn"] = f"arn:aws:iam::{account}:policy/{state['name']}"
        if args.typ == "aws:eks/podIdentityAssociation:PodIdentityAssociation":
            pair = f"{state['namespace']}.{state['serviceAccount']}"
            state["associationId"] = f"a-{pair}"
            state["associationArn"] = (
                f"arn:aws:eks:{REGION}:{account}:podidentityassociation/{state['clusterName']}/a-{pair}"
            )
            state["externalId"] = self.answers.get("external_id", {}).get(
                "value", f"{REGION}/{account}/{state['clusterName']}/{state['namespace']}/{state['serviceAccount']}"
            )
        if args.typ == "aws:eks/addon:Addon":
            state["arn"] = f"arn:aws:eks:{REGION}:{account}:addon/{state['clusterName']}/{state['addonName']}/x"
        return f"{args.name}-id", state

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        self.recording.calls.append(args.token)
        account = TARGET_ACCOUNT if "target-account" in (args.provider or "") else ACCOUNT
        answers = {
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "accountId": account,
                "arn": f"arn:aws:iam::{account}:user/x",
            },
            "aws:index/getPartition:getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com"},
            "aws:iam/getPolicyDocument:getPolicyDocument": {"json": "{}"},
            "aws:index/getRegion:getRegion": {"region": REGION, "name": REGION, "id": REGION},
        }
        return answers[args.token] | self.answers.get(args.token, {})


class _Monitor(mocks.MockMonitor):
    def __init__(self, answering: _Mocks, recording: Recording) -> None:
        super().__init__(answering)
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        inputs = _plain(rpc.deserialize_properties(request.object, keep_unknowns=True))
        answer = super().RegisterResource(request)
        self.recording.resources.append(
            Registered(
                type=request.type,
                name=request.name,
                inputs=inputs,
                parent=request.parent.rsplit("::", 1)[-1],
                provider=request.provider,
                dependencies=list(request.dependencies),
                property_dependencies={key: list(value.urns) for key, value in request.propertyDependencies.items()},
                aliases=[alias.urn or alias.spec.name for alias in request.aliases],
                request=request,
                urn=answer.urn,
            )
        )
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        self.recording.outputs[request.urn.rsplit("::", 1)[-1]] = _plain(
            rpc.deserialize_properties(request.outputs, keep_unknowns=True)
        )
        return super().RegisterResourceOutputs(request)


def record(
    program: Callable[[], Any],
    *,
    preview: bool = False,
    answers: dict[str, dict[str, Any]] | None = None,
    into: list[Recording] | None = None,
) -> Recording:
    """Run *program* with its own monitor and return what it registered, or add that to *into* if it fails."""
    recording = Recording()
    if into is not None:
        into.append(recording)
    answering = _Mocks(recording, answers or {}, preview)
    asyncio.set_event_loop(_loop)
    current: Any = settings.SETTINGS
    current.rpc_manager.clear()
    current.outputs.clear()
    settings.ROOT.set(None)
    pulumi.runtime.set_mocks(
        answering, project=PROJECT, stack=STACK, preview=preview, monitor=_Monitor(answering, recording)
    )

    async def run() -> None:
        await stack.run_pulumi_func(program)

    try:
        _loop.run_until_complete(run())
    finally:
        settings.ROOT.set(None)
        _finish()
    return recording


def _finish() -> None:
    """End the tasks of a failed program before the next one starts."""
    left = asyncio.all_tasks(_loop)
    if left:
        _loop.run_until_complete(asyncio.wait(left, timeout=5))


def output_of(value: Any) -> Any:
    """Return an Output of *value*; it has no type, so that it can stand for any plain value."""
    return pulumi.Output.from_input(value)


def record_error(program: Callable[[], Any]) -> PodIdentityInputError:
    """Return the error of *program*, which must register nothing."""
    caught: list[PodIdentityInputError] = []

    def attempt() -> None:
        try:
            program()
        except PodIdentityInputError as error:
            caught.append(error)

    recording = record(attempt)
    assert [item.name for item in recording.resources if item.type != "pulumi:pulumi:Stack"] == []
    [error] = caught
    return error
