"""Judges the documents of roles that pods use."""

from collections.abc import Iterator, Mapping

from eks_pod_identity.iam import Document, parse
from eks_pod_identity.rules.finding import Located
from eks_pod_identity.rules.graph.chains import Chain, links_of
from eks_pod_identity.rules.graph.role_policies import RolePolicies
from eks_pod_identity.rules.permissions.pi603_validity import policy_verdicts
from eks_pod_identity.rules.permissions.pi604_version import version_verdicts
from eks_pod_identity.rules.permissions.pi605_resources import resource_verdicts
from eks_pod_identity.rules.resource import POLICY, Resource


def document_verdicts(chain: Chain, policies: Mapping[str, RolePolicies], judged: set[str]) -> Iterator[Located]:
    """Judge the documents of the roles of a chain, and its session policy.

    *judged* has the URNs of roles and managed policies that are already judged.
    """
    for _, hop in links_of(chain):
        if hop.role is not None and hop.link.is_certain and hop.role.urn not in judged:
            judged.add(hop.role.urn)
            yield from _of_role(hop.role, hop.trust, policies.get(hop.role.urn, RolePolicies()), judged)
    policy = chain.association.get("policy")
    if policy not in (None, ""):
        document, subject = parse(policy), f"The session policy of {chain.association.mention}"
        yield from (Located(chain.association, verdict) for verdict in version_verdicts(document, subject))
        yield from (Located(chain.association, verdict) for verdict in resource_verdicts(document, subject))


def _of_role(role: Resource, trust: Document, policies: RolePolicies, judged: set[str]) -> Iterator[Located]:
    subject = f"The trust policy of {role.mention}"
    yield from (Located(role, verdict) for verdict in version_verdicts(trust, subject))
    for policy in policies.all_documents:
        if policy.resource.type == POLICY:  # it may be attached to several roles
            if policy.resource.urn in judged:
                continue
            judged.add(policy.resource.urn)
        document, label = policy.document, policy.resource.label
        yield from policy_verdicts(policy)
        yield from (Located(policy.resource, verdict) for verdict in version_verdicts(document, label))
        yield from (Located(policy.resource, verdict) for verdict in resource_verdicts(document, label))
