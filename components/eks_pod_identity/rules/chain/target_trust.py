"""Recognizes trust policies of target roles, and judges them."""

import re
from collections.abc import Iterator

from eks_pod_identity.iam import Document, Statement, is_everything, matches, parse
from eks_pod_identity.iam.admission import may_meet_second_hop
from eks_pod_identity.iam.eks import (
    EXTERNAL_ID,
    PRINCIPAL_TAG,
    REQUEST_TAG,
    TAG_SESSION,
    is_session_tag,
    session_tag_of,
)
from eks_pod_identity.rules.chain.pi302_tag_session import tag_session_verdicts
from eks_pod_identity.rules.chain.pi303_role_principal import role_principal_verdicts
from eks_pod_identity.rules.chain.pi306_whole_account import whole_account_verdicts
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict, findings_of, unknown_parts

_EKS_EXTERNAL_ID = re.compile(r"[^/]+/([0-9]{12}|\*)/[^/]+/[^/]+/[^/]+")
_CODES = ("PI302", "PI303", "PI306")


def target_trust_findings(document: object, *, subject: str) -> tuple[Finding, ...]:
    """Return what is wrong with the trust policy of a target role.

    Args:
        document: JSON text or plain data; any part may be `UNKNOWN`.
        subject: The document as messages name it, such as a property path.

    Returns:
        The findings PI302, PI303 and PI306. No input raises.
    """
    return findings_of(target_verdicts(parse(document), subject, is_used=True))


def is_target_trust(document: Document) -> bool:
    """Return whether a trust policy is for the second hop of EKS Pod Identity, judging by its AWS principals."""
    return any(
        statement.allows
        and statement.principals is not None
        and (statement.principals.of("AWS") or statement.principals.is_open("AWS"))
        and shows_pods(statement, document)
        for statement in document.statements
    )


def shows_pods(statement: Statement, document: Document) -> bool:
    """Return whether a statement shows that pods use the role.

    It does if it compares what only EKS sends: one of the six tags, or an external id of EKS's form. It also does if
    it names sts:TagSession, unless the second hop of EKS can never meet it: a role for people requires MFA, and one
    for GitHub names an identity provider.
    """
    if any(
        is_session_tag(session_tag_of(condition.key, REQUEST_TAG))
        or is_session_tag(session_tag_of(condition.key, PRINCIPAL_TAG))
        or (condition.name == EXTERNAL_ID and any(_EKS_EXTERNAL_ID.fullmatch(value) for value in condition.values))
        for condition in statement.conditions
    ):
        return True
    return _tags_by_name(statement) and not _is_for_others(statement) and may_meet_second_hop(statement, document)


def _tags_by_name(statement: Statement) -> bool:
    return not statement.actions.negated and any(
        matches(pattern.lower(), TAG_SESSION.lower()) and not is_everything(pattern) and pattern.lower() != "sts:*"
        for pattern in statement.actions.patterns
    )


def _is_for_others(statement: Statement) -> bool:
    """Return whether a statement names only services and identity providers, and so no role session."""
    principals = statement.principals
    if principals is None or principals.negated or principals.everyone or principals.open_types:
        return False
    return bool(principals.names) and not principals.of("AWS")


def target_verdicts(document: Document, subject: str, *, is_used: bool = False) -> Iterator[Verdict]:
    """Judge the trust policy of a target role, and report what could not be judged.

    *is_used* means that an association names the role, whatever its trust policy shows.
    """
    yield from unknown_parts(document, _CODES, subject)
    for statement in document.statements:
        if statement.effect_is_open:
            yield Unjudged(_CODES, subject, NOT_KNOWN, f"{statement.location}.Effect")
    yield from tag_session_verdicts(document, subject, is_used=is_used)
    yield from role_principal_verdicts(document, subject)
    yield from whole_account_verdicts(document, subject)
