"""PI303: a target trust names the source role itself as principal."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI303",
    level=Level.ADVISORY,
    policy="pod-identity-target-role",
    title="A target trust names the account as principal, and the source role in a condition",
    cause="The trust policy of a target role names the ARN of the source role, or an `AROA…` id, as principal.",
    why="IAM stores the id of the role behind the ARN: a recreated source role is refused, and one that was just "
    "created is rejected as an invalid principal.",
    fix="Let `create_target_role` or PodIdentityTargetRole write the trust policy.",
    raw_fix="Name the root of the account as principal, and compare aws:PrincipalArn with the ARN of the role.",
    compliant=Example({"target": samples.target_role(samples.target_trust())}),
    violating=Example({"target": samples.target_role(samples.target_trust(principal=samples.SOURCE_ROLE_ARN))}),
)


_ROLE = re.compile(r"arn:[^:]*:(iam|sts)::[0-9]{12}:(role|assumed-role)/.*|AROA[A-Z0-9]+")


def role_principal_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the AWS principals of each statement that allows."""
    for statement in document.statements:
        principals = statement.principals
        if not statement.allows or principals is None or principals.negated:
            continue
        location = f"{statement.location}.Principal"
        if principals.is_open("AWS"):
            yield Unjudged((RULE.code, "PI306"), subject, NOT_KNOWN, location)
        for name in principals.of("AWS"):
            if _ROLE.fullmatch(name):
                yield Finding(RULE, subject, f"names {quote(name)} as principal.", location)
