"""PI103: a trust policy that pods use opens to everyone."""

from collections.abc import Iterator

from eks_pod_identity.iam import Document
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict


def everyone_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge `Principal` of each statement that allows, and every `NotPrincipal`."""
    for statement in document.statements:
        principals = statement.principals
        if principals is None:
            continue
        if principals.negated:
            yield Finding(
                "PI103",
                subject,
                "names whom it does not mean: everyone else is.",
                f"{statement.location}.NotPrincipal",
            )
        elif not statement.allows:
            continue
        elif principals.include_everyone:
            yield Finding("PI103", subject, "names everyone.", f"{statement.location}.Principal")
        elif principals.is_open("AWS"):
            yield Unjudged(("PI103",), subject, NOT_KNOWN, f"{statement.location}.Principal")
