"""PI302: sts:ExternalId prevents EKS from tagging the session of the target role."""

from collections.abc import Iterator
from dataclasses import replace

from eks_pod_identity.iam import Condition, Document, Statement, Terms
from eks_pod_identity.iam.admission import may_meet_second_hop
from eks_pod_identity.iam.eks import ASSUME_ROLE, EXTERNAL_ID, TAG_SESSION
from eks_pod_identity.iam.request import Association, Request, session_of, target_requests
from eks_pod_identity.iam.search import find
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.trust.pod_statements import with_statements

RULE = Rule(
    code="PI302",
    level=Level.MANDATORY,
    policy="pod-identity-target-role",
    title="The external id is a condition of sts:AssumeRole only",
    cause="`sts:ExternalId` is a condition of a statement that allows `sts:TagSession`, and no other statement grants "
    "`sts:TagSession`.",
    why="sts:TagSession has no external id, so it is denied, and the whole call with it.",
    fix="Let `create_target_role` or PodIdentityTargetRole write the trust policy.",
    raw_fix="Allow sts:TagSession in a second statement without sts:ExternalId.",
    compliant=Example({"target": samples.target_role(samples.target_trust())}),
    violating=Example(
        {
            "target": samples.target_role(
                samples.document(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{samples.ACCOUNT}:root"},
                        "Action": ["sts:AssumeRole", "sts:TagSession"],
                        "Condition": {
                            "StringEquals": {"sts:ExternalId": samples.EXTERNAL_ID},
                            "ArnEquals": {"aws:PrincipalArn": samples.SOURCE_ROLE_ARN},
                        },
                    }
                )
            )
        }
    ),
)


def tag_session_verdicts(document: Document, subject: str, *, is_used: bool = False) -> Iterator[Verdict]:
    """Judge whether EKS may tag the session wherever it may assume the role.

    The external id is a key of sts:AssumeRole but not of sts:TagSession (Service Authorization Reference). A statement
    that EKS can never meet, such as one with the external id of a vendor, counts only if an association uses the role.
    """
    for statement in document.statements:
        tags, external_ids = statement.covers_action(TAG_SESSION), _external_ids(statement)
        if not statement.allows or tags is False or not (external_ids or statement.conditions_are_open):
            continue
        if not is_used and not may_meet_second_hop(statement, document):
            continue
        if statement.conditions_are_open and statement.covers_action(ASSUME_ROLE):
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, f"{statement.location}.Condition")
        for condition in external_ids:
            if tags is None:
                yield Unjudged((RULE.code,), subject, NOT_KNOWN, f"{statement.location}.Action")
            else:
                yield from _tagging(document, condition, subject)


def _external_ids(statement: Statement) -> list[Condition]:
    return [
        condition for condition in statement.conditions if condition.name == EXTERNAL_ID and condition.needs_the_key
    ]


def _tagging(document: Document, condition: Condition, subject: str) -> Iterator[Verdict]:
    granted = {_may_tag(document, assuming) for assuming in document.statements if _assumes(assuming)}
    if granted == {True}:
        return
    if None in granted and False not in granted:
        yield Unjudged((RULE.code,), subject, NOT_KNOWN, condition.location)
    else:
        yield Finding(RULE, subject, "requires sts:ExternalId for sts:TagSession.", condition.location)


def _assumes(statement: Statement) -> bool:
    names_callers = statement.principals is not None and bool(statement.principals.of("AWS"))
    return statement.allows and names_callers and bool(statement.covers_action(ASSUME_ROLE))


def _may_tag(document: Document, assuming: Statement) -> bool | None:
    """Return whether some call that *assuming* admits may also tag the session, by any statement, or need not.

    EKS tags no session if session tags are off. PI304 judges whether the external id is right.
    """
    others = tuple(condition for condition in assuming.conditions if condition.name != EXTERNAL_ID)
    alone = replace(assuming, conditions=others, actions=Terms(patterns=(ASSUME_ROLE,), present=True))
    rest = [statement for statement in document.statements if statement.denies or statement.covers_action(TAG_SESSION)]
    trust = with_statements(document, [alone, *rest])
    assume, tag = _calls(session_tags=True)
    if find(trust, (assume,)).answer is False and find(trust, _calls(session_tags=False)).answer:
        return True
    return find(trust, (assume, tag)).answer


def _calls(*, session_tags: bool) -> tuple[Request, ...]:
    association = Association(session_tags=session_tags)
    return target_requests(association, session_of(association, UNKNOWN))
