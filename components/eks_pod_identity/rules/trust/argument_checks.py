"""What is wrong with a trust policy, or with a statement that a user adds to one."""

from collections.abc import Iterable

from eks_pod_identity.iam import Document, parse
from eks_pod_identity.rules.chain.pi302_tag_session import tag_session_verdicts
from eks_pod_identity.rules.chain.pi306_whole_account import whole_account_verdicts
from eks_pod_identity.rules.chain.pi308_own_target import REMOVE_ITSELF, role_principals
from eks_pod_identity.rules.chain.pi308_own_target import RULE as OWN_TARGET
from eks_pod_identity.rules.chain.target_trust import target_verdicts
from eks_pod_identity.rules.document_problems import DocumentProblem, problems_of
from eks_pod_identity.rules.finding import Finding, Verdict
from eks_pod_identity.rules.permissions.pi604_version import version_verdicts
from eks_pod_identity.rules.trust.judge import trust_verdicts
from eks_pod_identity.rules.trust.pi102_principal import principal_verdicts
from eks_pod_identity.rules.trust.pi103_everyone import everyone_verdicts
from eks_pod_identity.rules.trust.pi105_conditions import operator_verdicts
from eks_pod_identity.rules.trust.pi106_validity import validity_verdicts


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
    parsed = parse(document)
    verdicts = [
        *trust_verdicts(parsed, subject, tags_on=session_tags, used_by_pods=True),
        *whole_account_verdicts(parsed, subject),
        *version_verdicts(parsed, subject),
        *_trusts_itself(parsed, subject, role_arn),
    ]
    return problems_of(verdicts, by_hand=True)


def target_trust_problems(
    document: object, *, role_arn: str = "", subject: str = "The trust policy"
) -> list[DocumentProblem]:
    """Return problems of a target role's trust policy: PI102, PI103, PI105, PI106, PI302, PI306, PI308, PI604."""
    parsed = parse(document)
    verdicts = [
        *principal_verdicts(parsed, subject),
        *everyone_verdicts(parsed, subject),
        *operator_verdicts(parsed, subject),
        *validity_verdicts(parsed, subject),
        *tag_session_verdicts(parsed, subject, is_used=True),
        *whole_account_verdicts(parsed, subject),
        *version_verdicts(parsed, subject),
        *_trusts_itself(parsed, subject, role_arn),
    ]
    return problems_of(verdicts, by_hand=True)


def trust_statement_problems(statement: object, *, session_tags: bool | None = None) -> list[DocumentProblem]:
    """Return problems of one statement for the trust policy of a role that pods use: PI101 to PI106."""
    parsed = parse(_document_of(statement))
    return _statement_problems(trust_verdicts(parsed, "The statement", tags_on=session_tags))


def target_statement_problems(statement: object) -> list[DocumentProblem]:
    """Return problems of one statement for the trust policy of a target role: PI101 to PI106, PI302 and PI306."""
    parsed, subject = parse(_document_of(statement)), "The statement"
    return _statement_problems([*trust_verdicts(parsed, subject), *target_verdicts(parsed, subject, is_used=True)])


def _document_of(statement: object) -> object:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _statement_problems(verdicts: Iterable[Verdict]) -> list[DocumentProblem]:
    first = len(("Statement", 0))
    return [problem._replace(path=problem.path[first:]) for problem in problems_of(verdicts, by_hand=True)]


def _trusts_itself(document: Document, subject: str, role_arn: str) -> list[Verdict]:
    return [
        Finding(OWN_TARGET, subject, "names the role itself as principal.", location, REMOVE_ITSELF)
        for location, principal in role_principals(document)
        if role_arn and principal == role_arn
    ]
