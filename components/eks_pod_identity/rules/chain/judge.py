"""Judges the chain from an association to its target role."""

from collections.abc import Iterator, Mapping

from eks_pod_identity.rules.chain.pi301_permission import permission_verdicts
from eks_pod_identity.rules.chain.pi304_external_id import external_id_verdicts
from eks_pod_identity.rules.chain.pi305_account import linked_account_verdicts
from eks_pod_identity.rules.chain.pi307_transitive_tags import transitive_tag_verdicts
from eks_pod_identity.rules.chain.pi308_own_target import is_own_target, own_target_verdicts
from eks_pod_identity.rules.finding import Located, Unjudged
from eks_pod_identity.rules.graph.chains import Chain, links_of
from eks_pod_identity.rules.graph.role_policies import RolePolicies

_CODES = {
    "roleArn": ("PI107", "PI205", "PI206", "PI301", "PI305"),
    "targetRoleArn": ("PI206", "PI301", "PI304", "PI308"),
}
"""The rules that need the role that a property names."""


def chain_verdicts(chain: Chain, policies: Mapping[str, RolePolicies], cluster_account: str) -> Iterator[Located]:
    """Judge an association with the roles that it uses."""
    yield from _open_links(chain)
    yield from linked_account_verdicts(chain, cluster_account)
    yield from transitive_tag_verdicts(chain, policies)
    yield from own_target_verdicts(chain)
    if chain.target is not None and is_own_target(chain) is False:
        yield from external_id_verdicts(chain)
        yield from permission_verdicts(chain, policies)


def _open_links(chain: Chain) -> Iterator[Located]:
    """Report which rules need a role that is not known yet."""
    for key, hop in links_of(chain):
        if hop.link.is_open:
            reason = f"the role that {key} names is not known yet."
            yield Located(chain.association, Unjudged(_CODES[key], chain.association.label, reason))
