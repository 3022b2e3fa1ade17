"""Creates what exists in AWS before any stack runs: the clusters, and the data that the proofs read."""

import json

import boto3

from sandbox.running import REGION, SOURCE_ACCOUNT, TARGET_ACCOUNT

CLUSTERS = ("dev", "staging", "prod")
CLUSTER_ROLE = "cluster"
#: Bucket, the account that owns it, and the keys of the objects in it.
BUCKETS = {
    "invoices": (SOURCE_ACCOUNT, ("2026/january.json", "archive/2019.json")),
    "exported-reports": (TARGET_ACCOUNT, ("monthly/october.csv", "salaries/october.csv")),
}


def client(service: str, endpoint: str, account: str = SOURCE_ACCOUNT):  # noqa: ANN201 - boto3 makes its clients at run time
    """Return a boto3 client that acts as the root of *account* in the emulator."""
    return boto3.client(
        service,  # pyright: ignore[reportArgumentType,reportCallIssue] # any service name, not one literal
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="sandbox",  # noqa: S106 - the emulator takes any
    )


def create_cluster(endpoint: str, name: str, account: str = SOURCE_ACCOUNT) -> None:
    """Create a cluster, and its role if the account has none. EKS requires one that it may assume."""
    iam = client("iam", endpoint, account)
    try:
        iam.get_role(RoleName=CLUSTER_ROLE)
    except iam.exceptions.NoSuchEntityException:
        trust = {"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName=CLUSTER_ROLE, AssumeRolePolicyDocument=document)
    client("eks", endpoint, account).create_cluster(
        name=name,
        roleArn=f"arn:aws:iam::{account}:role/{CLUSTER_ROLE}",
        resourcesVpcConfig={"subnetIds": ["subnet-0a", "subnet-0b"]},
    )


def seed(endpoint: str) -> None:
    """Create the clusters and the data in the emulator at *endpoint*."""
    for cluster in CLUSTERS:
        create_cluster(endpoint, cluster)
    for bucket, (account, keys) in BUCKETS.items():
        s3 = client("s3", endpoint, account)
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        for key in keys:
            s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
