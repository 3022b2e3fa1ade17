"""PI301: the source role may not assume its target role, by its own policies or by the target's trust policy."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from eks_pod_identity.errors import join_values
from eks_pod_identity.iam import Document
from eks_pod_identity.iam.admission import admits
from eks_pod_identity.iam.eks import EXTERNAL_ID, TAG_SESSION
from eks_pod_identity.iam.evaluate import Effect, Evaluation, evaluate_resource_policy
from eks_pod_identity.iam.principal_match import Naming
from eks_pod_identity.iam.search import find
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.chain.granted import policies_allow
from eks_pod_identity.rules.chain.pi302_tag_session import tag_session_verdicts
from eks_pod_identity.rules.differences import differences, missing_keys, show_value
from eks_pod_identity.rules.finding import Located, Unjudged, finding, unjudged
from eks_pod_identity.rules.graph.chains import Chain, has_open_parts
from eks_pod_identity.rules.graph.role_policies import RolePolicies
from eks_pod_identity.rules.resource import Resource, account_of
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI301",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="The source role may assume its target role",
    cause="No policy of the source role allows `sts:AssumeRole` and `sts:TagSession` on the target role, its "
    "permissions boundary does not allow them, or the target's trust policy does not allow both to the source role. A "
    "target role of the same account that names the source role as principal needs no such policy.",
    why="Both sides must allow it; otherwise EKS gets AccessDenied and the pods get no credentials.",
    fix="Use `target_role_arn` or `create_target_role`; the component grants both.",
    raw_fix="Allow the source role sts:AssumeRole and sts:TagSession on the ARN of the target role, and both in the "
    "target's trust policy.",
    compliant=Example(samples.target_chain(samples.target_role(samples.target_trust()))),
    violating=Example(samples.target_chain(samples.target_role(samples.target_trust()), "sts:AssumeRole")),
)

_UNIQUE_ID = re.compile(r"AROA[A-Z0-9]+")


def permission_verdicts(chain: Chain, policies: Mapping[str, RolePolicies]) -> Iterator[Located]:
    """Judge both sides of the second hop: the policies of the source role, and the trust of the target role."""
    requests = chain.target_requests()
    if not requests or chain.target is None:
        return
    evaluations = [evaluate_resource_policy(chain.target.trust, request) for request in requests]
    yield from _trust_side(chain, evaluations)
    source = chain.source.role
    if source is not None and chain.source.link.is_certain:
        yield from _source_side(chain, evaluations, policies.get(source.urn, RolePolicies()))


def _source_side(chain: Chain, evaluations: Sequence[Evaluation], policies: RolePolicies) -> Iterator[Located]:
    source = chain.source.role
    if source is None:
        return
    answers = {
        evaluation.request.action: policies_allow(
            policies, evaluation.request, granted_by_resource=_names_the_source(chain, evaluation)
        )
        for evaluation in evaluations
    }
    denied = [action for action, answer in answers.items() if answer is False]
    target = show_value(evaluations[0].request.resource)
    if denied:
        yield finding(
            RULE,
            source,
            f"may not {join_values(denied)} on {target}, the target role of {chain.association.mention}.",
            raw_hint=f"Allow {join_values(denied)} on {target} in a policy of {source.mention}, and in its "
            "permissions boundary.",
        )
    elif None in answers.values() or False in answers.values():
        reason = (
            f"policies that are not in the stack may let it assume {target}, "
            f"the target role of {chain.association.mention}."
        )
        yield unjudged(RULE, source, reason)


def _names_the_source(chain: Chain, evaluation: Evaluation) -> bool | None:
    """Return whether the target trusts the source role by ARN in the same account, which is enough for IAM."""
    target = chain.target
    if target is None:
        return False
    accounts = {account_of(chain.source.arn) or chain.account, account_of(target.arn)}
    if len(accounts - {""}) > 1:
        return False
    named = [holds for naming, holds in evaluation.namings if naming in (Naming.ROLE, Naming.SESSION)]
    if named:
        return True if True in named and "" not in accounts else None
    return None if not target.trust.is_complete or may_name_by_id(chain, target.trust) else False


def may_name_by_id(chain: Chain, trust: Document) -> bool:
    """Return whether a principal may be the unique id of the source role, which its ARN does not contain."""
    role = chain.source.role
    own = role.text("uniqueId") if role is not None else ""
    ids = {
        name
        for statement in trust.statements
        if statement.allows and statement.principals is not None
        for name in statement.principals.of("AWS")
        if _UNIQUE_ID.fullmatch(name)
    }
    return own in ids if own else bool(ids)


def _trust_side(chain: Chain, evaluations: Sequence[Evaluation]) -> Iterator[Located]:
    target = chain.target
    if target is None or target.role is None:
        return
    if not target.trust.statements and not target.trust.is_open:
        return
    refused = [evaluation for evaluation in evaluations if _is_refused(evaluation)]
    refused = [evaluation for evaluation in refused if not _is_of_another_rule(chain, evaluation)]
    if refused and not target.link.is_certain:
        yield unjudged(RULE, chain.association, f"whether {target.role.mention} is its target role is not known yet.")
    elif refused and may_name_by_id(chain, target.trust):
        yield unjudged(
            RULE, target.role, f"whether it names the source role of {chain.association.mention} by its id."
        )
    elif refused:
        actions = join_values([evaluation.request.action for evaluation in refused])
        yield finding(
            RULE,
            target.role,
            f"does not allow {actions} to the source role of {chain.association.mention}: {differences(refused[0])}.",
            raw_hint=_trust_fix(refused[0], actions, target.role),
        )
    elif any(is_open(chain, evaluation) for evaluation in evaluations):
        yield admission_is_open(chain, target.role, evaluations)


def _trust_fix(refused: Evaluation, actions: str, target: Resource) -> str:
    trust = f"the trust policy of {target.mention}"
    if refused.effect is Effect.EXPLICIT_DENY:
        return f"Exclude this call from {refused.deciding[0].location} of {trust}."
    arn = refused.request.caller.role_arn
    return f"Allow {actions} to {show_value(arn) if isinstance(arn, str) else 'the source role'} in {trust}."


def admission_is_open(chain: Chain, role: Resource, evaluations: Sequence[Evaluation]) -> Located:
    """Return the verdict that it could not be judged whether the target role admits the call, for both rules."""
    reason = f"whether it admits the source role of {chain.association.mention}: {missing_keys(evaluations)}"
    return Located(role, Unjudged((RULE.code, "PI304"), role.label, reason))


def is_open(chain: Chain, evaluation: Evaluation) -> bool:
    """Return whether the answer of the target's trust depends on values that the stack does not contain."""
    if evaluation.effect is not Effect.UNKNOWN:
        return False
    if chain.is_known and not has_open_parts(evaluation.document):
        return False
    return find(evaluation.document, (evaluation.request,)).answer is not False


def _is_refused(evaluation: Evaluation) -> bool:
    if evaluation.effect is Effect.UNKNOWN:
        return find(evaluation.document, (evaluation.request,)).answer is False
    return evaluation.effect is not Effect.ALLOW


def _is_of_another_rule(chain: Chain, evaluation: Evaluation) -> bool:
    """Return whether the refusal is due to the external id (PI304, PI302) or to disabled session tags (PI206).

    PI302 reports a trust policy that lets nobody tag the session for want of an external id; if it lets others, the
    refusal is reported here.
    """
    if is_refused_for_external_id(evaluation):
        return evaluation.request.action != TAG_SESSION or any(
            tag_session_verdicts(evaluation.document, "", is_used=True)
        )
    tagged = chain.with_session_tags(on=True)
    if chain.target is None:
        return False
    return admits(chain.target.trust, tagged.target_requests()).answer is not False


def is_refused_for_external_id(evaluation: Evaluation) -> bool:
    """Return whether the call would be admitted if no statement that allows compared the external id."""
    statements = [
        replace(each, conditions=tuple(condition for condition in each.conditions if condition.name != EXTERNAL_ID))
        if each.allows
        else each
        for each in evaluation.document.statements
    ]
    without = replace(evaluation.document, statements=tuple(statements))
    return _is_refused(evaluation) and find(without, (evaluation.request,)).answer is not False
