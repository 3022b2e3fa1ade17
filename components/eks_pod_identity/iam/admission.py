"""Answers who can assume a role, for rules and tests."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eks_pod_identity.iam import search
from eks_pod_identity.iam.document import Document
from eks_pod_identity.iam.evaluate import Check, Effect, Evaluation, checks, evaluate_resource_policy
from eks_pod_identity.iam.possible import ABSENT
from eks_pod_identity.iam.request import (
    Association,
    Request,
    Session,
    any_source_request,
    session_of,
    source_requests,
    stranger_request,
    target_requests,
)
from eks_pod_identity.iam.statement import Statement
from eks_pod_identity.iam.unknown import UNKNOWN, Unknown


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a trust policy admits, with the evaluation of each request.

    Attributes:
        answer: True, False, or None if it depends on unknown values.
        evaluations: One per request; for a search, of the requests found.
    """

    answer: bool | None
    evaluations: tuple[Evaluation, ...] = ()

    @property
    def refusal(self) -> Evaluation | None:
        """Return a request that is denied or, if none is, the first that is not allowed."""
        denials = (Effect.IMPLICIT_DENY, Effect.EXPLICIT_DENY)
        refused = [evaluation for evaluation in self.evaluations if evaluation.effect is not Effect.ALLOW]
        return next((evaluation for evaluation in refused if evaluation.effect in denials), next(iter(refused), None))


def admits(trust: Document, requests: Sequence[Request]) -> Admission:
    """Return whether *trust* allows all *requests*, which EKS makes together."""
    evaluations = tuple(evaluate_resource_policy(trust, request) for request in requests)
    effects = {evaluation.effect for evaluation in evaluations}
    if effects <= {Effect.ALLOW}:
        return Admission(True, evaluations)
    if effects & {Effect.IMPLICIT_DENY, Effect.EXPLICIT_DENY}:
        return Admission(False, evaluations)
    return Admission(False if search.find_among_open(trust, requests).answer is False else None, evaluations)


def admits_association(
    trust: Document,
    association: Association,
    role_arn: str | Unknown = UNKNOWN,
    role_tags: Mapping[str, str] | Unknown = UNKNOWN,
) -> Admission:
    """Return whether the trust of a source role admits *association*; any part of it may be unknown."""
    return admits(trust, source_requests(association, role_arn, role_tags))


def admits_second_hop(
    trust: Document,
    association: Association,
    source: Session,
    target_arn: str | Unknown = UNKNOWN,
    target_tags: Mapping[str, str] | Unknown = UNKNOWN,
) -> Admission:
    """Return whether the trust of a target role admits EKS, as a session of the source role, for *association*."""
    return admits(trust, target_requests(association, source, target_arn, target_tags))


def admits_any_association(trust: Document, within: Association | None = None) -> Admission:
    """Return whether *trust* admits EKS for any cluster, namespace and ServiceAccount.

    The parts that *within* sets are fixed; without it, session tags may be on or off.
    """
    answers = [_search(trust, source_requests(association)) for association in _with_tags_on_and_off(within)]
    return _best_answer(answers)


def admits_any_second_hop(
    trust: Document, within: Association | None = None, source_arn: str | Unknown = UNKNOWN
) -> Admission:
    """Return whether *trust* admits EKS's second hop from any source role, for any association."""
    answers = [
        _search(trust, target_requests(association, session_of(association, source_arn)))
        for association in _with_tags_on_and_off(within)
    ]
    return _best_answer(answers)


def opens_to_account(trust: Document, account: str | Unknown, partition: str | Unknown = UNKNOWN) -> Admission:
    """Return whether *trust* admits another role of *account*, without external id, tags or the expected name."""
    return _search(trust, (stranger_request(account, partition),))


def unmet_conditions(statement: Statement, trust: Document) -> list[Check]:
    """Return the conditions of a statement for EKS that no request of EKS meets, for any association."""
    on, off = (
        checks(statement, any_source_request(session_tags=tags), trust, has_principals=True) for tags in (True, False)
    )
    return [
        first
        for first, second in zip(on, off, strict=True)
        if first.element == "Condition" and first.holds is False and second.holds is False
    ]


def may_meet_second_hop(statement: Statement, trust: Document, *, whatever_values: bool = False) -> bool:
    """Return whether EKS's second hop can meet each condition of *statement*, for any association.

    With *whatever_values*, a condition fails only if its key is absent.
    """
    return any(
        not any(
            check.element == "Condition" and check.holds is False and (check.seen is ABSENT or not whatever_values)
            for check in checks(statement, request, trust, has_principals=True)
        )
        for request in _any_second_hops()
    )


@functools.cache
def _any_second_hops() -> tuple[Request, ...]:
    """Return the sts:AssumeRole calls of an unknown association, with and without tags."""
    return tuple(
        target_requests(association, session_of(association, UNKNOWN))[0]
        for association in (Association(), Association(session_tags=False))
    )


def _with_tags_on_and_off(within: Association | None) -> tuple[Association, ...]:
    base = within or Association(session_tags=UNKNOWN)
    if base.session_tags is not UNKNOWN:
        return (base,)
    return replace(base, session_tags=True), replace(base, session_tags=False)


def _search(trust: Document, requests: Sequence[Request]) -> Admission:
    witness = search.find(trust, requests)
    return Admission(witness.answer, tuple(evaluate_resource_policy(trust, request) for request in witness.requests))


def _best_answer(answers: Sequence[Admission]) -> Admission:
    """Return one that admits, otherwise one that is open, otherwise one that does not admit."""
    return min(answers, key=lambda admission: (True, None, False).index(admission.answer))
