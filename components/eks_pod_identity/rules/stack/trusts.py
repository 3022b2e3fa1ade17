"""PI101, PI103, PI303 and PI306 again, for roles that only their association shows to be used by pods."""

from collections.abc import Iterator

from eks_pod_identity.iam import parse
from eks_pod_identity.rules.stack.chain import role_links
from eks_pod_identity.rules.stack.graph import Stack
from eks_pod_identity.rules.stack.located import Located
from eks_pod_identity.rules.target import is_target_trust, target_verdicts
from eks_pod_identity.rules.trust import concerns_pods, trust_verdicts
from eks_pod_identity.rules.trust.actions import action_verdicts
from eks_pod_identity.rules.trust.everyone import everyone_verdicts
from eks_pod_identity.rules.trust.statements import pod_statements


def linked_trust_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge trust policies that by themselves do not show that pods use them; the others are judged one by one."""
    seen: set[tuple[str, str]] = set()
    for _, role, key in role_links(stack):
        if (role.urn, key) in seen:
            continue
        seen.add((role.urn, key))
        document = parse(role.get("assumeRolePolicy"))
        subject = f"The trust policy of {role.mention}"
        if document.is_open or not document.statements:
            continue  # the trust policy of a role that says nothing is judged by itself
        if key == "roleArn" and not concerns_pods(document):
            verdicts = trust_verdicts(document, subject, used_by_pods=True)
            yield from (Located(role, one) for one in verdicts)
        elif key == "roleArn" and not any(pod_statements(document)):
            # Judged by itself for what it shows of pods, such as the signs of a target role, and useless as a source.
            yield from (Located(role, one) for one in action_verdicts(document, subject, used_by_pods=True))
        elif key == "targetRoleArn" and not is_target_trust(document):
            yield from (Located(role, one) for one in target_verdicts(document, subject))
            if not concerns_pods(document):
                yield from (Located(role, one) for one in everyone_verdicts(document, subject))
