"""PI601: two resources attach the same policy to the same role."""

from collections.abc import Iterator

from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.role_policies import attachments
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import POLICY, Resource
from eks_pod_identity.rules.rule import Example, Level, Rule

_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
_LOGS = "arn:aws:iam::aws:policy/CloudWatchLogsReadOnlyAccess"
_GOOD = {"role": samples.role(samples.trust()), "read": samples.attachment(_READ), "logs": samples.attachment(_LOGS)}

RULE = Rule(
    code="PI601",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="A policy is attached to a role once",
    cause="Two resources attach the same policy to the same role.",
    why="AWS has only one attachment: deleting either resource removes the permission for both.",
    fix="Keep one entry of `managed_policy_arns`.",
    raw_fix="Keep one RolePolicyAttachment.",
    compliant=Example(_GOOD),
    violating=Example(
        {"role": samples.role(samples.trust()), "read": samples.attachment(_READ), "again": samples.attachment(_READ)}
    ),
)


def attached_twice_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge the attachments of each role, two at a time."""
    first: dict[tuple[str, str], Resource] = {}
    for attachment, role_urn in attachments(stack):
        link = stack.link(attachment, "policyArn", attachment.get("policyArn"), POLICY)
        # A name in an unknown account proves nothing, so the ARN is compared.
        policy = link.resource if link.is_certain else None
        key = policy.urn if policy is not None else attachment.text("policyArn")
        if not key:
            if attachment.is_open("policyArn"):
                yield unjudged(RULE, attachment, "the policy that it attaches is not known yet.", "policyArn")
            continue
        other = first.setdefault((role_urn, key), attachment)
        maybe = first.get((role_urn, link.resource.urn)) if link.resource is not None else None
        if other is attachment and maybe is not None and maybe is not attachment:
            yield unjudged(RULE, attachment, f"whether it attaches the policy of {maybe.mention} is not known yet.")
        elif other is not attachment:
            yield finding(RULE, attachment, f"attaches the same policy to the same role as {other.mention}.")
