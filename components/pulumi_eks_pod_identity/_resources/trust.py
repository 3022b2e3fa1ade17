"""The trust policies of the role that pods use and of its target role, each for exactly its callers."""

from collections.abc import Mapping, Sequence
from typing import Any

from eks_pod_identity.bindings import Binding
from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Statement
from pulumi_eks_pod_identity._run.aws_scope import AwsScope
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all
from pulumi_eks_pod_identity._run.program import late_input_error
from pulumi_eks_pod_identity._validation.bindings import BoundServiceAccount, plain_bindings
from pulumi_eks_pod_identity._validation.models import SourceRoleModel
from pulumi_eks_pod_identity._validation.scope import build_source_trust, build_target_trust


def source_trust_text(
    model: SourceRoleModel, bound: Sequence[BoundServiceAccount], scope: AwsScope
) -> ValueOrOutput[str]:
    """Return the text of the trust policy for *bound*."""

    def build(items: Sequence[Binding], aws_scope: Sequence[str], more: Mapping[str, object]) -> str:
        partition, region, account = aws_scope
        known = model.model_copy(update=dict(more))
        return canonical.text(build_source_trust(known, items, partition=partition, region=region, account=account))

    more = {key: getattr(model, key) for key in ("cluster_name", "irsa_provider_arn", "extra_trust_statements")}
    return apply_all(build, plain_bindings(model, bound), [scope.partition, scope.region, scope.account], more)


def external_ids(
    model: SourceRoleModel, bound: Sequence[BoundServiceAccount], scope: AwsScope
) -> ValueOrOutput[list[str]]:
    """Return the external ids that EKS will send for *bound*."""

    def build(region: str, account: str, items: Sequence[Binding]) -> list[str]:
        return [item.external_id(region, account) for item in items]

    return apply_all(build, scope.region, scope.account, plain_bindings(model, bound))


def target_trust_text(
    subject: str,
    source_arn: ValueOrOutput[str],
    external_ids: ValueOrOutput[Sequence[str]],
    extra: ValueOrOutput[Sequence[Any]] = (),
) -> ValueOrOutput[str]:
    """Return the text of the trust policy of a target role, which *subject* creates or needs."""

    def build(source_arn: str, external_ids: Sequence[str], extra: Sequence[Statement]) -> str:
        try:
            return canonical.text(build_target_trust(source_arn, external_ids, extra))
        except RuleError as error:  # validation may have known less than the whole ARN
            raise late_input_error(subject, error.problems_at(("bindings",))) from None

    return apply_all(build, source_arn, external_ids, extra)
