"""Where a cluster is: what was said, and what is looked up instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from eks_pod_identity.values import arns
from pulumi_eks_pod_identity import checks
from pulumi_eks_pod_identity.deployment import current
from pulumi_eks_pod_identity.errors import PodIdentityInputError
from pulumi_eks_pod_identity.later import MaybeLater, combine
from pulumi_eks_pod_identity.settings import RoleSettings
from pulumi_eks_pod_identity.settled import told

_AWS = "aws:iam/role:Role"


@dataclass(frozen=True)
class Whereabouts:
    """The account, partition and region of a cluster, each as said or as looked up."""

    subject: str
    account: MaybeLater[str]
    partition: MaybeLater[str]
    region: MaybeLater[str]

    def role_arn(self, name: MaybeLater[str], path: MaybeLater[str] | None) -> MaybeLater[str]:
        """Return the ARN that a role has or will have here."""
        return combine(
            arns.role,
            self.partition,
            self.account,
            name,
            path or "/",
        )

    def refuse_strangers(
        self, settings: RoleSettings, keys: Sequence[str], *, of_any_account: Sequence[str] = ()
    ) -> None:
        """Look at all ARNs that are known, before anything is made of one of them.

        Raises:
            PodIdentityInputError: With every one that is of another partition or account.
        """
        problems = [
            *checks.of_place(settings, keys, self.partition, self.account),
            *checks.of_place(settings, of_any_account, self.partition, None),
        ]
        if problems:
            raise PodIdentityInputError(self.subject, problems)

    def checked_arn(
        self, key: str, arn: MaybeLater[str] | None, *, any_account: bool = False
    ) -> MaybeLater[str] | None:
        """Return an ARN checked to be of this partition and, if not of *any_account*, of this account."""
        if arn is None:
            return None
        check = told(self.subject, (key,), checks.same_place)
        return combine(check, arn, self.partition, None if any_account else self.account)


def provider_of(component: pulumi.Resource) -> pulumi.ProviderResource | None:
    """Return the AWS provider that children of *component* get, None for the default one."""
    return component.get_provider(_AWS)


def whereabouts(
    subject: str, provider: pulumi.ProviderResource | None, account: Any, partition: Any, region: Any
) -> Whereabouts:
    """Take what was said, and look up the rest with *provider*; nothing is looked up that was said."""
    if account is not None and partition is not None and region is not None:
        return Whereabouts(subject, account, partition, region)
    found = current().place(provider)
    return Whereabouts(subject, account or found.account, partition or found.partition, region or found.region)
