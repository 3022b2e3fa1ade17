"""Argo CD on a hub cluster deploys to a spoke cluster of another account.

Argo CD assumes a role of the spoke's account itself, with the credentials that it has from EKS. Each further spoke is
one more entry in `assumable_role_arns`, one PodIdentityTargetRole with the provider of its account, and one Secret.
"""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from pulumi_eks_pod_identity import AssumedBy, PodIdentity, PodIdentityTargetRole

config = pulumi.Config()
namespace, spoke = config.require("namespace"), config.require("spoke")
spoke_account = aws.Provider("spoke", profile=config.require("profile"), region="eu-west-1")
of_spoke = pulumi.InvokeOptions(provider=spoke_account)
spoke_id = aws.get_caller_identity_output(opts=of_spoke).account_id
cluster = aws.eks.get_cluster_output(name=spoke, opts=of_spoke)

# Both role names are set, so each role can refer to the other before either exists.
HUB_ROLE, SPOKE_ROLE = "argo-cd-hub", "argo-cd-spoke"

hub = PodIdentity(
    "argo-cd",
    {
        "cluster_name": config.require("cluster"),
        # The three parts of Argo CD that talk to clusters.
        "bindings": [
            {"namespace": namespace, "service_account": "argocd-application-controller"},
            {"namespace": namespace, "service_account": "argocd-applicationset-controller"},
            {"namespace": namespace, "service_account": "argocd-server"},
        ],
        # Set `serviceAccount.create: false` in the chart for each of the three.
        "create_namespace": True,
        "create_service_account": True,
        "role_name": HUB_ROLE,
        "assumable_role_arns": {"spoke": pulumi.Output.format("arn:aws:iam::{0}:role/{1}", spoke_id, SPOKE_ROLE)},
    },
)

account = aws.get_caller_identity_output().account_id
target = PodIdentityTargetRole(
    "argo-cd",
    {
        "role_name": SPOKE_ROLE,
        "source_role_arn": pulumi.Output.format("arn:aws:iam::{0}:role/{1}", account, HUB_ROLE),
        "assumed_by": AssumedBy.WORKLOAD,
    },
    pulumi.ResourceOptions(provider=spoke_account),
)

# An access entry for the role decides what Argo CD may do inside the spoke:
#   aws eks create-access-entry --cluster-name SPOKE --principal-arn ROLE
#   aws eks associate-access-policy --cluster-name SPOKE --principal-arn ROLE --access-scope type=cluster \
#     --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy
kubernetes.core.v1.Secret(
    "spoke",
    metadata={
        "name": f"cluster-{spoke}",
        "namespace": namespace,
        "labels": {"argocd.argoproj.io/secret-type": "cluster"},
    },
    string_data={
        "name": spoke,
        "server": cluster.endpoint,
        "config": pulumi.Output.json_dumps(
            {
                "awsAuthConfig": {"clusterName": spoke, "roleARN": target.role_arn},
                "tlsClientConfig": {"caData": cluster.certificate_authorities[0].data},
            }
        ),
    },
    opts=pulumi.ResourceOptions(depends_on=[hub]),
)

pulumi.export("spoke_role", target.role_arn)
pulumi.export("spoke_trust", target.trust_policy)
