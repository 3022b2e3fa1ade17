"""PI602: a role defines policies itself and through separate resources."""

from collections.abc import Iterator

from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.role_policies import attachments
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import ROLE, ROLE_POLICY, Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
_LOGS = "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"
_GOOD = {"role": samples.role(samples.trust()), "read": samples.attachment(_READ), "logs": samples.attachment(_LOGS)}

RULE = Rule(
    code="PI602",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="A role gets its policies in one way",
    cause="A role with `managedPolicyArns` or `inlinePolicies` also has separate attachments or policies.",
    why="Each update of the role removes what the separate resources attached, and their next update restores it.",
    fix="Leave the role to the component and use `managed_policy_arns` and `policies`.",
    raw_fix="Use RolePolicyAttachment and RolePolicy only, and remove managedPolicyArns and inlinePolicies.",
    compliant=Example(_GOOD),
    violating=Example(
        {"role": samples.role(samples.trust(), managedPolicyArns=[_LOGS]), "read": samples.attachment(_READ)}
    ),
)


def two_places_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge roles with `managedPolicyArns` or `inlinePolicies` that also have separate attachments.

    As outputs, both properties include what other resources attached, so the inputs count.
    """
    managed: dict[str, Resource] = {}
    for attachment, role_urn in attachments(stack):
        managed.setdefault(role_urn, attachment)
    inline = {
        role.urn: policy
        for policy in stack.of(ROLE_POLICY)
        if (role := stack.role(policy, "role").resource) is not None
    }
    for role in stack.of(ROLE):
        for key, separate in (("managedPolicyArns", managed), ("inlinePolicies", inline)):
            if role.urn not in separate or not role.input_value(key):
                continue
            if role.inputs is None and role.is_open(key):
                yield unjudged(RULE, role, f"{key} is not known yet.", key)
            else:
                yield finding(RULE, role, f"has {key}, and also {separate[role.urn].mention}.", key)
