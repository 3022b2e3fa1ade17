"""Decides what the policies of a role grant, together with its permissions boundary."""

from eks_pod_identity.iam.evaluate import Effect, Evaluation, evaluate
from eks_pod_identity.iam.request import Request
from eks_pod_identity.rules.graph.role_policies import RolePolicies


def policies_allow(
    policies: RolePolicies, request: Request, *, granted_by_resource: bool | None = False
) -> bool | None:
    """Return whether a role's own policies allow *request*; None if unknown values decide.

    With *granted_by_resource*, a resource policy in the same account names the role itself: its own policies need not
    allow the call then, but the boundary and every Deny still apply.
    """
    evaluations = [evaluate(policy.document, request) for policy in policies.documents]
    denied = _any_denies(evaluations)
    boundary = evaluate(policies.boundary.document, request) if policies.boundary is not None else None
    if denied or (boundary is not None and boundary.effect in (Effect.EXPLICIT_DENY, Effect.IMPLICIT_DENY)):
        return False
    if granted_by_resource:
        allowed: bool | None = True
    elif any(evaluation.allows for evaluation in evaluations):
        allowed = True
    elif (
        policies.has_others
        or granted_by_resource is None
        or any(evaluation.allows is None for evaluation in evaluations)
    ):
        allowed = None
    else:
        return False
    is_open = (
        denied is None or policies.boundary_is_unseen or (boundary is not None and boundary.effect is Effect.UNKNOWN)
    )
    return None if is_open else allowed


def _any_denies(evaluations: list[Evaluation]) -> bool | None:
    answers = [evaluation.denies for evaluation in evaluations]
    if True in answers:
        return True
    return None if None in answers else False
