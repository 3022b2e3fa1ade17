"""Explains conditions that no call of EKS satisfies: what the policy requires, what EKS sends, and the fix."""

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.iam import has_wildcard, without_variables
from eks_pod_identity.iam.eks import CLUSTER_ARN_KEYS, PRINCIPAL_TAG, REQUEST_TAG, is_session_tag, session_tag_of
from eks_pod_identity.iam.evaluate import Check
from eks_pod_identity.iam.operators import Family, operator_of
from eks_pod_identity.iam.possible import ABSENT
from eks_pod_identity.values.tags import SESSION_TAGS

_SHOWN = 3
_NO_IDENTITY = "the caller is a service, not an identity of an account"
_ABSENT = {
    "sts:externalid": ("EKS sends it to target roles only", "Move sts:ExternalId to the trust of the target role."),
    "aws:principalorgid": (
        _NO_IDENTITY,
        "Compare aws:SourceOrgID, the organization of the cluster, instead of aws:PrincipalOrgID.",
    ),
    "aws:principalorgpaths": (
        _NO_IDENTITY,
        "Compare aws:SourceOrgPaths, those of the cluster, instead of aws:PrincipalOrgPaths.",
    ),
    "aws:principalarn": (_NO_IDENTITY, "Compare aws:SourceArn with the ARN of the cluster instead."),
    "aws:principalaccount": (_NO_IDENTITY, "Compare aws:SourceAccount with the account of the cluster instead."),
}
_IDENTITY = ("aws:multifactorauth", "aws:username", "aws:userid", "aws:principaltype", "aws:tokenissuetime")


def explanation(check: Check) -> tuple[str, str]:
    """Return the problem of a condition as a sentence, and a fix."""
    if check.seen is ABSENT:
        reason, hint = _explain_absent(check.key)
        return f"requires {_comparison(check)}, but {reason}.", hint
    reason, hint = _explain_present(check)
    return f"requires {_comparison(check)}, but {reason}.", hint


def _comparison(check: Check) -> str:
    wanted = join_values([quote(value) for value in check.wanted[:_SHOWN]])
    return f"{quote(check.key)} {check.operator} {wanted}" if wanted else f"{quote(check.key)} {check.operator}"


def _explain_absent(key: str) -> tuple[str, str]:
    name = key.lower()
    tag = session_tag_of(key, REQUEST_TAG)
    if name in _ABSENT:
        return _ABSENT[name]
    if name.startswith(_IDENTITY):
        return _NO_IDENTITY, f"Remove the condition on {quote(key)}."
    if name.startswith(PRINCIPAL_TAG):
        return (
            "the caller is a service and has no tags",
            f"Compare aws:RequestTag/{session_tag_of(key, PRINCIPAL_TAG)} instead."
            if is_session_tag(session_tag_of(key, PRINCIPAL_TAG))
            else f"Remove the condition on {quote(key)}.",
        )
    if tag and not is_session_tag(tag):
        return (
            f"the only tags EKS sends are {join_values(SESSION_TAGS)}",
            "Compare one of these tags, or remove the condition.",
        )
    return (
        "EKS's call has no such key",
        f"Remove the condition on {quote(key)}, or compare aws:SourceAccount instead.",
    )


def _explain_present(check: Check) -> tuple[str, str]:
    name, operator = check.key.lower(), operator_of(check.operator)
    if operator is None or operator.family is Family.NULL:
        return "EKS always sends it", f"Remove the condition on {quote(check.key)}."
    sent = f"EKS sends {quote(str(check.seen))} there"
    literal_wildcard = next((value for value in check.wanted if has_wildcard(without_variables(value))), "")
    if not operator.wildcards and literal_wildcard and not operator.negated:
        return (
            f"{check.operator} takes the wildcard in {quote(literal_wildcard)} literally",
            "Use StringLike (ArnLike for an ARN) instead, or write the exact value.",
        )
    if name in CLUSTER_ARN_KEYS:
        return (
            f"{sent}, the ARN of the cluster",
            f"Compare {quote(check.key)} with the ARN of the cluster.",
        )
    if operator.family is Family.ARN:
        return f"{check.operator} compares ARNs, and {sent}", "Use StringEquals or StringLike instead."
    if session_tag_of(check.key, REQUEST_TAG) in ("kubernetes-namespace", "kubernetes-service-account"):
        return (
            f"{sent}, and Kubernetes has no such name",
            "Write the name as it is in Kubernetes: lower-case letters, digits and hyphens.",
        )
    is_account = name == "aws:sourceaccount"
    return sent, f"Compare it with {'the twelve digits of the account' if is_account else 'a value that EKS sends'}."
