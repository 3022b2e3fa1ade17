"""The rules applied to documents that users hand in, told as broken rules of the argument that holds them.

The rules themselves are in `eks_pod_identity.rules`, where the policies and the command line find them as well. They
read large tables of actions, so they are loaded when there is something to judge.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from eks_pod_identity.documents.session_policy import session_policy
from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam.canonical import Statement, document

if TYPE_CHECKING:
    from eks_pod_identity.rules import Finding


def judged_session_policy(value: object) -> str:
    """Return the compact text of a session policy.

    Raises:
        RuleError: If it is none, is too long, or narrows nothing.
    """
    from eks_pod_identity.rules import session_policy_findings  # noqa: PLC0415 - see above

    text = session_policy(value)
    _raise(session_policy_findings(text, subject="The session policy"))
    return text


def judge_trust_statement(statement: Statement, *, tags_on: bool) -> None:
    """Judge a statement that a user adds to a trust policy.

    Raises:
        RuleError: If it opens the role, can never match, or is not what IAM takes.
    """
    from eks_pod_identity.rules import trust_findings  # noqa: PLC0415 - see above

    _raise(trust_findings(document([statement]), subject="The statement", tags_on=tags_on), by_hand=True)


def judge_target_statement(statement: Statement) -> None:
    """Judge a statement that a user adds to the trust policy of a target role.

    Raises:
        RuleError: If it opens the role to everyone or to a whole account, breaks the tagging of sessions, or is not what
            IAM takes.
    """
    from eks_pod_identity.rules import target_trust_findings, trust_findings  # noqa: PLC0415 - see above

    found = document([statement])
    subject = "The statement"
    _raise([*trust_findings(found, subject=subject), *target_trust_findings(found, subject=subject)], by_hand=True)


def needs_session_tags(value: Mapping[str, Any]) -> bool:
    """Tell whether a policy of a role uses a tag that only a session with tags has."""
    from eks_pod_identity.iam.eks import PRINCIPAL_TAG, is_session_tag  # noqa: PLC0415 - see above

    return any(
        is_session_tag(part.split("}")[0].strip())
        for text in _texts(value)
        for part in text.lower().split(PRINCIPAL_TAG)[1:]
    )


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            yield key
            yield from _texts(item)
    elif isinstance(value, Sequence):
        for item in cast("Sequence[object]", value):
            yield from _texts(item)


def _raise(findings: Sequence["Finding"], *, by_hand: bool = False) -> None:
    # Who adds a statement wants what it says: the fix is how to write it, and not which argument makes it needless.
    wrong = [finding for finding in findings if finding.level.value == "mandatory"]
    if not wrong:
        return
    rules = " ".join(f"[{item.code}] {item.subject} {item.problem} {item.why}" for item in wrong)
    raise RuleError(rules, " ".join(dict.fromkeys(item.raw_fix if by_hand else item.fix for item in wrong)))
