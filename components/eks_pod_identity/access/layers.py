"""Combines policies of several types into one decision.

Sources: IAM User Guide, "Policy evaluation logic", "Permissions boundaries" and "Session policies".

The boundary and the session policy limit what an identity policy allows. In the same account, a resource policy that
names the session grants on its own; one that names the role is limited by both; one that names the account delegates
to the identity's policies. Across accounts both sides must allow. For a role's trust policy and a KMS key, the
resource policy decides in the same account too. A Deny anywhere overrides everything else.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eks_pod_identity.access.steps import CheckEffect, CheckType, Missing, Outcome, PolicyCheck
from eks_pod_identity.iam.document import Document
from eks_pod_identity.iam.evaluate import (
    Effect,
    Evaluation,
    effect_of,
    evaluate,
    evaluate_resource_policy,
    unreadable,
)
from eks_pod_identity.iam.possible import ABSENT, Open
from eks_pod_identity.iam.principal_match import Naming
from eks_pod_identity.iam.request import Request
from eks_pod_identity.iam.truth import all_of, any_of

RESOURCE_POLICY_DECIDES = frozenset({"sts", "kms"})
"""Services whose resource policies must allow, or delegate to the account, even in the same account."""

_LIMITED = (Naming.ROLE, Naming.EVERYONE)
_FREE = (Naming.SESSION, Naming.SERVICE)


@dataclass(frozen=True, slots=True)
class Layers:
    """The policies for one request; None means not given, an empty map means there are none.

    Attributes:
        policies: Policies of the identity, by name.
        boundary: The permissions boundary, if any.
        session_policy: The session policy, if any.
        resource_policy: The policy of the resource.
        service_control: Levels of service control policies, each with its policies by name.
        resource_control: Levels of resource control policies.
        is_same_account: Whether the resource is in the account of the caller.
    """

    policies: Mapping[str, Document] = field(default_factory=dict[str, Document])
    boundary: Document | None = None
    session_policy: Document | None = None
    resource_policy: Mapping[str, Document] | None = None
    service_control: Sequence[Mapping[str, Document]] | None = None
    resource_control: Sequence[Mapping[str, Document]] | None = None
    is_same_account: bool | None = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of all layers, what each said, what is missing, and what could still allow."""

    outcome: Outcome
    checks: tuple[PolicyCheck, ...]
    missing: tuple[Missing, ...] = ()
    could_be_granted_by: tuple[CheckType, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layer:
    check_type: CheckType
    evaluations: Mapping[str, Evaluation]
    is_given: bool = True

    @property
    def allows(self) -> bool | None:
        """Return whether one of the policies allows.

        Resource control policies only deny; AWS's default policy allows the rest.
        """
        if self.check_type is CheckType.RESOURCE_CONTROL_POLICY:
            return True
        return any_of(evaluation.allows for evaluation in self.evaluations.values())

    @property
    def denies(self) -> bool | None:
        """Return whether one of the policies denies."""
        return any_of(evaluation.denies for evaluation in self.evaluations.values())

    def grants(self, namings: Iterable[Naming]) -> bool | None:
        """Return whether a statement that names the caller in one of these ways allows."""
        if not self.evaluations:
            return False
        wanted = tuple(namings)
        answers = [
            holds
            for evaluation in self.evaluations.values()
            for naming, holds in evaluation.namings
            if naming in wanted
        ]
        opened = any(evaluation.allows is None and not evaluation.namings for evaluation in self.evaluations.values())
        return any_of(answers, otherwise=None if opened else False)


def decide(request: Request, layers: Layers) -> Judgement:
    """Decide *request*; the result is UNKNOWN only if an unknown value decides."""
    principal = _Layer(CheckType.PRINCIPAL, _evaluate_each(layers.policies, request))
    boundary = _limit(CheckType.PERMISSIONS_BOUNDARY, layers.boundary, request)
    session = _limit(CheckType.SESSION, layers.session_policy, request)
    documents = layers.resource_policy
    resource = _Layer(
        CheckType.RESOURCE,
        {name: evaluate_resource_policy(document, request) for name, document in (documents or {}).items()},
        is_given=documents is not None,
    )
    organization = [
        *_levels(CheckType.SERVICE_CONTROL_POLICY, layers.service_control, request),
        *_levels(CheckType.RESOURCE_CONTROL_POLICY, layers.resource_control, request),
    ]
    limits = [layer for layer in (boundary, session) if layer]
    allows = _allows(request, layers, principal, limits, resource)
    allows = all_of((allows, *(level.allows for level in organization)))
    every = [principal, *limits, *([resource] if resource.is_given else []), *organization]
    denies = any_of(layer.denies for layer in every)
    outcome = Outcome(effect_of(allows, denies).value)
    missing = tuple(_missing(every, resource, request, layers)) if outcome is Outcome.UNKNOWN else ()
    could_grant = outcome is Outcome.IMPLICIT_DENY and not resource.is_given and _may_grant_alone(request, layers)
    return Judgement(
        outcome,
        tuple(_checks((principal, boundary, session, resource), organization, layers, request)),
        missing,
        (CheckType.RESOURCE,) if could_grant else (),
    )


def _allows(
    request: Request, layers: Layers, principal: _Layer, limits: Sequence[_Layer], resource: _Layer
) -> bool | None:
    within = all_of(layer.allows for layer in limits)
    by_identity = all_of((principal.allows, within))
    if request.caller.service:
        return resource.grants(Naming) if resource.is_given else None
    by_resource = any_of((resource.grants(_FREE), all_of((resource.grants(_LIMITED), within))))
    delegated = resource.grants(Naming) if resource.is_given else None
    across = all_of((delegated, by_identity))
    same = any_of((across if _must_delegate(request) else by_identity, by_resource))
    if layers.is_same_account is None:
        return same if same is across else None
    return same if layers.is_same_account else across


def _must_delegate(request: Request) -> bool:
    """Return whether the resource policy must allow or delegate; `sts:GetCallerIdentity` acts on no resource."""
    return request.action.partition(":")[0].lower() in RESOURCE_POLICY_DECIDES and request.resource != "*"


def _may_grant_alone(request: Request, layers: Layers) -> bool:
    """Return whether a resource policy can allow what the identity's policies do not."""
    return request.resource != "*" and layers.is_same_account is not False


def _evaluate_each(documents: Mapping[str, Document], request: Request) -> dict[str, Evaluation]:
    return {name: evaluate(document, request) for name, document in documents.items()}


def _limit(check_type: CheckType, document: Document | None, request: Request) -> _Layer | None:
    if document is None:
        return None
    name = "the permissions boundary" if check_type is CheckType.PERMISSIONS_BOUNDARY else "the session policy"
    return _Layer(check_type, {name: evaluate(document, request)})


def _levels(check_type: CheckType, levels: Sequence[Mapping[str, Document]] | None, request: Request) -> list[_Layer]:
    has_principals = check_type is CheckType.RESOURCE_CONTROL_POLICY
    judge = evaluate_resource_policy if has_principals else evaluate
    return [
        _Layer(check_type, {name: judge(document, request) for name, document in level.items()})
        for level in levels or ()
    ]


def _checks(
    own: Sequence[_Layer | None], organization: Sequence[_Layer], layers: Layers, request: Request
) -> Iterable[PolicyCheck]:
    for check_type, layer in zip(CheckType, own, strict=False):
        yield _check(layer) if layer else _check_without_effect(check_type, CheckEffect.NO_IMPACT)
    for check_type, policies in (
        (CheckType.SERVICE_CONTROL_POLICY, layers.service_control),
        (CheckType.RESOURCE_CONTROL_POLICY, layers.resource_control),
    ):
        if not policies:
            yield _check_without_effect(
                check_type, CheckEffect.NOT_GIVEN if policies is None else CheckEffect.NO_IMPACT
            )
        yield from (_check(level) for level in organization if level.check_type is check_type)
    uses_endpoint = request.value_of("aws:SourceVpce") is not ABSENT
    yield _check_without_effect(
        CheckType.VPC_ENDPOINT, CheckEffect.NOT_GIVEN if uses_endpoint else CheckEffect.NO_IMPACT
    )


@functools.cache
def _check_without_effect(check_type: CheckType, effect: CheckEffect) -> PolicyCheck:
    """Return the check of a policy type without effect."""
    return PolicyCheck(check_type, effect)


def _check(layer: _Layer) -> PolicyCheck:
    if not layer.is_given:
        return _check_without_effect(layer.check_type, CheckEffect.NOT_GIVEN)
    if layer.check_type is CheckType.RESOURCE and not layer.evaluations:
        return _check_without_effect(layer.check_type, CheckEffect.NO_IMPACT)
    effect = CheckEffect(effect_of(layer.allows, layer.denies).value)
    return PolicyCheck(layer.check_type, effect, layer.evaluations)


def _missing(every: Sequence[_Layer], resource: _Layer, request: Request, layers: Layers) -> Iterable[Missing]:
    if not resource.is_given and (_must_delegate(request) or not layers.is_same_account):
        yield Missing(f"the policy of {request.resource}")
    if layers.is_same_account is None:
        yield Missing("aws:ResourceAccount", "the account of the resource")
    missing: dict[Missing, None] = {}
    for layer in every:
        for name, evaluation in layer.evaluations.items():
            if evaluation.effect is Effect.UNKNOWN or evaluation.denies is None:
                missing |= dict.fromkeys(_missing_of(name, evaluation))
    yield from missing


def _missing_of(name: str, evaluation: Evaluation) -> Iterable[Missing]:
    if not evaluation.document.is_complete:
        yield Missing(f"the text of {name}")
    for problem in unreadable(evaluation.document):
        called = name if " " in name else f"'{name}'"
        yield Missing(f"what {called} means: {problem.location or 'the document'} {problem.text}")
    for statement in evaluation.document.statements:
        checks = evaluation.checks(statement)
        if any(check.holds is False for check in checks):
            continue
        for check in checks:
            for key in check.missing if check.holds is None else ():
                wanted = f"{check.operator or check.element} {', '.join(check.wanted)}"
                yield Missing(_unknown_part(evaluation.request, key), wanted, check.location)


def _unknown_part(request: Request, key: str) -> str:
    """Return the unknown part of a partly known value, such as the region of a cluster, or the key."""
    value = request.value_of(key)
    if not isinstance(value, Open) or not any(isinstance(piece, str) and piece for piece in value.pieces):
        return key
    return f"the {' and the '.join(variable.name for variable in value.variables)} in {key}"
