"""As many identities as asked for, with the component."""

import os

from pulumi_eks_pod_identity import PodIdentity

for number in range(int(os.environ["IDENTITIES"])):
    PodIdentity(
        f"identity-{number}",
        {
            "cluster_name": "main",
            "namespace": "bench",
            "service_account": f"sa-{number}",
            "policies": {
                "read": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": ["s3:GetObject"],
                            "Resource": [f"arn:aws:s3:::bucket-{number}/*"],
                        }
                    ],
                }
            },
            "propagation_seconds": 0,  # the program written by hand does not wait
            "tags": {"Owner": "bench"},
        },
    )
