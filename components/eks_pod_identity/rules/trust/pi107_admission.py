"""PI107: the trust policy of a role does not admit an association that uses it."""

from collections.abc import Iterator

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam import has_wildcard, without_variables
from eks_pod_identity.iam.admission import admits, unmet_conditions
from eks_pod_identity.iam.eks import REQUEST_TAG
from eks_pod_identity.iam.evaluate import Check, Effect, Evaluation
from eks_pod_identity.iam.operators import Family, operator_of
from eks_pod_identity.iam.possible import ABSENT
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.differences import differences, missing_keys, show_value
from eks_pod_identity.rules.finding import Finding, Located, Unjudged
from eks_pod_identity.rules.graph.chains import Chain, has_open_parts
from eks_pod_identity.rules.resource import Resource, account_of
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.trust.pod_statements import pod_statements

RULE = Rule(
    code="PI107",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="The trust policy admits the associations that use the role",
    cause="The trust policy of a role is for another namespace, ServiceAccount, cluster or account than an "
    "association that uses the role, or denies it.",
    why="The association is created without an error, and its pods are denied their credentials.",
    fix="Let the component of the workload create the role, or correct the binding.",
    raw_fix="Make the trust policy and the association name the same cluster, namespace and ServiceAccount.",
    compliant=Example({"role": samples.role(samples.trust()), "association": samples.association()}),
    violating=Example(
        {"role": samples.role(samples.trust()), "association": samples.association(serviceAccount="worker")}
    ),
)


def admission_verdicts(chain: Chain) -> Iterator[Located]:
    """Judge EKS's requests for the association against the trust policy of its role.

    Other rules report a trust policy that admits no pods at all (PI101, PI105), and one that would admit the
    association with session tags on (PI206).
    """
    role, trust = chain.source.role, chain.source.trust
    if role is None or not (trust.statements or trust.is_open):
        return
    association = chain.association
    admission = admits(trust, chain.source_requests())
    # What is still open, such as the name of the pod or the organization, is in no stack.
    is_answered = admission.answer is None and chain.is_known and not has_open_parts(trust)
    if admission.answer or is_answered:
        return
    if admission.answer is None or not chain.source.link.is_certain:
        reason = f"whether {role.mention} admits it: {missing_keys(admission.evaluations)}"
        yield Located(association, Unjudged((RULE.code,), association.label, reason))
        return
    refused = admission.refusal
    if refused is None or not any(pod_statements(trust)):
        return
    is_denied = any(
        each.effect is Effect.EXPLICIT_DENY and not each.deciding[0].is_unconditional for each in admission.evaluations
    )
    if not is_denied and not _is_about_the_association(refused):
        return
    if _admits_with_tags(chain) or _is_in_another_account(chain):
        return
    yield Located(
        association,
        Finding(
            RULE,
            association.label,
            f"is not admitted by the trust policy of {role.mention}: {differences(refused)}.",
            "roleArn",
            raw_hint=_fix(refused, role, association),
        ),
    )


def _is_in_another_account(chain: Chain) -> bool:
    """Return whether EKS rejects the association for the account of its role, whatever the trust policy (PI305)."""
    account = account_of(chain.source.arn)
    return bool(account and chain.account) and account != chain.account


def _fix(refused: Evaluation, role: Resource, association: Resource) -> str:
    """Return the fix: change values of the trust policy, or those of the association.

    An add-on chooses its namespace and ServiceAccount itself.
    """
    trust = f"the trust policy of {role.mention}"
    if refused.effect is Effect.EXPLICIT_DENY:
        return f"Exclude this association from {refused.deciding[0].location} of {trust}."
    wrong = [check for check in refused.failing() if check.holds is False and check.element == "Condition"]
    accepted = [_describe_accepted(check, refused.request.action) for check in wrong]
    names = [
        f"{_PROPERTIES[check.key.lower()]} to {quote(check.wanted[0])}"
        for check in wrong
        if check.key.lower() in _PROPERTIES and _is_one_name(check)
    ]
    either = (
        f", or set {join_values(names)} in the association"
        if names and len(names) == len(wrong) and not association.addon
        else ""
    )
    return (
        f"Make {trust} accept {join_values(accepted)}{either}."
        if accepted
        else f"Make {trust} trust this association."
    )


def _describe_accepted(check: Check, action: str) -> str:
    if check.seen is ABSENT:
        return f"{action} without {check.key}"
    operator = operator_of(check.operator)
    if operator is not None and operator.family is Family.NULL:
        return f"{action} with {check.key}"
    return f"{show_value(check.seen)} as {check.key}"


_PROPERTIES = {
    f"{REQUEST_TAG}eks-cluster-name": "clusterName",
    f"{REQUEST_TAG}kubernetes-namespace": "namespace",
    f"{REQUEST_TAG}kubernetes-service-account": "serviceAccount",
}


def _is_one_name(check: Check) -> bool:
    operator = operator_of(check.operator)
    is_positive = operator is not None and not operator.negated and operator.family is Family.STRING
    if not is_positive or len(check.wanted) != 1:
        return False
    return not has_wildcard(check.wanted[0]) and check.wanted[0] == without_variables(check.wanted[0])


def _is_about_the_association(refused: Evaluation) -> bool:
    """Return whether a condition fails that another association would meet; PI105 reports the others."""
    wrong = {(check.location, check.key) for check in refused.failing() if check.holds is False}
    never = {
        (check.location, check.key)
        for statement in pod_statements(refused.document)
        for check in unmet_conditions(statement, refused.document)
    }
    return bool({key for key in wrong if key[1]} - never)


def _admits_with_tags(chain: Chain) -> bool:
    tagged = chain.with_session_tags(on=True)
    return admits(tagged.source.trust, tagged.source_requests()).answer is not False
