"""The requests that lead to a pod's action: EKS assumes the role, then perhaps the target role, then the pod acts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eks_pod_identity.access.decision import Decision
from eks_pod_identity.access.layers import Judgement, Layers, decide
from eks_pod_identity.access.steps import CheckEffect, CheckType, Missing, Outcome, Step
from eks_pod_identity.iam.document import Document
from eks_pod_identity.iam.eks import ASSUME_ROLE, REQUEST_TAG, TAG_SESSION
from eks_pod_identity.iam.possible import Open, Value
from eks_pod_identity.iam.request import (
    Association,
    Request,
    Session,
    pod_request,
    source_requests,
    target_requests,
)
from eks_pod_identity.iam.unknown import Unknown

_SECURE = "aws:securetransport"
_RESOURCE_ACCOUNT = "aws:resourceaccount"
_ORGANIZATION = (CheckType.SERVICE_CONTROL_POLICY, CheckType.RESOURCE_CONTROL_POLICY, CheckType.VPC_ENDPOINT)


@dataclass(frozen=True, slots=True)
class ChainRole:
    """A role with its documents parsed."""

    arn: str | Unknown
    name: str
    account: str | Unknown
    trust: Document
    policies: Mapping[str, Document]
    boundary: Document | None
    tags: Mapping[str, str] | Unknown


@dataclass(frozen=True, slots=True)
class Chain:
    """An identity with its documents parsed."""

    subject: str
    association: Association
    source: ChainRole
    target: ChainRole | None
    session_policy: Document | None
    session_name: str | Unknown
    organization: str | Unknown
    service_control: Sequence[Mapping[str, Document]] | None
    resource_control: Sequence[Mapping[str, Document]] | None


@dataclass(frozen=True, slots=True)
class Question:
    """An action that a pod attempts.

    Attributes:
        action: One action.
        resource: One resource, or `*`.
        keys: Condition keys that the caller knows.
        resource_policy: The policy of the resource; None if not given, empty if there is none.
        strict: Whether missing policies leave the answer open.
    """

    action: str
    resource: str
    keys: Mapping[str, Value]
    resource_policy: Mapping[str, Document] | None
    strict: bool = False


def decide_chain(chain: Chain, before: Sequence[Step], session: Request, question: Question) -> Decision:
    """Decide a question after the hops *before* it; the first step that is not allowed decides.

    *session* is a request of the pod's session, with any action.
    """
    steps = list(before)
    if all(step.outcome is Outcome.ALLOW for step in before):
        steps.extend(_action_steps(chain, session, question))
    last = steps[-1]
    assumes: tuple[str, ...] = ()
    if last.outcome is Outcome.ALLOW:
        not_given = tuple(_types_not_given(last, question.resource))
        assumes = (*not_given, *_assumptions(last, question))
        if question.strict and not_given:
            missing = tuple(Missing(name) for name in not_given)
            steps[-1] = last = replace(last, outcome=Outcome.UNKNOWN, missing=missing)
            assumes = ()
    return Decision(
        chain.subject,
        question.action,
        question.resource,
        last.outcome,
        tuple(steps),
        assumes,
        last.could_be_granted_by,
    )


def session_request(chain: Chain) -> Request:
    """Return a request of the session that a pod gets, without action and resource."""
    return pod_request("", "", _session(chain, chain.target or chain.source))


def hops(chain: Chain, keys: Mapping[str, Value] | None = None) -> tuple[Step, ...]:
    """Return the steps before the action, up to the first that is not allowed.

    *keys* replace what is not known of EKS's own requests, except their origin, which is EKS's network.
    """
    steps: list[Step] = []
    for step in _hops(chain, keys or {}):
        steps.append(step)
        if step.outcome is not Outcome.ALLOW:
            break
    return tuple(steps)


def source_steps(chain: Chain, keys: Mapping[str, Value] | None = None) -> tuple[Step, ...]:
    """Return the steps of the first hop."""
    calls = source_requests(chain.association, chain.source.arn, chain.source.tags)
    organization: dict[str, Value] = {}
    if isinstance(chain.organization, str):
        organization = {"aws:sourceorgid": chain.organization, "aws:resourceorgid": chain.organization}
    requests = [_fill_open_keys(request, {**organization, **(keys or {})}) for request in calls]
    layers = Layers(
        resource_policy={f"the trust policy of role {chain.source.name}": chain.source.trust},
        resource_control=chain.resource_control,
    )
    return tuple(_step(f"hop 1 {_action_name(request)}", request, decide(request, layers)) for request in requests)


def _hops(chain: Chain, keys: Mapping[str, Value]) -> Iterator[Step]:
    yield from source_steps(chain, keys)
    if chain.target:
        yield from _target_steps(chain, chain.target, keys)


def _fill_open_keys(request: Request, keys: Mapping[str, Value]) -> Request:
    unknown = {key: value for key, value in keys.items() if isinstance(request.value_of(key), Open)}
    unknown.pop("aws:sourceip", None)
    return request.with_keys(unknown) if unknown else request


def _action_steps(chain: Chain, session: Request, question: Question) -> Iterator[Step]:
    """Yield the step of the action, and sts:TagSession if the action assumes a role: session tags are transitive."""
    step = _action_step(chain, session, question)
    yield step
    is_tagged = question.action.lower() == ASSUME_ROLE.lower() and chain.association.session_tags is True
    if is_tagged and step.outcome is Outcome.ALLOW:
        yield _action_step(chain, session, replace(question, action=TAG_SESSION))


def _action_step(chain: Chain, session: Request, question: Question) -> Step:
    role = chain.target or chain.source
    account = _account_of(question.resource) or role.account
    named = {_RESOURCE_ACCOUNT: account} if isinstance(account, str) else {}
    passed_on: dict[str, Value] = {}
    if question.action.lower() in (ASSUME_ROLE.lower(), TAG_SESSION.lower()):
        passed_on = {REQUEST_TAG + key: value for key, value in chain.association.tags().items()}
    keys = {**session.keys, **named, **passed_on, **question.keys}
    request = replace(session, action=question.action, resource=question.resource, keys=keys)
    layers = Layers(
        policies=role.policies,
        boundary=role.boundary,
        session_policy=chain.session_policy,
        resource_policy=question.resource_policy,
        service_control=chain.service_control,
        resource_control=chain.resource_control,
        is_same_account=_is_same_account(role.account, keys),
    )
    return _step(question.action, request, decide(request, layers))


def _target_steps(chain: Chain, target: ChainRole, keys: Mapping[str, Value]) -> Iterator[Step]:
    """Yield the steps that check the source role's permission and the target role's trust.

    The session policy restricts only the target.
    """
    source = chain.source
    calls = target_requests(chain.association, _session(chain, source), target.arn, target.tags)
    requests = [_fill_open_keys(request, keys) for request in calls]
    layers = Layers(
        policies=source.policies,
        boundary=source.boundary,
        resource_policy={f"the trust policy of role {target.name}": target.trust},
        service_control=chain.service_control,
        resource_control=chain.resource_control,
        is_same_account=source.account == target.account if _are_known(source, target) else None,
    )
    judged = [decide(request, layers) for request in requests]
    for request, judgement in zip(requests, judged, strict=True):
        if _source_refuses(judgement):
            yield _step("source permission", request, judgement)
            return
    yield _step(
        "source permission", requests[0], judged[0] if judged[0].outcome is Outcome.ALLOW else _allowed_part(judged[0])
    )
    for request, judgement in zip(requests, judged, strict=True):
        yield _step(f"hop 2 {_action_name(request)}", request, judgement)


def _source_refuses(judged: Judgement) -> bool:
    """Return whether the policies of the source role, and not the target's trust, refuse the hop."""
    if judged.outcome is Outcome.ALLOW:
        return False
    effects = {check.check_type: check.effect for check in judged.checks}
    own = (effects[CheckType.PRINCIPAL], effects[CheckType.PERMISSIONS_BOUNDARY])
    return any(effect not in (CheckEffect.ALLOW, CheckEffect.NO_IMPACT) for effect in own)


def _allowed_part(judged: Judgement) -> Judgement:
    """Return the part of a refused hop that the source role's own policies allow."""
    return Judgement(
        Outcome.ALLOW, tuple(check for check in judged.checks if check.check_type is not CheckType.RESOURCE)
    )


def _session(chain: Chain, role: ChainRole) -> Session:
    return Session(role.arn, chain.association.tags(), role.tags, chain.organization, chain.session_name)


def _is_same_account(account: str | Unknown, keys: Mapping[str, Value]) -> bool | None:
    """Compare the account of the resource; an ARN without one, such as a bucket's, counts as the identity's own."""
    other = keys.get(_RESOURCE_ACCOUNT)
    if not isinstance(other, str):
        return True
    return account == other if isinstance(account, str) else None


def _account_of(resource: str) -> str:
    parts = resource.split(":")
    return parts[4] if len(parts) > 4 else ""  # noqa: PLR2004 - the account of an ARN


def _are_known(source: ChainRole, target: ChainRole) -> bool:
    return isinstance(source.account, str) and isinstance(target.account, str)


def _step(name: str, request: Request, judged: Judgement) -> Step:
    return Step(
        name,
        judged.outcome,
        request.action,
        str(request.resource),
        judged.checks,
        judged.missing,
        judged.could_be_granted_by,
    )


def _action_name(request: Request) -> str:
    return "AssumeRole" if request.action == ASSUME_ROLE else "TagSession"


def _types_not_given(step: Step, resource: str) -> Iterator[str]:
    """Yield the policy types that were not given and are assumed to deny nothing."""
    for check in step.checks:
        is_asked = check.check_type in _ORGANIZATION or (check.check_type is CheckType.RESOURCE and resource != "*")
        if check.effect is CheckEffect.NOT_GIVEN and is_asked:
            yield check.check_type.value


def _assumptions(step: Step, question: Question) -> Iterator[str]:
    conditions = {
        condition.name
        for check in step.checks
        for evaluation in check.evaluations.values()
        for statement in evaluation.document.statements
        for condition in statement.conditions
    }
    if _SECURE in conditions and _SECURE not in question.keys:
        yield "aws:SecureTransport is true: SDKs use TLS"
    if question.resource != "*" and not _account_of(question.resource) and _RESOURCE_ACCOUNT not in question.keys:
        yield "the resource is in the account of the role"
