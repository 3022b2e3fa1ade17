"""A workload that reads from a second account. Its pods get only the credentials of the target role."""

import pulumi
import pulumi_aws as aws

from pulumi_eks_pod_identity import PodIdentity

config = pulumi.Config()

identity = PodIdentity(
    "exporter",
    {
        "cluster_name": config.require("cluster"),
        "namespace": "reports",
        "service_account": "exporter",
        "create_target_role": True,
        "target_policies": {
            "warehouse": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::warehouse/*"]}
                ],
            }
        },
    },
    target_provider=aws.Provider("data", profile=config.require("profile"), region="eu-west-1"),
)

pulumi.export("target", identity.target_role_arn)
pulumi.export("external_id", identity.external_id)
