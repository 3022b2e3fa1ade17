"""PI306: a trust policy that EKS's second hop can meet admits every role of an account."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.admission import may_meet_second_hop
from eks_pod_identity.iam.eks import ASSUME_ROLE, EXTERNAL_ID, PRINCIPAL_TAG, REQUEST_TAG
from eks_pod_identity.iam.request import Request, stranger_request
from eks_pod_identity.iam.search import find
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.trust.pod_statements import with_statements

RULE = Rule(
    code="PI306",
    level=Level.MANDATORY,
    policy="pod-identity-target-role",
    title="A target trust does not open to a whole account",
    cause="A statement that the second hop of EKS can meet lets any role of an account assume the role: it has no "
    "`aws:PrincipalArn`, external id or request tag that excludes the others.",
    why="Every identity of that account that may assume roles can assume this one.",
    fix="Let `create_target_role` or PodIdentityTargetRole write the trust policy; in `extra_trust_statements`, "
    "compare aws:PrincipalArn with the intended role.",
    raw_fix="Add conditions on sts:ExternalId and aws:PrincipalArn.",
    compliant=Example({"target": samples.target_role(samples.target_trust())}),
    violating=Example(
        {
            "target": samples.target_role(
                samples.document(
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{samples.ACCOUNT}:root"},
                        "Action": ["sts:AssumeRole", "sts:TagSession"],
                    }
                )
            )
        }
    ),
)


_WHOLE_ACCOUNT = re.compile(r"([0-9]{12})|arn:([^:]*):iam::([0-9]{12}):root")
_STRANGE_EXTERNAL_IDS = ("zq-zq-0/000000000000/zq0/zq0/zq0", "zq0-external-id")
_STRANGE_VALUE = "zq0-value"


def whole_account_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge each statement that names a whole account as principal.

    A statement that EKS can never meet, such as one for people that requires MFA, does not concern Pod Identity.
    """
    for statement in document.statements:
        principals = statement.principals
        if (
            not statement.allows
            or principals is None
            or principals.negated
            or not statement.covers_action(ASSUME_ROLE)
        ):
            continue
        accounts = [(name, match) for name in principals.of("AWS") if (match := _WHOLE_ACCOUNT.fullmatch(name))]
        if not accounts:
            continue
        if statement.conditions_are_open:
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, f"{statement.location}.Condition")
            continue
        name, match = accounts[0]
        account, partition = match.group(1) or match.group(3), match.group(2) or "aws"
        if not may_meet_second_hop(statement, document, whatever_values=True):
            continue
        answer = _lets_strangers_in(document, statement, account, partition)
        if answer:
            yield Finding(RULE, subject, f"lets every role of {quote(name)} assume the role.", statement.location)
        elif answer is None:
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, f"{statement.location}.Condition")


def _lets_strangers_in(document: Document, statement: Statement, account: str, partition: str) -> bool | None:
    """Return whether the document admits an arbitrary role of the account."""
    denials = [denial for denial in document.statements if denial.denies]
    reduced = with_statements(document, [statement, *denials])
    answers = [find(reduced, (request,)).answer for request in _strangers(statement, account, partition)]
    return next((answer for answer in (True, None) if answer in answers), False)


def _strangers(statement: Statement, account: str, partition: str) -> Iterator[Request]:
    """Return the calls of such a role: without external id and tags, and with arbitrary ones."""
    tags = {
        condition.name: _STRANGE_VALUE
        for condition in statement.conditions
        if condition.name.startswith((REQUEST_TAG, PRINCIPAL_TAG))
    }
    base = stranger_request(account, partition).with_keys({"aws:userid": "AROAZQ0000000000000ZQ:zq0"})
    yield base
    for external_id in _STRANGE_EXTERNAL_IDS:
        yield base.with_keys({**tags, EXTERNAL_ID: external_id})
