"""PI409: the role of nodes may not request credentials for pods."""

from collections.abc import Iterator, Mapping

from eks_pod_identity.iam.evaluate import evaluate
from eks_pod_identity.iam.request import Association, Session, pod_request
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.chain.granted import policies_allow
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.associations import associations_of
from eks_pod_identity.rules.graph.role_policies import RolePolicies
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import NODE_GROUP
from eks_pod_identity.rules.rule import Example, Level, Rule

_ACTION = "eks-auth:AssumeRoleForPodIdentity"
_AWS = "arn:aws:iam::aws:policy/"

_GOOD = {
    "role": samples.role(samples.trust()),
    "association": samples.association(),
    "agent": samples.agent(),
    "nodeRole": samples.role(samples.service_trust("ec2.amazonaws.com"), name="nodes"),
    "nodes": samples.node_group(),
}

RULE = Rule(
    code="PI409",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="The node role may assume roles for pods",
    cause="A node group's role, whose policies are all in the stack, lacks `eks-auth:AssumeRoleForPodIdentity`.",
    why="The agent uses the node's role: it gets AccessDenied, and no pod on these nodes gets credentials.",
    fix="Attach AmazonEKSWorkerNodePolicy or AmazonEKSWorkerNodeMinimalPolicy to the node role.",
    raw_fix="Attach AmazonEKSWorkerNodePolicy or AmazonEKSWorkerNodeMinimalPolicy to the node role.",
    compliant=Example(
        {**_GOOD, "worker": samples.attachment(f"{_AWS}AmazonEKSWorkerNodePolicy", to="${nodeRole.name}")},
    ),
    violating=Example({**_GOOD, "network": samples.attachment(f"{_AWS}AmazonEKS_CNI_Policy", to="${nodeRole.name}")}),
)

_GRANTING = frozenset({"AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy", "AdministratorAccess"})
_OTHERS = frozenset(
    {
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryPowerUser",
        "AmazonSSMManagedInstanceCore",
        "AmazonEBSCSIDriverPolicy",
        "AmazonEFSCSIDriverPolicy",
        "CloudWatchAgentServerPolicy",
        "AmazonEKSVPCResourceController",
    }
)
"""AWS managed policies that nodes usually have and that do not allow the action (AWS managed policy reference)."""


def node_role_verdicts(stack: Stack, policies: Mapping[str, RolePolicies]) -> Iterator[Located]:
    """Judge the role of each node group of a cluster that has associations."""
    used = [cluster_id for each in associations_of(stack) if (cluster_id := stack.cluster_id(each)) is not None]
    seen: set[str] = set()
    for group in stack.of(NODE_GROUP):
        cluster_id, link = stack.cluster_id(group), stack.role(group, "nodeRoleArn")
        role = link.resource
        if cluster_id is None or role is None or role.urn in seen or not link.is_certain:
            continue
        if all(cluster_id.is_same(each) is False for each in used):
            continue
        seen.add(role.urn)
        answer = _may_assume(policies.get(role.urn, RolePolicies()))
        if answer is False:
            yield finding(RULE, role, f"is the role of {group.mention} and has no policy that allows {_ACTION}.")
        elif answer is None:
            yield unjudged(RULE, role, f"policies that are not in the stack may allow {_ACTION}.")


def _may_assume(policies: RolePolicies) -> bool | None:
    """Return whether nodes may; None if a policy outside the stack decides, other than AWS's usual ones."""
    names = {arn.removeprefix(_AWS) for arn in policies.unseen}
    request = pod_request(_ACTION, Association().cluster_arn, Session(UNKNOWN))
    if names & _GRANTING and not policies.boundary:
        return True
    answer = policies_allow(policies, request)
    if answer is None and not policies.has_unknown and names <= _OTHERS and not policies.boundary_is_unseen:
        allowed = [evaluate(policy.document, request).allows for policy in policies.documents]
        return None if None in allowed else any(allowed)
    return answer
