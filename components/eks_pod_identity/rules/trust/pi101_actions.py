"""PI101: EKS needs `sts:AssumeRole` and `sts:TagSession`, with session tags on or off."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eks_pod_identity.errors import join_values
from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.eks import ASSUME_ROLE, TAG_SESSION
from eks_pod_identity.iam.evaluate import Effect, evaluate_resource_policy
from eks_pod_identity.iam.request import Request, any_source_request
from eks_pod_identity.iam.search import find
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.trust.pi102_principal import misplaced_names
from eks_pod_identity.rules.trust.pod_statements import (
    denials_of_pods,
    may_name_pods,
    pod_statements,
    with_statements,
)

RULE = Rule(
    code="PI101",
    level=Level.MANDATORY,
    policy="pod-identity-trust",
    title="EKS may both assume the role and tag the session",
    cause="The statement for `pods.eks.amazonaws.com` lacks `sts:AssumeRole` or `sts:TagSession`, another statement "
    "denies them, or there is no such statement on a role that an association uses.",
    why='EKS rejects such a role with "Trust policy of the role provided is invalid", with session tags on or off.',
    fix="Let the component write the trust policy; in `extra_trust_statements`, allow both actions.",
    raw_fix='Set Action to ["sts:AssumeRole", "sts:TagSession"].',
    compliant=Example({"role": samples.role(samples.trust())}),
    violating=Example({"role": samples.role(samples.trust(Action="sts:AssumeRole"))}),
)


_MOST_VARIANTS = 32


def action_verdicts(document: Document, subject: str, *, used_by_pods: bool) -> Iterator[Verdict]:
    """Judge whether callers that may assume the role may also tag the session, and vice versa.

    The two actions may be in two statements, if the second applies wherever the first does.
    CreatePodIdentityAssociation rejects a role that lacks one of them with "Trust policy ... is invalid".
    """
    statements = list(pod_statements(document))
    may_change = not document.is_complete or any(may_name_pods(statement) for statement in document.statements)
    if not statements:
        if used_by_pods:
            yield from _no_statement(document, subject, may_change=may_change)
        return
    yield from _denial_verdicts(document, subject)
    assuming = [statement for statement in statements if statement.covers_action(ASSUME_ROLE)]
    for statement in statements:
        lacking = [action for action in (ASSUME_ROLE, TAG_SESSION) if statement.covers_action(action) is False]
        if lacking == [ASSUME_ROLE] and assuming:
            continue
        missing = [action for action in lacking if not _granted_elsewhere(document, statement, action, statements)]
        if missing and (may_change or statement.actions.open):
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, statement.location)
        elif missing:
            yield Finding(
                RULE,
                subject,
                f"does not allow {join_values(missing)} to pods.eks.amazonaws.com.",
                f"{statement.location}.Action",
            )
        elif any(statement.covers_action(action) is None for action in (ASSUME_ROLE, TAG_SESSION)):
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, f"{statement.location}.Action")


def _no_statement(document: Document, subject: str, *, may_change: bool) -> Iterator[Verdict]:
    if may_change:
        yield Unjudged((RULE.code,), subject, NOT_KNOWN)
    elif not any(misplaced_names(document, statement, used_by_pods=True) for statement in document.statements):
        yield Finding(
            RULE,
            subject,
            "has no statement for pods.eks.amazonaws.com.",
            hint='Add a statement that allows ["sts:AssumeRole", "sts:TagSession"] to {"Service": '
            '"pods.eks.amazonaws.com"}.',
        )


def _granted_elsewhere(document: Document, statement: Statement, action: str, statements: Sequence[Statement]) -> bool:
    """Return whether other statements allow *action* wherever *statement* applies."""
    others = [other for other in statements if other is not statement and other.covers_action(action)]
    if any(
        not other.conditions_are_open and other.condition_parts() <= statement.condition_parts() for other in others
    ):
        return True
    if not others:
        return False
    granting = with_statements(document, others)
    requests = [_request_of(document, variant) for variant in _variants(statement)]
    return bool(requests) and all(
        request is not None
        and evaluate_resource_policy(granting, replace(request, action=action)).effect is Effect.ALLOW
        for request in requests
    )


def _variants(statement: Statement) -> Iterator[Statement]:
    """Return the statement once for every choice of a single value per condition."""
    choices = [
        [replace(condition, values=(value,)) for value in condition.values]
        if condition.restricts and len(condition.values) > 1
        else [condition]
        for condition in statement.conditions
    ]
    for conditions in itertools.islice(itertools.product(*choices), _MOST_VARIANTS):
        yield replace(statement, conditions=conditions)


def _request_of(document: Document, statement: Statement) -> Request | None:
    """Return a request of EKS that *statement* allows, for either action."""
    alone = with_statements(document, [statement])
    for tags in (True, False):
        request = any_source_request(session_tags=tags)
        action = ASSUME_ROLE if statement.covers_action(ASSUME_ROLE) else TAG_SESSION
        witness = find(alone, (replace(request, action=action),))
        if witness.answer:
            return witness.requests[0]
    return None


def _denial_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    denied: dict[str, list[str]] = {}
    for action in (ASSUME_ROLE, TAG_SESSION):
        for statement in denials_of_pods(document, action):
            if statement.is_unconditional:
                denied.setdefault(statement.location, []).append(action)
    for location, actions in denied.items():
        yield Finding(
            RULE,
            subject,
            f"denies {join_values(actions)} to pods.eks.amazonaws.com.",
            location,
            "Remove the statement, or add a condition that excludes EKS's calls.",
        )
