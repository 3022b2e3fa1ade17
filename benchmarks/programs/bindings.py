"""One identity with as many bindings as asked for."""

import os

from pulumi_eks_pod_identity import PodIdentity, TrustScope

PodIdentity(
    "identity",
    {
        "cluster_name": "main",
        "bindings": [
            {"namespace": f"tenant-{number}", "service_account": "app"}
            for number in range(int(os.environ["IDENTITIES"]))
        ],
        "trust_scope": TrustScope.CLUSTER,
        "propagation_seconds": 0,
    },
)
