"""PI302, PI303 and PI306: the trust policy of a target role."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam import Condition, Document, Statement, is_everything, matches, parse
from eks_pod_identity.iam.eks import (
    ASSUME,
    EXTERNAL_ID,
    PRINCIPAL_TAG,
    REQUEST_TAG,
    TAG,
    is_session_tag,
    session_tag_of,
)
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict, findings_of
from eks_pod_identity.rules.resource import account_of

_EKS_EXTERNAL_ID = re.compile(r"[^/]+/([0-9]{12}|\*)/[^/]+/[^/]+/[^/]+")
_NARROW_KEYS = frozenset({EXTERNAL_ID, "aws:principalarn", "aws:userid"})
_WHOLE_ACCOUNT = re.compile(r"[0-9]{12}|arn:[^:]*:iam::[0-9]{12}:root")
_ROLE = re.compile(r"arn:[^:]*:(iam|sts)::[0-9]{12}:(role|assumed-role)/.*|AROA[A-Z0-9]+")

__all__ = ["is_target_trust", "names_identities", "speaks_of_pods", "target_trust_findings", "target_verdicts"]


def target_trust_findings(document: object, *, subject: str) -> tuple[Finding, ...]:
    """Find what is wrong with the trust policy of a target role.

    Args:
        document: JSON text or plain data; `UNKNOWN` may stand for any part of it.
        subject: What to call it in messages, such as a property path.

    Returns:
        The findings PI302, PI303 and PI306; nothing is raised for any input.
    """
    return findings_of(target_verdicts(parse(document), subject))


def is_target_trust(document: Document) -> bool:
    """Tell whether a trust policy speaks of the second hop of EKS Pod Identity.

    It does when an AWS principal is met by what only that hop sends: an external id of EKS's form, one of the six tags,
    or permission to tag the session by name.
    """
    return any(
        one.allows
        and one.principals is not None
        and (one.principals.of("AWS") or one.principals.is_open("AWS"))
        and speaks_of_pods(one)
        for one in document.statements
    )


def names_identities(statement: Statement, account: str = "") -> bool:
    """Tell whether a statement may speak to roles of *account*, or of any account when that is not known."""
    principals = statement.principals
    if principals is None or principals.negated:
        return principals is not None
    if principals.include_everyone or principals.is_open("AWS"):
        return True
    named = [account_of(name) or name for name in principals.of("AWS")]
    return any(not account or account == one or not one.isdigit() for one in named)


def speaks_of_pods(statement: Statement) -> bool:
    """Tell whether a statement has what only EKS Pod Identity sends, or tags the session by name."""
    if any(
        matches(one.lower(), TAG.lower()) and not is_everything(one) and one.lower() != "sts:*"
        for one in statement.actions.patterns
        if not statement.actions.negated
    ):
        return True
    return any(
        is_session_tag(session_tag_of(one.key, REQUEST_TAG))
        or is_session_tag(session_tag_of(one.key, PRINCIPAL_TAG))
        or (one.name == EXTERNAL_ID and any(_EKS_EXTERNAL_ID.fullmatch(value) for value in one.values))
        for one in statement.conditions
    )


def target_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the trust policy of a target role, and say what could not be judged."""
    codes = ("PI302", "PI303", "PI306")
    if document.is_open:
        yield Unjudged(codes, subject, NOT_KNOWN)
    for location in document.open_statements:
        yield Unjudged(codes, subject, NOT_KNOWN, location)
    for statement in document.statements:
        if statement.effect_is_open:
            yield Unjudged(codes, subject, NOT_KNOWN, f"{statement.location}.Effect")
        elif statement.allows:
            yield from _external_id(statement, subject)
            yield from _role_principal(statement, subject)
            yield from _whole_account(statement, subject)


def _external_id(statement: Statement, subject: str) -> Iterator[Verdict]:
    """The key is one of sts:AssumeRole and not of sts:TagSession (Service Authorization Reference)."""
    tags = statement.covers_action(TAG)
    for condition in statement.conditions:
        if condition.name != EXTERNAL_ID or not condition.needs_the_key or tags is False:
            continue
        if tags is None:
            yield Unjudged(("PI302",), subject, NOT_KNOWN, f"{statement.location}.Action")
        else:
            yield Finding(
                "PI302", subject, "asks for sts:ExternalId where it allows sts:TagSession.", condition.location
            )
    if statement.conditions_are_open and tags is not False and statement.covers_action(ASSUME):
        yield Unjudged(("PI302",), subject, NOT_KNOWN, f"{statement.location}.Condition")


def _role_principal(statement: Statement, subject: str) -> Iterator[Verdict]:
    principals = statement.principals
    if principals is None or principals.negated:
        return
    location = f"{statement.location}.Principal"
    if principals.is_open("AWS"):
        yield Unjudged(("PI303", "PI306"), subject, NOT_KNOWN, location)
    for name in principals.of("AWS"):
        if _ROLE.fullmatch(name):
            yield Finding("PI303", subject, f"names {quoted(name)} as principal.", location)


def _whole_account(statement: Statement, subject: str) -> Iterator[Verdict]:
    principals = statement.principals
    if principals is None or principals.negated or not statement.covers_action(ASSUME):
        return
    accounts = [name for name in principals.of("AWS") if _WHOLE_ACCOUNT.fullmatch(name)]
    if not accounts or any(_narrows(one) for one in statement.conditions):
        return
    if statement.conditions_are_open:
        yield Unjudged(("PI306",), subject, NOT_KNOWN, f"{statement.location}.Condition")
    else:
        yield Finding("PI306", subject, f"lets all of {quoted(accounts[0])} assume the role.", statement.location)


def _narrows(condition: Condition) -> bool:
    is_narrow_key = condition.name in _NARROW_KEYS or condition.name.startswith((REQUEST_TAG, PRINCIPAL_TAG))
    admits_all = condition.takes_wildcards and any(_covers_all(condition.name, value) for value in condition.values)
    return is_narrow_key and condition.restricts and condition.needs_the_key and not admits_all


def _covers_all(name: str, value: str) -> bool:
    """Tell whether *value* leaves nobody out: it is all wildcard, or every role of the account it names."""
    if name == "aws:principalarn":
        account = account_of(value) or "0" * 12
        partition = value.split(":")[1] if value.startswith("arn:aws") else "aws"
        return matches(value, f"arn:{partition}:iam::{account}:role/zq0")
    return bool(value) and not value.strip("*?:")
