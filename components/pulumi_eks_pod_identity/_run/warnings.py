"""Warnings about arguments that are allowed but likely to surprise; the engine prints them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pulumi

from eks_pod_identity.session_size import estimate_session_size
from eks_pod_identity.values.names import IRSA_ANNOTATION
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all


def warn_of_irsa_annotation(component: pulumi.Resource, annotations: ValueOrOutput[Mapping[str, Any]]) -> None:
    """Warn that pods of ServiceAccounts with the IRSA annotation may use IRSA, once the annotations are known."""

    def warn(known: Mapping[str, Any] | None) -> None:
        if IRSA_ANNOTATION in (known or {}):
            pulumi.log.warn(
                f"The annotation {IRSA_ANNOTATION} belongs to IRSA and has no effect on Pod Identity. Pods admitted "
                "before the association takes effect would silently use IRSA; remove it from "
                "'service_account_annotations'.",
                component,
            )

    if isinstance(annotations, pulumi.Output):
        annotations.apply(warn)
    else:
        warn(annotations)


def warn_of_session_size(component: pulumi.Resource, session_policies: Mapping[str, ValueOrOutput[str]]) -> None:
    """Warn about each session policy that may not fit into a session token, once it is known.

    Args:
        component: The component.
        session_policies: Texts of the session policies by the key of their binding; the component's own has no key.
    """
    for key, policy in session_policies.items():
        apply_all(partial(_warn_of_session_size, component, key), policy)


def _warn_of_session_size(component: pulumi.Resource, key: str, policy: Any) -> None:
    size = estimate_session_size(session_policy=policy)
    if size.may_not_fit:
        binding = f" of the binding '{key}'" if key else ""
        pulumi.log.warn(
            f"The 'session_policy'{binding} may not fit into a session token. {size} AWS compresses it, and fails "
            "with PackedPolicyTooLarge if the result is too long. Shorten it: a character outside ASCII takes two "
            "bytes.",
            component,
        )
