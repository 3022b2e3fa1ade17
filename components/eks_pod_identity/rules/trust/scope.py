"""PI104: a Pod Identity statement that any cluster of the account can use."""

from collections.abc import Iterator

from eks_pod_identity.iam import Condition, Document, matches
from eks_pod_identity.iam.eks import (
    ASSUME,
    CLUSTER_ARN_KEYS,
    REQUEST_TAG,
    SCOPING_KEYS,
    is_session_tag,
    session_tag_of,
)
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.trust.statements import denials_of_pods, pod_statements

_NOBODY_S_CLUSTERS = tuple(
    f"arn:{partition}:eks:zz-zz-0:000000000000:cluster/zq0" for partition in ("aws", "aws-cn", "aws-us-gov")
)
"""What covers one of these covers every cluster: nobody can have meant it by name, region or account."""


def scope_verdicts(document: Document, subject: str, *, tags_on: bool | None) -> Iterator[Verdict]:
    """Judge whether each Pod Identity statement that lets the role be assumed has a condition that narrows it."""
    if any(_denies_all_but_some(one.conditions) for one in denials_of_pods(document, ASSUME)):
        return
    for statement in pod_statements(document):
        assumes = statement.covers_action(ASSUME)
        if assumes is False or any(narrows(one, tags_on=tags_on) for one in statement.conditions):
            continue
        location = f"{statement.location}.Condition" if statement.conditions else statement.location
        if statement.conditions_are_open or assumes is None:
            yield Unjudged(("PI104",), subject, NOT_KNOWN, location)
        else:
            yield Finding("PI104", subject, "lets every EKS cluster of the account use the role.", location)


def narrows(condition: Condition, *, tags_on: bool | None = None) -> bool:
    """Tell whether *condition* narrows who may use the role.

    A negated operator excludes somebody and admits the rest; `Null` asks only whether a key is there; `IfExists` and
    `ForAllValues` let a request pass that lacks the key, as every request lacks the tags when they are off.
    """
    if not condition.restricts or _admits_all(condition):
        return False
    if condition.name in SCOPING_KEYS:
        return True
    is_tag = is_session_tag(session_tag_of(condition.key, REQUEST_TAG))
    return is_tag and (condition.needs_the_key or tags_on is True)


def _denies_all_but_some(conditions: tuple[Condition, ...]) -> bool:
    """Tell whether a denial leaves only those that one condition names: the same scope, said the other way round."""
    if len(conditions) != 1:
        return False
    (only,) = conditions
    is_scope = only.name in SCOPING_KEYS or (
        not only.quantifier and is_session_tag(session_tag_of(only.key, REQUEST_TAG))
    )
    return is_scope and only.excludes and not _admits_all(only)


def _admits_all(condition: Condition) -> bool:
    if condition.open_values or not condition.takes_wildcards:
        return False
    return any(_covers_all(condition.name, value) for value in condition.values)


def _covers_all(name: str, value: str) -> bool:
    if name in CLUSTER_ARN_KEYS:
        return any(matches(value, arn) for arn in _NOBODY_S_CLUSTERS)
    is_wild = bool(value) and not value.strip("*?")
    return is_wild and ("*" in value or name == "aws:sourceaccount")
