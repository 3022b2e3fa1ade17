"""The messages about a stack's associations, agents, nodes and ServiceAccounts (PI4), as a snapshot."""

from collections.abc import Mapping
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.resource import ADDON, CLUSTER, FARGATE_PROFILE, SERVICE_ACCOUNT
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    SOURCE_ROLE_ARN,
    agent,
    association,
    attachment,
    document,
    ebs_addon,
    fargate_profile,
    node_group,
    role,
    role_policy,
    service_account,
    service_trust,
    trust,
)
from stack_messages import allow, managed_policy, messages_of, workload

STACKS: dict[str, Mapping[str, Any]] = {
    # PI401
    "twice": {**workload(trust()), "second": association()},
    "twice after one that is not known": {
        **workload(trust()),
        "a": association(namespace=UNKNOWN),
        "second": association(),
    },
    "twice perhaps": {**workload(trust(), region=UNKNOWN), "second": association(region="eu-west-1")},
    "twice with an add-on": {
        **workload(trust(), namespace="kube-system", serviceAccount="ebs-csi-controller-sa"),
        "driver": ebs_addon(),
    },
    "names not known": workload(trust(), clusterName=UNKNOWN),
    # PI403 and PI407
    "annotated": {
        **workload(trust()),
        "account": service_account("api", annotations={"eks.amazonaws.com/role-arn": "x"}),
    },
    "annotated otherwise": {**workload(trust()), "account": service_account("api", annotations={"team": "payments"})},
    "annotations not known": {**workload(trust()), "account": service_account("api", annotations=UNKNOWN)},
    "other accounts": {**workload(trust()), "b": service_account("worker"), "a": service_account("cron")},
    "other accounts for the second": {
        **workload(trust()),
        "second": association(serviceAccount="worker"),
        "a": service_account("api"),
    },
    "accounts without names": {
        **workload(trust()),
        "b": service_account("worker"),
        "a": {"type": SERVICE_ACCOUNT, "properties": {"metadata": {"name": UNKNOWN}}},
    },
    # PI404
    "Fargate": {**workload(trust()), "profile": fargate_profile("pay*")},
    "Fargate by labels": {
        **workload(trust()),
        "profile": {
            "type": FARGATE_PROFILE,
            "properties": {"clusterName": "dev", "selectors": [{"namespace": "payments", "labels": {"a": "b"}}]},
        },
    },
    "Fargate, names not known": {
        **workload(trust()),
        "profile": fargate_profile("payments"),
        "cluster": association(clusterName=UNKNOWN),
        "namespace": association(namespace=UNKNOWN),
    },
    "Fargate perhaps": {**workload(trust(), region=UNKNOWN), "profile": fargate_profile("payments")},
    "Fargate not known": {
        **workload(trust()),
        "profile": fargate_profile(UNKNOWN),  # type: ignore[arg-type] # as at preview
        "other": {"type": FARGATE_PROFILE, "properties": {"clusterName": "dev", "selectors": UNKNOWN}},
        "third": {"type": FARGATE_PROFILE, "properties": {"clusterName": UNKNOWN, "selectors": []}},
        "fourth": {"type": FARGATE_PROFILE, "properties": {"clusterName": "dev", "selectors": "x"}},
        "fifth": {"type": FARGATE_PROFILE, "properties": {"clusterName": "dev", "selectors": ["x", {"namespace": 7}]}},
    },
    # PI405 and PI406
    "no agent": {
        "role": role(trust()),
        "one": association(),
        "two": association(serviceAccount="worker"),
        "three": association(clusterName="prod", serviceAccount="worker"),
        "four": association(clusterName=UNKNOWN),
    },
    "agent of an unknown cluster": {**workload(trust()), "agent": agent(clusterName=UNKNOWN)},
    "two agents": {**workload(trust()), "second": agent()},
    "two agents perhaps": {**workload(trust()), "second": agent(region=UNKNOWN)},
    "agent on Auto Mode": {
        **workload(trust()),
        "cluster": {"type": CLUSTER, "properties": {"name": "dev", "computeConfig": {"enabled": True}}},
    },
    # PI408
    "add-on with two roles": {"driver": ebs_addon(serviceAccountRoleArn=SOURCE_ROLE_ARN), "role": role(trust())},
    "add-on not known": {"driver": ebs_addon(serviceAccountRoleArn=UNKNOWN, podIdentityAssociations=UNKNOWN)},
    # PI409
    "nodes": {
        **workload(trust()),
        "nodeRole": role(service_trust("ec2.amazonaws.com"), name="nodes"),
        "nodes": node_group(),
    },
    "nodes perhaps": {
        **workload(trust()),
        "nodeRole": role(service_trust("ec2.amazonaws.com"), name="nodes"),
        "nodes": node_group(),
        "policy": attachment(UNKNOWN, to="${nodeRole.name}"),
    },
    "nodes with a boundary": {
        **workload(trust()),
        "nodeRole": role(
            service_trust("ec2.amazonaws.com"), name="nodes", permissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/b"
        ),
        "nodes": node_group(),
        "policy": attachment("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", to="${nodeRole.name}"),
    },
    "nodes with a boundary of the stack": {
        **workload(trust()),
        "nodeRole": role(service_trust("ec2.amazonaws.com"), name="nodes", permissionsBoundary="${boundary.arn}"),
        "nodes": node_group(),
        "boundary": managed_policy(document(allow("ec2:*", "*"))),
        "policy": attachment("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy", to="${nodeRole.name}"),
    },
    "nodes with a policy of their own": {
        **workload(trust()),
        "nodeRole": role(service_trust("ec2.amazonaws.com"), name="nodes"),
        "nodes": node_group(),
        "own": role_policy(document(allow("eks-auth:*", "*")), to="${nodeRole.name}"),
        "policy": attachment("arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy", to="${nodeRole.name}"),
    },
    "nodes with a policy for something else": {
        **workload(trust()),
        "nodeRole": role(service_trust("ec2.amazonaws.com"), name="nodes"),
        "nodes": node_group(),
        "own": role_policy(document(allow("ec2:DescribeInstances", "*")), to="${nodeRole.name}"),
        "policy": attachment("arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy", to="${nodeRole.name}"),
    },
    "nodes with a policy that is not known": {
        **workload(trust()),
        "nodeRole": role(service_trust("ec2.amazonaws.com"), name="nodes"),
        "nodes": node_group(),
        "own": role_policy(document(allow(["ec2:DescribeInstances", UNKNOWN], "*")), to="${nodeRole.name}"),
        "policy": attachment("arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy", to="${nodeRole.name}"),
    },
    "nodes of several clusters": {
        **workload(trust()),
        "nodeRole": role(service_trust("ec2.amazonaws.com"), name="nodes"),
        "a": node_group(clusterName=UNKNOWN),
        "b": node_group(clusterName="prod"),
        "c": node_group(nodeRoleArn=UNKNOWN),
        "d": node_group(),
        "e": node_group(),
        "other_role": role(service_trust("ec2.amazonaws.com"), name="other"),
        "f": node_group(nodeRoleArn="${other_role.arn}"),
    },
    "nodes of another cluster": {
        **workload(trust()),
        "nodeRole": role(service_trust("ec2.amazonaws.com"), name="nodes"),
        "nodes": node_group(clusterName="prod"),
    },
    # resources in other forms
    "out of sight": {"a": {"type": "aws-native:iam:Role", "properties": {}}},
    "add-ons": {
        "role": role(trust()),
        "known": ebs_addon(),
        "vendor": {
            "type": ADDON,
            "properties": {
                "clusterName": "dev",
                "addonName": "vendor",
                "podIdentityAssociations": [{"serviceAccount": "a", "roleArn": "${role.arn}"}, UNKNOWN],
            },
        },
        "agent": agent(),
    },
}


@pytest.mark.parametrize("name", list(STACKS))
def test_the_messages_match_the_snapshot(name: str, snapshot: SnapshotAssertion):
    assert messages_of(STACKS[name]) == snapshot
