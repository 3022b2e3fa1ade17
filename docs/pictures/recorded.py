"""Runs a program with the real component under Pulumi's mocks, and returns what it registers."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc, stack

ACCOUNT, TARGET_ACCOUNT, REGION = "111122223333", "444455556666", "eu-west-1"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource that the component registered."""

    type: str
    name: str
    inputs: dict[str, Any]
    depends_on: frozenset[str]
    account: str


@dataclass(slots=True)
class Recording:
    """The resources by name, and the outputs of the component."""

    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


def account_of(provider: str) -> str:
    """Return the account of a provider. Programs here call that of the other account `data`."""
    return TARGET_ACCOUNT if re.search(r"::data(::|$)", provider or "") else ACCOUNT


class _Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        state = dict(args.inputs)
        account = account_of(args.provider or "")
        if args.typ == "aws:iam/role:Role":
            state["arn"] = f"arn:aws:iam::{account}:role/{state['name']}"
        if args.typ == "aws:eks/podIdentityAssociation:PodIdentityAssociation":
            place = f"{REGION}/{account}/{state['clusterName']}/{state['namespace']}/{state['serviceAccount']}"
            arn = f"arn:aws:eks:{REGION}:{account}:podidentityassociation/{state['clusterName']}/a-1"
            state |= {"associationId": "a-1", "associationArn": arn, "externalId": place}
        return f"{args.name}-id", state

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        answers = {
            "getCallerIdentity": {"accountId": account_of(args.provider or ""), "arn": "arn:aws:iam::0:user/x"},
            "getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com"},
            "getRegion": {"region": REGION, "name": REGION},
        }
        return answers[args.token.rsplit(":", 1)[1]]


class _Monitor(mocks.MockMonitor):
    def __init__(self, recording: Recording) -> None:
        super().__init__(_Mocks())
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        answer = super().RegisterResource(request)
        if request.type.startswith(("aws:", "kubernetes:")):
            self.recording.resources[request.name] = Resource(
                request.type,
                request.name,
                rpc.deserialize_properties(request.object),
                frozenset(urn.rsplit("::", 1)[1] for urn in request.dependencies),
                account_of(request.provider),
            )
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        if "eks-pod-identity:" in request.urn:
            self.recording.outputs |= rpc.deserialize_properties(request.outputs)
        return super().RegisterResourceOutputs(request)


def record(program: Callable[[], None]) -> Recording:
    """Run *program* and return what it registered. Once in a process: Pulumi's settings are those of the process."""
    recording = Recording()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.set_mocks(_Mocks(), project="shop", stack="prod", monitor=_Monitor(recording))

    async def run() -> None:
        await stack.run_pulumi_func(program)

    loop.run_until_complete(run())
    # Independent resources are registered in any order.
    return Recording(dict(sorted(recording.resources.items())), recording.outputs)
