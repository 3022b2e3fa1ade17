"""PI603: a permission policy of a role that pods use is not valid."""

from collections.abc import Iterator

from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Located, Unjudged
from eks_pod_identity.rules.graph.role_policies import RolePolicy
from eks_pod_identity.rules.identity_policy import identity_policy_problems
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI603",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="The permission policies of roles that pods use are valid",
    cause="A policy of a role that an association uses is not JSON, or has a `Principal`, an action, service or "
    "operator that AWS lacks, or a `Resource` that is not an ARN.",
    why="IAM rejects it in the middle of the update, or the statement silently has no effect.",
    fix="Correct it in `policies`.",
    raw_fix="Correct it in the policy.",
    compliant=Example(samples.with_policy(samples.READ_INVOICES)),
    violating=Example(
        samples.with_policy(samples.document({"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "my-bucket/*"}))
    ),
)


def policy_verdicts(policy: RolePolicy) -> Iterator[Located]:
    """Judge one document of a role."""
    subject = policy.resource.label
    for verdict in _verdicts(policy, subject):
        yield Located(policy.resource, verdict)


def _verdicts(policy: RolePolicy, subject: str) -> Iterator[Finding | Unjudged]:
    codes = (RULE.code, "PI604", "PI605")
    if policy.document.is_open:
        yield Unjudged(codes, subject, NOT_KNOWN, policy.location)
    for location in policy.document.open_statements:
        yield Unjudged(codes, subject, NOT_KNOWN, location)
    for problem in identity_policy_problems(policy.document):
        location = problem.location or policy.location
        yield Finding(RULE, subject, problem.text, location, problem.fix)
