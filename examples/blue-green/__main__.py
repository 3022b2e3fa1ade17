"""One workload on two clusters: one role, two associations, and a trust policy that names exactly these two."""

import pulumi

from pulumi_eks_pod_identity import PodIdentity

config = pulumi.Config()

identity = PodIdentity(
    "api",
    {
        "cluster_name": config.require("cluster"),
        "bindings": [
            {"namespace": "payments", "service_account": "api"},
            {"namespace": "payments", "service_account": "api", "cluster_name": config.require("green")},
        ],
        "managed_policy_arns": {"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
    },
)

pulumi.export("associations", identity.association_ids)
