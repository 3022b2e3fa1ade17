"""Problems that show only when several arguments are looked at together."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.source_trust import TrustScope, source_trust
from eks_pod_identity.documents.target_trust import source_permission
from eks_pod_identity.errors import Path, Problem, RuleError
from eks_pod_identity.iam import canonical
from eks_pod_identity.judgement import judge_trust_statement, needs_session_tags
from eks_pod_identity.values import arns, limits, tags
from pulumi_eks_pod_identity.choices import PolicyKind
from pulumi_eks_pod_identity.later import has_later
from pulumi_eks_pod_identity.settings import BindingSettings, RoleSettings, SourceRoleSettings

if TYPE_CHECKING:
    from eks_pod_identity.iam.canonical import Document

ASSUME_TARGET = "assume-target"
"""Name of the inline policy that lets a source role become its target role."""


def found(path: Path, function: Callable[[], object]) -> list[Problem]:
    """Return the rule that *function* finds broken, if any, as a problem at *path*."""
    try:
        function()
    except RuleError as error:
        return [Problem(path, error.rule, error.fix)]
    return []


def refused(keys: Sequence[str], rule: str, fix: str) -> list[Problem]:
    """Return a problem for each of *keys*."""
    return [Problem((key,), rule, fix) for key in keys]


def of_role(settings: RoleSettings, *, room_for_target: bool = False) -> list[Problem]:
    """Return what is wrong with a role's policies, attachments and tags as a whole."""
    problems = tags.problems(settings.tags)
    problems += of_policies("policies", settings.policies, settings.policy_kind, room_for_target=room_for_target)
    if room_for_target and ASSUME_TARGET in settings.policies and settings.policy_kind is PolicyKind.INLINE:
        problems.append(
            Problem(
                ("policies", ASSUME_TARGET),
                f'"{ASSUME_TARGET}" is the name of the policy that reaches the target role.',
                "Choose another name.",
            )
        )
    managed = len(settings.policies) if settings.policy_kind is PolicyKind.MANAGED else 0
    problems += of_attachments("managed_policy_arns", len(settings.managed_policy_arns) + managed)
    return problems + same_arn_twice("managed_policy_arns", settings.managed_policy_arns)


def of_policies(
    key: str, policies: Mapping[str, Any], kind: PolicyKind, *, room_for_target: bool = False
) -> list[Problem]:
    """Return which size limits the known policies are over."""
    known = {name: cast("Document", item) for name, item in policies.items() if not has_later(item)}
    problems: list[Problem] = []
    sizes: list[int] = []
    for name, item in known.items():
        problems += found((key, name), lambda item=item: sizes.append(_size_of_policy(item, kind)))
    if problems or kind is PolicyKind.MANAGED:
        return problems
    longest_arn = arns.role("aws-us-gov", "0" * 12, "x" * limits.ROLE_NAME.value)
    used = sum(sizes)
    used += canonical.size_without_space(source_permission(longest_arn)) if room_for_target else 0
    return found(
        (key,),
        lambda: canonical.check_size(
            used,
            limits.INLINE_POLICIES,
            "All inline policies of a role together",
            "Shorten them, or set 'policy_kind' to \"managed\" where the limit is for each.",
        ),
    )


def _size_of_policy(policy: "Document", kind: PolicyKind) -> int:
    # Inline policies share one limit, which is checked for all of them.
    used = canonical.size_without_space(policy)
    if kind is PolicyKind.MANAGED:
        canonical.check_size(used, limits.MANAGED_POLICY, "The policy", "Divide it into several.")
    return used


def of_attachments(key: str, number: int) -> list[Problem]:
    """Return whether there are more managed policies than a role can have."""
    return found(
        (key,),
        lambda: canonical.check_size(number, limits.MANAGED_ATTACHMENTS, "The role", "Merge some of them."),
    )


def same_arn_twice(key: str, managed: Mapping[str, Any]) -> list[Problem]:
    """Return which attachments repeat an earlier one: removing either would detach both."""
    first: dict[str, str] = {}
    problems: list[Problem] = []
    for name, arn in managed.items():
        if has_later(arn):
            continue
        if (earlier := first.setdefault(cast("str", arn), name)) != name:
            problems.append(
                Problem(
                    (key, name),
                    f'The same policy is attached as "{earlier}"; removing one of them would detach both.',
                    "Remove one of them.",
                )
            )
    return problems


class Bound(Protocol):
    """Settings that say which ServiceAccounts are meant, and which of their keys were given at all."""

    @property
    def cluster_name(self) -> object: ...  # noqa: D102 - an argument's own name
    @property
    def bindings(self) -> list[BindingSettings] | None: ...  # noqa: D102 - an argument's own name
    @property
    def model_fields_set(self) -> set[str]: ...  # noqa: D102 - pydantic's own name


def of_bindings(settings: Bound, *, required: bool = True) -> list[Problem]:
    """Return whether it is said exactly once which ServiceAccounts are meant."""
    single = [key for key in ("namespace", "service_account") if getattr(settings, key) is not None]
    if settings.bindings is not None:
        problems = refused(
            single,
            "'bindings' says already which ServiceAccounts are meant.",
            "Remove this key, or 'bindings'.",
        )
        if not settings.bindings:
            problems.append(Problem(("bindings",), "The list is empty.", "List at least one binding."))
        return problems + bindings.duplicates(
            [
                Binding(
                    item.cluster_name or _known_text(settings.cluster_name),
                    item.namespace,
                    item.service_account,
                    own_cluster=item.cluster_name is not None,
                )
                for item in settings.bindings
            ]
        )
    if not required and not single:
        return []
    return [
        Problem((key,), "The key is required.", "Give 'namespace' and 'service_account', or 'bindings'.")
        for key in ("namespace", "service_account")
        if key not in single and key not in settings.model_fields_set
    ]


def of_trust(settings: SourceRoleSettings, pods: Sequence[Binding] | None) -> list[Problem]:
    """Return whether the trust policy is too long wherever the cluster is.

    What is looked up later is counted as short as it can be, so nothing is refused that could pass; the rest is
    checked when the document is made.
    """
    further = [settings.irsa_provider_arn, *settings.extra_trust_statements]
    if pods is None or has_later(further):
        return []
    if len(pods) == 1 and not any(further):
        return []  # names of the greatest lengths and all around them are 900 characters
    return found(
        ("trust_scope",),
        lambda: trust_text(
            settings,
            pods,
            partition="aws" if has_later(settings.partition) else settings.partition or "aws",
            region="" if has_later(settings.region) else settings.region or "",
            account="0" * 12 if has_later(settings.account_id) else settings.account_id or "0" * 12,
            irsa_provider_arn=settings.irsa_provider_arn,
            extra=settings.extra_trust_statements,
        ),
    )


def of_session_tags(settings: SourceRoleSettings, *, tags_on: Sequence[bool]) -> list[Problem]:
    """Return what can never match with the session tags that the pods have, or opens the role.

    *tags_on* says of each binding whether it has session tags.
    """
    problems: list[Problem] = []
    for index, item in enumerate(settings.extra_trust_statements):
        if not has_later(item):
            path = ("extra_trust_statements", index)
            problems += found(path, partial(judge_trust_statement, cast("Document", item), tags_on=all(tags_on)))
    if any(tags_on):
        return problems
    for name, policy in settings.policies.items():
        if not has_later(policy) and needs_session_tags(cast("Document", policy)):
            problems.append(
                Problem(
                    ("policies", name),
                    "[PI206] The policy uses session tags (aws:PrincipalTag), but they are off, so it can never match.",
                    "Remove 'disable_session_tags' or 'session_policy', or write the policy without session tags.",
                )
            )
    return problems


def trust_text(settings: SourceRoleSettings, pods: Sequence[Binding], **parts: Any) -> str:
    """Return the text of the trust policy.

    Raises:
        RuleError: If it is over its quota.
    """
    trust = canonical.canonical(source_trust(settings.trust_scope, bindings=pods, **parts))
    scopes = list(TrustScope)
    broader = " or ".join(f'"{scope}"' for scope in scopes[scopes.index(settings.trust_scope) + 1 :])
    canonical.check_size(
        canonical.size_without_space(trust),
        limits.TRUST_POLICY,
        "The trust policy",
        "Nothing is widened silently: "
        + (f"set 'trust_scope' to {broader}, or " if broader else "")
        + "divide the bindings among several roles (PodIdentityRole) or components.",
    )
    return canonical.text(trust)


def of_place(settings: RoleSettings, keys: Sequence[str], partition: object, account: object) -> list[Problem]:
    """Return which ARNs are of another partition or account, as far as these are known."""
    problems: list[Problem] = []
    for key in keys:
        value = getattr(settings, key)
        if isinstance(value, str):
            problems += found((key,), partial(same_place, value, partition, account))
    return problems


def same_place(arn: str, partition: Any, account: Any) -> str:
    """Check that an ARN is of this partition and account, as far as these are known."""
    parts = arns.parse(arn)
    if isinstance(partition, str) and parts.partition != partition:
        raise RuleError(
            f'The ARN is of the partition "{parts.partition}", but the cluster is in "{partition}".',
            "Use one of the same partition; roles never reach across.",
        )
    if isinstance(account, str) and parts.account not in (account, "aws"):
        raise RuleError(
            f'The ARN is of the account "{parts.account}", but the cluster is in "{account}".',
            "Use one of the account of the cluster. To reach a role in another account give it as 'target_role_arn'.",
        )
    return arn


def _known_text(value: object) -> str:
    return value if isinstance(value, str) else ""
