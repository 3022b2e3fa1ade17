"""Mistakes from public repositories and reviews, as raw `aws` stacks, and the report of the pack for each."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from eks_pod_identity.rules.resource import ADDON, RESOURCE_POLICIES
from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    CLUSTER_ARN,
    EBS_ACCOUNT,
    EXTERNAL_ID,
    READ_INVOICES,
    SCOPED,
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
    target_trust,
    trust,
    trust_for,
)
from policy_harness import MODES, UNKNOWN, Result, analyze_stack, run, stack_resource

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
PODS = {"Service": "pods.eks.amazonaws.com"}
BOTH = ["sts:AssumeRole", "sts:TagSession"]
BY_NAMESPACE = "arn:aws:s3:::invoices/${aws:PrincipalTag/kubernetes-namespace}/*"
PROVIDER = {"allowedAccountIds": [ACCOUNT]}


def judge(preview: bool = False, config: dict[str, Any] | None = None, **resources: Any) -> Result:
    return run(Example({"agent": agent(), **resources}, config or {}), preview=preview)


def tags(**changes: str) -> dict[str, Any]:
    return {"StringEquals": {**SCOPED["StringEquals"], **changes}}


def judge_role(trust_policy: object, preview: bool = False, **properties: Any) -> Result:
    """Return a role with this trust policy, and an association that uses it."""
    config = {"clusterAccount": ACCOUNT}
    return judge(preview, config, role=role(trust_policy), association=association(**properties))


def messages(result: Result, code: str) -> str:
    return "\n".join(each.message for each in result.of(code))


# R1: the trust is for another caller than the association


@MODES
@pytest.mark.parametrize(
    ("key", "wanted", "seen"),
    [
        ("aws:RequestTag/kubernetes-service-account", "aws-ebs-csi-driver", "api"),
        ("aws:RequestTag/kubernetes-namespace", "kube-system", "payments"),
        ("aws:RequestTag/eks-cluster-arn", CLUSTER_ARN.replace("dev", "prod"), CLUSTER_ARN),
        ("aws:RequestTag/eks-cluster-name", "prod", "dev"),
        ("aws:SourceAccount", TARGET_ACCOUNT, ACCOUNT),
    ],
)
def test_a_trust_for_another_caller_names_both_values(preview: bool, key: str, wanted: str, seen: str):
    result = judge_role(trust(Condition=tags(**{key: wanted})), preview)

    assert "PI107" in result.codes
    assert result.codes <= {"PI105", "PI107"}  # no call has this account and a cluster of another account
    assert f'"{wanted}"' in messages(result, "PI107")
    assert f'{key} is "{seen}"' in messages(result, "PI107")


@MODES
@pytest.mark.parametrize(
    "condition",
    [
        {"StringNotEquals": {"aws:RequestTag/kubernetes-namespace": "orders"}},
        {"StringEquals": {"aws:RequestTag/kubernetes-service-account": "api"}},
        {"ArnNotLike": {"aws:SourceArn": "arn:aws:eks:*:*:cluster/prod-*"}},
        {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    ],
)
def test_a_denial_that_always_holds_is_found(preview: bool, condition: dict[str, Any]):
    denial = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition}

    result = judge_role(document(trust()["Statement"][0], denial), preview)

    assert "PI107" in result.codes
    assert result.codes <= {"PI105", "PI107"}
    assert "Statement[1] denies it" in messages(result, "PI107")


@MODES
def test_a_denial_of_others_does_not_matter(preview: bool):
    others = {"StringNotEquals": {"aws:RequestTag/kubernetes-namespace": "payments"}}
    denial = {"Effect": "Deny", "Principal": PODS, "Action": "sts:AssumeRole", "Condition": others}

    assert judge_role(document(trust()["Statement"][0], denial), preview).codes == set()


def test_a_wider_trust_admits_the_association():
    for condition in (
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        {"StringLike": {"aws:RequestTag/kubernetes-namespace": "pay*"}},
        {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}},
        {"StringEquals": {"aws:RequestTag/kubernetes-namespace": ["orders", "payments"]}},
        SCOPED_BY_CLUSTER,
    ):
        assert judge_role(trust(Condition=condition)).codes == set(), condition


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:RequestTag/kubernetes-pod-name": "api-*"}},
        {"StringEquals": {"aws:SourceOrgID": "o-exampleorgid"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    ],
)
def test_what_no_stack_can_contain_leaves_nothing_unjudged(condition: dict[str, Any]):
    merged = SCOPED | condition
    if "StringEquals" in condition:
        merged = {"StringEquals": SCOPED["StringEquals"] | condition["StringEquals"]}

    result = judge_role(trust(Condition=merged))

    assert result.codes | result.open_codes == set()


# R2: associations inside add-ons


@MODES
def test_an_add_on_whose_role_trusts_an_oidc_provider_only(preview: bool):
    issuer = "oidc.eks.eu-west-1.amazonaws.com/id/ABCDEF"
    web = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{issuer}:sub": f"system:serviceaccount:kube-system:{EBS_ACCOUNT}"}},
    }

    result = judge(preview, role=role(document(web)), addon=ebs_addon())

    assert result.codes == {"PI101"}
    assert "has no statement for pods.eks.amazonaws.com" in messages(result, "PI101")


@MODES
def test_the_association_of_an_add_on_is_judged_as_any_other(preview: bool):
    config = {"clusterAccount": ACCOUNT}
    elsewhere = [{"serviceAccount": EBS_ACCOUNT, "roleArn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/ebs"}]

    def addon(trust_policy: Any, **properties: Any) -> set[str]:
        return judge(preview, config, role=role(trust_policy), addon=ebs_addon(**properties)).codes

    assert addon(trust_for("kube-system", EBS_ACCOUNT)) == set()
    assert addon(trust_for("kube-system", "aws-ebs-csi-driver")) == {"PI107"}
    assert addon(trust_for("kube-system", EBS_ACCOUNT), podIdentityAssociations=elsewhere) == {"PI305"}


def test_an_add_on_needs_an_agent_and_shares_its_role():
    shared = role(trust(Condition=SCOPED_BY_CLUSTER))
    result = run(Example({"role": shared, "addon": ebs_addon(), "association": association()}), preview=False)

    assert {"PI205", "PI405"} <= result.codes


# R3 and R4: conditions that no call of EKS satisfies


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "Payments"}},
        {"StringEquals": {"aws:RequestTag/kubernetes-service-account": "api_worker"}},
        {"StringLike": {"aws:RequestTag/kubernetes-namespace": "*_*"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"aws:PrincipalServiceName": "ec2.amazonaws.com"}},
        {"StringEquals": {"aws:SourceAccount": "11112222333"}},
        {"Null": {"aws:SourceArn": "true"}},
    ],
)
def test_a_condition_that_no_call_of_eks_satisfies(condition: dict[str, Any]):
    merged = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, **condition}
    if "StringEquals" in condition:
        merged["StringEquals"] = {"aws:SourceAccount": ACCOUNT} | condition["StringEquals"]

    result = judge_role(trust(Condition=merged))

    assert result.codes == {"PI105"}


@MODES
def test_two_conditions_that_exclude_each_other(preview: bool):
    both = {
        "StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:RequestTag/kubernetes-namespace": "payments"},
        "Null": {"aws:RequestTag/kubernetes-service-account": "true"},
    }

    assert "PI105" in judge_role(trust(Condition=both), preview).codes


@MODES
def test_a_denial_by_a_key_that_a_service_lacks_locks_out(preview: bool):
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    }

    result = judge_role(document(trust()["Statement"][0], denial), preview)

    assert result.codes == {"PI105", "PI107"}
    assert "aws:PrincipalOrgID" in messages(result, "PI105")


# R5: variables without the version that expands them


@MODES
@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_a_variable_in_a_document_of_the_old_version(preview: bool, version: str | None):
    policy = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": BY_NAMESPACE}]}
    policy |= {"Version": version} if version else {}

    result = judge(preview, role=role(trust()), association=association(), policy=role_policy(policy))

    assert result.codes == {"PI604"}


def test_a_variable_in_a_condition_of_the_old_version():
    compared = {"StringEquals": {"s3:prefix": "${aws:PrincipalTag/kubernetes-namespace}"}}
    policy = {"Statement": {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": compared}}

    assert judge(role=role(trust()), association=association(), policy=role_policy(policy)).codes == {"PI604"}


# R6 and R7: session tags that are off


OFF = {"disableSessionTags": True}
SCOPED_ROLE = role(trust(Condition=SCOPED_BY_CLUSTER))


@MODES
def test_a_session_policy_that_uses_the_tags_that_it_disables(preview: bool):
    policy = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": BY_NAMESPACE})

    result = judge(preview, role=SCOPED_ROLE, association=association(policy=policy, **OFF))

    assert result.codes == {"PI206"}
    assert "its session policy" in messages(result, "PI206")


@MODES
def test_a_boundary_a_managed_policy_and_a_resource_policy_that_use_the_tags(preview: bool):
    tagged = {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "payments"}}
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": tagged}
    boundary = {"type": "aws:iam/policy:Policy", "properties": {"name": "boundary", "policy": document(allow)}}
    bucket = {
        "type": "aws:s3/bucketPolicy:BucketPolicy",
        "properties": {"bucket": "invoices", "policy": document({**allow, "Principal": {"AWS": ROOT}})},
    }
    scoped = attachment("arn:aws:iam::aws:policy/AmazonEBSCSIDriverEKSClusterScopedPolicy")
    bounded = role(trust(Condition=SCOPED_BY_CLUSTER), permissionsBoundary="${boundary.arn}")

    for resources in (
        {"role": bounded, "boundary": boundary},
        {"role": SCOPED_ROLE, "managed": scoped},
        {"role": SCOPED_ROLE, "bucket": bucket},
    ):
        assert judge(preview, **resources, association=association(**OFF)).codes == {"PI206"}, resources


@MODES
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Condition": {"StringNotEquals": {"aws:PrincipalTag/kubernetes-namespace": "x"}}}, "always holds"),
        ({"Condition": {"StringNotLike": {"aws:PrincipalTag/eks-cluster-name": "x*"}}}, "always holds"),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "x"}}}, "never holds"),
        ({"Condition": {"Null": {"aws:PrincipalTag/kubernetes-namespace": "false"}}}, "never holds"),
        ({"Condition": {"StringEqualsIfExists": {"aws:PrincipalTag/kubernetes-namespace": "x"}}}, ""),
        ({"Condition": {"Null": {"aws:PrincipalTag/kubernetes-namespace": "true"}}}, ""),
        ({"Resource": BY_NAMESPACE}, "never holds"),
        ({"Resource": "arn:aws:s3:::invoices/${aws:PrincipalTag/kubernetes-namespace, 'shared'}/*"}, ""),
        ({"Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}}, ""),
    ],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_becomes_of_a_statement_without_tags(
    preview: bool, effect: str, statement: dict[str, Any], expected: str
):
    policy = document({"Effect": effect, "Action": "s3:GetObject", "Resource": "*", **statement})

    result = judge(preview, role=SCOPED_ROLE, association=association(**OFF), policy=role_policy(policy))

    assert result.codes == ({"PI206"} if expected else set())
    assert expected in messages(result, "PI206")


@MODES
def test_a_denial_that_asks_whether_there_is_a_tag_provides_for_its_absence(preview: bool):
    key = "aws:PrincipalTag/kubernetes-namespace"
    guarded = {"StringNotEquals": {key: "payments"}, "Null": {key: "false"}}
    without = {"StringNotEquals": {key: "payments"}, "Null": {key: "true"}}

    for condition, expected in ((guarded, set()), (without, {"PI206"})):
        policy = document({"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": condition})
        result = judge(preview, role=SCOPED_ROLE, association=association(**OFF), policy=role_policy(policy))

        assert result.codes == expected


#: Types that the lowest allowed version of pulumi-aws does not have.
NEW_TYPES = {
    "aws:dsql/clusterPolicy:ClusterPolicy",
    "aws:lambda/resourcePolicy:ResourcePolicy",
    "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy",
}


@pytest.mark.parametrize(("resource_type", "key"), RESOURCE_POLICIES.items())
def test_the_policies_of_all_services_are_read(resource_type: str, key: str):
    tagged = {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "payments"}}
    allow = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": tagged}
    resource = {"type": resource_type, "properties": {key: json.dumps(document(allow))}}

    result = judge(False, role=SCOPED_ROLE, resource=resource, association=association(**OFF))

    assert result.codes == {"PI206"}
    source = source_of(resource_type)
    if source is None and resource_type in NEW_TYPES:
        pytest.skip("this version of pulumi-aws does not have the type")
    assert source is not None
    assert f'type_token("{resource_type}")' in source
    assert f"def {snake_case(key)}(self)" in source


def test_a_policy_that_a_bucket_shows_too_is_reported_once():
    tagged = {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "payments"}}
    allow = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": tagged}
    policy = json.dumps(document(allow))
    types = {
        "bucket": "aws:s3/bucket:Bucket",
        "attached": "aws:s3/bucketPolicy:BucketPolicy",
        "key": "aws:kms/key:Key",
    }
    resources = {name: {"type": kind, "properties": {"policy": policy}} for name, kind in types.items()}

    result = judge(False, role=SCOPED_ROLE, association=association(**OFF), **resources)
    twins = judge(False, role=SCOPED_ROLE, association=association(**OFF), key=resources["key"], twin=resources["key"])

    reported = {name for name in types if f'but the resource policy "{name}"' in messages(result, "PI206")}
    assert reported == {"attached", "key"}
    assert len(twins.of("PI206")) == 2


def source_of(resource_type: str) -> str | None:
    """Return the source of a resource of `pulumi_aws`, which takes long to import and warns of deprecations.

    None if the installed version does not have the resource.
    """
    module, _, name = resource_type.removeprefix("aws:").partition("/")
    (folder,) = (find_spec("pulumi_aws") or pytest.fail("no pulumi_aws")).submodule_search_locations or [""]
    file = f"{snake_case(name.partition(':')[0])}.py"
    path = Path(folder, "lambda_" if module == "lambda" else module, file)
    return path.read_text(encoding="utf-8") if path.exists() else None


def snake_case(name: str) -> str:
    return re.sub("([A-Z])", r"_\1", name).lower()


@MODES
def test_an_inverted_condition_of_a_trust_opens_it(preview: bool):
    others = {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "StringNotEquals": {"aws:RequestTag/kubernetes-namespace": "kube-system"},
    }

    result = judge_role(trust(Condition=others), preview, **OFF)

    assert result.codes == {"PI206"}
    assert "always holds" in messages(result, "PI206")


# R8, R9 and R18: names that are the same by chance


def test_a_target_in_another_account_is_no_role_of_the_stack():
    elsewhere = SOURCE_ROLE_ARN.replace(ACCOUNT, TARGET_ACCOUNT)
    may = role_policy(document({"Effect": "Allow", "Action": BOTH, "Resource": elsewhere}))

    result = judge(True, role=role(trust()), may=may, association=association(targetRoleArn=elsewhere))

    assert result.codes == set()


def test_a_region_that_is_not_known_leaves_two_associations_open():
    properties = association(roleArn="x")["properties"]
    stack = [
        stack_resource(association()["type"], properties | {"region": "eu-west-1"}, name="one"),
        stack_resource(association()["type"], properties | {"region": UNKNOWN}, name="two"),
    ]

    result = analyze_stack(stack)

    assert "PI401" not in result.codes
    assert "PI401" in result.open_codes


@MODES
def test_a_policy_of_the_stack_is_not_the_one_of_aws(preview: bool):
    own = {"type": "aws:iam/policy:Policy", "properties": {"name": "ReadOnlyAccess", "policy": READ_INVOICES}}

    result = judge(
        preview,
        role=role(trust()),
        own=own,
        one=attachment("${own.arn}"),
        two=attachment("arn:aws:iam::aws:policy/ReadOnlyAccess"),
    )

    assert "PI601" not in result.codes | result.open_codes


# R10 to R12: trusts of target roles


def test_a_role_for_people_is_no_target():
    people = {
        "Effect": "Allow",
        "Principal": {"AWS": ROOT},
        "Action": [*BOTH, "sts:SetSourceIdentity"],
        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    }

    assert judge(role=role(document(people))).codes == set()


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "pods.eks.amazonaws.com"},
        {"AWS": [ROOT, "pods.eks.amazonaws.com"]},
        {"Federated": "pods.eks.amazonaws.com"},
        "pods.eks.amazonaws.com",
        {"Service": "eks-pods.amazonaws.com"},
    ],
)
@pytest.mark.parametrize("beside", [True, False])
def test_the_service_in_the_wrong_place(principal: Any, beside: bool):
    wrong = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    statements = [*trust()["Statement"], wrong] if beside else [wrong]

    result = judge(role=role(document(*statements)))

    assert "PI102" in result.codes


@MODES
def test_one_mistake_is_reported_once(preview: bool):
    result = judge_role(trust(Principal={"AWS": "pods.eks.amazonaws.com"}), preview)

    assert len(result.of("PI102")) == 1


def test_another_service_of_eks_is_wrong_on_a_role_that_pods_use():
    cluster = role(document({"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": BOTH}))

    assert judge(role=cluster).codes == set()
    assert judge(role=cluster, association=association()).codes == {"PI102"}


@pytest.mark.parametrize(
    ("tagging", "reported"),
    [
        ([{"Action": "sts:TagSession"}], False),
        ([{"Action": "sts:TagSession", "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}}], True),
        (
            [
                {"Action": "sts:TagSession", "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}},
                {"Action": "sts:TagSession"},
            ],
            False,
        ),
    ],
)
def test_the_external_id_and_tagging_the_session(tagging: list[dict[str, Any]], reported: bool):
    source = {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}}
    base = {"Effect": "Allow", "Principal": {"AWS": ROOT}}
    assume = base | {
        "Action": "sts:AssumeRole",
        "Condition": source | {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
    }
    statements = [base | {"Condition": source} | each for each in tagging]

    result = judge(**target_chain(target_role(document(assume, *statements))))

    assert result.codes == ({"PI302"} if reported else set())


# R13 to R17


@MODES
@pytest.mark.parametrize(
    "changes",
    [
        {"Resource": "my-bucket/*"},
        {"Action": "s3:GetObjekt"},
        {"Action": "s4:GetObject"},
        {"Principal": {"AWS": ROOT}},
        {"Condition": {"StringEqual": {"s3:prefix": "a"}}},
    ],
)
@pytest.mark.parametrize("written", ["inline", "managed", "role"])
def test_a_permission_policy_that_iam_rejects(preview: bool, changes: dict[str, Any], written: str):
    policy = document({**READ_INVOICES["Statement"][0], **changes})
    managed = {"type": "aws:iam/policy:Policy", "properties": {"name": "p", "policy": policy}}
    ways: dict[str, dict[str, Any]] = {
        "inline": {"policy": role_policy(policy)},
        "managed": {"policy": managed, "attached": attachment("${policy.arn}")},
        "role": {"role": role(trust(), inlinePolicies=[{"name": "p", "policy": policy}])},
    }

    result = judge(preview, **({"role": role(trust()), "association": association()} | ways[written]))

    assert result.codes == {"PI603"}


def test_tags_that_iam_rejects():
    for bad in (
        {"Owner": "Payments (EU)"},
        {"a;b": "x"},
        {"Owner": "a", "owner": "b"},
        {"k" * 129: "x"},
        {"a": "x" * 257},
    ):
        assert judge(role=role(trust(), tags=bad)).codes == {"PI504"}, bad
    assert judge(role=role(trust(), tags={f"k{i}": "v" for i in range(51)})).codes == {"PI504"}
    assert judge(role=role(trust(), tags={"Größe": "drei vier_.:/=+-@"})).codes == set()


@MODES
@pytest.mark.parametrize(
    ("actions", "session_tags", "reported"),
    [
        ("sts:AssumeRole", True, True),
        (["sts:AssumeRole", "sts:SetSourceIdentity"], True, True),
        ("sts:Assume*", True, True),
        (BOTH, True, False),
        ("sts:*", True, False),
        ("sts:AssumeRole", False, False),
    ],
)
def test_a_role_that_assumes_others_must_tag_their_sessions(
    preview: bool, actions: Any, session_tags: bool, reported: bool
):
    policy = role_policy(document({"Effect": "Allow", "Action": actions, "Resource": TARGET_ROLE_ARN}))
    user = association() if session_tags else association(**OFF)

    result = judge(preview, role=SCOPED_ROLE, association=user, policy=policy)

    assert result.codes == ({"PI307"} if reported else set())


@MODES
def test_a_role_that_is_its_own_target(preview: bool):
    by_text = association(roleArn=SOURCE_ROLE_ARN, targetRoleArn=SOURCE_ROLE_ARN)

    assert judge(preview, role=role(trust()), association=association(targetRoleArn="${role.arn}")).codes == {"PI308"}
    assert judge(preview, association=by_text).codes == {"PI308"}


def test_a_role_that_trusts_itself():
    itself = {"Effect": "Allow", "Principal": {"AWS": SOURCE_ROLE_ARN}, "Action": "sts:AssumeRole"}

    result = judge_role(document(trust()["Statement"][0], itself))

    assert "PI308" in result.codes


@MODES
def test_a_trust_without_a_statement_for_pods_needs_one(preview: bool):
    other = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})

    result = judge_role(other, preview)

    assert result.codes == {"PI101"}
    assert "Add a statement that allows" in messages(result, "PI101")


# Whole trust policies, and statements with a misleading form


ISSUER = "token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("condition", "reported"),
    [
        ({}, True),
        ({"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"}}, True),
        ({"StringLike": {f"{ISSUER}:sub": "*"}}, True),
        ({"StringLike": {f"{ISSUER}:sub": "repo:*"}}, True),
        ({"StringNotEquals": {f"{ISSUER}:sub": "repo:acme/other:*"}}, True),
        ({"StringEquals": {f"{ISSUER}:sub": f"${{{ISSUER}:sub}}"}}, True),
        ({"Null": {f"{ISSUER}:sub": "false"}}, True),
        ({"StringLike": {f"{ISSUER}:sub": "repo:acme/shop:*"}}, False),
        ({"StringEquals": {f"{ISSUER}:sub": "repo:acme/shop:ref:refs/heads/main"}}, False),
    ],
)
def test_an_oidc_provider_needs_a_subject(condition: dict[str, Any], reported: bool):
    web = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }

    assert ("PI103" in judge_role(document(trust()["Statement"][0], web)).codes) is reported


@pytest.mark.parametrize("principal", [{"Federated": "*"}, {"Service": "*"}, {"AWS": "*"}, "*"])
def test_everyone_by_any_type_of_principal(principal: Any):
    wide = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}

    assert "PI103" in judge_role(document(trust()["Statement"][0], wide)).codes


@pytest.mark.parametrize(
    ("condition", "reported"),
    [
        ({}, True),
        ({"StringEquals": {"aws:PrincipalArn": "${aws:PrincipalArn}"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/deployer"}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
    ],
)
def test_the_root_of_a_stranger_s_account(condition: dict[str, Any], reported: bool):
    stranger = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }

    assert ("PI306" in judge_role(document(trust()["Statement"][0], stranger)).codes) is reported


@pytest.mark.parametrize(
    "principal", ["*", {"AWS": "*"}, PODS, {"Service": ["pods.eks.amazonaws.com", "ec2.amazonaws.com"]}]
)
def test_a_denial_of_everyone_or_of_pods(principal: Any):
    denial = {"Effect": "Deny", "Principal": principal, "Action": "sts:*"}

    assert "PI101" in judge_role(document(trust()["Statement"][0], denial)).codes


def test_the_same_sid_twice():
    statement = {**trust()["Statement"][0], "Sid": "Pods"}

    assert "PI106" in judge_role(document(statement, statement)).codes


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": "${aws:SourceAccount}"}},
        {"ArnEquals": {"aws:SourceArn": "${aws:SourceArn}"}},
        {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "${aws:RequestTag/kubernetes-namespace}"}},
        {"StringLike": {"aws:SourceAccount": "????????????"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:eks:*:*:cluster/*"}},
        {"StringNotEquals": {"aws:SourceAccount": TARGET_ACCOUNT}},
        {"Null": {"aws:SourceAccount": "false"}},
        {"StringEqualsIfExists": {"aws:RequestTag/kubernetes-namespace": "payments"}},
    ],
)
def test_a_condition_that_excludes_no_cluster_is_not_a_scope(condition: dict[str, Any]):
    assert "PI104" in judge_role(trust(Condition=condition)).codes


@pytest.mark.parametrize("resource", ["arn:*", "arn:aws:*", "arn:*:*:*:*:*", "*:*"])
@pytest.mark.parametrize("action", ["*", "*:*"])
def test_everything_by_another_name_restricts_nothing(resource: str, action: str):
    policy = document({"Effect": "Allow", "Action": action, "Resource": resource})

    assert "PI204" in judge(role=SCOPED_ROLE, association=association(policy=policy, **OFF)).codes


@pytest.mark.parametrize("changes", [{"NotAction": "iam:*"}, {"Action": "*", "NotResource": "arn:aws:s3:::secret/*"}])
def test_everything_but_something_restricts_something(changes: dict[str, Any]):
    policy = document({"Effect": "Allow", "Resource": "*", **changes})
    if "NotResource" in changes:
        del policy["Statement"][0]["Resource"]

    assert judge(role=SCOPED_ROLE, association=association(policy=policy, **OFF)).codes == set()


@pytest.mark.parametrize("value", ["", " ", "\t"])
def test_an_empty_value_does_not_satisfy_a_required_tag(value: str):
    config = {"requiredTags": ["Owner"]}

    assert "PI501" in judge(config=config, role=role(trust(), tags={"Owner": value})).codes


@pytest.mark.parametrize("name", ["legacy-api", "legacy-x"])
def test_an_author_cannot_name_a_role_so_that_it_is_exempt(name: str):
    exempt = [{"match": "legacy-*", "codes": ["PI104"], "reason": "moves soon", "expires": "2999-12-31"}]

    result = run(Example({name: role(trust(Condition=None))}, {"exempt": exempt}), preview=False)

    assert "PI104" in result.codes
    assert any("has a wildcard" in each.message for each in result.diagnostics)


# Not read by the rules


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("aws-native:iam:Role", {}),
        ("aws-native:eks:PodIdentityAssociation", {}),
        ("aws:index/iamRole:IamRole", {}),
        ("aws:index/eksPodIdentityAssociation:EksPodIdentityAssociation", {}),
        ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::EKS::PodIdentityAssociation"}),
        ("aws:cloudformation/stack:Stack", {"templateBody": '{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}'}),
        ("aws:cloudformation/stack:Stack", {"templateUrl": "https://example.com/template"}),
        ("kubernetes:eks.services.k8s.aws/v1alpha1:PodIdentityAssociation", {}),
        ("kubernetes:iam.services.k8s.aws/v1alpha1:Role", {}),
    ],
)
def test_what_the_rules_do_not_read_could_not_be_judged(resource_type: str, properties: dict[str, Any]):
    (result,) = analyze_stack([stack_resource(resource_type, properties, name="foreign")]).diagnostics
    (strict,) = analyze_stack(
        [stack_resource(resource_type, properties, name="foreign")], config={"onUnknown": "fail"}
    ).diagnostics

    assert "could not be judged" in result.message
    assert (result.level, strict.level) == ("advisory", "mandatory")


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("aws-native:s3:Bucket", {}),
        ("aws:cloudcontrol/resource:Resource", {"typeName": "AWS::S3::Bucket"}),
        ("aws:cloudformation/stack:Stack", {"templateBody": '{"Resources": {"R": {"Type": "AWS::S3::Bucket"}}}'}),
        ("kubernetes:rbac.authorization.k8s.io/v1:Role", {}),
    ],
)
def test_what_does_not_concern_pod_identity_is_not_mentioned(resource_type: str, properties: dict[str, Any]):
    assert analyze_stack([stack_resource(resource_type, properties, name="other")]).diagnostics == ()


def test_the_samples_have_no_findings():
    addon = ebs_addon()

    assert addon["type"] == ADDON
    assert judge(**target_chain(target_role(target_trust()))).codes == set()
    assert judge(role=role(trust_for("kube-system", EBS_ACCOUNT)), addon=addon).diagnostics == ()
