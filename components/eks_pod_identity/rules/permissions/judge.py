"""Which rules judge the documents of the roles that pods use."""

from collections.abc import Iterator, Mapping

from eks_pod_identity.iam import parse
from eks_pod_identity.rules.graph.chains import Chain, Hop, links_of
from eks_pod_identity.rules.graph.located import Located
from eks_pod_identity.rules.graph.role_policies import RolePolicies
from eks_pod_identity.rules.permissions.pi603_validity import policy_verdicts
from eks_pod_identity.rules.permissions.pi604_version import version_verdicts
from eks_pod_identity.rules.permissions.pi605_resources import resource_verdicts


def document_verdicts(
    chain: Chain, policies: Mapping[str, RolePolicies], seen: set[tuple[str, str]]
) -> Iterator[Located]:
    """Judge the documents of the roles of a chain, and its session policy.

    *seen* has the documents that are judged already: the URN of the resource, and the place in it.
    """
    for _, hop in links_of(chain):
        if hop.role is not None and hop.link.is_certain:
            yield from _of_role(hop, policies.get(hop.role.urn, RolePolicies()), seen)
    policy = chain.association.get("policy")
    if policy not in (None, ""):
        document, subject = parse(policy), f"The session policy of {chain.association.mention}"
        yield from (Located(chain.association, verdict) for verdict in version_verdicts(document, subject))
        yield from (Located(chain.association, verdict) for verdict in resource_verdicts(document, subject))


def _of_role(hop: Hop, policies: RolePolicies, seen: set[tuple[str, str]]) -> Iterator[Located]:
    role = hop.role
    if role is not None and (role.urn, "assumeRolePolicy") not in seen:
        seen.add((role.urn, "assumeRolePolicy"))
        subject = f"The trust policy of {role.mention}"
        yield from (Located(role, verdict) for verdict in version_verdicts(hop.trust, subject))
    for policy in policies.all_documents:
        if (policy.resource.urn, policy.location) in seen:
            continue
        seen.add((policy.resource.urn, policy.location))
        document, label = policy.document, policy.resource.label
        yield from policy_verdicts(policy)
        yield from (Located(policy.resource, verdict) for verdict in version_verdicts(document, label))
        yield from (Located(policy.resource, verdict) for verdict in resource_verdicts(document, label))
