"""PI403: a ServiceAccount with an association has the IRSA annotation."""

from collections.abc import Iterator, Mapping
from typing import cast

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.associations import associations_of
from eks_pod_identity.rules.graph.service_accounts import metadata_of, service_accounts_of
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.values.names import IRSA_ANNOTATION

_GOOD = {"role": samples.role(samples.trust()), "association": samples.association(), "agent": samples.agent()}

RULE = Rule(
    code="PI403",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="An associated ServiceAccount has no IRSA annotation",
    cause="A ServiceAccount that has an association also has the annotation `eks.amazonaws.com/role-arn`.",
    why="Pods that started before the association keep the annotation's role, and readers mistake it for the role "
    "in use.",
    fix="Remove the annotation from `service_account_annotations` once the pods have been restarted.",
    raw_fix="Remove the annotation once the pods have been restarted.",
    compliant=Example({**_GOOD, "account": samples.service_account("api")}),
    violating=Example(
        {
            **_GOOD,
            "account": samples.service_account(
                "api", annotations={"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/old"}
            ),
        }
    ),
)


def annotation_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge the ServiceAccounts that associations of the stack name."""
    accounts = service_accounts_of(stack)
    for account in accounts.unnamed:
        yield unjudged(RULE, account, "its name is not known yet.")
    for association in associations_of(stack):
        names = accounts.by_namespace.get(association.text("namespace"), {})
        account = names.get(association.text("serviceAccount"))
        if account is not None:
            yield from _annotation(account)


def _annotation(account: Resource) -> Iterator[Located]:
    annotations = metadata_of(account).get("annotations")
    if annotations is UNKNOWN:
        yield unjudged(RULE, account, "its annotations are not known yet.")
    elif isinstance(annotations, Mapping) and cast("Mapping[str, object]", annotations).get(IRSA_ANNOTATION):
        yield finding(
            RULE, account, f"has the annotation {IRSA_ANNOTATION} and an association.", "metadata.annotations"
        )
