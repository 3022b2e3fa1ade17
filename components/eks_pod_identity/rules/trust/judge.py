"""Judges the trust policies of roles that pods use."""

from collections.abc import Iterator

from eks_pod_identity.iam import Document, parse
from eks_pod_identity.rules.chain.target_trust import is_target_trust, shows_pods
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict, findings_of, unknown_parts
from eks_pod_identity.rules.trust.pi101_actions import action_verdicts
from eks_pod_identity.rules.trust.pi102_principal import misplaced_names, principal_verdicts
from eks_pod_identity.rules.trust.pi103_everyone import everyone_verdicts
from eks_pod_identity.rules.trust.pi104_scope import scope_verdicts
from eks_pod_identity.rules.trust.pi105_conditions import condition_verdicts
from eks_pod_identity.rules.trust.pi106_validity import validity_verdicts
from eks_pod_identity.rules.trust.pod_statements import may_name_pods, names_pods

CODES = ("PI101", "PI102", "PI103", "PI104", "PI105", "PI106")


def trust_findings(
    document: object, *, subject: str, tags_on: bool | None = None, used_by_pods: bool = False
) -> tuple[Finding, ...]:
    """Return what is wrong with a trust policy that pods use.

    Args:
        document: JSON text or plain data; any part may be `UNKNOWN`.
        subject: The document as messages name it, such as a property path.
        tags_on: Whether EKS sends session tags; None if not known.
        used_by_pods: Whether a document without a Pod Identity statement is also wrong.

    Returns:
        The findings PI101 to PI106 in the order of the rules. No input raises.
    """
    return findings_of(trust_verdicts(parse(document), subject, tags_on=tags_on, used_by_pods=used_by_pods))


def concerns_pods(document: Document) -> bool:
    """Return whether a trust policy by itself shows that pods use it: by their service, or what only EKS sends."""
    return is_target_trust(document) or any(
        names_pods(statement)
        or may_name_pods(statement)
        or misplaced_names(document, statement)
        or shows_pods(statement, document)
        for statement in document.statements
    )


def trust_verdicts(
    document: Document, subject: str, *, tags_on: bool | None = None, used_by_pods: bool = False
) -> Iterator[Verdict]:
    """Judge a parsed trust policy, and report what could not be judged."""
    yield from unknown_parts(document, CODES, subject)
    for statement in document.statements:
        if statement.effect_is_open:
            yield Unjudged(("PI101", "PI103", "PI104", "PI105"), subject, NOT_KNOWN, f"{statement.location}.Effect")
    yield from action_verdicts(document, subject, used_by_pods=used_by_pods)
    yield from principal_verdicts(document, subject, used_by_pods=used_by_pods)
    yield from everyone_verdicts(document, subject)
    yield from scope_verdicts(document, subject, tags_on=tags_on)
    yield from condition_verdicts(document, subject)
    yield from validity_verdicts(document, subject)
