"""What is wrong with a permission policy in an argument."""

from eks_pod_identity.iam import parse
from eks_pod_identity.rules.document_problems import DocumentProblem, problems_of
from eks_pod_identity.rules.finding import Finding, Verdict
from eks_pod_identity.rules.identity_policy import identity_policy_problems
from eks_pod_identity.rules.permissions.pi603_validity import RULE as VALIDITY
from eks_pod_identity.rules.permissions.pi604_version import version_verdicts


def policy_problems(document: object, *, subject: str = "The policy") -> list[DocumentProblem]:
    """Return what is wrong with a permission policy, whether or not there are session tags: PI603 and PI604."""
    parsed = parse(document)
    verdicts: list[Verdict] = [
        Finding(VALIDITY, subject, problem.text, problem.location, problem.fix)
        for problem in identity_policy_problems(parsed)
    ]
    return problems_of([*verdicts, *version_verdicts(parsed, subject)])
