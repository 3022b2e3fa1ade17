"""PI601 and PI602: how policies reach a role."""

from collections.abc import Iterator

from eks_pod_identity.rules.resource import POLICY, ROLE, ROLE_POLICY, Resource
from eks_pod_identity.rules.stack.graph import Stack
from eks_pod_identity.rules.stack.located import Located, found, unjudged
from eks_pod_identity.rules.stack.permissions import attachments


def attachment_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge pairs of role and policy, and roles that have policies in two ways.

    As outputs, `managedPolicyArns` and `inlinePolicies` list what other resources attached: what the program gave counts.
    """
    first: dict[tuple[str, str], Resource] = {}
    managed: dict[str, Resource] = {}
    for attachment, role_urn in attachments(stack):
        managed.setdefault(role_urn, attachment)
        policy = stack.link(attachment, "policyArn", attachment.get("policyArn"), POLICY).resource
        key = policy.urn if policy is not None else attachment.text("policyArn")
        if not key:
            if attachment.is_open("policyArn"):
                yield unjudged("PI601", attachment, "the policy that it attaches is not known yet.", "policyArn")
            continue
        other = first.setdefault((role_urn, key), attachment)
        if other is not attachment:
            yield found("PI601", attachment, f"attaches what {other.mention} attaches to the same role.")
    inline = {role.urn: one for one in stack.of(ROLE_POLICY) if (role := stack.role(one, "role").resource) is not None}
    for role in stack.of(ROLE):
        for key, separate in (("managedPolicyArns", managed), ("inlinePolicies", inline)):
            if role.urn not in separate or not role.given(key):
                continue
            if role.inputs is None and role.is_open(key):
                yield unjudged("PI602", role, f"{key} is not known yet.", key)
            else:
                yield found("PI602", role, f"has {key}, and {separate[role.urn].mention} beside it.", key)
