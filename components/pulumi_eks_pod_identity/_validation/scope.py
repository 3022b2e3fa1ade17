"""Rules about arguments and their account, partition and region, and about the trust policy built from them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

import pulumi

from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.source_trust import TrustScope, source_trust
from eks_pod_identity.documents.target_trust import target_trust
from eks_pod_identity.errors import Path, Problem, RuleError
from eks_pod_identity.iam import canonical, parse
from eks_pod_identity.iam.canonical import Document, Statement
from eks_pod_identity.values import arns, limits, names
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import has_outputs, is_output
from pulumi_eks_pod_identity._validation.admission import (
    check_admission,
    check_strangers,
    check_target_admission,
    verify_written_trust,
)
from pulumi_eks_pod_identity._validation.cross_field import problems_of
from pulumi_eks_pod_identity._validation.documents import judge_target_trust, judge_trust
from pulumi_eks_pod_identity._validation.models import RoleModel, SourceRoleModel


def given_scope(model: RoleModel) -> AwsScope:
    """Return the scope as far as arguments give it; the rest is unknown until it is looked up."""
    unknown: Any = pulumi.output.UNKNOWN
    account, partition, region = (getattr(model, key, None) for key in ("account_id", "partition", "region"))
    return AwsScope(
        account=unknown if account is None else account,
        partition=unknown if partition is None else partition,
        region=unknown if region is None else region,
        caller=unknown,
    )


def check_scope(scope: AwsScope, model: RoleModel) -> list[Problem]:
    """Check looked-up values like given ones, and the given account against that of the credentials."""
    problems: list[Problem] = []
    look_ups: list[tuple[str, Callable[[object], object], str, object]] = [
        ("account_id", names.account_id, "getCallerIdentity", scope.account),
        ("partition", arns.partition, "getPartition", scope.partition),
        ("region", names.region, "getRegion", scope.region),
    ]
    for key, rule, function, value in look_ups:
        if getattr(model, key, None) is not None or is_output(value) or (key == "region" and not hasattr(model, key)):
            continue
        if problems_of((key,), partial(rule, value)):
            problems.append(
                Problem(
                    (key,),
                    f"The look-up aws:index/{function}:{function} returned no usable value ({value!r:.80}).",
                    f"Pass '{key}', or answer the look-up in the mocks of a unit test.",
                )
            )
    if not problems and isinstance(scope.account, str) and isinstance(scope.caller, str):
        problems += _check_caller(scope.account, scope.caller)
    if not problems and isinstance(model, SourceRoleModel):
        problems += _check_region(scope.region, scope.partition, "region" if model.region else "partition")
    return problems


def _check_region(region: object, partition: object, key: str) -> list[Problem]:
    own = arns.partition_of(region) if isinstance(region, str) else ""
    if not own or not isinstance(partition, str) or own == partition:
        return []
    return [
        Problem(
            (key,),
            f'The region "{region}" is in the partition "{own}", and the partition is "{partition}".',
            "Use the region of the cluster, and credentials of its partition. Nothing was created.",
        )
    ]


def _check_caller(account: str, caller: str) -> list[Problem]:
    if account == caller:
        return []
    return [
        Problem(
            ("account_id",),
            f'The account is "{account}", but the credentials of the AWS provider belong to "{caller}".',
            "Use credentials of that account, or correct 'account_id'. Nothing was created.",
        )
    ]


def check_target_scope(target: AwsScope) -> list[Problem]:
    """Check the values that are looked up with the target provider."""
    if is_output(target.account) or not problems_of((), partial(names.account_id, target.account)):
        return []
    return [
        Problem(
            ("target_provider",),
            "The look-up aws:index/getCallerIdentity:getCallerIdentity returned no usable value "
            f"({target.account!r:.80}).",
            "Answer the look-up for the target provider in the mocks of a unit test.",
        )
    ]


def check_arns_in_scope(
    model: RoleModel, scope: AwsScope, keys: Sequence[str], *, of_any_account: Sequence[str] = ()
) -> list[Problem]:
    """Check that ARNs belong to the partition and account, as far as these are known."""
    problems: list[Problem] = []
    for key in (*keys, *of_any_account):
        account = None if key in of_any_account else scope.account
        value: Any = getattr(model, key)
        arns_by_path: dict[Path, Any] = {(key,): value}
        if isinstance(value, dict):
            arns_by_path = {(key, name): arn for name, arn in cast("dict[str, Any]", value).items()}
        for path, arn in arns_by_path.items():
            if isinstance(arn, str):
                hint = " To use a role of another account, pass it as 'target_role_arn'." if key == "role_arn" else ""
                problems += problems_of(path, partial(reject_foreign_arn, arn, scope.partition, account, hint))
                if key == "irsa_provider_arn":
                    problems += problems_of(path, partial(_reject_foreign_issuer, arn, scope.region))
    return problems


def _reject_foreign_issuer(arn: str, region: object) -> None:
    issuer = arns.parse(arn).resource.removeprefix("oidc-provider/")
    own = arns.region_of_issuer(issuer)
    if own and isinstance(region, str) and own != region:
        raise RuleError(
            f'The provider is of a cluster in the region "{own}", but the cluster is in "{region}".',
            "Use the provider of the cluster: its ServiceAccounts would have the permissions otherwise.",
        )


def reject_foreign_arn(arn: str, partition: object, account: object, hint: str = "") -> None:
    """Check that an ARN belongs to this partition and account, as far as these are known.

    *hint* is added to the fix of a wrong account.

    Raises:
        RuleError: If it does not.
    """
    parts = arns.parse(arn)
    if isinstance(partition, str) and parts.partition != partition:
        raise RuleError(
            f'The ARN belongs to the partition "{parts.partition}", but the cluster is in "{partition}".',
            "Use one of the same partition; roles cannot be assumed across partitions.",
        )
    if isinstance(account, str) and parts.account not in (account, "aws"):
        raise RuleError(
            f'The ARN belongs to the account "{parts.account}", but the cluster is in "{account}".',
            f"Use one of the cluster's account.{hint}",
        )


def build_source_trust(
    model: SourceRoleModel, items: Sequence[Binding], *, partition: str, region: str, account: str
) -> Document:
    """Return the trust policy of a source role.

    Raises:
        RuleError: If it is over its quota.
    """
    trust = canonical.sort_keys(
        source_trust(
            model.trust_scope,
            partition=partition,
            region=region,
            account=account,
            bindings=items,
            irsa_provider_arn=cast("str | None", model.irsa_provider_arn),
            irsa_cluster=cast("str", model.cluster_name),
            extra=cast("list[Any]", model.extra_trust_statements),
        )
    )
    scopes = list(TrustScope)
    broader = " or ".join(f'"{scope}"' for scope in scopes[scopes.index(model.trust_scope) + 1 :])
    canonical.check_size(
        canonical.size_without_space(trust),
        limits.TRUST_POLICY,
        "The trust policy",
        "Nothing is widened silently: "
        + (f"set 'trust_scope' to {broader}, or " if broader else "")
        + "divide the bindings among several roles (PodIdentityRole) or components.",
    )
    return trust


def check_source_trust(model: SourceRoleModel, scope: AwsScope, items: Sequence[Binding] | None) -> list[Problem]:
    """Check the trust policy as a whole, as far as its parts are known; it is checked again once everything is."""
    parts = [model.irsa_provider_arn, model.extra_trust_statements]
    if items is None or has_outputs(parts):
        return []
    known = not has_outputs([scope.account, scope.partition, scope.region])
    aws_scope = shortest_scope(scope)
    try:
        trust = build_source_trust(model, items, **aws_scope)
    except RuleError as error:
        return error.problems_at(("trust_scope",))
    if not known:
        return []
    if not model.extra_trust_statements:
        verify_written_trust(trust, items, model.trust_scope, **aws_scope)
        return []
    own = known_role_arn(model, scope) or ""
    return problems_of(("extra_trust_statements",), lambda: _judge_source_trust(trust, items, aws_scope, own))


def shortest_scope(scope: AwsScope) -> dict[str, str]:
    """Return partition, region and account, the shortest possible where unknown, so no valid document is too long."""
    return {
        "partition": scope.partition if isinstance(scope.partition, str) else "aws",
        "region": scope.region if isinstance(scope.region, str) else "",
        "account": scope.account if isinstance(scope.account, str) else "0" * 12,
    }


def known_role_arn(model: RoleModel, own: AwsScope) -> str | None:
    """Return the ARN that the created role will have, if its name and its scope are known."""
    parts = [own.partition, own.account, model.role_name, model.role_path]
    if model.role_name is None or has_outputs(parts):
        return None
    return arns.role(*cast("tuple[str, str, str]", tuple(parts[:3])), path=cast("str", model.role_path or "/"))


def _judge_source_trust(
    written: Document, items: Sequence[Binding], aws_scope: Mapping[str, str], role_arn: str
) -> None:
    trust = canonical.document_of(written)
    judge_trust(trust, tags_on=all(item.session_tags for item in items), role_arn=role_arn)
    check_admission(trust, items, **aws_scope)


def build_target_trust(source_arn: str, external_ids: Sequence[str], extra: Sequence[Statement] = ()) -> Document:
    """Return the trust policy of a target role.

    Raises:
        RuleError: If it is over its quota.
    """
    trust = target_trust(source_arn, external_ids, extra)
    canonical.check_size(
        canonical.size_without_space(trust),
        limits.TRUST_POLICY,
        "The trust policy of the target role",
        "It names every binding; divide them among several components, each with its own target role.",
    )
    return trust


def judge_whole_target_trust(source_arn: str, external_ids: Sequence[str], extra: Sequence[Statement]) -> None:
    """Judge the trust policy of a target role with the statements that users add.

    Raises:
        RuleError: If a rule would report it, if it admits strangers, or if it shuts out an association.
    """
    trust = canonical.document_of(build_target_trust(source_arn, external_ids, extra))
    judge_target_trust(trust)
    check_strangers(parse(trust), None)
    check_target_admission(trust, source_arn, external_ids)
