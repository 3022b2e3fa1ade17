"""Decides what a pod may do, without AWS, from the documents of its roles."""

from eks_pod_identity.access.decision import Decision
from eks_pod_identity.access.identity import Identity, Role
from eks_pod_identity.access.question import QuestionError
from eks_pod_identity.access.state import StateError, identities_of_state
from eks_pod_identity.access.steps import CheckEffect, CheckType, Missing, Outcome, PolicyCheck, Step

__all__ = [
    "CheckEffect",
    "CheckType",
    "Decision",
    "Identity",
    "Missing",
    "Outcome",
    "PolicyCheck",
    "QuestionError",
    "Role",
    "StateError",
    "Step",
    "identities_of_state",
]
