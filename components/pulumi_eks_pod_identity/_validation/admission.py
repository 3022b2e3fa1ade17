"""Checks that a trust policy as a whole admits each of its bindings, and nobody else.

The rules of the policy pack judge a trust policy without knowing its purpose. A component knows its bindings,
and asks the evaluator whether the policy admits them before anything is created.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.source_trust import TrustScope
from eks_pod_identity.errors import RuleError, quote
from eks_pod_identity.iam import Condition, Document, Statement, matches, parse
from eks_pod_identity.iam.admission import (
    admits_any_association,
    admits_association,
    admits_second_hop,
    opens_to_account,
)
from eks_pod_identity.iam.request import Association, session_of
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.times import without_past_start
from eks_pod_identity.values import arns

_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_STRANGERS = (
    "system:serviceaccount:another-namespace:another-service-account",
    "repo:another-owner/another-repository:ref:refs/heads/main",
    "project_path:another-group/another-project:ref_type:branch:ref:main",
    "organization:another:project:another:workspace:another:run_phase:apply",
    "another-subject",
)
"""Subjects of other users of a provider of web identities: EKS, GitHub, GitLab, Terraform Cloud and others."""

_NARROWING = ("stringequals", "stringequalsignorecase", "stringlike")
_ROOT = ":root"
_PARTS_OF_EXTERNAL_ID = 5


class _UnusedNames(NamedTuple):
    """Names that no binding has."""

    cluster: str
    namespace: str
    service_account: str


def check_admission(trust: object, items: Sequence[Binding], *, partition: str, region: str, account: str) -> None:
    """Check that a trust policy admits the associations of *items*, and no strangers.

    Raises:
        RuleError: If it does not; it names who is shut out or let in.
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
                f"{quote(f'{item.namespace}/{item.service_account}')}: "
                "a Deny of 'extra_trust_statements' always applies to it.",
                "Narrow the Deny to exclude pods.eks.amazonaws.com, or remove it.",
            )
    if admits_any_association(document, Association(account=_other_account(account), session_tags=UNKNOWN)).answer:
        raise RuleError(
            "[PI104] The trust policy as a whole admits associations of other accounts.",
            'Add the condition {"StringEquals": {"aws:SourceAccount": "…"}} to the statement.',
        )
    check_strangers(document, account)


def check_target_admission(trust: object, source_arn: str, external_ids: Sequence[str]) -> None:
    """Check that the trust policy of a target role admits the associations that EKS sends *external_ids* for.

    Raises:
        RuleError: If it does not, with session tags or without; it names the first that is shut out.
    """
    document = parse(trust)
    lasting = [without_past_start(document, statement) for statement in document.statements]
    document = replace(document, statements=tuple(lasting))
    partition = arns.parse(source_arn).partition
    for external_id in external_ids:
        parts = external_id.split("/")
        if len(parts) != _PARTS_OF_EXTERNAL_ID:
            continue  # the workload's own code sends it
        region, account, cluster, namespace, service_account = parts
        tagged, untagged = (
            Association(cluster, namespace, service_account, region, account, partition, session_tags)
            for session_tags in (True, False)
        )
        answers = {
            admits_second_hop(document, association, session_of(association, source_arn)).answer
            for association in (tagged, untagged)
        }
        if answers == {False}:
            binding = quote(f"{namespace}/{service_account}")
            raise RuleError(
                f"[PI301] The trust policy as a whole does not admit EKS for {binding}: "
                "a Deny of 'extra_trust_statements' always applies to it.",
                "Narrow the Deny to exclude 'source_role_arn', or remove it.",
            )


def verify_written_trust(
    trust: object, items: Sequence[Binding], scope: TrustScope, *, partition: str, region: str, account: str
) -> None:
    """Verify the trust policy that the library wrote: it admits each binding, but not its neighbour.

    Raises:
        RuntimeError: If it does not. That is a bug in this library, not in the program that uses it.
    """
    document = parse(trust)
    only_without_tags = not any(item.session_tags for item in items)
    unused = _unused_names(items)
    for item in items:
        if not item.namespace or not item.service_account:
            continue
        bound = Association(
            item.cluster, item.namespace, item.service_account, region, account, partition, item.session_tags
        )
        if admits_association(document, bound).answer is not True:
            raise RuntimeError(_bug("does not admit its own binding", bound))
        strangers = [_neighbour(bound, unused, scope)]
        if only_without_tags and scope is not TrustScope.ACCOUNT:
            strangers.append(replace(bound, session_tags=True))
        for stranger in strangers:
            if admits_association(document, stranger).answer is not False:
                raise RuntimeError(_bug("admits a stranger", stranger))


def _neighbour(bound: Association, unused: _UnusedNames, scope: TrustScope) -> Association:
    """Return the association closest to *bound* that is outside the scope."""
    if scope is TrustScope.ACCOUNT:
        return replace(bound, account=_other_account(bound.account))
    if scope is TrustScope.CLUSTER or not bound.session_tags:
        return replace(bound, cluster_name=unused.cluster)
    if scope is TrustScope.NAMESPACE:
        return replace(bound, namespace=unused.namespace)
    return replace(bound, service_account=unused.service_account)


def _other_account(account: object) -> str:
    return "999999999999" if account != "999999999999" else "000000000001"


def _unused_names(items: Sequence[Binding]) -> _UnusedNames:
    return _UnusedNames(
        _other("cluster", {item.cluster for item in items}),
        _other("namespace", {item.namespace for item in items}),
        _other("service-account", {item.service_account for item in items}),
    )


def _other(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "-x"
    return name


def _bug(what: str, association: Association) -> str:
    return (
        f"The trust policy that this library wrote {what}: ServiceAccount {association.service_account} of namespace "
        f"{association.namespace} in cluster {association.cluster_name}, session tags "
        f"{'on' if association.session_tags else 'off'}. This is a bug in pulumi-eks-pod-identity, and nothing was "
        "created. Please report it with the arguments of the component."
    )


def check_strangers(document: Document, account: str | None) -> None:
    """Check that the statements of a trust policy admit nobody by accident.

    Args:
        document: The trust policy.
        account: The account that may be trusted as a whole; no other may.

    Raises:
        RuleError: If a statement admits every service, every identity of a provider, or all of another account.
    """
    for statement in document.statements:
        if not statement.allows or statement.principals is None or statement.principals.negated:
            continue
        for principal_type in ("Service", "Federated"):
            if "*" in statement.principals.of(principal_type):
                raise RuleError(
                    f"[PI103] The trust policy admits every principal of type {principal_type}.",
                    f'Name the principal you intend instead of "*" under {principal_type}.',
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
                f"The trust policy admits every identity of {quote(issuer or provider)}: "
                "no condition restricts its subject.",
                f'Add the condition {{"StringEquals": {{"{keys[0]}": "…"}}}} with the subjects you intend.',
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
            f"[PI306] The trust policy admits every identity of the account {quote(named)}.",
            'Add a condition such as {"ArnEquals": {"aws:PrincipalArn": "…"}}, or name one role.',
        )


def _whole_account(principal: str) -> str | None:
    """Return the account that a principal names as a whole."""
    if principal.isdigit():
        return principal
    return arns.parse(principal).account if principal.startswith("arn:") and principal.endswith(_ROOT) else None
