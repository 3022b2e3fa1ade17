"""What shows that a trust policy is one of a target role, and which rules judge it by itself."""

import re
from collections.abc import Iterator

from eks_pod_identity.iam import Document, Statement, is_everything, matches, parse
from eks_pod_identity.iam.eks import (
    EXTERNAL_ID,
    PRINCIPAL_TAG,
    REQUEST_TAG,
    TAG,
    is_session_tag,
    session_tag_of,
)
from eks_pod_identity.rules.chain.pi302_tag_session import tag_session_verdicts
from eks_pod_identity.rules.chain.pi303_role_principal import role_principal_verdicts
from eks_pod_identity.rules.chain.pi306_whole_account import whole_account_verdicts
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict, findings_of

_EKS_EXTERNAL_ID = re.compile(r"[^/]+/([0-9]{12}|\*)/[^/]+/[^/]+/[^/]+")
_CODES = ("PI302", "PI303", "PI306")


def target_trust_findings(document: object, *, subject: str) -> tuple[Finding, ...]:
    """Return what is wrong with the trust policy of a target role.

    Args:
        document: JSON text or plain data; `UNKNOWN` may stand for any part of it.
        subject: What to call it in messages, such as a property path.

    Returns:
        The findings PI302, PI303 and PI306; nothing is raised for any input.
    """
    return findings_of(target_verdicts(parse(document), subject))


def is_target_trust(document: Document) -> bool:
    """Tell whether a trust policy is about the second hop of EKS Pod Identity.

    It is when an AWS principal is met by what only that hop sends: an external id of EKS's form, one of the six tags,
    or permission to tag the session by name.
    """
    return any(
        statement.allows
        and statement.principals is not None
        and (statement.principals.of("AWS") or statement.principals.is_open("AWS"))
        and speaks_of_pods(statement)
        for statement in document.statements
    )


def speaks_of_pods(statement: Statement) -> bool:
    """Tell whether a statement has what only EKS Pod Identity sends, or tags the session by name."""
    if any(
        matches(pattern.lower(), TAG.lower()) and not is_everything(pattern) and pattern.lower() != "sts:*"
        for pattern in statement.actions.patterns
        if not statement.actions.negated
    ):
        return True
    return any(
        is_session_tag(session_tag_of(condition.key, REQUEST_TAG))
        or is_session_tag(session_tag_of(condition.key, PRINCIPAL_TAG))
        or (condition.name == EXTERNAL_ID and any(_EKS_EXTERNAL_ID.fullmatch(value) for value in condition.values))
        for condition in statement.conditions
    )


def target_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the trust policy of a target role, and report what could not be judged."""
    yield from open_parts(document, subject, _CODES)
    yield from tag_session_verdicts(document, subject)
    yield from role_principal_verdicts(document, subject)
    yield from whole_account_verdicts(document, subject)


def open_parts(document: Document, subject: str, codes: tuple[str, ...]) -> Iterator[Verdict]:
    """Report the statements of a document that are not known yet."""
    if document.is_open:
        yield Unjudged(codes, subject, NOT_KNOWN)
    for location in document.open_statements:
        yield Unjudged(codes, subject, NOT_KNOWN, location)
    for statement in document.statements:
        if statement.effect_is_open:
            yield Unjudged(codes, subject, NOT_KNOWN, f"{statement.location}.Effect")
