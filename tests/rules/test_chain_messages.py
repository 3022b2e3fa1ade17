"""The messages about an association's role and target role, and their trust policies (PI1, PI3), as a snapshot."""

from collections.abc import Mapping
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    CLUSTER_ARN,
    EXTERNAL_ID,
    SOURCE_ROLE_ARN,
    TARGET_ACCOUNT,
    TARGET_ROLE_ARN,
    agent,
    association,
    attachment,
    document,
    role,
    role_policy,
    service_trust,
    target_role,
    target_trust,
    trust,
)
from stack_messages import OF_ENVIRONMENT, allow, managed_policy, messages_of, of_environment, workload

BOTH = ["sts:AssumeRole", "sts:TagSession"]
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
SOURCE_ARN = {"arn": SOURCE_ROLE_ARN}
OF_TARGET_ACCOUNT = {"_provider": "of the target account"}
TARGET = {**target_role(target_trust()), **OF_TARGET_ACCOUNT}


def chain(**changes: Any) -> dict[str, Any]:
    """Return a chain without a fault, with *changes*; a resource that is None is left out."""
    resources = {
        "role": role(trust()),
        "assume": role_policy(document(allow(BOTH, TARGET_ROLE_ARN))),
        "target": TARGET,
        "association": association(targetRoleArn=TARGET_ROLE_ARN),
        "agent": agent(),
        **changes,
    }
    return {name: resource for name, resource in resources.items() if resource is not None}


def with_target_trust(*statements: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return chain(target={**target_role(document(*statements)), **OF_TARGET_ACCOUNT}, **changes)


def allow_source(**changes: Any) -> dict[str, Any]:
    condition = {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}}
    return {"Effect": "Allow", "Principal": ROOT, "Action": BOTH, "Condition": condition, **changes}


def target_in_the_account(principal: object) -> dict[str, Any]:
    """Return a target role of the same account, and a source role without a permission to assume it."""
    target = role(document(allow_source(Principal=principal, Condition={})), name="reader")
    return {
        "role": role(trust()),
        "target": target,
        "association": association(targetRoleArn="${target.arn}"),
        "agent": agent(),
    }


STACKS: dict[str, Mapping[str, Any]] = {
    # PI301 to PI304
    "a chain that is right": chain(),
    "chain not known": of_environment(chain()),
    "chain of an environment": of_environment(chain(assume=None)),
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
        role=role(trust(), permissionsBoundary="${boundary.arn}"),
        boundary=managed_policy(document(allow("s3:*", "*"))),
    ),
    "target trusts another role": with_target_trust(
        allow_source(Principal={"AWS": SOURCE_ROLE_ARN + "-2"}, Condition={})
    ),
    "target trusts nobody of the account": with_target_trust(
        allow_source(Principal={"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"})
    ),
    "target trusts an id": with_target_trust(allow_source(Principal={"AWS": "AROAEXAMPLEID"}, Condition={})),
    "target denies an id": with_target_trust(
        allow_source(Principal={"AWS": SOURCE_ROLE_ARN + "-2"}, Condition={}),
        {"Effect": "Deny", "Principal": {"AWS": "AROAEXAMPLEID"}, "Action": "sts:*"},
    ),
    "target trusts the role's own id": with_target_trust(
        allow_source(Principal={"AWS": "AROAEXAMPLEID"}, Condition={}),
        role=role(trust(), uniqueId="AROAEXAMPLEID", **SOURCE_ARN),
    ),
    "target trusts another id": with_target_trust(
        allow_source(Principal={"AWS": "AROAEXAMPLEID"}, Condition={}),
        role=role(trust(), uniqueId="AROANOTHERID", **SOURCE_ARN),
    ),
    "target does not tag": with_target_trust(allow_source(Action="sts:AssumeRole")),
    "target asks for another role": with_target_trust(
        allow_source(Condition={"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN + "-2"}}),
        role=role(trust(), **SOURCE_ARN),
    ),
    "target trust not known": chain(target={**target_role(UNKNOWN), **OF_TARGET_ACCOUNT}),
    "target condition not known": with_target_trust(
        allow_source(Condition={"ArnEquals": {"aws:PrincipalArn": UNKNOWN}})
    ),
    "external id": chain(
        target={**target_role(target_trust(external_id=["a", EXTERNAL_ID + "-2"])), **OF_TARGET_ACCOUNT}
    ),
    "external id that EKS returned": chain(
        association=association(targetRoleArn=TARGET_ROLE_ARN, externalId="eu-west-1/1/dev/payments/api"),
        role=role(trust(), **SOURCE_ARN),
    ),
    "external id not known": chain(target={**target_role(target_trust(external_id=UNKNOWN)), **OF_TARGET_ACCOUNT}),
    "target of another provider": chain(
        target={**target_role(target_trust(external_id="a")), **OF_ENVIRONMENT}, role=role(trust(), **SOURCE_ARN)
    ),
    # PI305
    "role of another account": {
        **workload(trust(), roleArn=f"arn:aws:iam::{TARGET_ACCOUNT}:role/payments-api", associationArn=CLUSTER_ARN),
        "role": {**role(trust()), **OF_TARGET_ACCOUNT},
    },
    "role of another provider's account": {**workload(trust()), "role": {**role(trust()), **OF_TARGET_ACCOUNT}},
    "role whose ARN is of another account": {
        **workload(trust()),
        "role": role(trust(), arn=f"arn:aws:iam::{TARGET_ACCOUNT}:role/payments-api"),
    },
    # PI307
    "assumes and does not tag": {
        **workload(trust()),
        "assume": role_policy(document(allow("sts:AssumeRole", ["arn:aws:s3:::a", "arn:aws:iam::*:role/spoke-*"]))),
    },
    "target of the account names the role": target_in_the_account({"AWS": SOURCE_ROLE_ARN}),
    "target of the account names the session": target_in_the_account(
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/payments-api/eks-dev-api-1"}
    ),
    "target of the account names another": target_in_the_account({"AWS": [SOURCE_ROLE_ARN + "-2", *ROOT.values()]}),
    "target of the account names an id": target_in_the_account({"AWS": ["AROAEXAMPLEID", *ROOT.values()]}),
    "target of the account is not known": target_in_the_account({"AWS": [UNKNOWN, *ROOT.values()]}),
    "target of an environment names the role": of_environment(target_in_the_account({"AWS": SOURCE_ROLE_ARN})),
    "target of another account names the role": chain(
        assume=None, target={**target_role(target_trust(principal=SOURCE_ROLE_ARN)), **OF_TARGET_ACCOUNT}
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
    "target with the external id of both calls": with_target_trust(
        allow_source(Condition={"StringEquals": {"sts:ExternalId": "vendor"}}), role=role(trust(), **SOURCE_ARN)
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
        **workload(document(trust()["Statement"][0], allow_source(Principal={"AWS": SOURCE_ROLE_ARN}))),
        "role": role(
            document(trust()["Statement"][0], allow_source(Principal={"AWS": SOURCE_ROLE_ARN})), **SOURCE_ARN
        ),
    },
    "names itself perhaps": workload(
        document(trust()["Statement"][0], allow_source(Principal={"AWS": SOURCE_ROLE_ARN}))
    ),
    "one role, of an environment": of_environment(workload(trust(), targetRoleArn=SOURCE_ROLE_ARN)),
    "names itself, of an environment": of_environment(
        workload(document(trust()["Statement"][0], allow_source(Principal={"AWS": SOURCE_ROLE_ARN})))
    ),
    "names another, of an environment": of_environment(
        workload(document(trust()["Statement"][0], allow_source(Principal={"AWS": SOURCE_ROLE_ARN + "-2"})))
    ),
    "names itself after another": workload(
        document(trust()["Statement"][0], allow_source(Principal={"AWS": [SOURCE_ROLE_ARN + "-2", SOURCE_ROLE_ARN]}))
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
    "target for another service": chain(
        target={**target_role(service_trust("ec2.amazonaws.com")), **OF_TARGET_ACCOUNT}
    ),
    "target for another service, of a role that is not known": chain(
        role=None,
        assume=None,
        association=association(roleArn=UNKNOWN, targetRoleArn=TARGET_ROLE_ARN),
        target={**target_role(service_trust("ec2.amazonaws.com")), **OF_TARGET_ACCOUNT},
    ),
    "target for everyone": with_target_trust(allow_source(Principal="*", Condition={}, Action="sts:AssumeRole")),
}


@pytest.mark.parametrize("name", list(STACKS))
def test_the_messages_match_the_snapshot(name: str, snapshot: SnapshotAssertion):
    assert messages_of(STACKS[name]) == snapshot


def test_the_messages_match_the_snapshot_where_the_account_is_configured(snapshot: SnapshotAssertion):
    assert messages_of(STACKS["role of another account"], cluster_account=ACCOUNT) == snapshot
