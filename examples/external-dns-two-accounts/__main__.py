"""ExternalDNS writes to the hosted zones of its own account and of a second one.

It finds both accounts in an AWS configuration file: the default profile is the role of its pods, and the profile
`second` assumes a role of the second account. Start it with `--aws-profile=default --aws-profile=second`.
"""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from pulumi_eks_pod_identity import AssumedBy, PodIdentity, PodIdentityTargetRole

config = pulumi.Config()
second = aws.Provider("second", profile=config.require("profile"), region="eu-west-1")
second_id = aws.get_caller_identity_output(opts=pulumi.InvokeOptions(provider=second)).account_id

# Both role names are set, so each role can refer to the other before either exists.
OWN_ROLE, SECOND_ROLE = "external-dns", "external-dns-zones"
ZONES = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"],
            "Resource": ["arn:aws:route53:::hostedzone/*"],
        },
        {"Effect": "Allow", "Action": ["route53:ListHostedZones", "route53:ListTagsForResources"], "Resource": ["*"]},
    ],
}

identity = PodIdentity(
    "external-dns",
    {
        "cluster_name": config.require("cluster"),
        "namespace": config.require("namespace"),
        "service_account": "external-dns",
        # Set `serviceAccount.create: false` in the chart.
        "create_namespace": True,
        "create_service_account": True,
        "role_name": OWN_ROLE,
        "policies": {"zones": ZONES},
        "assumable_role_arns": {"second": pulumi.Output.format("arn:aws:iam::{0}:role/{1}", second_id, SECOND_ROLE)},
    },
)

own_id = aws.get_caller_identity_output().account_id
target = PodIdentityTargetRole(
    "external-dns",
    {
        "role_name": SECOND_ROLE,
        "source_role_arn": pulumi.Output.format("arn:aws:iam::{0}:role/{1}", own_id, OWN_ROLE),
        "assumed_by": AssumedBy.WORKLOAD,
        "policies": {"zones": ZONES},
    },
    pulumi.ResourceOptions(provider=second),
)

profiles = pulumi.Output.format(
    "[default]\nregion = eu-west-1\n\n[profile second]\nrole_arn = {0}\ncredential_source = EcsContainer\n",
    target.role_arn,
)
# Mount it, and set AWS_CONFIG_FILE to its path.
kubernetes.core.v1.ConfigMap(
    "profiles",
    metadata={"name": "external-dns-aws", "namespace": identity.namespace},
    data={"config": profiles},
)

pulumi.export("profiles", profiles)
pulumi.export("service_account", identity.service_account_name)
