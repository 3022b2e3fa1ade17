"""Judges session policies, and associations by themselves."""

from collections.abc import Iterator

from eks_pod_identity.iam import parse
from eks_pod_identity.rules.finding import Finding, Verdict, findings_of
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.session.pi201_session_tags import session_tags_verdicts
from eks_pod_identity.rules.session.pi202_size import size_verdicts
from eks_pod_identity.rules.session.pi203_validity import validity_verdicts
from eks_pod_identity.rules.session.pi204_width import width_verdicts
from eks_pod_identity.rules.session.pi207_target_role import target_role_verdicts
from eks_pod_identity.rules.session.pi208_required import missing_policy_verdicts
from eks_pod_identity.rules.session.pi209_allows_nothing import nothing_verdicts


def session_policy_findings(document: object, *, subject: str) -> tuple[Finding, ...]:
    """Return what is wrong with a session policy.

    Args:
        document: JSON text or plain data; any part may be `UNKNOWN`.
        subject: The document as messages name it, such as a property path.

    Returns:
        The findings PI202 to PI204 and PI209. No input raises.
    """
    return findings_of(session_policy_verdicts(document, subject))


def session_policy_verdicts(source: object, subject: str) -> Iterator[Verdict]:
    """Judge a session policy, and report what could not be judged."""
    document = parse(source)
    yield from size_verdicts(source, document, subject)
    yield from validity_verdicts(document, subject)
    yield from width_verdicts(document, subject)
    yield from nothing_verdicts(document, subject)


def session_verdicts(association: Resource) -> Iterator[Verdict]:
    """Judge the session policy of an association and the properties that it requires."""
    policy = association.get("policy")
    if policy in (None, ""):
        yield from missing_policy_verdicts(association)
        return
    yield from session_tags_verdicts(association)
    yield from target_role_verdicts(association)
    yield from session_policy_verdicts(policy, f"The session policy of {association.mention}")
