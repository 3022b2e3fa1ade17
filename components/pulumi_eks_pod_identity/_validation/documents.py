"""Documents that users pass and documents that components write, judged by the rules that policies report.

The rules read large tables of actions, so they are loaded when there is a document to judge.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from eks_pod_identity.documents import session_policy as session_policy_document
from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Document, Statement, document
from eks_pod_identity.iam.variables import has_variables


def role_policy(value: object) -> Document:
    """Check a permission policy of a role.

    Raises:
        RuleError: If IAM would refuse it, or if it names an action that does not exist.
    """
    from eks_pod_identity.rules import session_policy_findings  # noqa: PLC0415 - see above

    policy = canonical.identity_policy(value)
    _check_variables(policy)
    findings = session_policy_findings(policy, subject="The policy")
    wrong = [f"[PI603] The policy {finding.problem}" for finding in findings if finding.code == "PI203"]
    if wrong:
        raise RuleError(" ".join(wrong), "Correct the statement.")
    return policy


def session_policy(value: object) -> str:
    """Return the compact text of a session policy.

    Raises:
        RuleError: If it is none, is too long, or narrows nothing.
    """
    from eks_pod_identity.rules import session_policy_findings  # noqa: PLC0415 - see above

    text = session_policy_document.session_policy(value)
    _check_variables(canonical.parse(text))
    _reject(session_policy_findings(text, subject="The session policy"))
    return text


def judge_trust_statement(statement: Statement, *, tags_on: bool) -> None:
    """Judge a statement that a user adds to the trust policy of a source role.

    Raises:
        RuleError: If it opens the role, can never match, or if IAM would refuse it.
    """
    from eks_pod_identity.rules import trust_findings  # noqa: PLC0415 - see above

    _reject(trust_findings(document([statement]), subject="The statement", tags_on=tags_on), by_hand=True)


def judge_target_statement(statement: Statement) -> None:
    """Judge a statement that a user adds to the trust policy of a target role.

    Raises:
        RuleError: If it opens the role to everyone or to a whole account, breaks the tagging of sessions, or if IAM
            would refuse it.
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
    from eks_pod_identity.rules import trust_findings  # noqa: PLC0415 - see above

    _reject(trust_findings(trust, subject="The trust policy", tags_on=tags_on, used_by_pods=True), by_hand=True)


def judge_target_trust(trust: Document) -> None:
    """Judge the whole trust policy that a target role will have.

    Raises:
        RuleError: If a mandatory rule would report it.
    """
    from eks_pod_identity.rules import target_trust_findings, trust_findings  # noqa: PLC0415 - see above

    subject = "The trust policy"
    _reject([*trust_findings(trust, subject=subject), *target_trust_findings(trust, subject=subject)], by_hand=True)


def uses_session_tags(value: Mapping[str, Any]) -> bool:
    """Return whether a policy of a role uses a tag that only a session with tags has."""
    from eks_pod_identity.iam.eks import PRINCIPAL_TAG, is_session_tag  # noqa: PLC0415 - see above

    return any(
        is_session_tag(part.split("}")[0].strip())
        for text in _texts_in(value)
        for part in text.lower().split(PRINCIPAL_TAG)[1:]
    )


def _check_variables(policy: Document) -> None:
    """Check that policy variables stand for values, as in documents of Version 2012-10-17 only.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if policy.get("Version") == canonical.VERSION:
        return
    places = [item.get(key) for item in policy["Statement"] for key in ("Resource", "NotResource", "Condition")]
    if any(has_variables(text) for text in _texts_in(places)):
        raise RuleError(
            f'[PI604] The policy uses a variable without "Version": "{canonical.VERSION}", so IAM takes it literally.',
            f'Add "Version": "{canonical.VERSION}".',
        )


def _texts_in(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            yield key
            yield from _texts_in(item)
    elif isinstance(value, Sequence):
        for item in cast("Sequence[object]", value):
            yield from _texts_in(item)


def _reject(findings: Sequence[Any], *, by_hand: bool = False) -> None:
    # Who adds a statement wants what it says: the fix is how to write it, and not which argument makes it needless.
    wrong = [finding for finding in findings if finding.level.value == "mandatory"]
    if not wrong:
        return
    rules = " ".join(f"[{item.code}] {item.subject} {item.problem} {item.why}" for item in wrong)
    raise RuleError(rules, " ".join(dict.fromkeys(item.raw_fix if by_hand else item.fix for item in wrong)))
