"""PI601 and PI602: how policies reach a role."""

from eks_pod_identity.rules.catalogue.samples import attachment, role, trust
from eks_pod_identity.rules.rule import Example, Level, Rule

_POLICY = "pod-identity-stack"
_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
_LOGS = "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"
_GOOD = Example({"role": role(trust()), "read": attachment(_READ), "logs": attachment(_LOGS)})

RULES = (
    Rule(
        code="PI601",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="A policy is attached to a role once",
        cause="The same role and policy are attached by two resources.",
        why="An attachment has no identity of its own: deleting one of the two takes the permission away from both.",
        fix="Keep one entry of `managed_policy_arns`.",
        raw_fix="Keep one RolePolicyAttachment.",
        compliant=_GOOD,
        violating=Example({"role": role(trust()), "read": attachment(_READ), "again": attachment(_READ)}),
    ),
    Rule(
        code="PI602",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="A role has its policies in one place",
        cause="A role with `managedPolicyArns` or `inlinePolicies` has separate attachments or policies too.",
        why="Each update of the role removes what the separate resources attached, and their next update puts it back.",
        fix="Leave the role to the component and use `managed_policy_arns` and `policies`.",
        raw_fix="Use RolePolicyAttachment and RolePolicy alone, and drop managedPolicyArns and inlinePolicies.",
        compliant=_GOOD,
        violating=Example({"role": role(trust(), managedPolicyArns=[_LOGS]), "read": attachment(_READ)}),
    ),
)
