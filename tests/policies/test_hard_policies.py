"""Permission and session policies in unusual forms, each with what AWS does, and the names that lead to them."""

import json
from typing import Any

import pytest

from eks_pod_identity.rules.resource import (
    ASSOCIATION,
    CLUSTER,
    POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY,
)
from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import (
    ACCOUNT,
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
    role,
    role_policy,
    target_chain,
    target_role,
    trust,
)
from policy_harness import MODES, UNKNOWN, Result, analyze_stack, run, stack_resource

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BOTH = ["sts:AssumeRole", "sts:TagSession"]
READ: dict[str, Any] = READ_INVOICES["Statement"][0]
TAG = "aws:PrincipalTag/kubernetes-namespace"
REQUEST_TAG = "aws:RequestTag/kubernetes-namespace"
OFF = {"disableSessionTags": True}


def judge(preview: bool, **resources: Any) -> Result:
    return run(Example({"agent": agent(), **resources}, {"clusterAccount": ACCOUNT}), preview=preview)


def messages(result: Result, code: str) -> str:
    return "\n".join(each.message for each in result.of(code))


# Five ways to write one policy of a role


def write_policy(policy: Any) -> dict[str, dict[str, Any]]:
    managed = {"type": POLICY, "properties": {"name": "p", "policy": policy}}
    text = policy if isinstance(policy, str) else json.dumps(policy)
    shared = {
        "type": POLICY_ATTACHMENT,
        "properties": {"name": "p", "roles": ["${role.name}"], "policyArn": "${p.arn}"},
    }
    return {
        "inline": {"p": role_policy(policy)},
        "managed": {"p": managed, "attached": attachment("${p.arn}")},
        "shared": {"p": managed, "attached": shared},
        "boundary": {"p": managed, "role": role(trust(), permissionsBoundary="${p.arn}")},
        "in the role": {"role": role(trust(), inlinePolicies=[{"name": "p", "policy": text}])},
    }


REJECTED: dict[str, tuple[dict[str, Any], str]] = {
    "an ARN has six parts": ({"Resource": "arn:aws:s3::invoices/*"}, "Write all parts"),
    "and not four": ({"Resource": "arn:aws:s3:invoices"}, "Write all parts"),
    "the partition is one of AWS": ({"Resource": "arn:was:s3:::invoices/*"}, "Correct the partition"),
    "an ARN is in lower case": ({"Resource": "ARN:aws:s3:::invoices/*"}, "Write an ARN"),
    "no space": ({"Resource": " arn:aws:s3:::invoices/*"}, "Write an ARN"),
    "an address is no ARN": ({"Resource": "s3://invoices/*"}, "Write an ARN"),
    "no action without its service": ({"Action": "GetObject"}, 'such as "s3:GetObject"'),
    "a misspelled action": ({"Action": ["s3:GetObject", "s3:PutObjekt"]}, 'Write "s3:PutObject"'),
    "an action after a space": ({"Action": "s3:GetObject "}, 'Write "s3:GetObject"'),
    "a pattern that covers nothing": ({"Action": "s3:Foo*"}, 'Correct the spelling of "s3:Foo*"'),
    "no wildcard in the service": ({"Action": "s*:GetObject"}, 'Correct the spelling of "s*:GetObject"'),
    "an effect in lower case": ({"Effect": "allow"}, 'is "allow"; it must be'),
    "a hyphen in a Sid": ({"Sid": "read-invoices"}, 'is "read-invoices"; it may hold'),
    "NotPrincipal": ({"NotPrincipal": {"AWS": "*"}}, "Remove NotPrincipal"),
    "an operator that IAM lacks": ({"Condition": {"StringLikes": {"s3:prefix": "x"}}}, "Use an operator"),
    "an element that IAM lacks": ({"Actions": ["s3:GetObject"]}, 'Write "Action".'),
}
ACCEPTED: dict[str, dict[str, Any]] = {
    "a star may stand for the other parts": {"Resource": "arn:aws:s3:*"},
    "and in a service": {"Action": "s3:*", "Resource": "arn:aws:s3*"},
    "actions ignore case": {"Action": "S3:getobject"},
    "other partitions": {"Resource": ["arn:aws-cn:s3:::x/*", "arn:aws-us-gov:s3:::x/*", "arn:aws-iso-b:s3:::x/*"]},
    "a variable may be the partition": {"Resource": "arn:${aws:Partition}:s3:::invoices/*"},
    "or the whole resource": {"Resource": "${aws:PrincipalTag/bucket}"},
    "values that are no text": {
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::invoices",
        "Condition": {"NumericLessThan": {"s3:max-keys": 10}, "Bool": {"aws:SecureTransport": True}},
    },
}


@pytest.mark.parametrize("way", ["inline", "managed", "shared", "boundary", "in the role"])
@pytest.mark.parametrize("why", list(REJECTED))
def test_a_policy_that_iam_rejects_or_reads_as_nothing(why: str, way: str):
    changes, fix = REJECTED[why]
    resources = {
        "role": role(trust()),
        "association": association(),
        **write_policy(document({**READ, **changes}))[way],
    }

    for preview in (True, False):
        result = judge(preview, **resources)

        assert "PI603" in result.codes <= {"PI603", "PI605"}
        assert fix in messages(result, "PI603")


@pytest.mark.parametrize("way", ["inline", "managed", "shared", "boundary", "in the role"])
@pytest.mark.parametrize("why", list(ACCEPTED))
def test_a_policy_that_iam_accepts(why: str, way: str):
    policy = write_policy(document({**READ, **ACCEPTED[why]}))[way]
    resources = {"role": role(trust()), "association": association(), **policy}

    assert judge(True, **resources).codes == set()
    assert judge(False, **resources).codes == set()


@pytest.mark.parametrize(
    ("action", "resource", "is_wrong"),
    [
        ("s3:GetObject", "arn:aws:sqs:eu-west-1:111122223333:invoices*", True),
        ("s3:GetObject", "arn:aws:s4:::invoices/*", True),
        ("sqs:SendMessage", "arn:aws:sqs:*:*:*", False),
        ("sqs:SendMessage", "arn:*:sqs:eu-west-1:111122223333:invoices*", False),
        ("s3:GetObject", "arn:aws:s3:*:*:invoices/*", False),
        ("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/*/index/*", False),
    ],
)
def test_a_star_at_the_end_of_an_arn_reaches_no_other_service(action: str, resource: str, is_wrong: bool):
    policy = document({"Effect": "Allow", "Action": action, "Resource": resource})

    codes = judge(False, role=role(trust()), association=association(), policy=role_policy(policy)).codes

    assert codes == ({"PI605"} if is_wrong else set())


# Session tags that are off


@MODES
@pytest.mark.parametrize("where", ["role", "session"])
@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ({"stringlike": {TAG.lower(): "x*"}}, "never holds"),
        ({"ForAnyValue:StringEquals": {TAG: ["x"]}}, "never holds"),
        ({"ForAnyValue:StringNotEquals": {TAG: ["x"]}}, "never holds"),
        ({"ForAllValues:StringEquals": {TAG: ["x"]}}, "always holds"),
        ({"StringNotEquals": {"s3:prefix": f"${{{TAG}}}"}}, "always holds"),
        ({"ArnEquals": {"aws:PrincipalTag/eks-cluster-arn": SOURCE_ROLE_ARN}}, "never holds"),
        ({"StringNotEqualsIfExists": {TAG: "x"}}, ""),
        ({"Null": {TAG: ["true", "false"]}}, ""),
        ({"StringEquals": {"s3:prefix": [f"${{{TAG}}}", "public/"]}}, ""),
        ({"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "payments"}}, ""),
    ],
)
def test_what_a_condition_does_without_tags(preview: bool, where: str, condition: dict[str, Any], outcome: str):
    listing = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::invoices"}
    policy = document({**listing, "Condition": condition}, listing)
    resources: dict[str, Any] = {
        "role": {"association": association(**OFF), "policy": role_policy(policy)},
        "session": {"association": association(policy=policy, **OFF)},
    }[where]

    result = judge(preview, role=role(trust(Condition=SCOPED_BY_CLUSTER)), **resources)

    assert result.codes == ({"PI206"} if outcome else set())
    assert outcome in messages(result, "PI206")
    assert not outcome or ("remove the session policy" in messages(result, "PI206")) is (where == "session")


@MODES
def test_a_tag_that_a_call_sets_on_a_resource_is_not_a_session_tag(preview: bool):
    """The EBS driver tags the volumes it creates; `aws:RequestTag` of such a call has nothing to do with EKS."""
    condition = {"StringEquals": {REQUEST_TAG: "payments"}}
    create = {"Effect": "Allow", "Action": "ec2:CreateVolume", "Resource": "*", "Condition": condition}
    assume = {"Effect": "Allow", "Action": BOTH, "Resource": TARGET_ROLE_ARN, "Condition": condition}
    off = {"role": role(trust(Condition=SCOPED_BY_CLUSTER)), "association": association(**OFF)}

    assert judge(preview, **off, policy=role_policy(document(create))).codes == set()
    assert judge(preview, **off, policy=role_policy(document(assume))).codes == {"PI206"}


@MODES
def test_an_inverted_condition_opens_a_target_role_too(preview: bool):
    source = {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}, "StringNotEquals": {REQUEST_TAG: "kube-system"}}
    opened = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": BOTH, "Condition": source}
    chain = target_chain(target_role(document(opened)))
    chain["role"] = role(trust(Condition=SCOPED_BY_CLUSTER))
    chain["association"] = association(targetRoleArn="${target.arn}", **OFF)

    result = judge(preview, **chain)

    assert result.codes == {"PI206"}
    assert "always holds" in messages(result, "PI206")
    assert "Compare sts:ExternalId" in messages(result, "PI206")


# Sessions that the pods start themselves


ASSUME = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": TARGET_ROLE_ARN}
MAY_TAG = {**ASSUME, "Action": "sts:TagSession"}
BY_NAMESPACE = f"arn:aws:iam::{TARGET_ACCOUNT}:role/${{{TAG}}}"
ANY_BUT = {"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": TARGET_ROLE_ARN}


@MODES
@pytest.mark.parametrize(
    ("statements", "is_wrong"),
    [
        ([ASSUME, {**MAY_TAG, "Resource": f"{TARGET_ROLE_ARN}-2"}], True),
        ([{**ASSUME, "Resource": [TARGET_ROLE_ARN, f"{TARGET_ROLE_ARN}-2"]}, MAY_TAG], True),
        ([ASSUME, MAY_TAG, {"Effect": "Deny", "Action": "sts:TagSession", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "sts:TagSession", "Resource": "*"}], True),
        ([ANY_BUT], True),
        ([{**ASSUME, "Resource": BY_NAMESPACE}], True),
        ([{**ASSUME, "Action": BOTH, "Resource": BY_NAMESPACE}], False),
        ([ASSUME, {**MAY_TAG, "Condition": {"StringEquals": {REQUEST_TAG: "orders"}}}], True),
        ([ASSUME, {**MAY_TAG, "Condition": {"StringEquals": {REQUEST_TAG: "payments"}}}], False),
        ([{**ASSUME, "Action": BOTH, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}}], True),
        ([{**ASSUME, "Action": "sts:AssumeRoleWithWebIdentity"}], False),
        ([{**ASSUME, "Condition": {"StringEquals": {REQUEST_TAG: "orders"}}}], False),
    ],
)
def test_a_session_that_is_not_tagged(preview: bool, statements: list[dict[str, Any]], is_wrong: bool):
    policy = role_policy(document(*statements))

    assert judge(preview, role=role(trust()), association=association(), policy=policy).codes == (
        {"PI307"} if is_wrong else set()
    )


def test_a_role_that_is_not_known_yet_leaves_it_open():
    policy = role_policy(document({**ASSUME, "Resource": UNKNOWN}))

    result = judge(True, role=role(trust()), association=association(), policy=policy)

    assert (result.codes, "PI307" in result.open_codes) == (set(), True)


# Names that are the same by chance


PROPERTIES: dict[str, Any] = association(roleArn=UNKNOWN)["properties"]


def test_of_two_roles_of_one_name_the_policy_belongs_to_the_one_of_its_provider():
    """Two providers, neither bound to an account: the stack has `payments-api` in both."""
    target_arn = SOURCE_ROLE_ARN.replace(ACCOUNT, TARGET_ACCOUNT)
    source = role(trust())["properties"] | {"assumeRolePolicy": json.dumps(trust())}
    trusted = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": BOTH}
    target = source | {"assumeRolePolicy": json.dumps(document(trusted))}
    may = {"role": "payments-api", "policy": json.dumps(document({**ASSUME, "Action": BOTH, "Resource": target_arn}))}
    links = {"roleArn": [urn("source")], "targetRoleArn": [urn("target")]}
    stack = [
        stack_resource(ROLE, source, name="source"),
        stack_resource(ROLE, target, name="target"),
        stack_resource(ROLE_POLICY, may, name="may"),
        stack_resource(ASSOCIATION, {**PROPERTIES, "targetRoleArn": UNKNOWN}, name="association", dependencies=links),
    ]
    stack[1].provider.urn = stack[1].provider.urn.replace("default", "other")

    result = analyze_stack(stack)

    assert "PI301" not in result.codes
    assert "PI301" in result.open_codes  # the account of the target is not known


def urn(name: str, kind: str = ROLE) -> str:
    return f"urn:pulumi:dev::shop::{kind}::{name}"


def test_of_two_roles_of_one_name_the_one_that_a_policy_depends_on_counts():
    wrong = json.dumps(document({**READ, "Action": "s3:GetObjekt"}))
    properties = role(trust())["properties"] | {"assumeRolePolicy": json.dumps(trust())}
    stack = [
        stack_resource(ROLE, properties, name="used"),
        stack_resource(ROLE, properties, name="unused"),
        stack_resource(
            ROLE_POLICY,
            {"role": "payments-api", "policy": wrong},
            name="may",
            dependencies={"role": [urn("unused")]},
        ),
        stack_resource(ASSOCIATION, PROPERTIES, name="association", dependencies={"roleArn": [urn("used")]}),
    ]

    assert "PI603" not in analyze_stack(stack).codes

    stack[2].propertyDependencies["role"].urns[:] = [urn("used")]

    assert "PI603" in analyze_stack(stack).codes


def test_a_cluster_that_aws_names_is_called_by_its_name_in_the_program():
    cluster = stack_resource(CLUSTER, {}, name="green")
    links = {"clusterName": [urn("green", CLUSTER)]}
    user = stack_resource(ASSOCIATION, {**PROPERTIES, "clusterName": UNKNOWN}, name="api", dependencies=links)

    (finding,) = analyze_stack([cluster, user]).of("PI405")

    assert 'needs an agent on "green"' in finding.message


def test_an_add_on_whose_associations_are_not_known_yet_is_not_passed_over():
    addon = ebs_addon(podIdentityAssociations=UNKNOWN)

    result = run(Example({"addon": addon}, {}), preview=True)

    assert result.codes == set()
    assert {"PI107", "PI305", "PI401", "PI402", "PI405"} <= result.open_codes


def test_both_generations_of_load_balancers_share_actions():
    """The policy of the AWS Load Balancer Controller tags target groups and listeners."""
    balancers = f"arn:aws:elasticloadbalancing:*:{ACCOUNT}"
    tagging = {
        "Effect": "Allow",
        "Action": ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
        "Resource": [f"{balancers}:targetgroup/*/*", f"{balancers}:listener/app/*/*/*"],
    }
    reading = {"Effect": "Allow", "Action": "apigateway:GET", "Resource": "arn:aws:apigateway:*::/restapis/*/stages/*"}

    result = judge(
        False, role=role(trust()), association=association(), policy=role_policy(document(tagging, reading))
    )

    assert result.codes == set()


def test_a_role_of_another_partition_is_no_role_of_the_stack():
    """The account and the name agree, and the provider works in another partition."""
    trusted = {**trust()["Statement"][0], "Condition": {"StringEquals": {REQUEST_TAG: "orders"}}}
    properties = {"name": "payments-api", "assumeRolePolicy": json.dumps(document(trusted))}

    def judge(arn: str) -> Result:
        user = stack_resource(ASSOCIATION, {**PROPERTIES, "roleArn": arn}, name="association")
        return analyze_stack([stack_resource(ROLE, properties, name="role"), user])

    assert "PI107" in judge(SOURCE_ROLE_ARN).codes | judge(SOURCE_ROLE_ARN).open_codes
    assert "PI107" not in judge(SOURCE_ROLE_ARN.replace("arn:aws:", "arn:aws-cn:")).codes


def test_a_role_in_another_account_is_reported_only_as_that():
    """EKS rejects such an association, so its trust policy does not matter."""
    away = association(roleArn=SOURCE_ROLE_ARN)

    result = run(
        Example({"agent": agent(), "role": role(trust()), "association": away}, {"clusterAccount": TARGET_ACCOUNT}),
        preview=True,
    )

    assert result.codes == {"PI305"}
