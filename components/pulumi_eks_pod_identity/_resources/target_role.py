"""The trust policy of a target role, for exactly its callers."""

from collections.abc import Sequence
from typing import Any

from eks_pod_identity.iam import canonical
from eks_pod_identity.iam.canonical import Statement
from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all
from pulumi_eks_pod_identity._validation.scope import build_target_trust


def target_trust_text(
    source_arn: ValueOrOutput[str],
    external_ids: ValueOrOutput[Sequence[str]],
    extra: ValueOrOutput[Sequence[Any]] = (),
) -> ValueOrOutput[str]:
    """Return the text of the trust policy of a target role."""

    def build(source_arn: str, external_ids: Sequence[str], extra: Sequence[Statement]) -> str:
        return canonical.text(build_target_trust(source_arn, external_ids, extra))

    return apply_all(build, source_arn, external_ids, extra)
