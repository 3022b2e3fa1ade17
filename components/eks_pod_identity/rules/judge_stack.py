"""Judges a stack with the rules that link its resources to each other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from eks_pod_identity.rules.chain.judge import chain_verdicts
from eks_pod_identity.rules.finding import Located
from eks_pod_identity.rules.graph.chains import chains_of
from eks_pod_identity.rules.graph.role_policies import RolePolicies, policies_of_roles
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.out_of_sight import out_of_sight_verdicts
from eks_pod_identity.rules.permissions.judge import document_verdicts
from eks_pod_identity.rules.permissions.pi601_attached_twice import attached_twice_verdicts
from eks_pod_identity.rules.permissions.pi602_two_places import two_places_verdicts
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.session.pi205_shared_role import role_key, sharing_verdicts
from eks_pod_identity.rules.session.pi206_tags_off import TagsOff
from eks_pod_identity.rules.stack.pi401_one_association import uniqueness_verdicts
from eks_pod_identity.rules.stack.pi403_irsa_annotation import annotation_verdicts
from eks_pod_identity.rules.stack.pi404_fargate import fargate_verdicts
from eks_pod_identity.rules.stack.pi405_agent import missing_agent_verdicts
from eks_pod_identity.rules.stack.pi406_one_agent import several_agents_verdicts
from eks_pod_identity.rules.stack.pi407_service_account import missing_account_verdicts
from eks_pod_identity.rules.stack.pi408_addon_role import addon_role_verdicts
from eks_pod_identity.rules.stack.pi409_node_role import node_role_verdicts
from eks_pod_identity.rules.trust.linked import linked_trust_verdicts
from eks_pod_identity.rules.trust.pi107_admission import admission_verdicts


def stack_verdicts(resources: Iterable[Resource], *, cluster_account: str = "") -> Iterator[Located]:
    """Judge the links between *resources*; links are found by ARN, name or dependency."""
    stack = Stack(resources)
    policies = policies_of_roles(stack)
    yield from _chain_verdicts(stack, policies, cluster_account)
    yield from uniqueness_verdicts(stack)
    yield from annotation_verdicts(stack)
    yield from fargate_verdicts(stack)
    yield from missing_agent_verdicts(stack)
    yield from several_agents_verdicts(stack)
    yield from missing_account_verdicts(stack)
    yield from addon_role_verdicts(stack)
    yield from node_role_verdicts(stack, policies)
    yield from attached_twice_verdicts(stack)
    yield from two_places_verdicts(stack)
    yield from out_of_sight_verdicts(stack)


def _chain_verdicts(stack: Stack, policies: Mapping[str, RolePolicies], cluster_account: str) -> Iterator[Located]:
    """Judge each association with its roles, and roles that several share."""
    tags_off = TagsOff(stack, policies)
    users = defaultdict[str, list[Resource]](list)
    trusts, documents = set[tuple[str, str]](), set[str]()
    for chain in chains_of(stack, cluster_account):
        users[role_key(chain)].append(chain.association)
        yield from linked_trust_verdicts(chain, trusts)
        yield from admission_verdicts(chain)
        yield from tags_off.verdicts(chain)
        yield from chain_verdicts(chain, policies, cluster_account)
        yield from document_verdicts(chain, policies, documents)
    yield from sharing_verdicts(users)
