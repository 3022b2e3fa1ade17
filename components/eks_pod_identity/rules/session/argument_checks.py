"""What is wrong with a session policy in an argument, and with a permission policy without session tags."""

from eks_pod_identity.iam import Document, parse
from eks_pod_identity.rules.document_problems import DocumentProblem, problems_of
from eks_pod_identity.rules.finding import Finding, Verdict
from eks_pod_identity.rules.permissions.pi604_version import version_verdicts
from eks_pod_identity.rules.session.judge import session_policy_verdicts
from eks_pod_identity.rules.session.pi206_tags_off import RULE as TAGS_OFF
from eks_pod_identity.rules.session.session_tag_uses import tag_uses


def session_policy_problems(document: object, *, subject: str = "The session policy") -> list[DocumentProblem]:
    """Return what is wrong with a session policy: PI202 to PI204, PI206, PI209 and PI604."""
    parsed = parse(document)
    verdicts = [*session_policy_verdicts(document, subject), *version_verdicts(parsed, subject)]
    return problems_of([*verdicts, *_uses_of_tags(parsed, subject)])


def session_tag_problems(document: object, *, subject: str = "The policy") -> list[DocumentProblem]:
    """Return where a permission policy depends on session tags that are disabled: PI206."""
    return problems_of(_uses_of_tags(parse(document), subject))


def _uses_of_tags(document: Document, subject: str) -> list[Verdict]:
    return [
        Finding(TAGS_OFF, subject, f"depends on session tags, which are disabled: {use}.", use.location)
        for use in tag_uses(document)
    ]
