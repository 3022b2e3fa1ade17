"""PI101 to PI106 for roles that only an association shows to be used by pods."""

from collections.abc import Iterator

from eks_pod_identity.iam import Document
from eks_pod_identity.rules.chain.pi302_tag_session import tag_session_verdicts
from eks_pod_identity.rules.chain.target_trust import is_target_trust, target_verdicts
from eks_pod_identity.rules.finding import Located, Verdict
from eks_pod_identity.rules.graph.chains import Chain, links_of
from eks_pod_identity.rules.trust.judge import concerns_pods, trust_verdicts
from eks_pod_identity.rules.trust.pi101_actions import action_verdicts
from eks_pod_identity.rules.trust.pi102_principal import principal_verdicts
from eks_pod_identity.rules.trust.pi103_everyone import everyone_verdicts
from eks_pod_identity.rules.trust.pod_statements import pod_statements


def linked_trust_verdicts(chain: Chain, seen: set[tuple[str, str]]) -> Iterator[Located]:
    """Judge trust policies that do not show by themselves that pods use them; the others are judged separately.

    *seen* has the roles that are already judged, with the property that names them.
    """
    for key, hop in links_of(chain):
        role = hop.role
        if role is None or (role.urn, key) in seen or not hop.link.is_certain:
            continue
        seen.add((role.urn, key))
        # The trust policy of a role that says nothing is judged by itself.
        if not hop.trust.is_open and hop.trust.statements:
            yield from (Located(role, verdict) for verdict in _verdicts(key, hop.trust, role.mention))


def _verdicts(key: str, document: Document, mention: str) -> Iterator[Verdict]:
    subject = f"The trust policy of {mention}"
    if key == "roleArn" and not concerns_pods(document):
        yield from trust_verdicts(document, subject, used_by_pods=True)
    elif key == "roleArn" and not any(pod_statements(document)):
        # Judged separately because it concerns pods, for example as a target role, but it cannot be a source role.
        yield from action_verdicts(document, subject, used_by_pods=True)
        alone = list(principal_verdicts(document, subject))
        linked = principal_verdicts(document, subject, used_by_pods=True)
        yield from (verdict for verdict in linked if verdict not in alone)
    elif key == "targetRoleArn" and is_target_trust(document):
        alone = list(tag_session_verdicts(document, subject))
        linked = tag_session_verdicts(document, subject, is_used=True)
        yield from (verdict for verdict in linked if verdict not in alone)
    elif key == "targetRoleArn":
        yield from target_verdicts(document, subject, is_used=True)
        if not concerns_pods(document):
            yield from everyone_verdicts(document, subject)
