"""PI102: a principal that was intended to be the Pod Identity service but is not."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.eks import POD_IDENTITY_SERVICE
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.trust.pod_statements import pod_statements

RULE = Rule(
    code="PI102",
    level=Level.MANDATORY,
    policy="pod-identity-trust",
    title="The principal is the Pod Identity service",
    cause="`pods.eks.amazonaws.com` is misspelled (`pod.eks.amazonaws.com`, `pods.eks.amazonaws.com.cn`), is in the "
    "wrong place (under `AWS` or `Federated`, or as a bare string), or is another principal of EKS "
    "(`eks.amazonaws.com`).",
    why="IAM accepts the policy or rejects it with a general error; either way EKS Pod Identity is not trusted.",
    fix="Let the component write the trust policy; it uses the same principal in every partition.",
    raw_fix='Set Principal to {"Service": "pods.eks.amazonaws.com"}.',
    compliant=Example({"role": samples.role(samples.trust())}),
    violating=Example({"role": samples.role(samples.trust(Principal={"Service": "pod.eks.amazonaws.com"}))}),
)


_NEIGHBOURS = frozenset(
    {
        "eks.amazonaws.com",
        "eks-fargate.amazonaws.com",
        "eks-fargate-pods.amazonaws.com",
        "eks-nodegroup.amazonaws.com",
        "eks-connector.amazonaws.com",
    }
)
"""Other service principals of EKS: right in a role for a cluster or for Fargate, wrong in a role for pods."""

_POD = re.compile(r"pods?|podidentity|identity|auth")
_CLOSE = 2
_LONGEST = 64


def principal_verdicts(document: Document, subject: str, *, used_by_pods: bool = False) -> Iterator[Verdict]:
    """Judge each principal.

    Another service of EKS is wrong only on a role that pods use and that lacks the Pod Identity service.
    """
    needs_pods = used_by_pods and not any(pod_statements(document))
    for statement in document.statements:
        if statement.principals is not None and statement.principals.is_open("Service"):
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, f"{statement.location}.Principal")
        for principal_type, name in misplaced_names(document, statement, used_by_pods=needs_pods):
            yield Finding(
                RULE, subject, _problem(principal_type, name), f"{statement.location}.Principal", raw_hint=_FIX
            )


_FIX = f'Set Principal to {{"Service": "{POD_IDENTITY_SERVICE}"}}.'


def _problem(principal_type: str, name: str) -> str:
    if not principal_type:
        return f"names the principal {quote(name)} as bare text; a service belongs under Service."
    if principal_type != "Service":
        return f"names {quote(name)} under {principal_type}; a service belongs under Service."
    if name.strip().lower() in _NEIGHBOURS:
        return f'names the service {quote(name)}, which is not Pod Identity: that is "{POD_IDENTITY_SERVICE}".'
    return f'names the service {quote(name)}; EKS Pod Identity is "{POD_IDENTITY_SERVICE}" in every partition.'


def misplaced_names(document: Document, statement: Statement, *, used_by_pods: bool = False) -> list[tuple[str, str]]:
    """Return the names that were intended to be the Pod Identity service, each with its principal type.

    The type is empty for bare text. With *used_by_pods* other services of EKS count too.
    """
    principals = statement.principals
    if principals is None or statement.denies:
        return []
    bare = _bare_text(document, statement)
    if bare and (bare == POD_IDENTITY_SERVICE or is_misspelling(bare)):
        return [("", bare)]
    names = [
        (principal_type, name)
        for principal_type in ("AWS", "Federated", "CanonicalUser")
        for name in principals.of(principal_type)
        if name == POD_IDENTITY_SERVICE or is_misspelling(name)
    ]
    names += [
        ("Service", name)
        for name in principals.of("Service")
        if is_misspelling(name) or (used_by_pods and name.strip().lower() in _NEIGHBOURS)
    ]
    return names


def _bare_text(document: Document, statement: Statement) -> str:
    """Return the text in place of an object of principals, which parsing the document drops."""
    source = document.source
    if not isinstance(source, Mapping):
        return ""
    raw = cast("Mapping[str, object]", source).get("Statement")
    listed = cast("list[object]", raw) if isinstance(raw, list) else [raw]
    index = statement.location.removeprefix("Statement").strip("[]")
    item = listed[int(index) if index.isdigit() else 0] if listed else None
    principal = cast("Mapping[str, object]", item).get("Principal") if isinstance(item, Mapping) else None
    return principal if isinstance(principal, str) else ""


def is_misspelling(name: str) -> bool:
    """Return whether *name* was probably intended to be the Pod Identity service."""
    lowered = name.strip().lower()
    if name == POD_IDENTITY_SERVICE or len(lowered) > _LONGEST:
        return False
    if lowered.startswith("arn:"):
        return False
    words = re.split(r"[^a-z0-9]+", lowered)
    if "eks" in words and any(_POD.fullmatch(word) for word in words) and "fargate" not in words:
        return True
    is_as_long = abs(len(lowered) - len(POD_IDENTITY_SERVICE)) <= _CLOSE
    return is_as_long and _distance(lowered, POD_IDENTITY_SERVICE) <= _CLOSE


def _distance(left: str, right: str) -> int:
    """Return the number of letters to add, remove or change (Levenshtein)."""
    row = list(range(len(right) + 1))
    for index, letter in enumerate(left, 1):
        previous, row[0] = row[0], index
        for column, other in enumerate(right, 1):
            previous, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, previous + (letter != other)),
            )
    return row[-1]
