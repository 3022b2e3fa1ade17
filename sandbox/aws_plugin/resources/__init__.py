"""The resource types of the plugin, one module each."""

from sandbox.aws_plugin.model import ResourceType
from sandbox.aws_plugin.resources import (
    eks_addon,
    eks_cluster,
    eks_fargate_profile,
    eks_pod_identity_association,
    iam_open_id_connect_provider,
    iam_policy,
    iam_role,
    iam_role_exclusive,
    iam_role_policy,
    iam_role_policy_attachment,
    route53_zone,
    s3_bucket,
    s3_bucket_object,
)

TYPES: dict[str, ResourceType] = {
    resource_type.token: resource_type
    for resource_type in (
        eks_addon.TYPE,
        eks_cluster.TYPE,
        eks_fargate_profile.TYPE,
        eks_pod_identity_association.TYPE,
        iam_open_id_connect_provider.TYPE,
        iam_policy.TYPE,
        iam_role.TYPE,
        iam_role_exclusive.ATTACHED_TYPE,
        iam_role_exclusive.INLINE_TYPE,
        iam_role_policy.TYPE,
        iam_role_policy_attachment.TYPE,
        route53_zone.TYPE,
        s3_bucket.TYPE,
        s3_bucket_object.OLDER_TYPE,
        s3_bucket_object.TYPE,
    )
}
