"""The six policies, with their descriptions, levels and settings."""

from collections.abc import Mapping
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
)

from eks_pod_identity_policies.deep_values import cut_deep_values
from eks_pod_identity_policies.redaction import read_redacted_secrets_as_unknown
from eks_pod_identity_policies.remediation import add_tags, disable_session_tags
from eks_pod_identity_policies.resource_policies import JUDGES, validation
from eks_pod_identity_policies.settings import schema_of
from eks_pod_identity_policies.stack_policy import POLICY as STACK_POLICY
from eks_pod_identity_policies.stack_policy import validate_stack

PACK_NAME = "eks-pod-identity"

cut_deep_values()
read_redacted_secrets_as_unknown()

_REMEDIATION_STEPS = "Run `eks-pod-identity rules CODE` with the code of the finding."
_DESCRIPTIONS = {
    "pod-identity-tags": ("Resources of EKS Pod Identity must carry the required tags.", Severity.MEDIUM),
    "pod-identity-trust": (
        "Trust policies that pods use must be valid, scoped and possible to satisfy.",
        Severity.HIGH,
    ),
    "pod-identity-session-policy": ("Session policies must be valid and must restrict something.", Severity.HIGH),
    "pod-identity-target-role": ("Trust policies of target roles must not open to a whole account.", Severity.HIGH),
    "pod-identity-association": (
        "Associations must name exact ServiceAccounts and a role of the account.",
        Severity.HIGH,
    ),
}
_REMEDIATIONS: Mapping[str, Any] = {  # the SDK's type allows only awaitables, but plain results work too
    "pod-identity-tags": add_tags,
    "pod-identity-session-policy": disable_session_tags,
}


def _resource_policy(name: str) -> Policy:
    description, severity = _DESCRIPTIONS[name]
    return ResourceValidationPolicy(
        name=name,
        description=description,
        validate=validation(name),
        remediate=_REMEDIATIONS.get(name),
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema(properties=schema_of(name)),
        severity=severity,
        remediation_steps=_REMEDIATION_STEPS,
    )


POLICIES: list[Policy] = [
    *map(_resource_policy, JUDGES),
    StackValidationPolicy(
        name=STACK_POLICY,
        description="Associations, roles, ServiceAccounts and agents of a stack must fit each other.",
        validate=validate_stack,
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema(properties=schema_of(STACK_POLICY)),
        severity=Severity.HIGH,
        remediation_steps=_REMEDIATION_STEPS,
    ),
]
"""The six policies. Each is mandatory as a whole; findings have the level of their rule, which can only be lower."""
