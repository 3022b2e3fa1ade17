"""PI101 to PI106 again, for roles that only their association shows to be used by pods."""

from collections.abc import Iterator, Sequence

from eks_pod_identity.rules.chain.target_trust import is_target_trust, target_verdicts
from eks_pod_identity.rules.graph.chains import Chain, links_of
from eks_pod_identity.rules.graph.located import Located
from eks_pod_identity.rules.resource import ROLE
from eks_pod_identity.rules.trust.judge import concerns_pods, trust_verdicts
from eks_pod_identity.rules.trust.pi101_actions import action_verdicts
from eks_pod_identity.rules.trust.pi102_principal import principal_verdicts
from eks_pod_identity.rules.trust.pi103_everyone import everyone_verdicts
from eks_pod_identity.rules.trust.pod_statements import pod_statements


def linked_trust_verdicts(chains: Sequence[Chain]) -> Iterator[Located]:
    """Judge trust policies that by themselves do not show that pods use them; the others are judged one by one."""
    seen: set[tuple[str, str]] = set()
    for chain in chains:
        for key, hop in links_of(chain):
            role, document = hop.role, hop.trust
            if role is None or role.type != ROLE or (role.urn, key) in seen or not hop.link.is_certain:
                continue
            seen.add((role.urn, key))
            subject = f"The trust policy of {role.mention}"
            if document.is_open or not document.statements:
                continue  # the trust policy of a role that says nothing is judged by itself
            if key == "roleArn" and not concerns_pods(document):
                verdicts = trust_verdicts(document, subject, used_by_pods=True)
                yield from (Located(role, verdict) for verdict in verdicts)
            elif key == "roleArn" and not any(pod_statements(document)):
                # Judged by itself for what it shows of pods, such as the signs of a target role, and useless as a
                # source.
                yield from (Located(role, each) for each in action_verdicts(document, subject, used_by_pods=True))
                yield from (Located(role, each) for each in principal_verdicts(document, subject, used_by_pods=True))
            elif key == "targetRoleArn" and not is_target_trust(document):
                yield from (Located(role, verdict) for verdict in target_verdicts(document, subject))
                if not concerns_pods(document):
                    yield from (Located(role, verdict) for verdict in everyone_verdicts(document, subject))
