"""How the stack policy links resources: by ARN, name or dependency, at preview and on applied state."""

import json
import random
from typing import Any

import pytest

from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    FARGATE_PROFILE,
    NODE_GROUP,
    POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY_ATTACHMENT,
)
from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import (
    ACCOUNT,
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
    role,
    role_policy,
    service_account,
    target_role,
    target_trust,
    trust,
)
from policy_harness import MODES, UNKNOWN, Result, analyze, analyze_stack, run, servicer, stack_resource, urn_of

ASSUME = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": TARGET_ROLE_ARN}


def judge(preview: bool = False, config: dict[str, Any] | None = None, **resources: Any) -> Result:
    return run(Example(resources, config or {}), preview=preview)


def chain(**changes: Any) -> dict[str, Any]:
    resources = {
        "role": role(trust()),
        "assume": role_policy(document(ASSUME)),
        "target": target_role(target_trust()),
        "association": association(targetRoleArn="${target.arn}"),
        "agent": agent(),
    } | changes
    return {key: value for key, value in resources.items() if value is not None}


# Links


@MODES
@pytest.mark.parametrize(
    "link",
    ["${role.arn}", SOURCE_ROLE_ARN],
    ids=["reference", "text"],
)
def test_a_role_is_found_by_reference_and_by_text(preview: bool, link: str):
    result = judge(preview, **chain(assume=None, association=association(roleArn=link, targetRoleArn="${target.arn}")))

    assert "PI301" in result.codes


def test_a_role_of_another_program_is_not_judged():
    other = association(roleArn=f"arn:aws:iam::{ACCOUNT}:role/elsewhere", targetRoleArn=TARGET_ROLE_ARN)

    assert judge(association=other, agent=agent()).diagnostics == ()


def test_of_two_roles_of_one_name_neither_is_chosen_until_the_arn_decides():
    same = {"role": role(trust(), _account=ACCOUNT), "twin": role(trust(), _account=TARGET_ACCOUNT)}
    both = association(roleArn=SOURCE_ROLE_ARN, targetRoleArn=TARGET_ROLE_ARN)

    assert judge(preview=True, **same, association=both, agent=agent()).codes == set()
    assert judge(preview=False, **same, association=both, agent=agent()).codes == {"PI301"}


def test_a_property_that_depends_on_two_roles_is_left_open():
    resources = [
        stack_resource(ROLE, {"assumeRolePolicy": json.dumps(trust()), "name": name, "arn": UNKNOWN}, name=name)
        for name in ("a", "b")
    ]
    both = {"roleArn": [urn_of("a", ROLE), urn_of("b", ROLE)]}
    properties = {**association()["properties"], "roleArn": UNKNOWN, "disableSessionTags": True}

    result = analyze_stack([*resources, stack_resource(ASSOCIATION, properties, name="x", dependencies=both)])

    assert result.codes == {"PI405"}


def test_dependencies_of_other_types_do_not_disturb_the_link():
    gated = association(roleArn="${role.arn}", targetRoleArn="${target.arn}")
    resources = chain(assume=None, association=gated)
    stack = [
        stack_resource(ROLE, {"name": "payments-api", "assumeRolePolicy": json.dumps(trust())}, name="role"),
        stack_resource(ROLE_POLICY_ATTACHMENT, {"role": "payments-api", "policyArn": "x"}, name="attachment"),
        stack_resource(
            ASSOCIATION,
            {**resources["association"]["properties"], "roleArn": UNKNOWN, "targetRoleArn": TARGET_ROLE_ARN},
            name="association",
            dependencies={"roleArn": [urn_of("attachment", ROLE_POLICY_ATTACHMENT), urn_of("role", ROLE)]},
        ),
    ]

    assert "PI301" in analyze_stack(stack).open_codes


def test_the_order_of_the_resources_changes_nothing():
    example = chain(second=association(targetRoleArn="${target.arn}"), assume=None)
    reports = set()
    for seed in range(5):
        names = list(example)
        random.Random(seed).shuffle(names)
        result = judge(**{name: example[name] for name in names})
        reports.add(tuple(sorted(diagnostic.message for diagnostic in result.diagnostics)))

    assert len(reports) == 1


# Trust policies that only the association shows


def test_a_role_without_a_pod_identity_statement_is_found_through_its_association():
    other = role(trust(Principal={"Service": "ec2.amazonaws.com"}, Condition=None, Action="sts:AssumeRole"))

    assert judge(role=other).codes == set()
    assert judge(role=other, association=association(), agent=agent()).codes == {"PI101"}


def test_a_target_that_looks_like_any_role_is_found_through_its_association():
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}

    assert judge(target=target_role(document(root))).codes == set()
    assert judge(**chain(target=target_role(document(root)))).codes == {"PI301", "PI306"}


def test_a_target_that_everyone_may_assume_is_found_through_its_association():
    everyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}

    assert judge(**chain(target=target_role(document(everyone)))).codes == {"PI103", "PI301"}


# PI206


@MODES
@pytest.mark.parametrize(
    "permission",
    [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::t/${aws:PrincipalTag/kubernetes-namespace}/*"},
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"AWS:PrincipalTag/eks-cluster-name": "dev"}},
        },
        {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"s3:prefix": "${aws:principaltag/Kubernetes-namespace}"}},
        },
    ],
)
def test_a_policy_that_uses_session_tags_that_are_off(preview: bool, permission: dict[str, Any]):
    result = judge(
        preview,
        role=role(trust(Condition=SCOPED_BY_CLUSTER)),
        policy=role_policy(document(permission)),
        association=association(disableSessionTags=True),
        agent=agent(),
    )

    assert result.codes == {"PI206"}


def test_tags_of_the_role_itself_may_be_used():
    permission = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::t/${aws:PrincipalTag/team}/*"}

    result = judge(
        role=role(trust(Condition=SCOPED_BY_CLUSTER)),
        policy=role_policy(document(permission)),
        association=association(disableSessionTags=True),
        agent=agent(),
    )

    assert result.codes == set()


def test_a_trust_policy_with_another_statement_for_pods_needs_no_tags():
    second = trust(Condition=SCOPED_BY_CLUSTER)["Statement"][0]
    both = document(trust()["Statement"][0], second)

    assert judge(role=role(both), association=association(disableSessionTags=True), agent=agent()).codes == set()


def test_a_target_that_asks_for_tags_that_are_off():
    asks = target_trust()
    asks["Statement"][0]["Condition"] = {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "payments"}}
    off = association(targetRoleArn="${target.arn}", disableSessionTags=True)
    source = role(trust(Condition=SCOPED_BY_CLUSTER))

    assert "PI206" in judge(**chain(role=source, association=off, target=target_role(asks))).codes


# PI301


@MODES
@pytest.mark.parametrize(
    ("statements", "reported"),
    [
        ([ASSUME], False),
        ([{**ASSUME, "Action": "sts:*", "Resource": "*"}], False),
        ([{**ASSUME, "Action": "sts:assumerole"}, {**ASSUME, "Action": "STS:TagSession"}], False),
        ([{**ASSUME, "Resource": f"arn:aws:iam::{TARGET_ACCOUNT}:role/inv*"}], False),
        ([{**ASSUME, "Action": "sts:AssumeRole"}], True),
        ([{**ASSUME, "Action": "sts:TagSession"}], True),
        ([{**ASSUME, "Resource": f"arn:aws:iam::{TARGET_ACCOUNT}:role/other"}], True),
        ([ASSUME, {"Effect": "Deny", "Action": "sts:TagSession", "Resource": "*"}], True),
        ([{**ASSUME, "Effect": "Deny"}], True),
    ],
)
def test_what_a_source_role_may_do(preview: bool, statements: list[dict[str, Any]], reported: bool):
    result = judge(preview, **chain(assume=role_policy(document(*statements))))

    assert ("PI301" in result.codes) is reported


@MODES
@pytest.mark.parametrize("how", ["managed", "attached-by-name", "inline", "role-list"])
def test_permissions_are_found_wherever_they_are_written(preview: bool, how: str):
    managed = {"type": POLICY, "properties": {"name": "assume", "policy": document(ASSUME)}}
    ways: dict[str, dict[str, Any]] = {
        "managed": {"managed": managed, "attachment": attachment("${managed.arn}")},
        "attached-by-name": {
            "managed": managed,
            "attachment": attachment(f"arn:aws:iam::{ACCOUNT}:policy/assume", to="payments-api"),
        },
        "inline": {"role": role(trust(), inlinePolicies=[{"name": "assume", "policy": document(ASSUME)}])},
        "role-list": {
            "managed": managed,
            "attachment": {
                "type": POLICY_ATTACHMENT,
                "properties": {"name": "x", "policyArn": "${managed.arn}", "roles": ["payments-api"]},
            },
        },
    }

    result = judge(preview, **chain(assume=None, **ways[how]))

    assert "PI301" not in result.codes
    assert ("PI301" in result.open_codes) is preview  # the ARN of the target is not known yet


def test_a_policy_of_another_program_leaves_the_question_open():
    other = attachment(f"arn:aws:iam::{ACCOUNT}:policy/elsewhere")

    result = judge(**chain(assume=None, other=other))

    assert "PI301" not in result.codes
    assert "PI301" in result.open_codes


def test_a_policy_that_is_not_known_yet_leaves_the_question_open():
    unknown = {"type": "aws:iam/rolePolicy:RolePolicy", "properties": {"role": "${role.name}", "policy": UNKNOWN}}

    assert "PI301" in judge(**chain(assume=unknown)).open_codes


@MODES
@pytest.mark.parametrize(
    ("resource", "reported"), [("role/teams/invoices-reader", False), ("role/invoices-reader", True)]
)
def test_the_path_of_the_target_counts(preview: bool, resource: str, reported: bool):
    target = target_role(target_trust())
    target["properties"]["path"] = "/teams/"
    may = role_policy(document({**ASSUME, "Resource": f"arn:aws:iam::{TARGET_ACCOUNT}:{resource}"}))

    assert ("PI301" in judge(preview, **chain(assume=may, target=target)).codes) is reported


def test_an_unknown_target_may_be_any_role():
    target = target_role(target_trust())
    target["properties"]["name"] = UNKNOWN
    queue = role_policy(document({**ASSUME, "Resource": f"arn:aws:sqs:eu-west-1:{TARGET_ACCOUNT}:queue"}))

    assert "PI301" not in judge(preview=True, **chain(target=target)).codes
    assert "PI301" in judge(preview=True, **chain(target=target, assume=queue)).codes


def test_resources_that_are_excluded_decide_nothing_while_the_target_is_not_known():
    other = {"Effect": "Allow", "Action": "sts:*", "NotResource": f"arn:aws:iam::{TARGET_ACCOUNT}:role/other"}

    result = judge(preview=True, **chain(assume=role_policy(document(other))))

    assert "PI301" in result.open_codes
    assert "PI301" not in judge(preview=False, **chain(assume=role_policy(document(other)))).codes


# PI304


def test_the_external_id_that_eks_returned_decides():
    stack = [
        stack_resource(
            ROLE, {"name": "t", "arn": TARGET_ROLE_ARN, "assumeRolePolicy": json.dumps(target_trust())}, name="t"
        ),
        stack_resource(
            ASSOCIATION,
            {
                **association()["properties"],
                "roleArn": SOURCE_ROLE_ARN,
                "targetRoleArn": TARGET_ROLE_ARN,
                "externalId": "x",
            },
            name="association",
        ),
    ]

    (findings,) = analyze_stack(stack).of("PI304")

    assert 'EKS sends "x" for' in findings.message


@pytest.mark.parametrize(
    ("properties", "provider", "reported"),
    [
        ({}, {"region": "eu-west-1"}, False),
        ({}, {"region": "us-east-1"}, True),
        ({}, {"region": UNKNOWN}, False),
        ({"region": "us-east-1"}, {"region": "eu-west-1"}, True),
        ({"region": "eu-west-1"}, {"region": "us-east-1"}, False),
    ],
)
def test_the_region_is_the_association_s_own_or_its_provider_s(
    properties: dict[str, str], provider: dict[str, str], reported: bool
):
    combined = {
        **association()["properties"],
        "roleArn": SOURCE_ROLE_ARN,
        "targetRoleArn": TARGET_ROLE_ARN,
        **properties,
    }
    stack = [
        stack_resource(
            ROLE,
            {"name": "t", "arn": TARGET_ROLE_ARN, "assumeRolePolicy": json.dumps(target_trust())},
            name="t",
            provider=provider,
        ),
        stack_resource(ASSOCIATION, combined, name="association", provider=provider),
    ]

    assert ("PI304" in analyze_stack(stack).codes) is reported


@MODES
@pytest.mark.parametrize(
    ("external_id", "reported"),
    [
        (EXTERNAL_ID, False),
        ([f"eu-west-1/{ACCOUNT}/dev/other/api", EXTERNAL_ID], False),
        (f"eu-west-1/{ACCOUNT}/dev/payments/worker", True),
        (f"eu-west-1/{ACCOUNT}/prod/payments/api", True),
        (f"us-east-1/{ACCOUNT}/dev/payments/api", True),
        ("secret", True),
    ],
)
def test_external_ids(preview: bool, external_id: Any, reported: bool):
    result = judge(preview, **chain(target=target_role(target_trust(external_id=external_id))))

    assert ("PI304" in result.codes) is reported


def test_an_external_id_with_wildcards():
    wild = target_trust()
    wild["Statement"][0]["Condition"]["StringLike"] = {"sts:ExternalId": f"eu-west-1/{ACCOUNT}/dev/payments/*"}
    del wild["Statement"][0]["Condition"]["StringEquals"]

    assert "PI304" not in judge(**chain(target=target_role(wild))).codes


def test_a_target_without_an_external_id_is_not_compared():
    tags = target_trust()
    tags["Statement"][0]["Condition"] = {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "payments"}}

    assert "PI304" not in judge(**chain(target=target_role(tags))).codes


def test_the_account_of_the_external_id_is_that_of_the_source_role():
    """The trust names the account of the source role, which is that of the cluster: EKS can send no other account."""
    other = target_trust(external_id="eu-west-1/999988887777/dev/payments/api")

    assert "PI304" in judge(preview=True, **chain(target=target_role(other))).codes


# PI305 on the stack


def test_the_account_of_the_cluster_is_read_from_the_association_itself():
    abroad = association(roleArn=TARGET_ROLE_ARN)

    assert judge(preview=False, association=abroad, agent=agent()).codes == {"PI305"}
    assert judge(preview=True, association=abroad, agent=agent()).codes == set()


def test_the_account_of_the_cluster_is_read_from_the_cluster():
    stack = [
        stack_resource(CLUSTER, {"name": "dev", "arn": f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/dev"}, name="dev"),
        stack_resource(ASSOCIATION, {**association()["properties"], "roleArn": TARGET_ROLE_ARN}, name="association"),
    ]

    assert "PI305" in analyze_stack(stack).codes


# PI401


def addon(**properties: Any) -> dict[str, Any]:
    entries = [{"serviceAccount": "api", "roleArn": "x"}]
    return {
        "type": ADDON,
        "properties": {"clusterName": "dev", "addonName": "some", "podIdentityAssociations": entries, **properties},
    }


@pytest.mark.parametrize(
    ("own", "reported"),
    [
        (addon(namespaceConfig={"namespace": "payments"}), True),
        (addon(namespaceConfig={"namespace": "other"}), False),
        (addon(namespaceConfig={"namespace": "payments"}, clusterName="prod"), False),
        (addon(), False),
        (addon(podIdentityAssociations=UNKNOWN), False),
        (addon(podIdentityAssociations=["x", {"serviceAccount": UNKNOWN}]), False),
    ],
)
def test_an_association_beside_that_of_an_add_on(own: dict[str, Any], reported: bool):
    result = judge(role=role(trust()), own=own, association=association(), agent=agent())

    assert ("PI401" in result.codes) is reported


def test_an_add_on_without_a_namespace_runs_in_kube_system():
    result = judge(role=role(trust()), own=addon(), association=association(namespace="kube-system"), agent=agent())

    assert "PI401" in result.codes


@pytest.mark.parametrize(
    ("other", "reported"),
    [
        ({}, True),
        ({"clusterName": "prod"}, False),
        ({"namespace": "other"}, False),
        ({"serviceAccount": "other"}, False),
        ({"region": "us-east-1"}, False),
    ],
)
def test_what_makes_two_associations_one(other: dict[str, Any], reported: bool):
    result = judge(role=role(trust()), first=association(), second=association(**other), agent=agent())

    assert ("PI401" in result.codes) is reported


def test_a_cluster_that_is_created_in_the_same_program_is_one_cluster():
    cluster = {"type": CLUSTER, "properties": {"name": "dev"}}
    by_reference = association(clusterName="${cluster.name}")

    result = judge(
        preview=True,
        role=role(trust()),
        cluster=cluster,
        first=by_reference,
        second=association(),
        agent=agent(clusterName="${cluster.name}"),
    )

    assert "PI401" in result.codes
    assert "PI405" not in result.codes


def test_a_name_that_is_not_known_yet_is_left_open():
    result = judge(role=role(trust()), association=association(serviceAccount=UNKNOWN), agent=agent())

    assert {"PI401", "PI402"} <= result.open_codes


# PI403, PI404, PI407


def test_a_service_account_of_another_namespace_is_another():
    irsa = service_account("api", annotations={"eks.amazonaws.com/role-arn": "x"}, namespace="other")

    result = judge(role=role(trust()), association=association(), agent=agent(), account=irsa)

    assert result.codes == set()


@pytest.mark.parametrize("value", ["", None])
def test_an_empty_annotation_names_no_role(value: object):
    """Charts render it so where no role is set, and the webhook ignores it."""
    empty = service_account("api", annotations={"eks.amazonaws.com/role-arn": value})

    assert judge(role=role(trust()), association=association(), agent=agent(), account=empty).codes == set()


def test_a_service_account_without_a_namespace_is_in_the_default_one():
    irsa = service_account("api", annotations={"eks.amazonaws.com/role-arn": "x"}, namespace=None)
    trusting = role(trust(Condition=SCOPED_BY_CLUSTER))

    result = judge(role=trusting, association=association(namespace="default"), agent=agent(), account=irsa)

    assert result.codes == {"PI403"}


def test_annotations_that_are_not_known_yet_are_left_open():
    result = judge(
        role=role(trust()),
        association=association(),
        agent=agent(),
        account=service_account("api", annotations=UNKNOWN),
    )

    assert result.open_codes == {"PI403"}


def fargate(*selectors: Any, cluster: str = "dev") -> dict[str, Any]:
    return {"type": FARGATE_PROFILE, "properties": {"clusterName": cluster, "selectors": list(selectors)}}


@pytest.mark.parametrize(
    ("profile", "codes", "opened"),
    [
        (fargate({"namespace": "payments"}), {"PI404"}, set()),
        (fargate({"namespace": "other"}, {"namespace": "p*"}), {"PI404"}, set()),
        (fargate({"namespace": "payments"}, cluster="prod"), set(), set()),
        (fargate({"namespace": "payments", "labels": {"a": "b"}}), set(), {"PI404"}),
        (fargate("x", {"namespace": UNKNOWN}), set(), {"PI404"}),
    ],
)
def test_fargate_profiles(profile: dict[str, Any], codes: set[str], opened: set[str]):
    result = judge(role=role(trust()), association=association(), agent=agent(), profile=profile)

    assert result.codes == codes
    assert result.open_codes == opened


# PI405, PI406


def component(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"type": f"eks-pod-identity:index:{resource_type}", "properties": {"clusterName": "dev", **properties}}


@pytest.mark.parametrize(
    "declared",
    [
        component("PodIdentity"),
        component("PodIdentity", agent="existing"),
        component("PodIdentity", agent="AUTO_MODE"),
        component("PodIdentity", clusterName="x", bindings=[{"clusterName": "dev"}]),
        {"type": CLUSTER, "properties": {"name": "dev", "computeConfig": {"enabled": True}}},
        agent(),
        agent(clusterName=UNKNOWN),
    ],
)
def test_an_agent_that_is_declared(declared: dict[str, Any]):
    assert "PI405" not in judge(role=role(trust()), association=association(), declared=declared).codes


@pytest.mark.parametrize(
    "other",
    [
        component("PodIdentity", agent="managed"),
        component("PodIdentityRole"),
        component("PodIdentity", clusterName="prod"),
        agent(addonName="vpc-cni"),
        agent(clusterName="prod"),
        {"type": CLUSTER, "properties": {"name": "dev", "computeConfig": {"enabled": False}}},
    ],
)
def test_an_agent_that_is_not_declared(other: dict[str, Any]):
    assert "PI405" in judge(role=role(trust()), association=association(), other=other).codes


@pytest.mark.parametrize(
    ("resources", "reported"),
    [
        ({"one": agent()}, False),
        ({"one": agent(), "two": agent()}, True),
        ({"one": agent(), "two": agent(clusterName="prod")}, False),
        ({"one": agent(), "auto": component("PodIdentityAgent", agent="auto_mode")}, True),
        (
            {
                "one": agent(),
                "auto": {"type": CLUSTER, "properties": {"name": "dev", "computeConfig": {"enabled": True}}},
            },
            True,
        ),
        (
            {
                "one": agent(),
                "auto": {"type": CLUSTER, "properties": {"name": "dev", "computeConfig": {"enabled": True}}},
                "nodes": {"type": NODE_GROUP, "properties": {"clusterName": "dev"}},
            },
            False,
        ),
    ],
)
def test_agents_of_a_cluster(resources: dict[str, Any], reported: bool):
    assert ("PI406" in judge(**resources).codes) is reported


# PI205, PI601, PI602


def narrowed_association(name: str) -> dict[str, Any]:
    return association(serviceAccount=name, policy=READ_INVOICES, disableSessionTags=True)


@MODES
def test_one_of_three_without_a_session_policy_is_named(preview: bool):
    source = role(trust(Condition=SCOPED_BY_CLUSTER))

    result = judge(
        preview,
        role=source,
        a=narrowed_association("a"),
        b=association(serviceAccount="b"),
        c=narrowed_association("c"),
        agent=agent(),
    )

    (finding,) = result.of("PI205")
    assert "shares its role with 2 more; these have no session policy: b." in finding.message


def test_one_association_alone_shares_nothing():
    assert judge(role=role(trust()), association=association(), agent=agent()).codes == set()


READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@MODES
@pytest.mark.parametrize(("left", "right"), [("${role.name}", "payments-api"), ("payments-api", "payments-api")])
def test_an_attachment_is_recognized_however_the_role_is_named(preview: bool, left: str, right: str):
    result = judge(preview, role=role(trust()), one=attachment(READ, to=left), two=attachment(READ, to=right))

    assert result.codes == {"PI601"}


def test_attachments_of_another_role_are_others():
    other = role(trust(), name="other")

    result = judge(role=role(trust()), other=other, one=attachment(READ), two=attachment(READ, to="${other.name}"))

    assert result.codes == set()


@MODES
@pytest.mark.parametrize(
    ("properties", "separate", "reported"),
    [
        ({"managedPolicyArns": [READ]}, attachment(READ), True),
        ({"inlinePolicies": [{"name": "a", "policy": document(ASSUME)}]}, role_policy(document(ASSUME)), True),
        ({"managedPolicyArns": [READ]}, role_policy(document(ASSUME)), False),
        ({"inlinePolicies": [{"name": "a", "policy": document(ASSUME)}]}, attachment(READ), False),
        ({"managedPolicyArns": []}, attachment(READ), False),
        ({}, attachment(READ), False),
    ],
)
def test_policies_in_two_places(preview: bool, properties: dict[str, Any], separate: dict[str, Any], reported: bool):
    result = judge(preview, role=role(trust(), **properties), separate=separate)

    assert ("PI602" in result.codes) is reported


def test_what_aws_reports_as_attached_is_not_what_the_program_gave():
    """After a refresh the role's output lists the policies that attachments of the stack attached."""
    pack = servicer()
    inputs = {"name": "payments-api", "assumeRolePolicy": json.dumps(trust())}
    analyze(ROLE, inputs, name="refreshed", pack=pack)
    stack = [
        stack_resource(ROLE, {**inputs, "managedPolicyArns": [READ]}, name="refreshed"),
        stack_resource(ROLE_POLICY_ATTACHMENT, {"role": "payments-api", "policyArn": READ}, name="attachment"),
    ]

    assert analyze_stack(stack, pack=pack).codes == set()


@pytest.mark.parametrize("resource_type", [ROLE, ASSOCIATION, ADDON, FARGATE_PROFILE, POLICY])
def test_an_unknown_resource_is_not_a_violation(resource_type: str):
    keys = (
        "name",
        "arn",
        "roleArn",
        "role",
        "policy",
        "assumeRolePolicy",
        "clusterName",
        "namespace",
        "serviceAccount",
    )

    result = analyze_stack([stack_resource(resource_type, dict.fromkeys(keys, UNKNOWN), name="x")])

    assert result.codes == set()
