"""Checks documents that users pass or components write against the rules that the policy pack reports.

The rules read large tables of actions, so they are imported only when there is a document to check.
"""

from collections.abc import Sequence
from typing import Any

from eks_pod_identity.documents import session_policy as session_policy_document
from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Document, Statement, document


def role_policy(value: object) -> Document:
    """Check a permission policy of a role.

    Raises:
        RuleError: If IAM would refuse it, or if it names an action that does not exist.
    """
    from eks_pod_identity.rules import argument_checks  # noqa: PLC0415 - see above

    policy = canonical.identity_policy(value)
    argument_checks.raise_problems(argument_checks.permission_policy_problems(policy))
    return policy


def reject_session_tags(policy: Document) -> None:
    """Check that a permission policy does not depend on session tags, because they are disabled.

    Raises:
        RuleError: If it does.
    """
    from eks_pod_identity.rules import argument_checks  # noqa: PLC0415 - see above

    argument_checks.raise_problems(argument_checks.permission_policy_problems(policy, session_tags=False))


def session_policy(value: object) -> str:
    """Return the compact text of a session policy.

    Raises:
        RuleError: If it is not a session policy, is too long, or restricts nothing.
    """
    from eks_pod_identity.rules import argument_checks  # noqa: PLC0415 - see above

    text = session_policy_document.session_policy(value)
    argument_checks.raise_problems(argument_checks.session_policy_problems(text))
    return text


def judge_trust_statement(statement: Statement, *, tags_on: bool) -> None:
    """Judge a statement that a user adds to the trust policy of a source role.

    Raises:
        RuleError: If it opens the role, can never match, or would be refused by IAM.
    """
    from eks_pod_identity.rules import trust_findings  # noqa: PLC0415 - see above

    _reject(trust_findings(document([statement]), subject="The statement", tags_on=tags_on), by_hand=True)


def judge_target_statement(statement: Statement) -> None:
    """Judge a statement that a user adds to the trust policy of a target role.

    Raises:
        RuleError: If it opens the role to everyone or to a whole account, breaks the tagging of sessions, or would be
            refused by IAM.
    """
    from eks_pod_identity.rules import target_trust_findings, trust_findings  # noqa: PLC0415 - see above

    trust = document([statement])
    subject = "The statement"
    _reject([*trust_findings(trust, subject=subject), *target_trust_findings(trust, subject=subject)], by_hand=True)


def judge_trust(trust: Document, *, tags_on: bool) -> None:
    """Judge the whole trust policy that a source role will have.

    Raises:
        RuleError: If a mandatory rule would report it.
    """
    from eks_pod_identity.rules import argument_checks  # noqa: PLC0415 - see above

    argument_checks.raise_problems(argument_checks.trust_problems(trust, session_tags=tags_on))


def judge_target_trust(trust: Document) -> None:
    """Judge the whole trust policy that a target role will have.

    Raises:
        RuleError: If a mandatory rule would report it.
    """
    from eks_pod_identity.rules import argument_checks  # noqa: PLC0415 - see above

    argument_checks.raise_problems(argument_checks.target_trust_problems(trust))


def _reject(findings: Sequence[Any], *, by_hand: bool = False) -> None:
    # Users who add a statement want what it says, so the fix is how to write it, not which argument to use instead.
    wrong = [finding for finding in findings if finding.level.value == "mandatory"]
    if not wrong:
        return
    rules = " ".join(f"[{item.code}] {item.subject} {item.problem} {item.why}" for item in wrong)
    raise RuleError(rules, " ".join(dict.fromkeys(item.raw_fix if by_hand else item.fix for item in wrong)))
