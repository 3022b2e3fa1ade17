"""Checks documents that users pass to components against the mandatory rules, before anything is created.

A component passes the **whole** document that it will register, built from known values. Each function returns the
problems in the order of the rules, an empty list if there are none, and never raises.

- `session_policy_problems(document)` for `session_policy`.
- `permission_policy_problems(document, session_tags=...)` for each of `policies` and `target_policies`.
- `trust_problems(document, session_tags=..., role_arn=...)` for the trust policy of a role, including
  `extra_trust_statements` and the statement for IRSA.
- `target_trust_problems(document, role_arn=...)` for the trust policy of a target role.
- `trust_statement_problems(statement, session_tags=...)` and `target_statement_problems(statement)` for one statement
  that a user adds to either.

A document is JSON text or plain data. Any part may be `UNKNOWN`; that part is not judged, and the same check must run
again once its value is known. The rules read large tables of actions, so import this module where there is something
to judge, not at the top of a component.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from eks_pod_identity.errors import Path
from eks_pod_identity.iam import Document, parse
from eks_pod_identity.rules.chain.pi302_tag_session import tag_session_verdicts
from eks_pod_identity.rules.chain.pi306_whole_account import whole_account_verdicts
from eks_pod_identity.rules.chain.pi308_own_target import RULE as OWN_TARGET
from eks_pod_identity.rules.chain.pi308_own_target import role_principals
from eks_pod_identity.rules.chain.target_trust import target_verdicts
from eks_pod_identity.rules.finding import Finding, Verdict, findings_of
from eks_pod_identity.rules.identity_policy import identity_policy_problems
from eks_pod_identity.rules.permissions.pi603_validity import RULE as PERMISSION_VALIDITY
from eks_pod_identity.rules.permissions.pi604_version import version_verdicts
from eks_pod_identity.rules.rule import Level
from eks_pod_identity.rules.session.judge import session_policy_verdicts
from eks_pod_identity.rules.session.pi206_tags_off import RULE as TAGS_OFF
from eks_pod_identity.rules.session.session_tag_uses import tag_uses
from eks_pod_identity.rules.trust.judge import trust_verdicts
from eks_pod_identity.rules.trust.pi102_principal import principal_verdicts
from eks_pod_identity.rules.trust.pi103_everyone import everyone_verdicts
from eks_pod_identity.rules.trust.pi105_conditions import operator_verdicts
from eks_pod_identity.rules.trust.pi106_validity import validity_verdicts

_PATH_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


class DocumentProblem(NamedTuple):
    """A broken rule.

    Attributes:
        code: The code of the rule.
        rule: What is wrong and where, and why it matters.
        fix: How to fix it.
        path: Where it is within the document.
        rule_at_path: What is wrong and why it matters, for who shows the path.
    """

    code: str
    rule: str
    fix: str
    path: Path = ()
    rule_at_path: str = ""


def session_policy_problems(document: object, *, subject: str = "The session policy") -> list[DocumentProblem]:
    """Return what is wrong with a session policy: PI202 to PI204, PI206, PI209 and PI604."""
    read = parse(document)
    verdicts = [*session_policy_verdicts(document, subject), *version_verdicts(read, subject)]
    return _problems([*verdicts, *_uses_of_tags(read, subject)])


def permission_policy_problems(
    document: object, *, session_tags: bool | None = True, subject: str = "The policy"
) -> list[DocumentProblem]:
    """Return what is wrong with a permission policy: PI603, PI604, and PI206 if *session_tags* is False."""
    read = parse(document)
    verdicts: list[Verdict] = [
        Finding(PERMISSION_VALIDITY, subject, problem.text, problem.location, problem.fix)
        for problem in identity_policy_problems(read)
    ]
    verdicts += version_verdicts(read, subject)
    if session_tags is False:
        verdicts += _uses_of_tags(read, subject)
    return _problems(verdicts)


def trust_problems(
    document: object, *, session_tags: bool | None = None, role_arn: str = "", subject: str = "The trust policy"
) -> list[DocumentProblem]:
    """Return what is wrong with the trust policy of a role that pods use: PI101 to PI106, PI306, PI308 and PI604.

    Args:
        document: The whole document.
        session_tags: Whether the associations of the role have session tags; None if some do or it is not known.
        role_arn: The ARN of the role, if it is known.
        subject: The document as messages name it.
    """
    read = parse(document)
    verdicts = [
        *trust_verdicts(read, subject, tags_on=session_tags, used_by_pods=True),
        *whole_account_verdicts(read, subject),
        *version_verdicts(read, subject),
        *_trusts_itself(read, subject, role_arn),
    ]
    return _problems(verdicts, by_hand=True)


def target_trust_problems(
    document: object, *, role_arn: str = "", subject: str = "The trust policy"
) -> list[DocumentProblem]:
    """Return problems of a target role's trust policy: PI102, PI103, PI105, PI106, PI302, PI306, PI308, PI604."""
    read = parse(document)
    verdicts = [
        *principal_verdicts(read, subject),
        *everyone_verdicts(read, subject),
        *operator_verdicts(read, subject),
        *validity_verdicts(read, subject),
        *tag_session_verdicts(read, subject, is_used=True),
        *whole_account_verdicts(read, subject),
        *version_verdicts(read, subject),
        *_trusts_itself(read, subject, role_arn),
    ]
    return _problems(verdicts, by_hand=True)


def trust_statement_problems(statement: object, *, session_tags: bool | None = None) -> list[DocumentProblem]:
    """Return problems of one statement for the trust policy of a role that pods use: PI101 to PI106."""
    read = parse(_document_of(statement))
    return _of_the_statement(trust_verdicts(read, "The statement", tags_on=session_tags))


def target_statement_problems(statement: object) -> list[DocumentProblem]:
    """Return problems of one statement for the trust policy of a target role: PI101 to PI106, PI302 and PI306."""
    read, subject = parse(_document_of(statement)), "The statement"
    return _of_the_statement([*trust_verdicts(read, subject), *target_verdicts(read, subject, is_used=True)])


def _document_of(statement: object) -> object:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _of_the_statement(verdicts: Iterable[Verdict]) -> list[DocumentProblem]:
    first = len(("Statement", 0))
    return [problem._replace(path=problem.path[first:]) for problem in _problems(verdicts, by_hand=True)]


def _uses_of_tags(document: Document, subject: str) -> list[Verdict]:
    return [
        Finding(TAGS_OFF, subject, f"depends on session tags, which are disabled: {use}.", use.location)
        for use in tag_uses(document)
    ]


def _trusts_itself(document: Document, subject: str, role_arn: str) -> list[Verdict]:
    return [
        Finding(OWN_TARGET, subject, "names the role itself as principal.", location)
        for location, principal in role_principals(document)
        if role_arn and principal == role_arn
    ]


def _problems(verdicts: Iterable[Verdict], *, by_hand: bool = False) -> list[DocumentProblem]:
    """Return the mandatory findings.

    With *by_hand*, the fix is how to write the document, not which argument to use instead.
    """
    return [
        _problem(finding, finding.raw_fix if by_hand else finding.fix)
        for finding in findings_of(verdicts)
        if finding.level is Level.MANDATORY
    ]


def _problem(finding: Finding, fix: str) -> DocumentProblem:
    path = _path(finding.location)
    located = f"[{finding.code}] {_location(finding)} {finding.problem} {finding.why}"
    at_path = f"[{finding.code}] {_part(finding, path)} {finding.problem} {finding.why}"
    return DocumentProblem(finding.code, located, fix, path, at_path)


def _path(location: str) -> Path:
    """Split a location such as `Statement[0].Action`."""
    return tuple(int(index) if index else name for name, index in _PATH_PART.findall(location))


def _part(finding: Finding, path: Path) -> str:
    """Return a noun for the part of the document that has the problem."""
    if not path:
        return finding.subject
    if "Condition" in path:
        return "The condition"
    return "The statement" if path[-1] == "Statement" or isinstance(path[-1], int) else f"The {path[-1]}"


def _location(finding: Finding) -> str:
    return f"{finding.subject}, {finding.location}," if finding.location else finding.subject
