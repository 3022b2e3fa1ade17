"""PI304: the trust of a target role does not accept the external id that EKS sends."""

from collections.abc import Iterator

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam.eks import ASSUME_ROLE, EXTERNAL_ID
from eks_pod_identity.iam.evaluate import Effect, evaluate_resource_policy
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.chain.pi301_permission import (
    admission_is_open,
    is_open,
    is_refused_for_external_id,
    may_name_by_id,
)
from eks_pod_identity.rules.differences import show_value
from eks_pod_identity.rules.finding import Located, finding
from eks_pod_identity.rules.graph.chains import Chain
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI304",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="The external id is that of the association",
    cause="The target's trust policy accepts external ids, but not that of an association that uses the role.",
    why="EKS sends region/account/cluster/namespace/service-account; with any other value the pods are denied.",
    fix="Pass PodIdentityTargetRole the parts (`cluster_name`, `namespace`, `service_account`) instead of "
    "`external_ids`.",
    raw_fix="Set sts:ExternalId to region/account/cluster/namespace/service-account of the association.",
    compliant=Example(samples.target_chain(samples.target_role(samples.target_trust()))),
    violating=Example(
        samples.target_chain(
            samples.target_role(samples.target_trust(external_id=f"eu-west-1/{samples.ACCOUNT}/dev/payments/worker"))
        )
    ),
)


def external_id_verdicts(chain: Chain) -> Iterator[Located]:
    """Judge the external id of the association against the trust of its target role."""
    target = chain.target
    if target is None or target.role is None:
        return
    request = chain.target_requests()[0]
    actual = chain.association.text("externalId")
    if actual:
        request = request.with_keys({EXTERNAL_ID: actual})
    evaluation = evaluate_resource_policy(target.trust, request)
    wanted = _external_ids(chain)
    if evaluation.effect is Effect.ALLOW or (not wanted and target.trust.is_complete):
        return
    if is_open(chain, evaluation) or not target.link.is_certain or may_name_by_id(chain, target.trust):
        yield admission_is_open(chain, target.role, [evaluation])
    elif is_refused_for_external_id(evaluation):
        sent = show_value(request.value_of(EXTERNAL_ID))
        accepted = join_values([quote(value) for value in wanted])
        yield finding(
            RULE,
            target.role,
            f"accepts the external id {accepted}; EKS sends {sent} for {chain.association.mention}.",
            raw_hint=f"Set sts:ExternalId to {sent} in the trust policy of {target.role.mention}.",
        )


def _external_ids(chain: Chain) -> list[str]:
    statements = chain.target.trust.statements if chain.target is not None else ()
    return [
        value
        for statement in statements
        if statement.allows and statement.covers_action(ASSUME_ROLE)
        for condition in statement.conditions
        if condition.name == EXTERNAL_ID
        for value in condition.values
    ]
