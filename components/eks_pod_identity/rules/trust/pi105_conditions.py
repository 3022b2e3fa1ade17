"""PI105: conditions that no call of EKS satisfies; the association is created and every pod is denied."""

from collections.abc import Iterator
from dataclasses import replace

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam import Document, Statement, parse
from eks_pod_identity.iam.admission import admits_any_association, unmet_conditions
from eks_pod_identity.iam.eks import ASSUME_ROLE, POD_IDENTITY_SERVICE, TAG_SESSION
from eks_pod_identity.iam.operators import operator_of
from eks_pod_identity.iam.request import any_source_request
from eks_pod_identity.iam.search import find
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.malformed_values import malformed_values
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.times import expired_conditions, without_past_start
from eks_pod_identity.rules.trust.impossible_conditions import explanation
from eks_pod_identity.rules.trust.pod_statements import denials_of_pods, pod_statements, with_statements

RULE = Rule(
    code="PI105",
    level=Level.MANDATORY,
    policy="pod-identity-trust",
    title="EKS can satisfy the trust conditions",
    cause="No call of EKS can satisfy a condition: the ARN of an association in `aws:SourceArn`, `sts:ExternalId`, "
    "`aws:PrincipalTag/…` or another key that describes an identity, a key that EKS does not send, a request tag "
    "outside the six, a value that no Kubernetes name can have, a wildcard under `StringEquals`, a date that has "
    "passed, an operator that IAM lacks; or a `Deny` whose condition holds in every call of EKS.",
    why="The association is created without an error, and every pod is denied its credentials.",
    fix="Use `trust_scope`; it writes only conditions that EKS can satisfy.",
    raw_fix="Compare aws:SourceAccount with the account, aws:SourceArn with the ARN of the cluster, and use only the "
    "request tags eks-cluster-arn, eks-cluster-name, kubernetes-namespace, kubernetes-service-account, "
    "kubernetes-pod-name and kubernetes-pod-uid.",
    compliant=Example({"role": samples.role(samples.trust())}),
    violating=Example(
        {
            "role": samples.role(
                samples.trust(
                    Condition={
                        "StringEquals": {"aws:SourceAccount": samples.ACCOUNT},
                        "ArnLike": {
                            "aws:SourceArn": f"arn:aws:eks:eu-west-1:{samples.ACCOUNT}:podidentityassociation/dev/*"
                        },
                    }
                )
            )
        }
    ),
)


_ANYONE = parse(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": POD_IDENTITY_SERVICE}, "Action": [ASSUME_ROLE, TAG_SESSION]}
        ],
    }
).statements[0]
"""Together with a Deny, it shows whether the Deny leaves any call of EKS."""


def condition_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge every operator, the conditions of the Pod Identity statements, and those of Deny statements."""
    operators = list(operator_verdicts(document, subject))
    yield from operators
    statements = list(pod_statements(document))
    impossible = [verdict for statement in statements for verdict in _statement(document, statement, subject)]
    yield from impossible
    # Without a statement for pods, a Deny has nothing to deny: the role may be a target role.
    locked = list(_denials(document, subject)) if statements else []
    yield from locked
    if statements and not (operators or impossible or locked) and document.is_complete:
        yield from _whole_document(document, subject)


def operator_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the operator of every condition, and whether it can compare the values."""
    for statement in document.statements:
        for condition in statement.conditions:
            if operator_of(condition.operator) is None:
                yield Finding(
                    RULE,
                    subject,
                    f"uses the operator {quote(condition.operator)}, which IAM does not have.",
                    condition.location,
                    "Use an operator of IAM, such as StringEquals or ArnEquals.",
                )
        for malformed in malformed_values(statement):
            yield Finding(RULE, subject, malformed.text, malformed.location, malformed.fix)


def _statement(document: Document, statement: Statement, subject: str) -> Iterator[Verdict]:
    if statement.conditions_are_open:
        yield Unjudged((RULE.code,), subject, NOT_KNOWN, f"{statement.location}.Condition")
    malformed = {(value.location, value.key) for value in malformed_values(statement)}
    failing = unmet_conditions(statement, document)
    for check in failing:
        if (check.location, check.key) in malformed:
            continue
        problem, hint = explanation(check)
        yield Finding(RULE, subject, problem, check.location, hint)
    expired = list(expired_conditions(document, statement))
    for condition in expired:
        dates = join_values([quote(value) for value in condition.values])
        problem = f"requires {quote(condition.key)} {condition.operator} {dates}, which has passed."
        yield Finding(RULE, subject, problem, condition.location, "Set a future date, or remove the condition.")
    if failing or expired or not statement.conditions or not statement.covers_action(ASSUME_ROLE):
        return
    alone = with_statements(document, [statement])
    if all(find(alone, (any_source_request(session_tags=tags),)).answer is False for tags in (True, False)):
        yield Finding(
            RULE,
            subject,
            "has conditions that no call of EKS satisfies together.",
            f"{statement.location}.Condition",
            "Make the conditions describe one set of ServiceAccounts: all of them must hold in one call.",
        )


def _denials(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge each conditional Deny: if its condition holds in every call of EKS, it denies all pods."""
    for statement in _all_denials(document):
        if statement.is_unconditional or statement.conditions_are_open:
            continue
        alternative = with_statements(document, [_ANYONE, without_past_start(document, statement)])
        if admits_any_association(alternative).answer is False:
            keys = " and ".join(
                quote(key) for key in dict.fromkeys(condition.key for condition in statement.conditions)
            )
            yield Finding(
                RULE,
                subject,
                f"denies every call of EKS: its condition on {keys} always holds there.",
                f"{statement.location}.Condition",
                f"Add a condition that excludes EKS's calls from the Deny, such as "
                f'"StringNotEqualsIfExists": {{"aws:PrincipalServiceName": "{POD_IDENTITY_SERVICE}"}}.',
            )


def _all_denials(document: Document) -> list[Statement]:
    denials = {
        each.location: each for action in (ASSUME_ROLE, TAG_SESSION) for each in denials_of_pods(document, action)
    }
    return list(denials.values())


def _whole_document(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the document as a whole, if each statement alone can be satisfied."""
    denials = _all_denials(document)
    if not any(each.conditions for each in denials) or any(each.is_unconditional for each in denials):
        return
    allowing = replace(document, statements=tuple(pod_statements(document)))
    if admits_any_association(allowing).answer and admits_any_association(document).answer is False:
        yield Finding(
            RULE,
            subject,
            "denies every call of EKS that it allows.",
            f"{denials[0].location}.Condition",
            "Exclude from the Deny what the Pod Identity statement allows.",
        )
