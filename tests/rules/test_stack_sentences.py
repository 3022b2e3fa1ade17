"""The messages of the rules about whole stacks, with their locations, as a reviewed snapshot.

Each stack is as at preview: `${role.arn}` is not known, and depends on the role.
"""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import Finding
from eks_pod_identity.rules.judge_stack import stack_verdicts
from eks_pod_identity.rules.resource import (
    ADDON,
    CLUSTER,
    FARGATE_PROFILE,
    POLICY,
    POLICY_ATTACHMENT,
    SERVICE_ACCOUNT,
    Resource,
)
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    CLUSTER_ARN,
    EXTERNAL_ID,
    READ_INVOICES,
    SCOPED_BY_CLUSTER,
    SOURCE_ROLE_ARN,
    TARGET_ACCOUNT,
    TARGET_ROLE_ARN,
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
    target_role,
    target_trust,
    trust,
)

_REFERENCE = re.compile(r"\$\{(\w+)\.\w+\}")
SENT_CLUSTER = {"aws:SourceArn": "${aws:RequestTag/eks-cluster-arn}"}
SAME_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}
CLUSTER_NAME = "${aws:PrincipalTag/eks-cluster-name}"
NAMESPACE_TAG = "aws:PrincipalTag/kubernetes-namespace"
OF_NAMESPACE = {"StringEquals": {NAMESPACE_TAG: "payments"}}
BOTH = ["sts:AssumeRole", "sts:TagSession"]
BUCKETS = [f"arn:aws:s3:::{name}" for name in "abcd"]
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
BY_NAMESPACE = "arn:aws:s3:::invoices/${aws:PrincipalTag/kubernetes-namespace}/*"
BY_ARN = {"arn": SOURCE_ROLE_ARN}
PROVIDERS: dict[str, dict[str, Any]] = {
    "aws": {"region": "eu-west-1", "allowedAccountIds": [ACCOUNT]},
    "abroad": {"region": "eu-west-1", "allowedAccountIds": [TARGET_ACCOUNT]},
    "environment": {},
}
ABROAD = {"_provider": "abroad"}
OF_ENVIRONMENT = {"_provider": "environment"}
TARGET = {**target_role(target_trust()), **ABROAD}


def allow(action: Any, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def managed(policy: object, **properties: Any) -> dict[str, Any]:
    return {"type": POLICY, "properties": {"name": "read", "policy": policy, **properties}}


def bucket_policy(principal: object) -> dict[str, Any]:
    statement = allow("s3:GetObject", BY_NAMESPACE, Principal=principal)
    return {"type": "aws:s3/bucketPolicy:BucketPolicy", "properties": {"policy": document(statement)}}


def chain(**changes: Any) -> dict[str, Any]:
    resources = {
        "role": role(trust()),
        "assume": role_policy(document(allow(BOTH, TARGET_ROLE_ARN))),
        "target": TARGET,
        "association": association(targetRoleArn=TARGET_ROLE_ARN),
        "agent": agent(),
        **changes,
    }
    return {name: resource for name, resource in resources.items() if resource is not None}


def workload(trust_policy: object, **changes: Any) -> dict[str, Any]:
    return {"role": role(trust_policy), "association": association(**changes), "agent": agent()}


def tags_off(**changes: Any) -> dict[str, Any]:
    return {**workload(trust(Condition=SCOPED_BY_CLUSTER), disableSessionTags=True), **changes}


def to_target(*statements: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return chain(target={**target_role(document(*statements)), **ABROAD}, **changes)


def admit(**changes: Any) -> dict[str, Any]:
    condition = {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}}
    return {"Effect": "Allow", "Principal": ROOT, "Action": BOTH, "Condition": condition, **changes}


def own_target(principal: object) -> dict[str, Any]:
    """A target role of the same account, and a source role without a permission to assume it."""
    target = role(document(admit(Principal=principal, Condition={})), name="reader")
    return {
        "role": role(trust()),
        "target": target,
        "association": association(targetRoleArn="${target.arn}"),
        "agent": agent(),
    }


def environment(resources: Mapping[str, Any]) -> dict[str, Any]:
    """The resources of a stack whose environment defines the region and the account."""
    return {name: {**each, **OF_ENVIRONMENT} for name, each in resources.items()}


STACKS: dict[str, Mapping[str, Any]] = {
    # PI107
    "another account": workload(trust(Condition={"StringEquals": {"aws:SourceAccount": TARGET_ACCOUNT}})),
    "several values": workload(trust(Condition={"StringEquals": {"aws:RequestTag/kubernetes-namespace": [*"abcde"]}})),
    "two conditions": workload(
        trust(
            Condition={
                "StringEquals": {"aws:RequestTag/kubernetes-namespace": "a"},
                "StringLike": {"aws:RequestTag/kubernetes-service-account": "b-*"},
            }
        )
    ),
    "denied for its namespace": workload(
        document(
            trust()["Statement"][0],
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": ["a", "payments"]}},
            },
        )
    ),
    "nothing is wrong": workload(trust()),
    "a chain that is right": chain(),
    "account not known": environment(workload(trust())),
    "chain not known": environment(chain()),
    "chain of an environment": environment(chain(assume=None)),
    "name not known": workload(trust(), serviceAccount=UNKNOWN),
    "statement not known": workload(document(trust()["Statement"][0] | {"Condition": UNKNOWN})),
    "role of another provider": {**workload(trust()), "role": {**role(trust()), **OF_ENVIRONMENT}},
    "component": {
        **workload(trust(Condition={"StringEquals": {"aws:RequestTag/kubernetes-namespace": "orders"}})),
        "association": {**association(), "_component": True},
    },
    # PI205
    "shared": {
        **workload(trust(Condition=SCOPED_BY_CLUSTER)),
        "second": association(serviceAccount="b", policy=READ_INVOICES, disableSessionTags=True),
        "c": association(serviceAccount="c"),
    },
    "shared, role not known": {
        "one": association(roleArn=UNKNOWN),
        "two": association(roleArn=UNKNOWN, serviceAccount="worker"),
        "agent": agent(),
    },
    "shared by two, and wrong": {
        "role": role({"Statement": trust(Condition=SAME_ACCOUNT)["Statement"]}),
        "policy": role_policy(document(allow("s3:GetObjekt", "arn:aws:s3:::a"))),
        "one": association(),
        "two": association(serviceAccount="worker"),
        "agent": agent(),
    },
    "nothing wanted": workload(trust(Condition={"StringEquals": {"aws:RequestTag/kubernetes-namespace": []}})),
    # PI206
    "tags off, a variable in the trust": workload(
        trust(Condition={**SCOPED_BY_CLUSTER, "StringNotEquals": SENT_CLUSTER}),
        disableSessionTags=True,
    ),
    "tags off, a variable in the trust taken literally": workload(
        {
            "Statement": trust(
                Condition={**SCOPED_BY_CLUSTER, "StringNotEquals": SENT_CLUSTER}
            )["Statement"]
        },
        disableSessionTags=True,
    ),
    "tags off, trust": workload(trust(), disableSessionTags=True),
    "tags off, trust by the names of tags": workload(
        trust(Condition={**SCOPED_BY_CLUSTER, "ForAnyValue:StringEquals": {"aws:TagKeys": "kubernetes-namespace"}}),
        disableSessionTags=True,
    ),
    "tags off, trust opened": workload(
        document(
            trust(Condition=SCOPED_BY_CLUSTER)["Statement"][0],
            trust(Condition={"StringNotEquals": {"aws:RequestTag/kubernetes-namespace": "a"}})["Statement"][0],
        ),
        disableSessionTags=True,
    ),
    "tags off, trust not known": workload(UNKNOWN, disableSessionTags=True),
    "tags off, policies": tags_off(
        inline=role_policy(document(allow("s3:GetObject", BY_NAMESPACE), allow("s3:PutObject", BY_NAMESPACE))),
        boundary=managed(
            document(
                allow("*", "*", Condition={"StringNotEquals": {"aws:PrincipalTag/kubernetes-namespace": "a"}})
            )
        ),
        role=role(trust(Condition=SCOPED_BY_CLUSTER), permissionsBoundary="${boundary.arn}"),
        backup=attachment("arn:aws:iam::aws:policy/AmazonEBSCSIDriverEKSClusterScopedPolicy"),
    ),
    "tags off, policies not known": tags_off(inline=role_policy(UNKNOWN), other=attachment(UNKNOWN)),
    "tags off, statement not known": tags_off(inline=role_policy(document(allow("s3:GetObject", UNKNOWN)))),
    "tags off, what provides for it": tags_off(
        inline=role_policy(
            document(
                allow("s3:*", "*", Condition={"Null": {"aws:PrincipalTag/kubernetes-namespace": "true"}}),
                allow("s3:*", "*", Condition={"StringEqualsIfExists": {"aws:PrincipalTag/kubernetes-namespace": "a"}}),
                allow("s3:*", BY_NAMESPACE.replace("namespace}", "namespace, 'none'}")),
                allow("s3:*", "*", Condition={"StringLike": {"s3:prefix": ["a", CLUSTER_NAME]}}),
                allow("s3:*", "*", Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}),
                allow("s3:*", "*", Condition={"Nope": {"aws:PrincipalTag/kubernetes-namespace": "a"}}),
            )
        )
    ),
    "tags off, uses of many kinds": tags_off(
        a=role_policy(document(allow("s3:*", "*", Condition={"Null": {NAMESPACE_TAG: "false"}}))),
        b=role_policy(document({"Effect": "Deny", "Action": "s3:*", "NotResource": BY_NAMESPACE})),
        c=role_policy(document(allow("s3:*", "*", Condition={"StringLike": {"s3:prefix": CLUSTER_NAME}}))),
        d=role_policy(document(allow("s3:*", "*", Condition={"StringNotLike": {"s3:prefix": CLUSTER_NAME}}))),
        e=role_policy({"Statement": [allow("s3:*", BY_NAMESPACE)]}),
    ),
    "tags off, session policy": {
        **tags_off(),
        "association": association(disableSessionTags=True, policy=document(allow("s3:GetObject", BY_NAMESPACE))),
    },
    "tags off, many uses": tags_off(
        inline=role_policy(document(*[allow("s3:GetObject", BY_NAMESPACE) for _ in range(6)]))
    ),
    "tags not known": {
        **tags_off(inline=role_policy(document(allow("s3:GetObject", BY_NAMESPACE)))),
        "association": association(disableSessionTags=UNKNOWN),
    },
    "tags off, bucket policies": tags_off(
        account=bucket_policy({"AWS": ACCOUNT}),
        another=bucket_policy({"AWS": SOURCE_ROLE_ARN + "-2"}),
        everyone=bucket_policy("*"),
        role_itself=bucket_policy({"AWS": SOURCE_ROLE_ARN}),
        root=bucket_policy({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        root_of_another=bucket_policy({"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"}),
        service=bucket_policy({"Service": "s3.amazonaws.com"}),
        unknown=bucket_policy({"AWS": UNKNOWN}),
    ),
    "tags off, bucket policies and a role that is not known": {
        "association": association(disableSessionTags=True, roleArn=UNKNOWN),
        "agent": agent(),
        "another": bucket_policy({"AWS": SOURCE_ROLE_ARN}),
        "another_account": bucket_policy({"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:role/a"}),
        "root": bucket_policy({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    },
    "tags off, other resource policies": tags_off(
        key={
            "type": "aws:kms/key:Key",
            "properties": {"policy": document(allow("kms:*", "*", Principal="*", Condition=OF_NAMESPACE))},
        },
        none={"type": "aws:kms/key:Key", "properties": {}},
        queue={
            "type": "aws:sqs/queuePolicy:QueuePolicy",
            "properties": {"policy": document(allow("sqs:*", "*", NotPrincipal=ROOT, Condition=OF_NAMESPACE))},
        },
    ),
    # PI301 to PI304
    "no permission": chain(assume=None),
    "permission not known": chain(assume=role_policy(UNKNOWN)),
    "denied perhaps": chain(
        other=role_policy(document({"Effect": "Deny", "Action": "sts:*", "Resource": "*", "Condition": UNKNOWN}))
    ),
    "denied by a boundary that is not known": chain(
        role=role(trust(), permissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/boundary")
    ),
    "target not known": chain(association=association(targetRoleArn=UNKNOWN)),
    "boundary": chain(
        role=role(trust(), permissionsBoundary="${boundary.arn}"), boundary=managed(document(allow("s3:*", "*")))
    ),
    "target trusts another role": to_target(admit(Principal={"AWS": SOURCE_ROLE_ARN + "-2"}, Condition={})),
    "target trusts nobody of the account": to_target(admit(Principal={"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"})),
    "target trusts an id": to_target(admit(Principal={"AWS": "AROAEXAMPLEID"}, Condition={})),
    "target denies an id": to_target(
        admit(Principal={"AWS": SOURCE_ROLE_ARN + "-2"}, Condition={}),
        {"Effect": "Deny", "Principal": {"AWS": "AROAEXAMPLEID"}, "Action": "sts:*"},
    ),
    "target trusts the role's own id": to_target(
        admit(Principal={"AWS": "AROAEXAMPLEID"}, Condition={}), role=role(trust(), uniqueId="AROAEXAMPLEID", **BY_ARN)
    ),
    "target trusts another id": to_target(
        admit(Principal={"AWS": "AROAEXAMPLEID"}, Condition={}), role=role(trust(), uniqueId="AROANOTHERID", **BY_ARN)
    ),
    "target does not tag": to_target(admit(Action="sts:AssumeRole")),
    "target asks for another role": to_target(
        admit(Condition={"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN + "-2"}}), role=role(trust(), **BY_ARN)
    ),
    "target trust not known": chain(target={**target_role(UNKNOWN), **ABROAD}),
    "target condition not known": to_target(admit(Condition={"ArnEquals": {"aws:PrincipalArn": UNKNOWN}})),
    "external id": chain(
        target={**target_role(target_trust(external_id=["a", EXTERNAL_ID + "-2"])), **ABROAD}
    ),
    "external id that EKS returned": chain(
        association=association(targetRoleArn=TARGET_ROLE_ARN, externalId="eu-west-1/1/dev/payments/api"),
        role=role(trust(), **BY_ARN),
    ),
    "external id not known": chain(target={**target_role(target_trust(external_id=UNKNOWN)), **ABROAD}),
    "target of another provider": chain(
        target={**target_role(target_trust(external_id="a")), **OF_ENVIRONMENT}, role=role(trust(), **BY_ARN)
    ),
    # PI305
    "role of another account": {
        **workload(trust(), roleArn=f"arn:aws:iam::{TARGET_ACCOUNT}:role/payments-api", associationArn=CLUSTER_ARN),
        "role": {**role(trust()), **ABROAD},
    },
    "role of another provider's account": {**workload(trust()), "role": {**role(trust()), **ABROAD}},
    "role whose ARN is of another account": {
        **workload(trust()),
        "role": role(trust(), arn=f"arn:aws:iam::{TARGET_ACCOUNT}:role/payments-api"),
    },
    # PI307
    "assumes and does not tag": {
        **workload(trust()),
        "assume": role_policy(document(allow("sts:AssumeRole", ["arn:aws:s3:::a", "arn:aws:iam::*:role/spoke-*"]))),
    },
    "target of the account names the role": own_target({"AWS": SOURCE_ROLE_ARN}),
    "target of the account names the session": own_target(
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/payments-api/eks-dev-api-1"}
    ),
    "target of the account names another": own_target({"AWS": [SOURCE_ROLE_ARN + "-2", *ROOT.values()]}),
    "target of the account names an id": own_target({"AWS": ["AROAEXAMPLEID", *ROOT.values()]}),
    "target of the account is not known": own_target({"AWS": [UNKNOWN, *ROOT.values()]}),
    "target of an environment names the role": environment(own_target({"AWS": SOURCE_ROLE_ARN})),
    "target of another account names the role": chain(
        assume=None, target={**target_role(target_trust(principal=SOURCE_ROLE_ARN)), **ABROAD}
    ),
    "assumes anything and tags roles": {
        **workload(trust()),
        "assume": role_policy(document(allow("sts:AssumeRole", "*"), allow("sts:TagSession", "arn:*:iam::*:role/*"))),
    },
    "assumes all but some": {
        **workload(trust()),
        "assume": role_policy(
            document({"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": ["arn:aws:iam::*:role/a", "b"]})
        ),
    },
    "assumes one of two": {
        **workload(trust()),
        "assume": role_policy(
            document(
                allow("sts:AssumeRole", ["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/b"]),
                {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/a"},
            )
        ),
    },
    "assumes what is not known": {
        **workload(trust()),
        "assume": role_policy(document(allow("sts:AssumeRole", ["arn:aws:s3:::a", UNKNOWN]))),
    },
    "target with the external id of both calls": to_target(
        admit(Condition={"StringEquals": {"sts:ExternalId": "vendor"}}), role=role(trust(), **BY_ARN)
    ),
    "assumes anything": {**workload(trust()), "assume": role_policy(document(allow("sts:AssumeRole", "*")))},
    "assumes and may tag": {
        **workload(trust()),
        "assume": role_policy(document(allow("sts:AssumeRole", "arn:aws:iam::*:role/spoke-*"))),
        "other": attachment(UNKNOWN),
    },
    # PI308
    "one role twice": workload(trust(), roleArn=SOURCE_ROLE_ARN, targetRoleArn=SOURCE_ROLE_ARN),
    "one role perhaps": workload(trust(), targetRoleArn=SOURCE_ROLE_ARN),
    "names itself": {
        **workload(document(trust()["Statement"][0], admit(Principal={"AWS": SOURCE_ROLE_ARN}))),
        "role": role(document(trust()["Statement"][0], admit(Principal={"AWS": SOURCE_ROLE_ARN})), **BY_ARN),
    },
    "names itself perhaps": workload(document(trust()["Statement"][0], admit(Principal={"AWS": SOURCE_ROLE_ARN}))),
    "one role, of an environment": environment(workload(trust(), targetRoleArn=SOURCE_ROLE_ARN)),
    "names itself, of an environment": environment(
        workload(document(trust()["Statement"][0], admit(Principal={"AWS": SOURCE_ROLE_ARN})))
    ),
    "names another, of an environment": environment(
        workload(document(trust()["Statement"][0], admit(Principal={"AWS": SOURCE_ROLE_ARN + "-2"})))
    ),
    "names itself after another": workload(
        document(trust()["Statement"][0], admit(Principal={"AWS": [SOURCE_ROLE_ARN + "-2", SOURCE_ROLE_ARN]}))
    ),
    "denies itself": workload(
        document(
            trust()["Statement"][0],
            {"Effect": "Deny", "Principal": {"AWS": SOURCE_ROLE_ARN}, "Action": "sts:AssumeRole"},
        )
    ),
    # PI101 to PI106 through the association
    "role for another service": workload(service_trust("ec2.amazonaws.com")),
    "role for another service, of two": {
        **workload(service_trust("ec2.amazonaws.com")),
        "second": association(serviceAccount="worker"),
    },
    "role for another service, perhaps": {
        **workload(service_trust("ec2.amazonaws.com"), roleArn=SOURCE_ROLE_ARN),
        "role": {**role(service_trust("ec2.amazonaws.com")), **OF_ENVIRONMENT},
    },
    "role for EKS": workload(service_trust("eks.amazonaws.com")),
    "target for another service": chain(target={**target_role(service_trust("ec2.amazonaws.com")), **ABROAD}),
    "target for another service, of a role that is not known": chain(
        role=None,
        assume=None,
        association=association(roleArn=UNKNOWN, targetRoleArn=TARGET_ROLE_ARN),
        target={**target_role(service_trust("ec2.amazonaws.com")), **ABROAD},
    ),
    "target for everyone": to_target(admit(Principal="*", Condition={}, Action="sts:AssumeRole")),
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
        "boundary": managed(document(allow("ec2:*", "*"))),
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
    # PI601 and PI602
    "attached twice": {**workload(trust()), "a": attachment("x"), "b": attachment("x"), "c": attachment("y")},
    "attached twice perhaps": {
        **workload(trust()),
        "policy": {**managed(READ_INVOICES), **OF_ENVIRONMENT},
        "a": attachment("${policy.arn}"),
        "b": attachment(f"arn:aws:iam::{ACCOUNT}:policy/read"),
    },
    "attachment not known": {
        **workload(trust()),
        "a": attachment(UNKNOWN),
        "b": {"type": POLICY_ATTACHMENT, "properties": {"roles": ["${role.name}"], "policyArn": UNKNOWN}},
    },
    "in two places": {
        **workload(trust()),
        "role": role(trust(), managedPolicyArns=["x"], inlinePolicies=[{"policy": READ_INVOICES}]),
        "a": attachment("y"),
        "b": role_policy(READ_INVOICES),
    },
    "in two places perhaps": {
        **workload(trust()),
        "role": role(trust(), managedPolicyArns=UNKNOWN, inlinePolicies=UNKNOWN),
        "a": attachment("y"),
        "b": role_policy(READ_INVOICES),
    },
    # PI603 to PI605
    "invalid policies": {
        **workload(trust()),
        "a": role_policy("{"),
        "b": role_policy(document(allow("s3:GetObjekt", "bucket"))),
        "c": role_policy(document(allow("s3:GetObject", "/bucket", Principal="*"))),
        "role": role(trust(), inlinePolicies=[{"policy": ""}, {"policy": "["}]),
    },
    "a policy that two roles have": {
        **workload(trust()),
        "second": role(trust(), name="worker"),
        "another": association(roleArn="${second.arn}", namespace="orders"),
        "read": managed(document(allow("s3:GetObjekt", "arn:aws:s3:::a/*"))),
        "write": managed(document(allow("s3:PutObjekt", "arn:aws:s3:::a/*")), name="write"),
        "a": attachment("${read.arn}"),
        "b": attachment("${read.arn}", to="${second.name}"),
        "c": attachment("${write.arn}", to="${second.name}"),
    },
    "policies not known": {**workload(trust()), "a": role_policy(UNKNOWN), "b": role_policy({"Statement": [UNKNOWN]})},
    "version": {
        **workload(trust()),
        "a": role_policy({"Statement": [allow("s3:GetObject", ["*", BY_NAMESPACE])]}),
        "b": role_policy({"Version": UNKNOWN, "Statement": [allow("s3:GetObject", BY_NAMESPACE)]}),
        "c": role_policy(
            {
                "Version": "2008-10-17",
                "Statement": [
                    {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": BY_NAMESPACE},
                    allow("s3:*", "*", Condition={"StringLike": {"s3:prefix": ["a", "${aws:username}"]}}),
                ],
            }
        ),
        "d": role_policy(
            {"Statement": [allow("s3:*", "*", Condition={"StringLike": {"s3:prefix": ["a", "${aws:username}"]}})]}
        ),
        "e": role_policy({"Statement": [allow("s3:*", "*", Condition={"Bool": {"aws:SecureTransport": "${a}"}})]}),
    },
    "trust and session policy without a version": workload(
        {"Statement": trust(Condition={"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}})["Statement"]},
        policy={"Statement": [allow("s3:GetObject", BY_NAMESPACE)]},
        disableSessionTags=True,
    ),
    "useless actions": {
        **workload(trust()),
        "a": role_policy(document(allow("s3:GetObject", "arn:aws:s3:::a"))),
        "b": role_policy(document(allow(["s3:GetObject", "s3:PutObject"], BUCKETS))),
        "c": role_policy(document(allow("s3:ListAllMyBuckets", "arn:aws:s3:::a"))),
        "d": role_policy(document(allow("s3:ListBucket", "arn:aws:s3:::a/*"))),
        "e": role_policy(document(allow("ec2:RunInstances", "arn:aws:s3:::a"))),
    },
    "useless session policy": {
        **workload(trust(Condition=SCOPED_BY_CLUSTER)),
        "association": association(policy=document(allow("s3:GetObject", "arn:aws:s3:::a")), disableSessionTags=True),
    },
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
}  # fmt: skip


def resource_of(name: str, resource: Mapping[str, Any]) -> Resource:
    """The resource as the rules get it at preview."""
    properties = {key: value for key, value in resource["properties"].items() if not key.startswith("_")}
    provider = resource.get("_provider", "aws")
    urn = f"eks-pod-identity:index:PodIdentity::{name}" if resource.get("_component") else name
    return Resource(
        urn,
        resource["type"],
        name,
        {key: _unknown(value) for key, value in properties.items()},
        {key: tuple(_REFERENCE.findall(str(value))) for key, value in properties.items()},
        provider,
        PROVIDERS[provider],
    )


def _unknown(value: Any) -> Any:
    """Put UNKNOWN in the places of references."""
    if isinstance(value, str):
        return UNKNOWN if _REFERENCE.fullmatch(value) else value
    if isinstance(value, list):
        return [_unknown(each) for each in value]
    return {key: _unknown(each) for key, each in value.items()} if isinstance(value, dict) else value


def said(resources: Mapping[str, Any], **settings: str) -> str:
    lines: list[str] = []
    for where, verdict in stack_verdicts([resource_of(name, each) for name, each in resources.items()], **settings):
        lines.append(f"{where.name}: {verdict.message().partition(' Fix: ')[0]}")
        if isinstance(verdict, Finding):
            lines[-1] = lines[-1].removesuffix(f" {verdict.why}")
            lines += [f"  {fix}" for fix in dict.fromkeys((verdict.hint, verdict.raw_hint)) if fix]
    return "\n".join(lines)


@pytest.mark.parametrize("name", list(STACKS))
def test_what_is_said_of_a_stack_is_the_reviewed_report(name: str, snapshot: SnapshotAssertion):
    assert said(STACKS[name]) == snapshot


@pytest.mark.parametrize("name", ["role of another account", "account not known", "another account"])
def test_what_is_said_where_the_account_is_configured_is_the_reviewed_report(name: str, snapshot: SnapshotAssertion):
    assert said(STACKS[name], cluster_account=ACCOUNT) == snapshot
