"""PI102: a service principal that was meant to be Pod Identity's and is not."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import quoted
from eks_pod_identity.iam import Document
from eks_pod_identity.iam.eks import POD_IDENTITY_SERVICE
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict

_REAL_NEIGHBOURS = frozenset(
    {
        "eks.amazonaws.com",
        "eks-fargate.amazonaws.com",
        "eks-fargate-pods.amazonaws.com",
        "eks-nodegroup.amazonaws.com",
        "eks-connector.amazonaws.com",
        "ec2.amazonaws.com",
        "ecs.amazonaws.com",
        "ecs-tasks.amazonaws.com",
    }
)
"""Service principals that AWS has and that must not be taken for a misspelling."""

_POD = re.compile(r"pods?|podidentity|identity|auth")
_CLOSE = 2
_LONGEST = 64


def principal_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge each service principal."""
    for statement in document.statements:
        principals = statement.principals
        if principals is None:
            continue
        if principals.is_open("Service"):
            yield Unjudged(("PI102",), subject, NOT_KNOWN, f"{statement.location}.Principal")
        for name in principals.of("Service"):
            if is_misspelling(name):
                yield Finding(
                    "PI102",
                    subject,
                    f'names the service {quoted(name)}; EKS Pod Identity is "{POD_IDENTITY_SERVICE}" in every partition.',
                    f"{statement.location}.Principal",
                )


def is_misspelling(name: str) -> bool:
    """Tell whether *name* was meant to be the Pod Identity service."""
    lowered = name.strip().lower()
    if name == POD_IDENTITY_SERVICE or lowered in _REAL_NEIGHBOURS or len(lowered) > _LONGEST:
        return False
    words = re.split(r"[^a-z0-9]+", lowered)
    if "eks" in words and any(_POD.fullmatch(word) for word in words) and "fargate" not in words:
        return True
    is_as_long = abs(len(lowered) - len(POD_IDENTITY_SERVICE)) <= _CLOSE
    return is_as_long and _distance(lowered, POD_IDENTITY_SERVICE) <= _CLOSE


def _distance(left: str, right: str) -> int:
    """Count the letters to add, drop or change (Levenshtein)."""
    row = list(range(len(right) + 1))
    for index, one in enumerate(left, 1):
        previous, row[0] = row[0], index
        for column, other in enumerate(right, 1):
            previous, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, previous + (one != other))
    return row[-1]
