"""The account, partition and region of a component: given as arguments, or looked up with its AWS provider."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from pulumi_eks_pod_identity._run.outputs import ValueOrOutput, apply_all, is_output
from pulumi_eks_pod_identity._run.program import get_for_connection, inside_plugin

_ANY_AWS_TYPE = "aws:iam/role:Role"


@dataclass(frozen=True, slots=True)
class AwsScope:
    """The account, partition and region of a provider.

    Attributes:
        account: Account id.
        partition: Partition.
        region: Region.
        caller: Account of the credentials, or None if mocks do not answer.

    A part that does not matter to a component is None.
    """

    account: ValueOrOutput[str | None] = None
    partition: ValueOrOutput[str | None] = None
    region: ValueOrOutput[str | None] = None
    caller: ValueOrOutput[str | None] = None


def aws_provider_of(component: pulumi.Resource) -> pulumi.ProviderResource | None:
    """Return the AWS provider that children of *component* use; None is the default provider."""
    return component.get_provider(_ANY_AWS_TYPE)


def aws_scope(
    provider: pulumi.ProviderResource | None,
    *,
    account: ValueOrOutput[str | None] = None,
    partition: ValueOrOutput[str | None] = None,
    region: ValueOrOutput[str | None] = None,
    needs_region: bool = True,
) -> AwsScope:
    """Return the scope of *provider*: given values, and the rest looked up.

    The account of the credentials is always looked up. With a wrong account, everything would be created in one
    account with documents for another.
    """
    look_ups = get_for_connection(_LookUps)
    caller = look_ups.account(provider)
    return AwsScope(
        account=_use_or_look_up(account, lambda: caller),
        partition=_use_or_look_up(partition, lambda: look_ups.partition(provider)),
        region=_use_or_look_up(region, lambda: look_ups.region(provider)) if needs_region else region,
        caller=caller,
    )


def _use_or_look_up(
    value: ValueOrOutput[str | None], look_up: Callable[[], ValueOrOutput[str | None]]
) -> ValueOrOutput[str | None]:
    """Return *value*, or look it up if it is None or an Output without a value."""
    if value is None:
        return look_up()
    return apply_all(_choose, value, look_up()) if is_output(value) else value


def _choose(given_value: str | None, looked_up: str | None) -> str | None:
    return looked_up if given_value is None else given_value


def region_of(provider: pulumi.ProviderResource | None) -> ValueOrOutput[str | None]:
    """Return the region that *provider* works in."""
    return get_for_connection(_LookUps).region(provider)


@dataclass
class _LookUps:
    """The look-ups of one run, each made once per provider."""

    # The provider is stored with its id, because an id is valid only while its object lives.
    _answers: dict[tuple[str, int], tuple[object, ValueOrOutput[str | None]]] = field(
        default_factory=dict[tuple[str, int], tuple[object, ValueOrOutput[str | None]]]
    )

    def account(self, provider: pulumi.ProviderResource | None) -> ValueOrOutput[str | None]:
        return self._answer(
            provider,
            "account",
            lambda: aws.get_caller_identity().account_id,
            lambda opts: aws.get_caller_identity_output(opts=opts).account_id,
        )

    def partition(self, provider: pulumi.ProviderResource | None) -> ValueOrOutput[str | None]:
        return self._answer(
            provider,
            "partition",
            lambda: aws.get_partition().partition,
            lambda opts: aws.get_partition_output(opts=opts).partition,
        )

    def region(self, provider: pulumi.ProviderResource | None) -> ValueOrOutput[str | None]:
        return self._answer(
            provider,
            "region",
            lambda: aws.get_region().region,
            lambda opts: aws.get_region_output(opts=opts).region,
        )

    def _answer(
        self,
        provider: pulumi.ProviderResource | None,
        question: str,
        now: Callable[[], str | None],
        as_output: Callable[[pulumi.InvokeOptions], pulumi.Output[str]],
    ) -> ValueOrOutput[str | None]:
        if (question, id(provider)) not in self._answers:
            answer = now() if _answers_at_once(provider) else as_output(pulumi.InvokeOptions(provider=provider))
            self._answers[question, id(provider)] = (provider, answer)
        return self._answers[question, id(provider)][1]


def _answers_at_once(provider: pulumi.ProviderResource | None) -> bool:
    """Return whether look-ups return plain values.

    The default provider exists before the program. Its answers are plain, and so is what is computed from them, which
    is available sooner and much cheaper. A provider that the program creates may not be ready, and a plugin must not
    block to wait for it.
    """
    return provider is None and not inside_plugin.get()
