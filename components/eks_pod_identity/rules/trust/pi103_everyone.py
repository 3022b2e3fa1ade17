"""PI103: a trust policy that pods use opens to everyone, or to everyone of an identity provider."""

import re
from collections.abc import Iterator

from eks_pod_identity.errors import quote
from eks_pod_identity.iam import Document, Principals, Statement
from eks_pod_identity.iam.condition_match import condition_holds
from eks_pod_identity.iam.possible import Value, unknown_value
from eks_pod_identity.iam.request import Caller, Request
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import NOT_KNOWN, Finding, Unjudged, Verdict
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI103",
    level=Level.MANDATORY,
    policy="pod-identity-trust",
    title="The trust policy does not open to everyone",
    cause='`Principal` is `"*"` or has `"*"` under `AWS`, `Service` or `Federated`, there is a `NotPrincipal`, or an '
    "OIDC provider is trusted without a condition on its `sub`, in a trust policy that pods use.",
    why="Callers that nobody intended can take the permissions of the pods.",
    fix="Remove the statement from `extra_trust_statements`, or name the intended principal.",
    raw_fix="Name the intended principal.",
    compliant=Example({"role": samples.role(samples.trust())}),
    violating=Example({"role": samples.role(samples.trust(Principal="*"))}),
)


_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_OIDC_PROVIDER = re.compile(r"arn:[^:]*:iam::[^:]*:oidc-provider/(.+)")
_STRANGERS = ("system:serviceaccount:zq-namespace:zq-account", "repo:zq-owner/zq-repository:ref:refs/heads/zq", "zq")
"""Arbitrary subjects: of a cluster, of GitHub, of another provider. A policy that admits one admits everyone there."""


def everyone_verdicts(document: Document, subject: str) -> Iterator[Verdict]:
    """Judge the principals of each statement that allows, and every `NotPrincipal`."""
    for statement in document.statements:
        principals = statement.principals
        if principals is None:
            continue
        location = f"{statement.location}.Principal"
        if principals.negated:
            yield Finding(
                RULE,
                subject,
                "uses NotPrincipal, which matches everyone else; IAM rejects it in a trust policy.",
                f"{statement.location}.NotPrincipal",
                "Name the intended principals under Principal.",
            )
        elif not statement.allows:
            continue
        elif _include_everyone(principals):
            yield Finding(RULE, subject, "names everyone.", location)
        elif any(principals.is_open(principal_type) for principal_type in ("AWS", "Service", "Federated")):
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, location)
        else:
            yield from _providers(document, statement, subject)


def _include_everyone(principals: Principals) -> bool:
    return principals.include_everyone or any(
        "*" in principals.of(principal_type) for principal_type in ("Service", "Federated")
    )


def _providers(document: Document, statement: Statement, subject: str) -> Iterator[Verdict]:
    """Judge whether each OIDC provider is trusted only for some subjects."""
    principals = statement.principals
    if principals is None or statement.covers_action(_WEB_IDENTITY) is False:
        return
    for name in principals.of("Federated"):
        provider = _OIDC_PROVIDER.fullmatch(name)
        if provider is None:
            continue
        issuer = provider.group(1)
        answers = {_admits(document, statement, issuer, stranger) for stranger in _STRANGERS}
        if True in answers:
            yield Finding(
                RULE,
                subject,
                f"trusts every subject of the OIDC provider {quote(issuer)}.",
                f"{statement.location}.Condition" if statement.conditions else statement.location,
                f"Compare {quote(issuer + ':sub')} with the intended subject, such as "
                '"system:serviceaccount:NAMESPACE:NAME".',
            )
        elif None in answers:
            yield Unjudged((RULE.code,), subject, NOT_KNOWN, f"{statement.location}.Condition")


def _admits(document: Document, statement: Statement, issuer: str, stranger: str) -> bool | None:
    """Return whether *statement* admits the subject *stranger*, judging only by the subject."""
    keys: dict[str, Value] = {
        f"{issuer}:sub".lower(): stranger,
        f"{issuer}:aud".lower(): unknown_value("audience", may_be_absent=False),
    }
    request = Request(_WEB_IDENTITY, "", Caller(), keys, open_prefixes=("aws:", "sts:"))
    if statement.conditions_are_open:
        return None
    answer: bool | None = True
    for condition in statement.conditions:
        holds = condition_holds(condition, request, expands=document.expands_variables)
        if holds is False:
            return False
        # A condition on an open part of the request, such as an address, excludes no subject.
        if holds is None and condition.open_values:
            answer = None
    return answer
