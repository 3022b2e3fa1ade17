"""The trust policy of a target role, for exactly its callers."""

from collections.abc import Sequence
from typing import Any

from eks_pod_identity.errors import RuleError
from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Statement
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all
from pulumi_eks_pod_identity._run.program import late_input_error
from pulumi_eks_pod_identity._validation.scope import build_target_trust


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
