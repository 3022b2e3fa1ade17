"""PI308: a role is its own target role, or trusts itself."""

from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.chains import Chain, Hop, links_of
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI308",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="A role is not its own target role",
    cause="`targetRoleArn` is the role of `roleArn`, or the trust policy of a role names the role itself as "
    "principal.",
    why="EKS would assume the role twice without effect, and a role that trusts itself cannot be created: IAM "
    "rejects a principal that does not exist yet.",
    fix="Remove `target_role_arn`, or name another role.",
    raw_fix="Remove targetRoleArn, or name another role.",
    compliant=Example(samples.target_chain(samples.target_role(samples.target_trust()))),
    violating=Example(
        {"role": samples.role(samples.trust()), "association": samples.association(targetRoleArn="${role.arn}")}
    ),
)


REMOVE_ITSELF = "Remove the role from the principals of its own trust policy."


def own_target_verdicts(chain: Chain) -> Iterator[Located]:
    """Judge whether the two roles of a chain differ, and whether they trust themselves."""
    same = is_own_target(chain)
    if same:
        yield finding(RULE, chain.association, "has the same role as its role and its target role.", "targetRoleArn")
    elif same is None:
        reason = "whether its role and its target role are the same is not known yet."
        yield unjudged(RULE, chain.association, reason, "targetRoleArn")
    for _, hop in links_of(chain):
        yield from _trusts_itself(hop)


def is_own_target(chain: Chain) -> bool | None:
    """Return whether the target role is the source role; None if that is not known yet."""
    if chain.target is None:
        return False
    arns = chain.source.arn, chain.target.arn
    if UNKNOWN not in arns:
        return arns[0] == arns[1]
    roles = chain.source.role, chain.target.role
    if None in roles or roles[0] != roles[1]:
        return False
    return True if chain.source.link.is_certain and chain.target.link.is_certain else None


def _trusts_itself(hop: Hop) -> Iterator[Located]:
    if hop.role is None or not hop.link.is_certain:
        return
    name = hop.role.text("name")
    for location, principal in role_principals(hop.trust):
        same = principal == hop.arn if hop.arn is not UNKNOWN else bool(name) and principal.endswith(f":role/{name}")
        if not same:
            continue
        if hop.arn is UNKNOWN:
            yield unjudged(RULE, hop.role, f"whether {quote(principal)} is its own ARN is not known yet.", location)
        else:
            yield finding(
                RULE,
                hop.role,
                f"names itself as principal: {quote(principal)}.",
                location,
                hint=REMOVE_ITSELF,
            )


def role_principals(document: Document) -> Iterator[tuple[str, str]]:
    """Return the AWS principals of the statements that allow, each with its location."""
    for statement in document.statements:
        if statement.allows and statement.principals is not None and not statement.principals.negated:
            for name in statement.principals.of("AWS"):
                yield f"{statement.location}.Principal", name
