"""The agent of a cluster, and the EBS CSI driver with its own role."""

import pulumi
import pulumi_aws as aws

from pulumi_eks_pod_identity import PodIdentityAgent, PodIdentityRole, addon_association

cluster = pulumi.Config().require("cluster")

agent = PodIdentityAgent("agent", {"cluster_name": cluster, "tolerate_all": True})

role = PodIdentityRole(
    "ebs-csi",
    {
        "cluster_name": cluster,
        "namespace": "kube-system",
        "service_account": "ebs-csi-controller-sa",
        "managed_policy_arns": {"driver": "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"},
    },
)

# The add-on owns this association, which is created after the agent and the role's policy.
aws.eks.Addon(
    "ebs-csi",
    cluster_name=agent.cluster_name,
    addon_name="aws-ebs-csi-driver",
    pod_identity_associations=[
        addon_association({"service_account": "ebs-csi-controller-sa", "role_arn": role.role_arn})
    ],
)

pulumi.export("role", role.role_arn)
