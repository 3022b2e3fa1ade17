"""The outputs of the components, which the rest of a program uses.

They are in base classes because the SDK evaluates the annotations of a resource's own class, but not of its bases, at
every registration. For `PodIdentity` that would take 0.2 ms.
"""

from collections.abc import Mapping

import pulumi

from pulumi_eks_pod_identity._run.state import outputs_when_read


@outputs_when_read
class PodIdentityOutputs(pulumi.ComponentResource):
    """The outputs of `PodIdentity`."""

    role_arn: pulumi.Output[str]
    """ARN of the role. Resolves when the policies are attached and the associations have taken effect."""

    role_name: pulumi.Output[str]
    """Name of the role, without its path."""

    association_id: pulumi.Output[str | None]
    """Id of the association, if there is one binding."""

    association_arn: pulumi.Output[str | None]
    """ARN of the association, if there is one binding."""

    external_id: pulumi.Output[str | None]
    """External id that EKS sends to the target role, if there is one binding. Computed, and compared with EKS."""

    association_ids: pulumi.Output[Mapping[str, str]]
    """Ids of the associations by namespace/service-account, with cluster/ in front where a binding names its own."""

    external_ids: pulumi.Output[Mapping[str, str]]
    """External ids by namespace/service-account, with cluster/ in front where a binding names its own."""

    target_role_arn: pulumi.Output[str | None]
    """ARN of the target role, if there is one."""

    namespace: pulumi.Output[str | None]
    """Namespace of the ServiceAccount, if there is one binding."""

    service_account_name: pulumi.Output[str | None]
    """Name of the ServiceAccount, if there is one binding. Resolves when its pods will get credentials."""

    restart_token: pulumi.Output[str]
    """Changes exactly when running pods must be recreated to pick up a change. For a pod-template annotation."""

    trust_policy: pulumi.Output[str]
    """The trust policy that the role has, or that an existing role needs, as JSON text."""

    target_trust_policy: pulumi.Output[str | None]
    """The trust policy that the target role has, or that an existing one needs, as JSON text."""


@outputs_when_read
class RoleOutputs(pulumi.ComponentResource):
    """The outputs of `PodIdentityRole`."""

    role_arn: pulumi.Output[str]
    """ARN of the role. Resolves when its policies are attached."""

    role_name: pulumi.Output[str]
    """Name of the role, without its path."""

    trust_policy: pulumi.Output[str]
    """The trust policy of the role, as JSON text."""


@outputs_when_read
class TargetRoleOutputs(pulumi.ComponentResource):
    """The outputs of `PodIdentityTargetRole`."""

    role_arn: pulumi.Output[str]
    """ARN of the target role. Resolves when its policies are attached."""

    role_name: pulumi.Output[str]
    """Name of the target role, without its path."""

    trust_policy: pulumi.Output[str]
    """The trust policy of the target role, as JSON text."""


@outputs_when_read
class AgentOutputs(pulumi.ComponentResource):
    """The outputs of `PodIdentityAgent`."""

    addon_arn: pulumi.Output[str | None]
    """ARN of the add-on, if it is managed here."""

    addon_version: pulumi.Output[str | None]
    """Version of the add-on, if it is managed here."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster. Resolves when the agent is installed."""
