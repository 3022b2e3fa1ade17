"""PI104: a Pod Identity statement that any cluster can use."""

import functools
from collections.abc import Iterator

from eks_pod_identity.iam import Condition, Document, Statement
from eks_pod_identity.iam.association import (
    ACCOUNT,
    CLUSTER,
    NAMESPACE,
    ORGANIZATION,
    POD,
    POD_UID,
    REGION,
    SERVICE_ACCOUNT,
    Association,
)
from eks_pod_identity.iam.condition_match import condition_holds
from eks_pod_identity.iam.eks import ASSUME_ROLE, REQUEST_TAG, SCOPING_KEYS, is_session_tag, session_tag_of
from eks_pod_identity.iam.request import Request, source_requests
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.trust.pod_statements import denials_of_pods, pod_statements

RULE = Rule(
    code="PI104",
    level=Level.MANDATORY,
    policy="pod-identity-trust",
    title="The Pod Identity statement is scoped",
    cause="No condition of the statement excludes other clusters: none on `aws:SourceAccount`, `aws:SourceArn`, "
    "`aws:SourceOrgID`, `aws:SourceOrgPaths` or one of the six request tags, or only one that any value meets.",
    why="Anyone who may create associations on some cluster and pass the role gets its permissions.",
    fix="Use `trust_scope` SERVICE_ACCOUNT (the default), NAMESPACE or CLUSTER.",
    raw_fix="Add a condition: aws:SourceAccount with aws:RequestTag/eks-cluster-arn, or aws:SourceArn with the "
    "ARN of the cluster.",
    compliant=Example({"role": samples.role(samples.trust())}),
    violating=Example({"role": samples.role(samples.trust(Condition=None))}),
)


_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
_OWN = {"aws:resourceaccount": "888888888888", "aws:resourceorgid": "o-ownorganization"}
"""The role's own account, which differs from the stranger's: `${aws:ResourceAccount}` restricts a condition, while
`${aws:SourceAccount}` does not."""


def scope_verdicts(document: Document, subject: str, *, tags_on: bool | None) -> Iterator[Verdict]:
    """Judge whether each Pod Identity statement that allows assuming the role excludes a stranger.

    The stranger is an association of an arbitrary cluster, namespace and account.
    """
    strangers = _strangers(tags_on=bool(tags_on))
    denials = list(denials_of_pods(document, ASSUME_ROLE))
    for statement in pod_statements(document):
        assumes = statement.covers_action(ASSUME_ROLE)
        if assumes is False:
            continue
        answers = {_admits(document, statement, denials, request) for request in strangers}
        location = f"{statement.location}.Condition" if statement.conditions else statement.location
        if answers == {False}:
            continue
        if True in answers and assumes:
            yield Finding(RULE, subject, _problem(statement), location)
        else:
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, location)


def _problem(statement: Statement) -> str:
    if not statement.conditions:
        return "lets every EKS cluster of the account use the role: it has no condition."
    return "lets every EKS cluster of the account use the role: its conditions exclude no cluster."


@functools.lru_cache(maxsize=2)
def _strangers(*, tags_on: bool) -> tuple[Request, ...]:
    """Return the requests of the stranger; they are the same for every document, and are built once."""
    switches = (True,) if tags_on else (True, False)
    return tuple(_stranger(partition, session_tags=tags) for partition in _PARTITIONS for tags in switches)


def _stranger(partition: str, *, session_tags: bool) -> Request:
    association = Association(
        cluster_name=CLUSTER.example,
        namespace=NAMESPACE.example,
        service_account=SERVICE_ACCOUNT.example,
        region=REGION.example,
        account=ACCOUNT.example,
        partition=partition,
        session_tags=session_tags,
        pod_name=POD.example,
        pod_uid=POD_UID.example,
    )
    organization = ORGANIZATION.example
    return source_requests(association)[0].with_keys(
        {**_OWN, "aws:sourceorgid": organization, "aws:sourceorgpaths": (f"{organization}/r-zq00/ou-zq00/",)}
    )


def _admits(document: Document, statement: Statement, denials: list[Statement], request: Request) -> bool | None:
    """Return whether *statement* admits *request* and no statement denies it."""
    answer: bool | None = None if statement.conditions_are_open else True
    for condition in statement.conditions:
        holds = _holds(document, condition, request)
        if holds is False:
            return False
        answer = None if holds is None else answer
    denied = [
        all(condition_holds(condition, request, expands=document.expands_variables) for condition in denial.conditions)
        and not denial.conditions_are_open
        for denial in denials
    ]
    return False if any(denied) else answer


def _holds(document: Document, condition: Condition, request: Request) -> bool | None:
    """Return whether a stranger meets *condition*; None only if a value of the document is not known yet."""
    holds = condition_holds(condition, request, expands=document.expands_variables)
    if holds is not None:
        return holds
    is_scope = condition.name in SCOPING_KEYS or is_session_tag(session_tag_of(condition.key, REQUEST_TAG))
    if condition.open_values:
        # Whatever the value is, without wildcards it is a single one, and not the stranger's.
        return False if is_scope and condition.restricts and not condition.takes_wildcards else None
    # An open part of the request, such as the time or an address, is not a scope.
    return not is_scope
