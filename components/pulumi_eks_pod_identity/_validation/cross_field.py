"""Rules about several arguments of a component."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol, cast

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.target_trust import source_permission
from eks_pod_identity.errors import Path, Problem, RuleError, quote
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Document, Statement
from eks_pod_identity.values import arns, limits, tags
from pulumi_eks_pod_identity._run.outputs import has_outputs, is_output
from pulumi_eks_pod_identity._validation.documents import judge_trust_statement, reject_session_tags
from pulumi_eks_pod_identity._validation.models import BindingModel, RoleModel, SourceRoleModel
from pulumi_eks_pod_identity.args.enums import PolicyKind

ASSUME = "assume-"
"""Prefix of the names of inline policies that let a role assume other roles."""

TARGET = "target"
"""Suffix of the name of the policy that lets a role assume its target role."""

_LONGEST_ROLE_ARN = arns.role("aws-us-gov", "0" * 12, "x" * limits.ROLE_NAME.value)


def problems_of(path: Path, function: Callable[[], object]) -> list[Problem]:
    """Return the rule that *function* breaks, if any, as a problem at *path*."""
    try:
        function()
    except RuleError as error:
        return error.problems_at(path)
    return []


def reject(keys: Iterable[str], rule: str, fix: str) -> list[Problem]:
    """Return a problem for each of *keys*."""
    return [Problem((key,), rule, fix) for key in keys]


def check_role(model: RoleModel, *, assumes: Mapping[str, object] | None = None) -> list[Problem]:
    """Check a role's policies, attachments and tags as a whole.

    *assumes* has the ARNs of the roles it may assume, by the suffixes of the policies that allow it.
    """
    assumes = assumes or {}
    problems = check_tags(model.tags)
    problems += check_policies("policies", model.policies, model.policy_kind)
    problems += _check_inline_size(model, assumes)
    problems += [
        Problem(
            ("assumable_role_arns", suffix),
            f'The name of the policy that allows it is "{ASSUME}" plus this name, at most '
            f"{limits.POLICY_NAME.value} characters.",
            "Choose a shorter name.",
        )
        for suffix in assumes
        if len(f"{ASSUME}{suffix}") > limits.POLICY_NAME.value
    ]
    if model.policy_kind is PolicyKind.INLINE:
        problems += [
            Problem(
                ("policies", f"{ASSUME}{suffix}"),
                f'"{ASSUME}{suffix}" is the name of the policy that lets the role assume another one.',
                "Choose another name.",
            )
            for suffix in assumes
            if f"{ASSUME}{suffix}" in model.policies
        ]
    managed = len(model.policies) if model.policy_kind is PolicyKind.MANAGED else 0
    problems += check_attachments("managed_policy_arns", len(model.managed_policy_arns) + managed)
    return problems + check_distinct("managed_policy_arns", model.managed_policy_arns)


def check_tags(values: object) -> list[Problem]:
    """Check the keys of tags as a whole."""
    return [] if is_output(values) else tags.problems(cast("Mapping[str, object]", values))


def check_policies(key: str, policies: Mapping[str, Any], policy_kind: PolicyKind) -> list[Problem]:
    """Check the sizes of the known policies and, if they are managed, that their names differ to IAM."""
    known = _without_outputs(policies)
    if policy_kind is PolicyKind.INLINE:
        used = sum(canonical.size_without_space(item) for item in known.values())
        return problems_of((key,), partial(_check_size_together, used))
    problems: list[Problem] = []
    for name, item in known.items():
        problems += problems_of((key, name), partial(_check_managed_size, item))
    return problems + _names_that_differ_in_case(key, policies)


def _check_inline_size(model: RoleModel, assumes: Mapping[str, object]) -> list[Problem]:
    """Check that the policies that let a role assume others fit next to its other inline policies."""
    inline = _without_outputs(model.policies) if model.policy_kind is PolicyKind.INLINE else {}
    others = sum(canonical.size_without_space(item) for item in inline.values())
    permissions = [source_permission(arn if isinstance(arn, str) else _LONGEST_ROLE_ARN) for arn in assumes.values()]
    if others > limits.INLINE_POLICIES.value or not permissions:
        return []
    used = others + sum(canonical.size_without_space(item) for item in permissions)
    return problems_of(("policies" if inline else "assumable_role_arns",), partial(_check_size_together, used))


def _check_size_together(used: int) -> None:
    canonical.check_size(
        used,
        limits.INLINE_POLICIES,
        "The inline policies of a role, including one for each role that it may assume,",
        "Shorten them, or set 'policy_kind' to \"managed\", where the limit applies to each. To assume many roles, "
        "allow it in a managed policy of your own.",
    )


def _without_outputs(policies: Mapping[str, Any]) -> dict[str, Document]:
    return {name: cast("Document", item) for name, item in policies.items() if not has_outputs(item)}


def _check_managed_size(policy: Document) -> None:
    used = canonical.size_without_space(policy)
    canonical.check_size(used, limits.MANAGED_POLICY, "The policy", "Divide it into several.")


def _names_that_differ_in_case(key: str, policies: Mapping[str, Any]) -> list[Problem]:
    first: dict[str, str] = {}
    return [
        Problem(
            (key, name),
            f"{quote(name)} and {quote(first[name.lower()])} are the same name to IAM, which ignores case.",
            "Rename one of them.",
        )
        for name in policies
        if first.setdefault(name.lower(), name) != name
    ]


def check_attachments(key: str, number: int) -> list[Problem]:
    """Check that a role has no more managed policies than it can have."""
    return problems_of(
        (key,),
        lambda: canonical.check_size(number, limits.MANAGED_ATTACHMENTS, "The role", "Merge some of them."),
    )


def check_distinct(key: str, named_arns: Mapping[str, Any], result: str = "detach both") -> list[Problem]:
    """Check that no ARN is given twice: removing either name would *result*."""
    first: dict[str, str] = {}
    return [
        Problem(
            (key, name),
            f'This is the same ARN as "{first[arn]}"; removing one of them would {result}.',
            "Remove one of them.",
        )
        for name, arn in named_arns.items()
        if not has_outputs(arn) and first.setdefault(cast("str", arn), name) != name
    ]


class HasBindings(Protocol):
    """A model with the ServiceAccounts it applies to."""

    @property
    def cluster_name(self) -> object: ...
    @property
    def bindings(self) -> list[BindingModel] | None: ...


def check_bindings(model: HasBindings, wrong: frozenset[str], *, required: bool = True) -> list[Problem]:
    """Check that the ServiceAccounts of the component are given exactly once."""
    if "bindings" in wrong:
        return []
    single = [key for key in ("namespace", "service_account") if getattr(model, key) is not None or key in wrong]
    if model.bindings is not None:
        if not model.bindings:
            return [Problem(("bindings",), "The list is empty.", "List at least one binding, or remove it.")]
        problems = reject(
            single, "'bindings' already names the ServiceAccounts.", "Remove this argument, or 'bindings'."
        )
        return problems + bindings.duplicates(
            [
                Binding(
                    item.cluster_name or (model.cluster_name if isinstance(model.cluster_name, str) else ""),
                    item.namespace,
                    item.service_account,
                    own_cluster=item.cluster_name is not None,
                )
                for item in model.bindings
            ]
        )
    if not required and not single:
        return []
    return reject(
        [key for key in ("namespace", "service_account") if key not in single],
        "The argument is required.",
        "Give 'namespace' and 'service_account', or 'bindings'.",
    )


def check_irsa(model: SourceRoleModel) -> list[Problem]:
    """Check that a binding is in the component's own cluster, to which the OIDC provider belongs."""
    if model.irsa_provider_arn is None or not model.bindings:
        return []
    own = [item for item in model.bindings if item.cluster_name in (None, model.cluster_name)]
    return reject(
        [] if own or is_output(model.cluster_name) else ["irsa_provider_arn"],
        "The provider belongs to the cluster of the component, and every binding names another cluster.",
        "Remove this argument, or use one component per cluster.",
    )


def check_statements(model: RoleModel, judge: Callable[[Statement], object]) -> list[Problem]:
    """Judge each known statement that is added to a trust policy."""
    if is_output(model.extra_trust_statements):
        return []
    problems: list[Problem] = []
    for index, statement in enumerate(cast("list[Any]", model.extra_trust_statements)):
        if not has_outputs(statement):
            problems += problems_of(("extra_trust_statements", index), partial(judge, statement))
    return problems


def check_session_tags(model: SourceRoleModel, *, tags_on: Sequence[bool]) -> list[Problem]:
    """Check statements and policies against the session tags that the ServiceAccounts have.

    *tags_on* has, for each binding, whether it has session tags.
    """
    problems = check_statements(model, partial(judge_trust_statement, tags_on=all(tags_on)))
    if any(tags_on):
        return problems
    for name, policy in model.policies.items():
        if not has_outputs(policy):
            problems += problems_of(("policies", name), partial(reject_session_tags, cast("Document", policy)))
    return problems
