"""Which rules judge the policies of the roles that pods use."""

from collections.abc import Iterator, Mapping, Sequence

from eks_pod_identity.iam import parse
from eks_pod_identity.rules.graph.chains import Chain, links_of, role_urns_of
from eks_pod_identity.rules.graph.located import Located
from eks_pod_identity.rules.graph.role_policies import RolePolicies
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.permissions.pi601_attached_twice import attached_twice_verdicts
from eks_pod_identity.rules.permissions.pi602_two_places import two_places_verdicts
from eks_pod_identity.rules.permissions.pi603_validity import policy_verdicts
from eks_pod_identity.rules.permissions.pi604_version import version_verdicts
from eks_pod_identity.rules.permissions.pi605_resources import resource_verdicts


def permission_policy_verdicts(
    stack: Stack, chains: Sequence[Chain], policies: Mapping[str, RolePolicies]
) -> Iterator[Located]:
    """Judge how policies reach their roles, and the documents of the roles that pods use."""
    yield from attached_twice_verdicts(stack)
    yield from two_places_verdicts(stack)
    seen: set[tuple[str, str]] = set()
    for urn in role_urns_of(chains):
        for policy in policies[urn].all_documents if urn in policies else ():
            if (policy.resource.urn, policy.location) in seen:
                continue
            seen.add((policy.resource.urn, policy.location))
            yield from policy_verdicts(policy)
            for verdict in version_verdicts(policy.document, policy.resource.label):
                yield Located(policy.resource, verdict)
            for verdict in resource_verdicts(policy.document, policy.resource.label):
                yield Located(policy.resource, verdict)
    yield from _other_documents(chains)


def _other_documents(chains: Sequence[Chain]) -> Iterator[Located]:
    """Judge the version of trust policies, and the session policies of associations."""
    seen: set[str] = set()
    for chain in chains:
        for _, hop in links_of(chain):
            if hop.role is not None and hop.link.is_certain and hop.role.urn not in seen:
                seen.add(hop.role.urn)
                subject = f"The trust policy of {hop.role.mention}"
                yield from (Located(hop.role, verdict) for verdict in version_verdicts(hop.trust, subject))
        policy = chain.association.get("policy")
        if policy in (None, ""):
            continue
        document, subject = parse(policy), f"The session policy of {chain.association.mention}"
        yield from (Located(chain.association, verdict) for verdict in version_verdicts(document, subject))
        yield from (Located(chain.association, verdict) for verdict in resource_verdicts(document, subject))
