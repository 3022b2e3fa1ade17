"""The pack behind the SDK's own servicer: real proxies, real messages, no engine."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE

from eks_pod_identity.rules.resource import ASSOCIATION, CLUSTER, POLICY, ROLE
from eks_pod_identity_policies import PACK_NAME, POLICIES, resources
from eks_pod_identity_policies.settings import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from eks_pod_identity.rules.rule import Example

ACCOUNT = "111122223333"
UNKNOWN = UNKNOWN_STRING_VALUE
MODES = pytest.mark.parametrize("preview", [True, False], ids=["preview", "applied"])
PROVIDER = "urn:pulumi:dev::shop::pulumi:providers:aws::default_7_51_1"

_REFERENCE = re.compile(r"\$\{(\w+)\.(\w+)\}")
_DOCUMENTS = ("assumeRolePolicy", "policy")
_LEVELS = {proto.ADVISORY: "advisory", proto.MANDATORY: "mandatory"}


@dataclass(frozen=True)
class Diagnostic:
    """The output of the engine."""

    policy: str
    level: str
    message: str
    urn: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes at the beginning of the message."""
        head = re.match(r"(\[PI\d{3}\] )+", self.message)
        return tuple(re.findall(r"PI\d{3}", head[0])) if head else ()

    @property
    def is_finding(self) -> bool:
        """Return whether something is wrong (and not just unknown or exempt)."""
        return "could not be judged" not in self.message and not self.is_exempt

    @property
    def is_exempt(self) -> bool:
        """Return whether a finding is shown that is exempt."""
        return " is exempt until " in self.message


@dataclass(frozen=True)
class Result:
    """The whole report of one run of the pack."""

    diagnostics: tuple[Diagnostic, ...]
    not_applicable: tuple[tuple[str, str], ...]

    @property
    def codes(self) -> set[str]:
        """Return the codes of the findings."""
        return {code for diagnostic in self.diagnostics if diagnostic.is_finding for code in diagnostic.codes}

    @property
    def open_codes(self) -> set[str]:
        """Return the codes that could not be judged."""
        return {code for diagnostic in self.diagnostics if not diagnostic.is_finding for code in diagnostic.codes}

    def of(self, code: str) -> list[Diagnostic]:
        """Return the findings of *code*."""
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.is_finding and code in diagnostic.codes]

    def reasons(self) -> str:
        """Return the reasons why policies did not apply."""
        return "\n".join(reason for _, reason in self.not_applicable)


def servicer(config: Mapping[str, Any] | None = None, level: Any = None) -> _PolicyAnalyzerServicer:
    """Return a configured pack; *config* is one flat set of settings, each passed to the policies that know it.

    The engine starts a process for each run, so the harness resets the state of other packs.
    """
    resources._inputs_of.clear()
    servicer = _PolicyAnalyzerServicer(PACK_NAME, "0.0.1", POLICIES, EnforcementLevel.MANDATORY)
    request = proto.ConfigureAnalyzerRequest()
    for policy in POLICIES:
        settings = {key: value for key, value in (config or {}).items() if key in schema_of(policy.name)}
        request.policyConfig[policy.name].enforcementLevel = proto.MANDATORY if level is None else level
        request.policyConfig[policy.name].properties.update(settings)
    servicer.Configure(request, None)
    return servicer


def urn_of(name: str, resource_type: str, parents: str = "") -> str:
    """Return the URN of a resource of the stack `dev`."""
    return f"urn:pulumi:dev::shop::{parents}{resource_type}::{name}"


def analyze(
    resource_type: str,
    properties: Mapping[str, Any],
    *,
    config: Mapping[str, Any] | None = None,
    name: str = "subject",
    provider: Mapping[str, Any] | None = None,
    pack: _PolicyAnalyzerServicer | None = None,
    parents: str = "",
) -> Result:
    """Run the resource policies on one resource."""
    request = proto.AnalyzeRequest(
        type=resource_type,
        name=name,
        urn=urn_of(name, resource_type, parents),
        properties=struct(properties),
        provider=_provider(provider),
    )
    return result_of([(pack or servicer(config)).Analyze(request, None)], request.urn)


def analyze_stack(
    resources: Iterable[proto.AnalyzerResource],
    *,
    config: Mapping[str, Any] | None = None,
    pack: _PolicyAnalyzerServicer | None = None,
) -> Result:
    """Run the stack policy."""
    request = proto.AnalyzeStackRequest(resources=list(resources))
    return result_of([(pack or servicer(config)).AnalyzeStack(request, None)])


def stack_resource(
    resource_type: str,
    properties: Mapping[str, Any],
    *,
    name: str,
    dependencies: Mapping[str, Iterable[str]] | None = None,
    provider: Mapping[str, Any] | None = None,
    parents: str = "",
) -> proto.AnalyzerResource:
    """Return a resource as AnalyzeStack sees it."""
    resource = proto.AnalyzerResource(
        type=resource_type,
        name=name,
        urn=urn_of(name, resource_type, parents),
        properties=struct(properties),
        provider=_provider(provider),
    )
    for key, urns in (dependencies or {}).items():
        resource.propertyDependencies[key].urns.extend(urns)
    return resource


def run(example: Example, *, preview: bool, config: Mapping[str, Any] | None = None) -> Result:
    """Run the whole pack on an example, as the engine would at preview or on applied state."""
    settings = {**example.config, **(config or {})}
    pack = servicer(settings)
    outputs = {name: _outputs(name, resource) for name, resource in example.resources.items()}
    results: list[Result] = []
    stack: list[proto.AnalyzerResource] = []
    for name, declared in example.resources.items():
        properties = {key: value for key, value in declared["properties"].items() if not key.startswith("_")}
        kinds = {key: resource["type"] for key, resource in example.resources.items()}
        dependencies = {
            key: [urn_of(each, kinds[each]) for each, _ in _REFERENCE.findall(json.dumps(value))]
            for key, value in properties.items()
        }
        inputs = {key: _sent(key, value, outputs, preview=preview) for key, value in properties.items()}
        results.append(analyze(declared["type"], inputs, name=name, pack=pack))
        applied = {} if preview else outputs[name]
        stack.append(
            stack_resource(declared["type"], {**inputs, **applied}, name=name, dependencies=dependencies, provider={})
        )
    results.append(analyze_stack(stack, pack=pack))
    return Result(
        tuple(each for result in results for each in result.diagnostics),
        tuple(each for result in results for each in result.not_applicable),
    )


def report(example: Example, config: Mapping[str, Any] | None = None, *, preview: bool = False) -> str:
    """Return the whole report of the pack on an example, for a snapshot."""
    result = run(example, preview=preview, config=config)
    lines = [
        f"{diagnostic.level} {diagnostic.policy} {diagnostic.urn.rsplit('::', 1)[-1]}\n  {diagnostic.message}"
        for diagnostic in result.diagnostics
    ]
    return "\n".join(sorted(lines))


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """Return *properties* as a message on the wire."""
    struct = struct_pb2.Struct()
    struct.update(dict(properties))
    return struct


def _provider(properties: Mapping[str, Any] | None) -> proto.AnalyzerProviderResource:
    return proto.AnalyzerProviderResource(
        type="pulumi:providers:aws",
        name="default_7_51_1",
        urn=PROVIDER,
        properties=struct({"region": "eu-west-1", **(properties or {})}),
    )


def _sent(key: str, value: Any, outputs: Mapping[str, Mapping[str, Any]], *, preview: bool) -> Any:
    """Return *value* as a program sends it: documents as JSON text, and references resolved unless at preview."""
    if key in _DOCUMENTS and isinstance(value, dict) and UNKNOWN not in json.dumps(value):
        return json.dumps(value)  # one with unknown parts is sent as an object
    if isinstance(value, dict):
        return {each: _sent(each, item, outputs, preview=preview) for each, item in value.items()}
    if isinstance(value, list):
        return [_sent("", item, outputs, preview=preview) for item in value]
    if isinstance(value, str) and (match := _REFERENCE.fullmatch(value)):
        return UNKNOWN if preview else outputs[match[1]][match[2]]
    return value


def _outputs(name: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return the outputs of AWS for the resources that examples refer to."""
    properties = resource["properties"]
    account = properties.get("_account", ACCOUNT)
    own = properties.get("name", name)
    if resource["type"] == ROLE:
        path = properties.get("path", "/")
        return {"arn": f"arn:aws:iam::{account}:role{path}{own}", "name": own, "id": own}
    if resource["type"] == POLICY:
        return {"arn": f"arn:aws:iam::{account}:policy/{own}", "name": own, "id": own}
    if resource["type"] == CLUSTER:
        return {"arn": f"arn:aws:eks:eu-west-1:{account}:cluster/{own}", "name": own, "id": own}
    if resource["type"] == ASSOCIATION:
        parts = [properties[key] for key in ("clusterName", "namespace", "serviceAccount")]
        return {
            "associationArn": f"arn:aws:eks:eu-west-1:{account}:podidentityassociation/dev/a-0123456789abcdefg",
            "externalId": UNKNOWN if UNKNOWN in parts else "/".join(("eu-west-1", account, *parts)),
        }
    return {}


def result_of(responses: Iterable[proto.AnalyzeResponse], urn: str = "") -> Result:
    responses = list(responses)
    return Result(
        tuple(
            Diagnostic(
                diagnostic.policyName, _LEVELS[diagnostic.enforcementLevel], diagnostic.message, diagnostic.urn or urn
            )
            for response in responses
            for diagnostic in response.diagnostics
        ),
        tuple((skipped.policy_name, skipped.reason) for response in responses for skipped in response.not_applicable),
    )
