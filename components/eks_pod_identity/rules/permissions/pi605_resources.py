"""PI605: a statement whose actions can never act on its resources."""

from collections.abc import Iterator

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam import Document, Statement, is_everything
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Verdict
from eks_pod_identity.rules.identity_policy import may_be_resource
from eks_pod_identity.rules.permissions.action_resources import arn_forms_of, can_act
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI605",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="Actions can act on the resources of their statement",
    cause="An action of a statement cannot act on any of its resources, such as `s3:GetObject` on a bucket or "
    "`s3:ListBucket` on objects.",
    why="No call ever matches, so this allows or denies nothing.",
    fix="In `policies`, name resources that the action acts on.",
    raw_fix="Name resources that the action acts on.",
    compliant=Example(samples.with_policy(samples.READ_INVOICES)),
    violating=Example(
        samples.with_policy(
            samples.document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices"})
        )
    ),
)

_LONGEST = 24_000
"""IAM accepts no permission policy of this size, so longer ones are not examined."""


def resource_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge each action of a document against the resources of its statement."""
    if len(document.compact) > _LONGEST:
        return
    for statement in document.statements:
        resources = statement.resources
        if resources.negated or resources.open or not resources.patterns or statement.actions.negated:
            continue
        useless = [action for action in statement.actions.patterns if _is_useless(action, statement)]
        if useless:
            actions = join_values([quote(action) for action in useless])
            named = join_values([quote(pattern) for pattern in resources.patterns[:3]])
            yield Finding(
                RULE,
                subject,
                f"has {actions}, which {'acts' if len(useless) == 1 else 'act'} on no resource like {named}.",
                f"{statement.location}.Resource",
                _hint(useless[0]),
            )


def _is_useless(action: str, statement: Statement) -> bool:
    if is_everything(action):
        return False
    answers = {can_act(action, resource) for resource in statement.resources.patterns if may_be_resource(resource)}
    return answers == {False}


def _hint(action: str) -> str:
    forms = arn_forms_of(action)
    if not forms:
        return f'{action} acts on no single resource: allow it on the resource "*" in a separate statement.'
    return (
        f"{action} acts on {join_values([quote(resource_type) for resource_type in forms[:3]])}: name such a resource."
    )
