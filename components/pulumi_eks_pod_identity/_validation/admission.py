"""Whom a trust policy admits, taken as a whole: each of its own bindings, and nobody that it does not name.

Rules of the policy pack judge one trust policy among many resources. A component knows more: who is to be admitted. So
it asks the evaluator, before anything is created.
"""

from collections.abc import Iterator, Sequence

from eks_pod_identity.bindings import Binding
from eks_pod_identity.errors import RuleError, quoted
from eks_pod_identity.iam import Condition, Document, Statement, matches, parse
from eks_pod_identity.iam.admission import admits_any_association, admits_association, opens_to_account
from eks_pod_identity.iam.request import Association
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.values import arns

_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_STRANGERS = (
    "system:serviceaccount:another-namespace:another-service-account",
    "repo:another-owner/another-repository:ref:refs/heads/main",
    "project_path:another-group/another-project:ref_type:branch:ref:main",
    "organization:another:project:another:workspace:another:run_phase:apply",
    "another-subject",
)
"""Subjects that providers of web identities give to somebody else: EKS, GitHub, GitLab, Terraform Cloud and others."""

_NARROWING = ("stringequals", "stringequalsignorecase", "stringlike")
_ROOT = ":root"


def check_admission(trust: object, items: Sequence[Binding], *, partition: str, region: str, account: str) -> None:
    """Check that a trust policy admits the associations of *items*, and no strangers.

    Raises:
        RuleError: If it does not, naming who is shut out or let in.
    """
    document = parse(trust)
    for item in items:
        association = Association(
            item.cluster,
            item.namespace or UNKNOWN,
            item.service_account or UNKNOWN,
            region,
            account,
            partition,
            item.session_tags,
        )
        ask = admits_association if item.namespace and item.service_account else admits_any_association
        if ask(document, association).answer is False:
            raise RuleError(
                "[PI107] The trust policy as a whole does not admit "
                f"{quoted(f'{item.namespace}/{item.service_account}')}: "
                "a Deny of 'extra_trust_statements' always applies to it.",
                "Narrow the Deny so that it spares pods.eks.amazonaws.com, or remove it.",
            )
    stranger = "999999999999" if account != "999999999999" else "000000000001"
    if admits_any_association(document, Association(account=stranger, session_tags=UNKNOWN)).answer:
        raise RuleError(
            "[PI104] The trust policy as a whole admits associations of other accounts.",
            'Add the condition {"StringEquals": {"aws:SourceAccount": "…"}} to the statement.',
        )
    check_strangers(document, account)


def check_strangers(document: Document, account: str | None) -> None:
    """Check that the statements of a trust policy admit nobody by chance.

    Args:
        document: The trust policy.
        account: The account that may be named as a whole; another one may not.

    Raises:
        RuleError: If a statement admits every service, every identity of a provider, or all of another account.
    """
    for statement in document.statements:
        if not statement.allows or statement.principals is None or statement.principals.negated:
            continue
        for kind in ("Service", "Federated"):
            if "*" in statement.principals.of(kind):
                raise RuleError(
                    f"[PI103] The trust policy names every principal of the kind {kind}.",
                    f'Name the one that is meant instead of "*" under {kind}.',
                )
        _check_web_identity(statement)
        _check_accounts(document, statement, account)


def _check_web_identity(statement: Statement) -> None:
    if not statement.covers_action(_WEB_IDENTITY) or statement.principals is None:
        return
    for provider in statement.principals.of("Federated"):
        if ":saml-provider/" in provider:
            continue
        issuer = provider.partition("oidc-provider/")[2]
        keys = [f"{issuer}:sub"] if issuer else [f"{provider}:sub", f"{provider}:aud"]
        if not any(_narrows(condition) for condition in _conditions_on(statement, keys)):
            raise RuleError(
                f"The trust policy admits every identity of {quoted(issuer or provider)}: "
                "nothing narrows its subject.",
                f'Add the condition {{"StringEquals": {{"{keys[0]}": "…"}}}} with the subjects that are meant.',
            )


def _conditions_on(statement: Statement, keys: Sequence[str]) -> Iterator[Condition]:
    wanted = {key.lower() for key in keys}
    for condition in statement.conditions:
        if condition.key.lower() in wanted:
            yield condition


def _narrows(condition: Condition) -> bool:
    operator = condition.operator.lower().rpartition(":")[2]
    if operator not in _NARROWING:
        return False
    if operator != "stringlike":
        return not any("${" in value for value in condition.values)
    return not any(matches(value, stranger) for value in condition.values for stranger in _STRANGERS)


def _check_accounts(document: Document, statement: Statement, account: str | None) -> None:
    if statement.principals is None:
        return
    for principal in statement.principals.of("AWS"):
        named = _whole_account(principal)
        if named is None or named == account or not opens_to_account(document, named).answer:
            continue
        raise RuleError(
            f"[PI306] The trust policy admits every identity of the account {quoted(named)}.",
            'Add a condition such as {"ArnEquals": {"aws:PrincipalArn": "…"}}, or name one role.',
        )


def _whole_account(principal: str) -> str | None:
    """Return the account that a principal names as a whole."""
    if principal.isdigit():
        return principal
    return arns.parse(principal).account if principal.startswith("arn:") and principal.endswith(_ROOT) else None
