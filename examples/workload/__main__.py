"""A CronJob with exactly the permissions it needs."""

import pulumi
import pulumi_kubernetes as kubernetes

from pulumi_eks_pod_identity import PodIdentity

config = pulumi.Config()

identity = PodIdentity(
    "exporter",
    {
        "cluster_name": config.require("cluster"),
        "namespace": config.require("namespace"),
        "service_account": "exporter",
        "create_namespace": True,
        "create_service_account": True,
        "policies": {
            "reports": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::reports/2026/*"]}
                ],
            }
        },
        "tags": {"Owner": "reports"},
    },
)

kubernetes.batch.v1.CronJob(
    "exporter",
    metadata={"name": "exporter", "namespace": identity.namespace},
    spec={
        "schedule": "0 4 * * *",
        "job_template": {
            "spec": {
                "template": {
                    # Changes only if the role, the target role, the session policy or the session tags change.
                    "metadata": {"annotations": {"example.org/credentials": identity.restart_token}},
                    "spec": {
                        # Known only once the association has taken effect, so no pod starts too early.
                        "service_account_name": identity.service_account_name,
                        "restart_policy": "Never",
                        "containers": [{"name": "exporter", "image": "public.ecr.aws/aws-cli/aws-cli:2.31.0"}],
                    },
                }
            }
        },
    },
)

pulumi.export("role", identity.role_arn)
pulumi.export("trust", identity.trust_policy)
