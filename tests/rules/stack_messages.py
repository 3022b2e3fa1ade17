"""Stacks as the rules get them at preview, and the messages about them.

A property such as `${role.arn}` is not known, and depends on the resource it names.
"""

import re
from collections.abc import Mapping
from typing import Any

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import Finding
from eks_pod_identity.rules.judge_stack import stack_verdicts
from eks_pod_identity.rules.resource import POLICY, Resource
from eks_pod_identity.rules.samples import ACCOUNT, TARGET_ACCOUNT, agent, association, role

_REFERENCE = re.compile(r"\$\{(\w+)\.\w+\}")
PROVIDERS: dict[str, dict[str, Any]] = {
    "aws": {"region": "eu-west-1", "allowedAccountIds": [ACCOUNT]},
    "of the target account": {"region": "eu-west-1", "allowedAccountIds": [TARGET_ACCOUNT]},
    "of the environment": {},
}
OF_ENVIRONMENT = {"_provider": "of the environment"}
BY_NAMESPACE = "arn:aws:s3:::invoices/${aws:PrincipalTag/kubernetes-namespace}/*"


def allow(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def managed_policy(policy: object, **properties: Any) -> dict[str, Any]:
    return {"type": POLICY, "properties": {"name": "read", "policy": policy, **properties}}


def workload(trust_policy: object, **changes: Any) -> dict[str, Any]:
    return {"role": role(trust_policy), "association": association(**changes), "agent": agent()}


def of_environment(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return *resources* in a stack whose environment variables set the region and the account."""
    return {name: {**each, **OF_ENVIRONMENT} for name, each in resources.items()}


def messages_of(resources: Mapping[str, Any], **settings: str) -> str:
    """Return the message of each finding and unjudged property, with the fixes that differ from the rule's."""
    lines: list[str] = []
    for where, verdict in stack_verdicts([resource_of(name, each) for name, each in resources.items()], **settings):
        lines.append(f"{where.name}: {verdict.message().partition(' Fix: ')[0]}")
        if isinstance(verdict, Finding):
            lines[-1] = lines[-1].removesuffix(f" {verdict.why}")
            lines += [f"  {fix}" for fix in dict.fromkeys((verdict.hint, verdict.raw_hint)) if fix]
    return "\n".join(lines)


def resource_of(name: str, resource: Mapping[str, Any]) -> Resource:
    """Return the resource as the rules get it at preview."""
    properties = resource["properties"]
    provider = resource.get("_provider", "aws")
    urn = f"eks-pod-identity:index:PodIdentity::{name}" if resource.get("_component") else name
    return Resource(
        urn,
        resource["type"],
        name,
        {key: _replace_references(value) for key, value in properties.items()},
        {key: tuple(_REFERENCE.findall(str(value))) for key, value in properties.items()},
        provider,
        PROVIDERS[provider],
    )


def _replace_references(value: Any) -> Any:
    """Return *value* with UNKNOWN instead of each reference."""
    if isinstance(value, str):
        return UNKNOWN if _REFERENCE.fullmatch(value) else value
    if isinstance(value, list):
        return [_replace_references(each) for each in value]
    return {key: _replace_references(each) for key, each in value.items()} if isinstance(value, dict) else value
