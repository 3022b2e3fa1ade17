"""PI307: a session with tags may assume further roles but not tag their sessions."""

from collections.abc import Iterator, Mapping

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam import Statement, intersect, with_variables_open
from eks_pod_identity.iam.eks import ASSUME_ROLE, REQUEST_TAG, TAG_SESSION
from eks_pod_identity.iam.evaluate import Effect, evaluate
from eks_pod_identity.iam.request import Request, Session, pod_request
from eks_pod_identity.iam.variables import expand
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.chain.granted import policies_allow
from eks_pod_identity.rules.finding import NOT_KNOWN, Located, finding, unjudged
from eks_pod_identity.rules.graph.chains import Chain
from eks_pod_identity.rules.graph.role_policies import RolePolicies, RolePolicy
from eks_pod_identity.rules.permissions.sample_calls import concrete_resource
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI307",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="A role that assumes other roles may tag their sessions",
    cause="A role that pods use with session tags may `sts:AssumeRole` on another role but not `sts:TagSession`.",
    why="The session tags of EKS are transitive: the call passes them on, and is denied without sts:TagSession.",
    fix="Use `assumable_role_arns`, which allows both, or add sts:TagSession in `policies`.",
    raw_fix="Allow sts:TagSession on the same roles, here and in their trust policies, or disable session tags.",
    compliant=Example(
        {
            "role": samples.role(samples.trust()),
            "association": samples.association(),
            "policy": samples.role_policy(
                samples.document(
                    {"Effect": "Allow", "Action": [ASSUME_ROLE, TAG_SESSION], "Resource": samples.TARGET_ROLE_ARN}
                )
            ),
        }
    ),
    violating=Example(
        {
            "role": samples.role(samples.trust()),
            "association": samples.association(),
            "policy": samples.role_policy(
                samples.document({"Effect": "Allow", "Action": ASSUME_ROLE, "Resource": samples.TARGET_ROLE_ARN})
            ),
        }
    ),
)

_ANY_ROLE = "arn:*:iam::*:role/*"
_SOME_ROLE = "arn:aws:iam::999999999999:role/zq0"


def transitive_tag_verdicts(chain: Chain, policies: Mapping[str, RolePolicies]) -> Iterator[Located]:
    """Judge which roles the pods' role may assume."""
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
    if not statement.allows or not statement.covers_action(ASSUME_ROLE):
        return
    location = f"{statement.location}.Action"
    for text, role in _roles(statement, session):
        assume, tag = (_request(action, role, session) for action in (ASSUME_ROLE, TAG_SESSION))
        if evaluate(policy.document, assume).effect not in (Effect.ALLOW, Effect.UNKNOWN):
            continue
        answer = policies_allow(policies, tag)
        if answer is False and policies_allow(policies, assume) is not False:
            problem = f"allows sts:AssumeRole on {text}, and no policy of the role allows sts:TagSession there."
            yield finding(RULE, policy.resource, problem, location)
            return
        if answer is None:
            reason = f"whether the role may sts:TagSession on {text} is not known yet."
            yield unjudged(RULE, policy.resource, reason, location)
            return
    if statement.resources.open:
        yield unjudged(RULE, policy.resource, NOT_KNOWN, f"{statement.location}.Resource")


def _roles(statement: Statement, session: Session) -> Iterator[tuple[str, str]]:
    """Return a role for each pattern of the statement, with the pattern in words."""
    resources = statement.resources
    if resources.negated:
        yield f"every role but {join_values([quote(pattern) for pattern in resources.patterns])}", _SOME_ROLE
        return
    for pattern in resources.patterns:
        if pattern == "*":
            yield quote(pattern), _SOME_ROLE
        elif intersect(with_variables_open(pattern), _ANY_ROLE):
            expansion = expand(pattern, _request(ASSUME_ROLE, "", session).value_of, in_pattern=False)
            is_known = expansion.has_value and not expansion.is_open
            yield quote(pattern), concrete_resource(expansion.text if is_known else pattern)


def _request(action: str, role: str, session: Session) -> Request:
    """Return a pod's call for *role*, which includes the transitive session tags."""
    return pod_request(action, role, session, {REQUEST_TAG + key: value for key, value in session.tags.items()})
