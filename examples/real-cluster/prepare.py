"""Prints what the workflow `real-cluster` needs: `python examples/real-cluster/prepare.py permissions --help`.

permissions   the least IAM policy of the role that the workflow assumes
trust         the trust policy of that role, for one branch of one repository
rbac          the Kubernetes permissions of the role, as a manifest
stack         the stack file: one identity, and the calls that it must and must not be able to make
"""

import argparse
import json
import sys
from typing import Any

NAME = "pod-identity-check"
GITHUB = "token.actions.githubusercontent.com"


def permissions(args: argparse.Namespace) -> dict[str, Any]:
    """Return the IAM policy: one role, and the associations of one cluster."""
    role = f"arn:{args.partition}:iam::{args.account}:role/{NAME}"
    cluster = f"arn:{args.partition}:eks:{args.region}:{args.account}:cluster/{args.cluster}"
    association = f"arn:{args.partition}:eks:{args.region}:{args.account}:podidentityassociation/{args.cluster}/*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Role",
                "Effect": "Allow",
                "Action": [
                    "iam:CreateRole",
                    "iam:DeleteRole",
                    "iam:DeleteRolePolicy",
                    "iam:GetRole",
                    "iam:GetRolePolicy",
                    "iam:ListAttachedRolePolicies",
                    "iam:ListInstanceProfilesForRole",  # before the AWS provider deletes a role
                    "iam:ListRolePolicies",
                    "iam:PutRolePolicy",
                    "iam:TagRole",
                ],
                "Resource": [role],
            },
            {
                "Sid": "PassRole",
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": [role],
                "Condition": {
                    "StringEquals": {
                        "iam:PassedToService": "pods.eks.amazonaws.com",
                        "iam:AssociatedResourceARN": cluster,
                    }
                },
            },
            {
                "Sid": "Cluster",
                "Effect": "Allow",
                "Action": [
                    "eks:CreatePodIdentityAssociation",
                    "eks:DescribeCluster",  # `aws eks update-kubeconfig`
                    "eks:ListPodIdentityAssociations",  # the proof
                ],
                "Resource": [cluster],
            },
            {
                "Sid": "Association",
                "Effect": "Allow",
                "Action": [
                    "eks:DeletePodIdentityAssociation",
                    "eks:DescribePodIdentityAssociation",
                    "eks:TagResource",
                ],
                "Resource": [association],
            },
        ],
    }


def trust(args: argparse.Namespace) -> dict[str, Any]:
    """Return the trust policy: the repository's workflows in one environment, through GitHub's OIDC provider."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:{args.partition}:iam::{args.account}:oidc-provider/{GITHUB}"},
                "Action": ["sts:AssumeRoleWithWebIdentity"],
                "Condition": {
                    "StringEquals": {
                        f"{GITHUB}:aud": "sts.amazonaws.com",
                        f"{GITHUB}:sub": f"repo:{args.repository}:environment:real-cluster",
                    }
                },
            }
        ],
    }


def rbac(_: argparse.Namespace) -> dict[str, Any]:
    """Return the manifest: its own namespace and ServiceAccount, and the pod of the proof, for one group."""
    rules = [
        {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["create"]},
        {
            "apiGroups": [""],
            "resources": ["namespaces"],
            "resourceNames": [NAME],
            "verbs": ["get", "list", "watch", "patch", "delete"],
        },
        {
            "apiGroups": [""],
            "resources": ["serviceaccounts", "pods"],
            "verbs": ["create", "get", "list", "watch", "patch", "delete"],
        },
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    ]
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": NAME}}
    binding = role | {
        "kind": "ClusterRoleBinding",
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": NAME},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": NAME}],
    }
    return {"apiVersion": "v1", "kind": "List", "items": [role | {"rules": rules}, binding]}


def stack(args: argparse.Namespace) -> dict[str, Any]:
    """Return the stack file. JSON is YAML, so it is written as `stacks/Pulumi.check.yaml`.

    What the proof expects of it is in `sandbox/expectations/check.yaml`.
    """
    allowed = {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets"], "Resource": ["*"]}
    identity = {
        "namespace": NAME,
        "serviceAccount": "check",
        "createNamespace": True,
        "createServiceAccount": True,
        "roleName": NAME,
        "policies": {"buckets": {"Version": "2012-10-17", "Statement": [allowed]}},
    }
    environment = {
        "cluster": {
            "name": args.cluster,
            "accountId": args.account,
            "partition": args.partition,
            "region": args.region,
        },
        "tags": {"Environment": "check", "Owner": "platform", "CostCenter": "4711"},
        "identities": {"check": identity},
    }
    return {"config": {"aws:region": args.region, "eks-pod-identity:environment": environment}}


def main() -> None:
    """Print one document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for write in (permissions, trust, rbac, stack):
        command = commands.add_parser(write.__name__, help=write.__doc__)
        command.set_defaults(write=write)
        if write is rbac:
            continue
        command.add_argument("--account", required=True, help="id of the cluster's account")
        command.add_argument("--partition", default="aws")
        if write is trust:
            command.add_argument("--repository", required=True, help="owner/name on GitHub")
        else:
            command.add_argument("--cluster", required=True)
            command.add_argument("--region", required=True)
    args = parser.parse_args()
    json.dump(args.write(args), sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
