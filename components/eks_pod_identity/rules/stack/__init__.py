"""The rules that link resources of a stack to each other."""

from collections.abc import Iterable, Iterator

from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.stack.agents import agent_verdicts
from eks_pod_identity.rules.stack.attachments import attachment_verdicts
from eks_pod_identity.rules.stack.chain import chain_verdicts
from eks_pod_identity.rules.stack.fargate import fargate_verdicts
from eks_pod_identity.rules.stack.graph import Stack
from eks_pod_identity.rules.stack.located import Located
from eks_pod_identity.rules.stack.permissions import permissions_of_roles
from eks_pod_identity.rules.stack.service_accounts import service_account_verdicts
from eks_pod_identity.rules.stack.sharing import sharing_verdicts
from eks_pod_identity.rules.stack.tags_off import tags_off_verdicts
from eks_pod_identity.rules.stack.trusts import linked_trust_verdicts
from eks_pod_identity.rules.stack.uniqueness import uniqueness_verdicts

__all__ = ["Located", "Stack", "stack_verdicts"]


def stack_verdicts(resources: Iterable[Resource], *, cluster_account: str = "") -> Iterator[Located]:
    """Judge the links between *resources*; links are found by ARN, name or dependency."""
    stack = Stack(resources)
    permissions = permissions_of_roles(stack)
    yield from linked_trust_verdicts(stack)
    yield from sharing_verdicts(stack)
    yield from tags_off_verdicts(stack, permissions)
    yield from chain_verdicts(stack, permissions, cluster_account)
    yield from uniqueness_verdicts(stack)
    yield from service_account_verdicts(stack)
    yield from fargate_verdicts(stack)
    yield from agent_verdicts(stack)
    yield from attachment_verdicts(stack)
