"""PI307: a session with tags assumes further roles and may not tag those sessions."""

from collections.abc import Iterator, Mapping

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam import Statement, intersect, with_variables_open
from eks_pod_identity.iam.eks import ASSUME, TAG
from eks_pod_identity.iam.evaluate import Effect, evaluate
from eks_pod_identity.iam.request import Session, pod_request
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.chain.granted import may
from eks_pod_identity.rules.finding import NOT_KNOWN
from eks_pod_identity.rules.graph.chains import Chain
from eks_pod_identity.rules.graph.located import Located, finding, unjudged
from eks_pod_identity.rules.graph.role_policies import RolePolicies, RolePolicy
from eks_pod_identity.rules.permissions.sample_calls import concrete_resource
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI307",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="A role that assumes other roles may tag their sessions",
    cause="A role that pods use with session tags may `sts:AssumeRole` on another role and not `sts:TagSession`.",
    why="The session tags of EKS are transitive: the call passes them on, and is denied without sts:TagSession.",
    fix="Use `assumable_role_arns`, which allows both, or add sts:TagSession in `policies`.",
    raw_fix="Allow sts:TagSession on the same roles, here and in their trust policies, or disable session tags.",
    compliant=Example(
        {
            "role": samples.role(samples.trust()),
            "association": samples.association(),
            "policy": samples.role_policy(
                samples.document({"Effect": "Allow", "Action": [ASSUME, TAG], "Resource": samples.TARGET_ROLE_ARN})
            ),
        }
    ),
    violating=Example(
        {
            "role": samples.role(samples.trust()),
            "association": samples.association(),
            "policy": samples.role_policy(
                samples.document({"Effect": "Allow", "Action": ASSUME, "Resource": samples.TARGET_ROLE_ARN})
            ),
        }
    ),
)

_ANY_ROLE = "arn:*:iam::*:role/*"


def transitive_tag_verdicts(chain: Chain, policies: Mapping[str, RolePolicies]) -> Iterator[Located]:
    """Judge what the role whose credentials the pods get may assume."""
    final = chain.final.role
    if chain.caller.session_tags is not True or final is None or not chain.final.link.is_certain:
        return
    own = policies.get(final.urn)
    if own is None:
        return
    session = Session(chain.final.arn, chain.caller.tags(), chain.final.tags)
    for policy in own.documents:
        if not policy.document.is_complete:
            yield unjudged(RULE, policy.resource, NOT_KNOWN, policy.location)
        for statement in policy.document.statements:
            yield from _statement(policy, statement, own, session)


def _statement(
    policy: RolePolicy, statement: Statement, policies: RolePolicies, session: Session
) -> Iterator[Located]:
    if not statement.allows or not statement.covers_action(ASSUME) or statement.resources.negated:
        return
    for pattern in statement.resources.patterns:
        if pattern != "*" and not intersect(with_variables_open(pattern), _ANY_ROLE):
            continue
        resource = concrete_resource(pattern) if pattern != "*" else "arn:aws:iam::999999999999:role/zq0"
        assume, tag = pod_request(ASSUME, resource, session), pod_request(TAG, resource, session)
        if evaluate(policy.document, assume).effect not in (Effect.ALLOW, Effect.UNKNOWN):
            continue
        answer = may(policies, tag)
        if answer is False and may(policies, assume) is not False:
            yield finding(
                RULE,
                policy.resource,
                f"allows sts:AssumeRole on {quoted(pattern)}, and no policy of the role allows sts:TagSession there.",
                f"{statement.location}.Action",
            )
            return
        if answer is None:
            reason = f"whether the role may sts:TagSession on {quoted(pattern)} is not known yet."
            yield unjudged(RULE, policy.resource, reason, f"{statement.location}.Action")
            return
