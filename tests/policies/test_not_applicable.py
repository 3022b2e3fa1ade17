"""Each rule on a resource of its type to which it does not apply."""

from typing import Any

import pytest

from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    READ_INVOICES,
    SCOPED_BY_CLUSTER,
    SOURCE_ROLE_ARN,
    agent,
    association,
    attachment,
    document,
    node_group,
    role,
    role_policy,
    service_account,
    trust,
)
from policy_harness import run

ELSEWHERE = SOURCE_ROLE_ARN
OTHER_SERVICE = {
    "role": role(trust(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole", Condition=None))
}
OTHER_ACCOUNT = {
    "role": role(
        document(
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "vendor"}},
            }
        )
    )
}
MALFORMED_ELSEWHERE = {
    "role": role(document({**OTHER_SERVICE["role"]["properties"]["assumeRolePolicy"]["Statement"][0], "Sid": "a b"}))
}
NO_SESSION_POLICY = {"association": association(roleArn=ELSEWHERE), "agent": agent()}
NO_TARGET = {"role": role(trust()), "assume": role_policy(READ_INVOICES), **NO_SESSION_POLICY}
UNUSED_NAMESPACE = {
    "profile": {
        "type": "aws:eks/fargateProfile:FargateProfile",
        "properties": {"clusterName": "dev", "selectors": [{"namespace": "*"}]},
    }
}
OTHER_ADDON = {"one": agent(addonName="vpc-cni"), "two": agent(addonName="vpc-cni")}

ASSUMES = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})
VARIABLE = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::${aws:username}/*"}
BUCKET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices"}

CASES: dict[str, dict[str, Any]] = {
    "PI101": OTHER_SERVICE,
    "PI102": OTHER_SERVICE,
    "PI103": {"role": role(document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}))},
    "PI104": OTHER_SERVICE,
    "PI105": OTHER_ACCOUNT,
    "PI106": MALFORMED_ELSEWHERE,
    "PI107": {"role": role(trust()), "association": association(roleArn=ELSEWHERE + "-2"), "agent": agent()},
    "PI201": NO_SESSION_POLICY,
    "PI202": NO_SESSION_POLICY,
    "PI203": NO_SESSION_POLICY,
    "PI204": NO_SESSION_POLICY,
    "PI205": {"one": association(roleArn=ELSEWHERE), "agent": agent()},
    "PI206": {"role": role(trust()), "association": association(), "agent": agent()},
    "PI207": {"association": association(roleArn=ELSEWHERE, policy=READ_INVOICES, disableSessionTags=True)},
    "PI208": {"role": role(trust(Condition=SCOPED_BY_CLUSTER))},
    "PI209": NO_SESSION_POLICY,
    "PI301": NO_TARGET,
    "PI302": OTHER_ACCOUNT,
    "PI303": {
        "role": role(document({"Effect": "Allow", "Principal": {"AWS": SOURCE_ROLE_ARN}, "Action": "sts:AssumeRole"}))
    },
    "PI304": {**OTHER_ACCOUNT, "association": association(roleArn=ELSEWHERE)},
    "PI305": {"association": association(roleArn=ELSEWHERE)},
    "PI306": {
        "role": role(
            document(
                {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
            )
        )
    },
    "PI307": {"role": role(trust()), "may": role_policy(ASSUMES, to="${role.name}")},
    "PI308": {"association": association(roleArn=ELSEWHERE), "agent": agent()},
    "PI401": {"addon": agent(podIdentityAssociations=[{"serviceAccount": "api", "roleArn": ELSEWHERE}])},
    "PI402": {"account": service_account("-")},
    "PI403": {"account": service_account("api", annotations={"eks.amazonaws.com/role-arn": ELSEWHERE})},
    "PI404": UNUSED_NAMESPACE,
    "PI405": OTHER_SERVICE,
    "PI406": OTHER_ADDON,
    "PI407": {"account": service_account("apis")},
    "PI408": {"addon": agent(addonName="vpc-cni", serviceAccountRoleArn=ELSEWHERE)},
    "PI409": {"nodeRole": role(trust()), "nodes": node_group()},
    "PI501": {"policy": role_policy(READ_INVOICES, to="x")},
    "PI502": {"policy": role_policy(READ_INVOICES, to="x")},
    "PI503": {"policy": role_policy(READ_INVOICES, to="x")},
    "PI504": {"policy": role_policy(READ_INVOICES, to="x")},
    "PI601": {
        "one": attachment("arn:aws:iam::aws:policy/A", to="elsewhere"),
        "two": attachment("arn:aws:iam::aws:policy/A", to="elsewhere"),
    },
    "PI602": {"role": role(trust(), managedPolicyArns=["arn:aws:iam::aws:policy/A"])},
    "PI603": {"role": role(trust()), "policy": role_policy(document({"Effect": "Allow", "Action": "s3:Nope"}))},
    "PI604": {"role": role(trust()), "policy": role_policy({"Statement": [VARIABLE]})},
    "PI605": {"role": role(trust()), "policy": role_policy(document(BUCKET))},
}
CONFIG = {"requiredTags": {"Environment": ["dev"]}, "levels": {"PI208": "mandatory"}}


def test_every_rule_is_here():
    assert list(CASES) == list(RULES)


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "applied"])
@pytest.mark.parametrize("code", list(RULES))
def test_a_rule_reports_nothing_where_it_does_not_apply(code: str, preview: bool):
    config = CONFIG if code[:3] == "PI5" or code == "PI208" else {}

    result = run(Example(CASES[code], config), preview=preview)

    assert code not in result.codes | result.open_codes
