"""Migrating from IRSA: pods get credentials either way, so they can be restarted one after the other."""

import pulumi
import pulumi_aws as aws

from pulumi_eks_pod_identity import PodIdentity

account = aws.get_caller_identity().account_id
issuer = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"

identity = PodIdentity(
    "api",
    {
        "cluster_name": pulumi.Config().require("cluster"),
        "namespace": "payments",
        "service_account": "api",
        # Remove this when no pod has AWS_WEB_IDENTITY_TOKEN_FILE any more.
        "irsa_provider_arn": f"arn:aws:iam::{account}:oidc-provider/{issuer}",
        "managed_policy_arns": {"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
    },
)

pulumi.export("trust", identity.trust_policy)
