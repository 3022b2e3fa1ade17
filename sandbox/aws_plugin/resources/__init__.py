"""The resource types of the plugin, one module each."""

from sandbox.aws_plugin.model import ResourceType
from sandbox.aws_plugin.resources import (
    eks_addon,
    eks_cluster,
    eks_pod_identity_association,
    iam_role,
    iam_role_policy,
)

TYPES: dict[str, ResourceType] = {
    kind.token: kind
    for kind in (
        eks_addon.TYPE,
        eks_cluster.TYPE,
        eks_pod_identity_association.TYPE,
        iam_role.TYPE,
        iam_role_policy.TYPE,
    )
}
