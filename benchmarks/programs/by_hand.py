"""The same resources, written by hand with the AWS SDK, as a user without the component would."""

import json
import os

import pulumi
import pulumi_aws as aws

TAGS = {"Owner": "bench"}
account = aws.get_caller_identity().account_id
region = aws.get_region().region
partition = aws.get_partition().partition


class Identity(pulumi.ComponentResource):
    """Groups the resources of one workload, as the component does."""

    def __init__(self, name: str, number: int) -> None:
        """Make a role with a policy, and the association."""
        service_account = f"sa-{number}"
        super().__init__("bench:index:Identity", name, {"serviceAccount": service_account})
        opts = pulumi.ResourceOptions(parent=self)
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "pods.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                    "Condition": {
                        "StringEquals": {
                            "aws:SourceAccount": account,
                            "aws:RequestTag/eks-cluster-arn": f"arn:{partition}:eks:{region}:{account}:cluster/main",
                            "aws:RequestTag/kubernetes-namespace": "bench",
                            "aws:RequestTag/kubernetes-service-account": service_account,
                        }
                    },
                }
            ],
        }
        role = aws.iam.Role(
            f"{name}-role", name=f"{name}-main-{region}", assume_role_policy=json.dumps(trust), tags=TAGS, opts=opts
        )
        permissions = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::bucket-{number}/*"]}
            ],
        }
        policy = aws.iam.RolePolicy(
            f"{name}-policy-read", name="read", role=role.name, policy=json.dumps(permissions), opts=opts
        )
        association = aws.eks.PodIdentityAssociation(
            f"{name}-association",
            cluster_name="main",
            namespace="bench",
            service_account=service_account,
            role_arn=role.arn,
            tags=TAGS,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy], delete_before_replace=True),
        )
        self.role_arn = role.arn
        self.association_id = association.association_id
        self.register_outputs({"roleArn": role.arn, "associationId": association.association_id})


for number in range(int(os.environ["IDENTITIES"])):
    Identity(f"identity-{number}", number)
